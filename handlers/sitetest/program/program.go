// Package program starts the built program for tests, as its operators do: with files, a database
// and signals. Package sitetest drives the same application inside the test's own process; a
// [Program.Site] is a visitor of this one.
package program

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
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

// patience bounds every wait for a program. Only a failure waits as long: a busy machine may not.
const patience = time.Minute

var folder = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "tallyfy-admin-") })

// Main runs a package's tests, and removes the program that was built for them.
func Main(m *testing.M) int {
	defer func() {
		if path, err := folder(); err == nil {
			_ = os.RemoveAll(path)
		}
	}()
	return m.Run()
}

// build makes the program once, as "make build" does.
var build = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TEST_PROGRAM"); path != "" {
		return path, nil
	}
	path, err := folder()
	if err != nil {
		return "", err
	}
	path = filepath.Join(path, "tallyfy-admin")
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "tallyfy-admin")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// Binary is where the program is: TEST_PROGRAM, or one that is built. A short run skips the test.
func Binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs the program")
	}
	path, err := build()
	require.NoError(t, err)
	return path
}

var given sync.Map

// FreeAddress is an address of this machine that nobody listens on. It lies below the ports that
// the kernel gives to outgoing connections: one of those could take it before the program does.
func FreeAddress(t *testing.T) string {
	t.Helper()
	for range 1000 {
		n, err := rand.Int(rand.Reader, big.NewInt(15_000))
		require.NoError(t, err)
		address := fmt.Sprintf("127.0.0.1:%d", 15_000+n.Int64())
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

// An API is Tallyfy, played by the sandbox at an address of its own. It outlives the program.
type API struct {
	*sandbox.Server
	URL  string           // without /api
	HTTP *httptest.Server // nil if another process serves the URL
}

// NewAPI serves the demo organisation until the test ends. Each wrap goes around what was there.
func NewAPI(t *testing.T, o sandbox.Options, wrap ...func(http.Handler) http.Handler) *API {
	t.Helper()
	s, err := sandbox.New(o)
	require.NoError(t, err)
	var h http.Handler = s
	for _, w := range wrap {
		h = w(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &API{s, server.URL, server}
}

// Options say how the program is started. The zero value is the sandbox inside it, with a database
// in memory.
type Options struct {
	Address   string // a free one if empty
	Public    string // http:// and the address if empty
	Metrics   string // the address of the metrics; none if empty
	API       *API   // Tallyfy; nil for the sandbox inside
	Database  string
	Arguments []string
	Env       []string // the program sees no other variables
}

// Line is the program's command line.
func (o Options) Line() []string {
	line := []string{"--addr", o.Address, "--public-url", o.Public, "--database-url", "memory:"}
	if o.Database != "" {
		line = append(line, "--database-url", o.Database)
	}
	if o.Metrics != "" {
		line = append(line, "--metrics-addr", o.Metrics)
	}
	if o.API != nil {
		line = append(line, "--api-url", o.API.URL+"/api")
	} else {
		line = append(line, "--sandbox")
	}
	return append(line, o.Arguments...)
}

// A Program is the dashboard as a process.
type Program struct {
	*exec.Cmd
	T       *testing.T
	Log     LogFile
	Options Options
	base    string // the sub-path
	ended   chan struct{}
	err     error // how it ended
}

// Start runs the program until the test ends, and waits until it is ready.
func Start(t *testing.T, o Options) *Program {
	t.Helper()
	path := Binary(t)
	if o.Address == "" {
		o.Address = FreeAddress(t)
	}
	if o.Public == "" {
		o.Public = "http://" + o.Address
	}
	public, err := url.Parse(o.Public)
	require.NoError(t, err)
	p := &Program{Cmd: exec.Command(path, o.Line()...), T: t, Options: o, base: public.Path, ended: make(chan struct{})}
	// A file and not a pipe: what the program wrote before it answered is there when the answer is.
	log, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	defer log.Close()
	p.Log, p.Stderr = LogFile(log.Name()), log
	p.Env = append([]string{"PATH=" + os.Getenv("PATH"), "PACE=off"}, o.Env...) // the pace has tests of its own
	require.NoError(t, p.Cmd.Start())
	go func() {
		p.err = p.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	require.Eventually(t, func() bool { return p.HasEnded() || p.Status("/readyz") == http.StatusOK }, patience, 20*time.Millisecond, "the program does not answer")
	require.False(t, p.HasEnded(), "%v: %s", p.err, p.Log)
	return p
}

// RunToTheEnd runs the program when it is expected to give up by itself. It gives what the program
// said, and its exit status.
func RunToTheEnd(t *testing.T, env []string, arguments ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, Binary(t), arguments...)
	c.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	out, _ := c.CombinedOutput()
	require.NoError(t, ctx.Err(), "the program runs on: %s", out)
	return string(out), c.ProcessState.ExitCode()
}

// A LogFile is where a program's log is.
type LogFile string

// String is all that was logged so far.
func (f LogFile) String() string {
	text, err := os.ReadFile(string(f))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// HasEnded reports that the process is gone.
func (p *Program) HasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Kill ends the program as kill -9 does.
func (p *Program) Kill() {
	_ = p.Process.Kill()
	<-p.ended
}

// Signal sends a signal.
func (p *Program) Signal(s syscall.Signal) {
	p.T.Helper()
	require.NoError(p.T, p.Process.Signal(s))
}

// WaitForEnd is how the program ended.
func (p *Program) WaitForEnd() error {
	select {
	case <-p.ended:
		return p.err
	case <-time.After(patience):
		return errors.New("the program did not stop")
	}
}

// quick asks without keeping connections, so that each request is a new one.
var quick = &http.Client{
	Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Status is what a path below the sub-path answers over a new connection; 0 without an answer.
func (p *Program) Status(path string) int {
	return StatusOf("http://" + p.Options.Address + p.base + path)
}

// StatusOf is what an address answers over a new connection; 0 without an answer.
func StatusOf(address string) int {
	answer, err := quick.Get(address)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// VisitorAt is a visitor of the dashboard at an address, who has not signed in.
func VisitorAt(t *testing.T, address string, a *API) *sitetest.Site {
	t.Helper()
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

// Site is a visitor of this program.
func (p *Program) Site() *sitetest.Site {
	p.T.Helper()
	return VisitorAt(p.T, "http://"+p.Options.Address+p.base, p.Options.API)
}

// SignedIn is a visitor who has signed in as the administrator.
func (p *Program) SignedIn() *sitetest.Site {
	p.T.Helper()
	s := p.Site()
	if p.Options.API == nil {
		s.SignIn()
		return s
	}
	SignIn(s, sandbox.AdminToken)
	p.Options.API.ClearRequests()
	return s
}

// SignIn signs in to the main organisation with a token.
func SignIn(s *sitetest.Site, token string) {
	s.T.Helper()
	p := s.Post("/signin", url.Values{"token": {token}, "organization": {s.Sandbox.OrgID()}, "next": {"/groups"}})
	require.Equal(s.T, "Groups", p.Text("h1"))
}

// AssertNoPanic looks for what a panic leaves in the log, whoever caught it.
func (p *Program) AssertNoPanic() {
	p.T.Helper()
	for _, word := range []string{"panic", "goroutine ", "DATA RACE"} {
		if strings.Contains(p.Log.String(), word) {
			require.Fail(p.T, word+" in the log", p.Log.String())
		}
	}
}
