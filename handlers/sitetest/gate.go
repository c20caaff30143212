package sitetest

import (
	"net/http"
	"strings"
	"sync/atomic"
)

// A Gate holds the first call of a route back until it is opened. Later ones pass.
type Gate struct {
	Next    http.RoundTripper
	Method  string
	Suffix  string        // how the route's path ends
	Arrived chan struct{} // is closed when that call arrives
	Open    chan struct{} // the test closes it
	arrived atomic.Bool
}

// RoundTrip sends a request on, if it is one that is held back only after Open is closed.
func (g *Gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == g.Method && strings.HasSuffix(r.URL.Path, g.Suffix) {
		if g.arrived.CompareAndSwap(false, true) {
			close(g.Arrived)
			<-g.Open
		}
	}
	return g.Next.RoundTrip(r)
}
