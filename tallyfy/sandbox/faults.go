package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Fault is a scripted misbehaviour for the requests of a method and a route. The effects come in
// this order: Meanwhile, Execute, Delay, Hang, Abort, answer.
type Fault struct {
	Method string // "" is every method
	Route  string // a pattern of routes.go, or "/oauth/authorize"; "" is every request, to unknown routes, too
	Skip   int    // the number of such requests that pass unharmed first
	Times  int    // the number of requests; 0 is all until ClearFaults

	Answer Answer // answer with this instead, an answer with a name
	Status int    // answer with this instead; 0 keeps the normal answer
	Header http.Header
	Body   string // of the answer with Status; its type is guessed unless Header names it

	Meanwhile func() // what somebody else does in the moment before, such as removing a member

	Execute bool          // carry the request out first, so that only the answer fails
	Delay   time.Duration // wait first; a client that goes away meanwhile drops the request, unless Execute is set
	Hang    bool          // never answer until the client goes away
	Abort   bool          // break the connection: before any byte, or after AbortAfter bytes of the body
	// AbortAfter beyond the body's end has no effect.
	AbortAfter int
}

type script struct {
	mu     sync.Mutex
	faults []*Fault
}

// Fail adds a fault after the existing ones. Each request meets the first fault that matches. Fail
// panics on a route or an answer that the sandbox does not have: that is a mistake in a test.
func (s *Server) Fail(f Fault) {
	if f.Route != "" && !knownPattern(f.Route) {
		panic(fmt.Sprintf("sandbox: fault for unknown route %q", f.Route))
	}
	f = f.spellOut()
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	f.Header = f.Header.Clone()
	s.script.faults = append(s.script.faults, &f)
}

// ClearFaults removes all faults. Requests that hang already go on hanging.
func (s *Server) ClearFaults() {
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	s.script.faults = nil
}

// take finds the fault for a request and counts it down.
func (sc *script) take(method, pattern string) Fault {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	for i, f := range sc.faults {
		if f.Method != "" && f.Method != method || f.Route != "" && !samePattern(f.Route, pattern) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		found := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				sc.faults = slices.Delete(sc.faults, i, i+1)
			}
		}
		return found
	}
	return Fault{}
}

// play answers a request as the fault says. The zero fault is the normal answer.
func (s *Server) play(w http.ResponseWriter, r *http.Request, f Fault, run func() answer, finish func(status int)) {
	var a answer
	if f.Meanwhile != nil {
		f.Meanwhile()
	}
	executed := f.Execute
	if executed {
		a = run()
	}
	if !wait(r, f.Delay) {
		panic(http.ErrAbortHandler)
	}
	if f.Hang {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	if f.Abort && f.AbortAfter <= 0 {
		panic(http.ErrAbortHandler)
	}
	switch {
	case f.Status != 0:
		a = f.answer()
	case !executed:
		a = run()
	}
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	limit := -1
	if f.Abort {
		limit = f.AbortAfter
	}
	finish(a.status)
	a.write(w, limit)
}

func (f Fault) answer() answer {
	body := []byte(f.Body)
	if len(body) == 0 {
		return answer{status: f.Status}
	}
	a := answer{status: f.Status, raw: func() []byte { return body }}
	if f.Header.Get("Content-Type") == "" && !json.Valid(bytes.TrimSpace(body)) {
		a.header = http.Header{"Content-Type": {http.DetectContentType(body)}}
	}
	return a
}
