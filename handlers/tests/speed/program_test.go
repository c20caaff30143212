//go:build speed

package speed_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// build makes the program as "make build" does, once.
var build = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "speed")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "tallyfy-admin")
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "../../..")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// org is the sandbox's main organisation, whose id is the same at every start.
var org = sync.OnceValue(func() *sandbox.Server { return must(sandbox.New(sandbox.Options{})) })

// below is a path of the API in that organisation.
func below(path string) string { return "/api/organizations/" + org().OrgID() + path }

// A program is the program as it is installed, in a process of its own, with sessions in a file and its log written to one.
type program struct {
	host, metrics string
	process       *os.Process
	took          time.Duration // from its start until it was ready
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func startProgram(t *testing.T, arguments ...string) *program {
	t.Helper()
	path, err := build()
	require.NoError(t, err)
	folder := t.TempDir()
	log, err := os.Create(filepath.Join(folder, "log"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = log.Close() })
	p := &program{host: freeAddress(t), metrics: freeAddress(t)}
	c := exec.Command(path, append(arguments, "--addr", p.host, "--metrics-addr", p.metrics, "--database-url", filepath.Join(folder, "sessions.db"))...)
	c.Stdout, c.Stderr = log, log
	began := time.Now()
	require.NoError(t, c.Start())
	p.process = c.Process
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for { // a look takes so little that it can be taken all the time
		if ready(p.host) {
			break
		}
		if time.Since(began) > time.Minute {
			text, _ := os.ReadFile(log.Name())
			require.Fail(t, "the program is not ready after a minute", "%s", text)
		}
		time.Sleep(time.Millisecond)
	}
	p.took = time.Since(began)
	return p
}

func ready(host string) bool {
	answer, err := http.Get("http://" + host + "/readyz")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// startSandbox starts the real sandbox in a process of its own and gives the host of its API.
func startSandbox(t *testing.T, arguments ...string) (api string, p *program) {
	t.Helper()
	api = freeAddress(t)
	return api, startProgram(t, append([]string{"--sandbox", "--sandbox-listen", api}, arguments...)...)
}

// apiAt are the arguments of a program that asks the API on a host at the pace that Tallyfy publishes. Everything but the pace
// itself is measured without one: the sandbox has no limit unless it is told to.
func apiAt(host string) []string { return []string{"--api-url", "http://" + host + "/api"} }

func unpaced(host string) []string { return append(apiAt(host), "--pace", "off") }

// signIn gives the cookie of a new session.
func (p *program) signIn(t *testing.T, token string) string {
	t.Helper()
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute}
	answer, err := stay.PostForm("http://"+p.host+"/signin", url.Values{"token": {token}, "organization": {org().OrgID()}})
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusSeeOther, answer.StatusCode)
	for _, c := range answer.Cookies() {
		if strings.Contains(c.Name, "session") {
			return c.Name + "=" + c.Value
		}
	}
	require.Fail(t, "no session's cookie")
	return ""
}

// series is the sum of all series of a metric whose line holds each of the words.
func (p *program) series(t *testing.T, metric string, words ...string) (sum float64) {
	t.Helper()
	answer, err := http.Get("http://" + p.metrics + "/metrics")
	require.NoError(t, err)
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
next:
	for lines.Scan() {
		line := lines.Text()
		rest, found := strings.CutPrefix(line, metric)
		if !found || rest == "" || rest[0] != '{' && rest[0] != ' ' {
			continue
		}
		for _, w := range words {
			if !strings.Contains(line, w) {
				continue next
			}
		}
		n, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		require.NoError(t, err)
		sum += n
	}
	return sum
}

// calls is how often the program has called the API since its start.
func (p *program) calls(t *testing.T) int {
	t.Helper()
	return int(p.series(t, "tallyfy_admin_upstream_calls_total"))
}

// resident is the memory of the process in bytes, as the kernel counts it.
func (p *program) resident(t *testing.T) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.process.Pid))
	require.NoError(t, err)
	pages, err := strconv.ParseFloat(strings.Fields(string(text))[1], 64)
	require.NoError(t, err)
	return pages * float64(os.Getpagesize())
}
