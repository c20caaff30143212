package sitetest

import (
	"net/http"
	"strings"
	"sync"
)

// A Gate holds the calls of a route back until it is opened.
type Gate struct {
	Next    http.RoundTripper
	Method  string
	Suffix  string        // how the route's path ends
	Arrived chan struct{} // is closed when the first call arrives
	Open    chan struct{} // the test closes it
	once    sync.Once
}

// RoundTrip sends a request on, if it is one that is held back only after Open is closed.
func (g *Gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == g.Method && strings.HasSuffix(r.URL.Path, g.Suffix) {
		g.once.Do(func() { close(g.Arrived) })
		<-g.Open
	}
	return g.Next.RoundTrip(r)
}
