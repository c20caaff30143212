// Package program_test builds the program and runs it as its users do.
package program_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// build makes the program as "go build" of a clone does.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tallyfy-admin")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../../..").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// freeAddress is an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// start runs the program until the test ends, and waits until it answers.
func start(t *testing.T, path, health string, arguments ...string) *exec.Cmd {
	t.Helper()
	program := exec.Command(path, arguments...)
	var said bytes.Buffer
	program.Stdout, program.Stderr = &said, io.Discard
	require.NoError(t, program.Start())
	t.Cleanup(func() { _ = program.Process.Kill() })
	require.Eventually(t, func() bool {
		answer, err := http.Get(health)
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, 20*time.Second, 20*time.Millisecond, "the program does not answer")
	return program
}

// The program serves a sub-path and the sandbox's own API, answers its own health check, keeps sessions over a restart, and
// lets a change under way finish when it is told to stop.
func TestProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	path, address, api := build(t), freeAddress(t), freeAddress(t)
	base := "http://" + address + "/tools/tallyfy"
	arguments := []string{
		"--sandbox", "--addr", address, "--public-url", base, "--sandbox-listen", api, "--sandbox-latency", "300ms",
		"--database-url", filepath.Join(t.TempDir(), "sessions.db"),
	}
	first := start(t, path, base+"/healthz", arguments...)
	require.NoError(t, exec.Command(path, append([]string{"healthcheck"}, arguments...)...).Run())

	r, err := http.NewRequest(http.MethodGet, "http://"+api+"/api/me", nil)
	require.NoError(t, err)
	r.Header = http.Header{"Authorization": {"Bearer sandbox-admin"}, "Accept": {"application/json"}, "X-Tallyfy-Client": {"APIClient"}}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	me, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Contains(t, string(me), "maren.dahl@example.com")

	visitor := sitetest.NewVisitor(t)
	open := func(path string, form url.Values) (*http.Response, string) {
		t.Helper()
		var answer *http.Response
		var err error
		if form == nil {
			answer, err = visitor.Get(base + path)
		} else {
			answer, err = visitor.PostForm(base+path, form)
		}
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer, string(body)
	}
	_, page := open("/signin", url.Values{"sandbox": {"admin"}})
	require.Contains(t, page, "Aldermoor Logistics")

	type result struct {
		status int
		to     string
		err    error
	}
	done := make(chan result, 1)
	go func() {
		stay := *visitor // the page that follows is asked for when the server takes nothing new any more
		stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		answer, err := stay.PostForm(base+"/groups", url.Values{"name": {"Made while stopping"}, "description": {"d"}, "action": {"create"}})
		if err != nil {
			done <- result{err: err}
			return
		}
		_ = answer.Body.Close()
		done <- result{status: answer.StatusCode, to: answer.Header.Get("Location")}
	}()
	time.Sleep(150 * time.Millisecond) // the change takes at least the sandbox's 300 ms
	require.NoError(t, first.Process.Signal(syscall.SIGTERM))
	made := <-done
	require.NoError(t, made.err)
	assert.Equal(t, http.StatusSeeOther, made.status)
	assert.Contains(t, made.to, "/tools/tallyfy/groups/", "the group has a page")
	require.NoError(t, waitFor(first))

	second := start(t, path, base+"/healthz", arguments...)
	answer, page = open("/members", nil)
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Contains(t, page, "Maren Dahl", "the session outlives a restart")
	require.NoError(t, second.Process.Signal(syscall.SIGTERM))
	require.NoError(t, waitFor(second))
}

// waitFor waits for the program's end, which has to be a success.
func waitFor(program *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the program did not stop: %w", ctx.Err())
	}
}

// All mistakes of the configuration are told at once, and the program ends.
func TestProgramTellsMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	out, err := exec.Command(build(t), "--public-url", "ftp://x", "--log-level", "loud", "--sandbox-groups", "5").CombinedOutput()
	assert.Error(t, err)
	for _, flag := range []string{"--public-url", "--log-level", "--sandbox-groups"} {
		assert.True(t, strings.Contains(string(out), flag), "%s is not named in:\n%s", flag, out)
	}
}
