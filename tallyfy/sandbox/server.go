package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A Server is the API and the authorisation server in front of it. It is an [http.Handler] and safe
// for concurrent use.
type Server struct {
	options Options

	mu          sync.Mutex // guards the three below
	main, other *organisation
	shuffles    uint64 // of lists, see Options.ShuffleTies

	tokens *tokenTable
	limit  limit
	script script
	log    requestLog
	ids    requestIDs
}

// New starts a sandbox. Two sandboxes with the same options and the same time are equal, ids
// included; only the tokens that they issue differ. The error names the option that is out of
// range.
func New(o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	now := o.Now().UTC().Truncate(time.Second)
	return &Server{options: o, main: seedMain(now, o), other: seedOther(now), tokens: newTokenTable()}, nil
}

// OrgID is the main organisation, the one with the whole seed.
func (s *Server) OrgID() string { return s.main.id }

// OtherOrgID is the second, small organisation. [AdminToken] works there, too, [StandardToken] does
// not.
func (s *Server) OtherOrgID() string { return s.other.id }

func (s *Server) organisations() []*organisation { return []*organisation{s.main, s.other} }

// now is the time in whole seconds, as in the API's dates.
func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Second) }

// maxBody is the largest body, far above a group with 100,000 members. It protects the process and
// is not part of the contract.
const maxBody = 4 << 20

// ServeHTTP serves the API under /api, and the page where people sign in at /oauth/authorize. Below
// a prefix, with [http.StripPrefix], the URLs in the answers have the prefix, too.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID := s.ids.take(r.Header.Get("X-Request-Id"))
	w.Header().Set("X-Request-Id", requestID)

	entry, body, readErr := s.log.add(r, maxBody)
	m := matchRoute(r)
	fault := s.script.take(r.Method, m.pattern)
	carryOut, refuse := s.answer, refuse
	if m.pattern == authorizePattern {
		carryOut, refuse = s.authorize, refusePage
	}
	run := func() answer {
		if after := s.limit.take(r.Method, s.options); after > 0 {
			return tooMany(after)
		}
		switch {
		case errors.Is(readErr, errBodyTooLarge):
			return refuse(http.StatusRequestEntityTooLarge, "The request body is too large.")
		case readErr != nil:
			return refuse(http.StatusBadRequest, "The request body could not be read.")
		}
		return carryOut(r, m, body)
	}
	if !wait(r, s.options.Latency) {
		panic(http.ErrAbortHandler)
	}
	s.play(w, r, fault, run, func(status int) { s.log.finish(entry, status) })
}

// answer carries a request out. The checks have the order of a service behind a gateway: headers,
// token, route, method, organisation, permission, and then the resource's own.
func (s *Server) answer(r *http.Request, m match, body []byte) answer {
	if a, ok := checkHeaders(r, body); !ok {
		return a
	}
	email, a, ok := s.authenticate(r)
	if !ok {
		return a
	}
	if m.route == nil {
		return m.refusal()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{r: r, body: body, vars: m.vars, base: baseURL(r), email: email, now: s.now()}
	if org, inOrganisation := m.vars["{org}"]; inOrganisation {
		c.org = s.organisation(org)
		if c.org != nil {
			c.org.moveDueTasks(c.now)
		}
		// One answer for an organisation that does not exist and for one that is not the caller's.
		if c.org == nil || !c.signIn() {
			return refuse(http.StatusForbidden, "You do not have access to this organization.")
		}
		if m.route.access == forAdmins && c.caller.role != roleAdmin {
			return refuse(http.StatusForbidden, "You are not authorized to perform this action.")
		}
	}
	return m.route.handle(s, c)
}

func (s *Server) organisation(id string) *organisation {
	for _, o := range s.organisations() {
		if o.id == id {
			return o
		}
	}
	return nil
}

// wait reports whether the time passed before the client went away.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// requestIDs make the values of X-Request-Id.
type requestIDs struct {
	mu   sync.Mutex
	last int
}

var saneRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// take keeps the client's id if it is harmless in a log line.
func (ids *requestIDs) take(wanted string) string {
	if saneRequestID.MatchString(wanted) {
		return wanted
	}
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.last++
	return fmt.Sprintf("sandbox-%08d", ids.last)
}

// baseURL is the API's address as the client reached it, for links and logo URLs. Its prefix is the
// part of the request line before the path that reached this handler.
func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	asked, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(asked, "/") { // absolute form, through a proxy
		_, asked, _ = strings.Cut(asked, "://")
		if i := strings.IndexByte(asked, '/'); i >= 0 {
			asked = asked[i:]
		}
	}
	prefix, found := strings.CutSuffix(asked, r.URL.EscapedPath())
	if !found {
		prefix = ""
	}
	return scheme + "://" + r.Host + prefix + "/api"
}
