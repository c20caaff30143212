package faults_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// apiHost is where the dashboard believes Tallyfy to be. The name never resolves (RFC 6761): what does not take the wire fails.
const apiHost = "tallyfy.test"

// A wire lies between the dashboard and Tallyfy. Calls reach the sandbox in process, but for those that the fault hits: they
// take a real connection, which misbehaves.
type wire struct {
	demo    *sandbox.Server
	healthy http.RoundTripper
	broken  *http.Transport
	// carry says that a write that is hit is carried out before its answer goes wrong.
	carry bool
	// elsewhere is another host, for redirects.
	elsewhere *elsewhere
	// over ends what still reads in the background when the cell is done: its port may be another cell's by then.
	over atomic.Bool

	mu     sync.Mutex
	hit    func(*http.Request) bool // nil is no call
	paths  []string                 // of the calls, each once, in their order
	writes int                      // attempts of changes
	hits   int
	strays []string // where else the token was about to go
	handed int64    // bytes of bodies that the far side handed out
}

// newWire makes a wire on which nothing goes wrong yet.
func newWire(t *testing.T, f fault, carry bool) *wire {
	t.Helper()
	w := &wire{broken: tallyfy.NewTransport(), carry: carry, elsewhere: newElsewhere(t)}
	dial := f.far(t, w)
	w.broken.Proxy = nil
	w.broken.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(address)
		switch {
		case w.over.Load():
			return nil, net.ErrClosed
		case host == apiHost:
			return dial(ctx, network, address)
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	t.Cleanup(func() {
		w.over.Store(true)
		w.broken.CloseIdleConnections()
	})
	return w
}

// RoundTrip sends a call the way it has to go.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	if r.URL.Host != apiHost {
		w.strays = append(w.strays, r.URL.Host)
	}
	path := r.Method + " " + r.URL.Path
	seen := false
	for _, p := range w.paths {
		seen = seen || p == path
	}
	if !seen {
		w.paths = append(w.paths, path)
	}
	hit := w.hit != nil && w.hit(r)
	if hit {
		w.hits++
	}
	if isWrite(r) { // after hit has looked whether there was one before
		w.writes++
	}
	w.mu.Unlock()
	if hit {
		return w.broken.RoundTrip(r)
	}
	return w.healthy.RoundTrip(r)
}

// hitting makes the fault hit the calls that match; nil mends everything.
func (w *wire) hitting(match func(*http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hit = match
}

// count is what has happened so far.
func (w *wire) count() (hits, writes int, handed int64, strays []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hits, w.writes, w.handed, append(w.strays, w.elsewhere.asked()...)
}

// calls are the calls so far, each once, and forgets them.
func (w *wire) calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	paths := w.paths
	w.paths = nil
	return paths
}

func (w *wire) gave(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.handed += int64(n)
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet }

// dialler is how the wire reaches the far side.
type dialler = func(ctx context.Context, network, address string) (net.Conn, error)

// smallBuffer keeps sockets from swallowing what the client does not read.
const smallBuffer = 64 << 10

// to leads to a listener, whatever the name.
func to(address string) dialler {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			err = tcp.SetReadBuffer(smallBuffer)
		}
		return conn, err
	}
}

// refusing is a port that nobody listens on. It is a reserved one: one that was free a moment ago can be another cell's.
func refusing(*testing.T, *wire) dialler { return to("127.0.0.1:1") }

// nameless resolves by a name server that knows no name.
func nameless(t *testing.T, _ *wire) dialler {
	return (&net.Dialer{Resolver: sitetest.Resolver(t, noSuchName)}).DialContext
}

// noSuchName answers a DNS query with NXDOMAIN (RFC 1035, 4.1): its header and its question, without the rest.
func noSuchName(query []byte) []byte {
	const header = 12
	end := header
	for end < len(query) && query[end] != 0 {
		end += 1 + int(query[end])
	}
	end = min(end+5, len(query)) // the root, type and class
	answer := append([]byte(nil), query[:end]...)
	binary.BigEndian.PutUint16(answer[2:], 0x8183) // a response, recursion available, NXDOMAIN
	binary.BigEndian.PutUint16(answer[4:], 1)
	for i := 6; i < header; i++ {
		answer[i] = 0
	}
	return answer
}

// selfSigned speaks TLS with a certificate that nobody trusts.
func selfSigned(t *testing.T, w *wire) dialler {
	s := httptest.NewUnstartedServer(w.demo)
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	return to(s.Listener.Addr().String())
}

// elsewhere is a host that is not Tallyfy's, and remembers who asks.
type elsewhere struct {
	server *httptest.Server
	mu     sync.Mutex
	seen   []string
}

func newElsewhere(t *testing.T) *elsewhere {
	e := &elsewhere{}
	e.server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.seen = append(e.seen, r.Method+" elsewhere, Authorization: "+r.Header.Get("Authorization"))
	}))
	t.Cleanup(e.server.Close)
	return e
}

func (e *elsewhere) asked() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.seen...)
}
