package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A Request is a request as it was received, for tests.
type Request struct {
	Method   string
	Path     string      // below /api, or /oauth/authorize; as it was sent (escaped)
	RawQuery string      // without the question mark
	Header   http.Header // without Authorization
	Token    string      // the bearer token, empty without one
	Body     []byte
	Status   int // 0 when the connection was broken or is still open without an answer
}

// maxLogged limits the memory of a sandbox that runs for weeks.
const maxLogged = 2000

type requestLog struct {
	mu      sync.Mutex
	entries []*Request
}

var errBodyTooLarge = errors.New("request body too large")

// add reads the body and records the request before it is carried out.
func (l *requestLog) add(r *http.Request, limit int64) (*Request, []byte, error) {
	var body []byte
	var err error
	if r.Body != nil {
		body, err = io.ReadAll(io.LimitReader(r.Body, limit+1))
	}
	if int64(len(body)) > limit {
		body, err = body[:limit], errBodyTooLarge
	}
	header := r.Header.Clone()
	header.Del("Authorization")
	e := &Request{
		Method: r.Method, Path: strings.TrimPrefix(r.URL.EscapedPath(), "/api"), RawQuery: r.URL.RawQuery,
		Header: header, Token: bearer(r.Header), Body: body,
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) >= maxLogged {
		l.entries = slices.Delete(l.entries, 0, maxLogged/10)
	}
	l.entries = append(l.entries, e)
	return e, body, err
}

func (l *requestLog) finish(e *Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Status = status
}

// Requests returns copies of the newest requests, at most 2,000, in the order of arrival, since the
// start or the last [Server.ClearRequests].
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	out := make([]Request, len(s.log.entries))
	for i, e := range s.log.entries {
		out[i] = *e
		out[i].Header = e.Header.Clone()
		out[i].Body = bytes.Clone(e.Body)
	}
	return out
}

// ClearRequests forgets all requests so far.
func (s *Server) ClearRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries = nil
}
