package sandbox

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
)

// Transport reaches the server in process: HTTP over pipes, without a port or a network. The
// sandbox answers whatever the host of the request is. An https request is one without TLS that
// counts as secure. Each request has a connection of its own: no goroutine outlives its answer, and
// no request is sent twice behind the caller's back.
func (s *Server) Transport() http.RoundTripper { return transportTo(s) }

func transportTo(h http.Handler) *http.Transport {
	return &http.Transport{
		DialContext: dialTo(h, nil), DialTLSContext: dialTo(h, &tls.ConnectionState{}),
		DisableKeepAlives: true, DisableCompression: true,
	}
}

// dialTo connects to a server that answers with h. Its requests carry the state of TLS, nil for
// none.
func dialTo(h http.Handler, state *tls.ConnectionState) func(context.Context, string, string) (net.Conn, error) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.TLS = state
		h.ServeHTTP(w, r)
		// Pipes have no buffer: a client that still writes would miss the answer.
		_, _ = io.Copy(io.Discard, r.Body)
	})}
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() { _ = server.Serve(&pipeListener{conn: far}) }()
		return near, nil
	}
}

// pipeListener accepts one connection.
type pipeListener struct{ conn net.Conn }

func (l *pipeListener) Accept() (net.Conn, error) {
	conn := l.conn
	if conn == nil {
		return nil, io.EOF
	}
	l.conn = nil
	return conn, nil
}

func (l *pipeListener) Close() error   { return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }
