package tallyfy

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testToken = "test-token-0123456789"

// roundTrip is a RoundTripper made of a function. It reports no connections, like any transport that is not Go's own.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// script answers with its steps in turn, the last one for ever, and remembers when it was called.
type script struct {
	mu    sync.Mutex
	steps []roundTrip
	calls []*http.Request
	times []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	step := s.steps[min(len(s.calls), len(s.steps)-1)]
	s.calls = append(s.calls, r)
	s.times = append(s.times, time.Now())
	s.mu.Unlock()
	return step(r)
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

// answers makes a step that answers at once. headers are pairs.
func answers(status int, body string, headers ...string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{
			StatusCode: status, Header: h, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
}

// fails makes a step without an answer.
func fails(err error) roundTrip {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs makes a step that never answers.
func hangs() roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
}

func scripted(t *testing.T, steps ...roundTrip) (*Client, *script) {
	t.Helper()
	s := &script{steps: steps}
	return newTestClient(t, Options{Transport: s}), s
}

func newTestClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.BaseURL == "" {
		o.BaseURL = "https://api.test/some/prefix/api"
	}
	c, err := New(o)
	require.NoError(t, err)
	return c.WithToken(testToken)
}
