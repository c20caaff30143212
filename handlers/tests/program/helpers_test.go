// Package program_test runs the built program as its operators do: with files, databases, proxies and signals.
package program_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"testing"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// A dashboard is the program, with what only these tests ask of it.
type dashboard struct{ *program.Program }

func start(t *testing.T, o program.Options) *dashboard {
	t.Helper()
	return &dashboard{program.Start(t, o)}
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
