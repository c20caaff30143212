// Package program_test builds the program and runs it as its operators do: with files, databases, proxies and signals.
package program_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "tallyfy-admin-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// build makes the program once, as "go build" of a clone does.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "tallyfy-admin")
	out, err := exec.Command("go", "build", "-o", path, "../../..").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return path, err
})

// binary is where the program is. Tests that run it are left out of a short run.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	path, err := build()
	require.NoError(t, err)
	return path
}

var given sync.Map

// freeAddress is an address of this machine that nobody listens on. It lies below the ports that the kernel gives to outgoing
// connections, or one of those could take it before the program does.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", 15_000+rand.IntN(15_000))
		if _, taken := given.LoadOrStore(address, true); taken {
			continue
		}
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	require.Fail(t, "no free port")
	return ""
}

// An api is Tallyfy, played by the sandbox on an address of its own. It outlives the dashboard, and sees what arrives.
type api struct {
	*sandbox.Server
	http *httptest.Server
}

func newAPI(t *testing.T, wrap ...func(http.Handler) http.Handler) *api {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	var h http.Handler = s
	for _, w := range wrap {
		h = w(h)
	}
	a := &api{s, httptest.NewServer(h)}
	t.Cleanup(a.http.Close)
	return a
}

// options say how the program is started. The zero value is the sandbox inside it, with a database in memory.
type options struct {
	address   string // a free one if empty
	public    string // http:// and the address if empty
	api       *api   // Tallyfy; nil for the sandbox inside
	database  string
	arguments []string
	env       []string // the program sees no other variables
}

func (o options) line() []string {
	line := []string{"--addr", o.address, "--public-url", o.public}
	if o.api != nil {
		line = append(line, "--api-url", o.api.http.URL+"/api")
	} else {
		line = append(line, "--sandbox")
	}
	if o.database != "" {
		line = append(line, "--database-url", o.database)
	} else {
		line = append(line, "--database-url", "memory:")
	}
	return append(line, o.arguments...)
}

// A program is the dashboard as a process.
type program struct {
	*exec.Cmd
	t     *testing.T
	log   logFile
	o     options
	base  string // the sub-path
	ended chan struct{}
	err   error // how it ended
}

// start runs the program until the test ends, and waits until it answers.
func start(t *testing.T, o options) *program {
	t.Helper()
	path := binary(t)
	if o.address == "" {
		o.address = freeAddress(t)
	}
	if o.public == "" {
		o.public = "http://" + o.address
	}
	public, err := url.Parse(o.public)
	require.NoError(t, err)
	p := &program{Cmd: exec.Command(path, o.line()...), t: t, o: o, base: public.Path, ended: make(chan struct{})}
	// A file and not a pipe: what the program wrote before it answered is there when the answer is.
	log, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	defer log.Close()
	p.log, p.Stderr, p.Env = logFile(log.Name()), log, append([]string{"PATH=" + os.Getenv("PATH"), "PACE=off"}, o.env...) // the pace has tests of its own
	require.NoError(t, p.Start())
	go func() {
		p.err = p.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	require.Eventually(t, func() bool { return p.hasEnded() || p.status("/healthz") == http.StatusOK }, 30*time.Second, 20*time.Millisecond, "the program does not answer")
	require.False(t, p.hasEnded(), "%v: %s", p.err, p.log.String())
	return p
}

// A logFile is where a program's log is.
type logFile string

// String is all that was logged so far.
func (f logFile) String() string {
	text, err := os.ReadFile(string(f))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (p *program) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// kill ends the program as kill -9 does.
func (p *program) kill() {
	_ = p.Process.Kill()
	<-p.ended
}

func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.Process.Signal(s))
}

// waitForEnd is how the program ended.
func (p *program) waitForEnd() error {
	select {
	case <-p.ended:
		return p.err
	case <-time.After(40 * time.Second):
		return errors.New("the program did not stop")
	}
}

// quick asks without keeping connections, so that each request is a new one.
var quick = &http.Client{
	Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// status is what a path below the sub-path answers over a new connection; 0 without an answer.
func (p *program) status(path string) int { return statusOf("http://" + p.o.address + p.base + path) }

func statusOf(address string) int {
	answer, err := quick.Get(address)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// at is a visitor of the dashboard at an address, who has not signed in.
func at(t *testing.T, address string, a *api) *sitetest.Site {
	u, err := url.Parse(address)
	require.NoError(t, err)
	s := &sitetest.Site{T: t, Base: u.Path, Log: &sitetest.SyncBuffer{}, Client: sitetest.NewVisitor(t), Server: &httptest.Server{URL: u.Scheme + "://" + u.Host}}
	s.Sandbox = builtIn()
	if a != nil {
		s.Sandbox = a.Server
	}
	s.Org = s.Sandbox.OrgID()
	return s
}

// builtIn is a sandbox with the ids of the program's own one.
var builtIn = sync.OnceValue(func() *sandbox.Server {
	s, err := sandbox.New(sandbox.Options{})
	if err != nil {
		panic(err)
	}
	return s
})

// site is a visitor of this program.
func (p *program) site() *sitetest.Site { return at(p.t, "http://"+p.o.address+p.base, p.o.api) }

// signedIn is a visitor who has signed in as the administrator.
func (p *program) signedIn() *sitetest.Site {
	p.t.Helper()
	s := p.site()
	if p.o.api == nil {
		s.SignIn()
		return s
	}
	signIn(s, sandbox.AdminToken)
	p.o.api.ClearRequests()
	return s
}

// signIn signs in to the main organisation with a token.
func signIn(s *sitetest.Site, token string) {
	s.T.Helper()
	p := s.Post("/signin", url.Values{"token": {token}, "organization": {s.Sandbox.OrgID()}})
	require.Equal(s.T, "Groups", p.Text("h1"))
}

// runToTheEnd runs the program when it is expected to give up by itself, and gives what it said and its exit status.
func runToTheEnd(t *testing.T, env []string, arguments ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, binary(t), arguments...)
	c.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	out, _ := c.CombinedOutput()
	require.NoError(t, ctx.Err(), "the program runs on: %s", out)
	return string(out), c.ProcessState.ExitCode()
}

// A gate holds requests of a method back until it is opened, or the client goes away.
type gate struct {
	method        string
	arrived, open chan struct{}
}

func newGate(method string) *gate {
	return &gate{method: method, arrived: make(chan struct{}, 100), open: make(chan struct{})}
}

func (g *gate) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == g.method {
			body, err := io.ReadAll(r.Body) // a server does not notice before that its client goes away
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			g.arrived <- struct{}{}
			select {
			case <-g.open:
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// result is how a request ended that was sent from another goroutine.
type result struct {
	status int
	to     string
	body   string
	err    error
}

// later sends a request without following its redirect.
func later(s *sitetest.Site, r *http.Request) <-chan result {
	done := make(chan result, 1)
	stay := *s.Client
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	go func() { done <- send(&stay, r) }()
	return done
}

func send(c *http.Client, r *http.Request) result {
	answer, err := c.Do(r)
	if err != nil {
		return result{err: err}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return result{status: answer.StatusCode, to: answer.Header.Get("Location"), body: string(body), err: err}
}

// assertNoPanic looks for what a panic leaves in the log, whoever caught it.
func (p *program) assertNoPanic() {
	p.t.Helper()
	for _, word := range []string{"panic", "goroutine ", "DATA RACE"} {
		if strings.Contains(p.log.String(), word) {
			require.Fail(p.t, word+" in the log", p.log.String())
		}
	}
}
