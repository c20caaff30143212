package security_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// signInBy signs in in every way that there is.
var signInBy = map[string]func(*sitetest.Site){
	"the button": func(s *sitetest.Site) { s.SignIn() },
	"a token":    func(s *sitetest.Site) { s.SignInWith(sandbox.StandardToken) },
	"a token and a choice": func(s *sitetest.Site) {
		s.SignInWith(sandbox.AdminToken).Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	},
	"Tallyfy": func(s *sitetest.Site) {
		s.Post("/signin/answer", issue(s)).Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	},
}

// A cookie that somebody else chose is worth nothing after signing in, wherever it came from.
func TestASessionCannotBeFixed(t *testing.T) {
	t.Parallel()
	for way, signIn := range signInBy {
		t.Run(way, func(t *testing.T) {
			s := sitetest.New(t, sitetest.Options{OAuth: true})
			waiting, own := s.As(t), s.As(t)
			waiting.SignInWith(sandbox.AdminToken) // has a session of this server's, and has not chosen the organisation
			own.SignIn()
			for name, planted := range map[string][]*http.Cookie{
				"invented":          {{Name: "ta_session", Value: "chosen-by-an-attacker"}},
				"begun":             waiting.SessionCookies(),
				"somebody's own":    own.SessionCookies(),
				"two of them":       append(waiting.SessionCookies(), own.SessionCookies()...),
				"another's, broken": {{Name: "ta_session", Value: own.SessionCookies()[0].Value + "x"}},
			} {
				require.NotEmpty(t, planted)
				victim := visitor(t, s, planted)
				signIn(victim)
				require.Equal(t, http.StatusOK, victim.Once(victim.Request(http.MethodGet, "/help", nil)).Status, name)
				assert.NotEqual(t, planted[len(planted)-1].Value, victim.SessionCookies()[0].Value, name)
				assert.False(t, isSignedIn(t, s, planted[len(planted)-1:]), "%s: whoever planted it is signed in", name)
				waiting.SignInWith(sandbox.AdminToken)
				own.SignIn()
			}
		})
	}
}

func TestEveryChangeOfTheSessionEndsTheOldOne(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	s.SignIn()
	for _, step := range []struct {
		name string
		do   func() *sitetest.Page
		in   bool
	}{
		{"another organisation", func() *sitetest.Page {
			return s.Post("/organisations", url.Values{"organization": {s.Sandbox.OtherOrgID()}})
		}, true},
		{"and back", func() *sitetest.Page {
			return s.Post("/organisations", url.Values{"organization": {s.Sandbox.OrgID()}})
		}, true},
		{"signing in again", func() *sitetest.Page { return s.SignInWith(sandbox.StandardToken) }, true},
		{"beginning to sign in", func() *sitetest.Page { return s.SignInWith(sandbox.AdminToken) }, false},
		{"ending it", func() *sitetest.Page {
			return s.Get("/signin").Form("form:has([name=sandbox])").Submit("")
		}, true},
		{"signing out", func() *sitetest.Page { return s.Post("/signout", url.Values{}) }, false},
	} {
		old := s.SessionCookies()
		p := step.do()
		require.Equal(t, http.StatusOK, p.Status, step.name)
		assert.False(t, isSignedIn(t, s, old), "%s: the old id still opens the door", step.name)
		assert.Equal(t, step.in, isSignedIn(t, s, s.SessionCookies()), step.name)
		if now := s.SessionCookies(); len(old) > 0 && len(now) > 0 {
			assert.NotEqual(t, old[0].Value, now[0].Value, step.name)
		}
	}
	assert.Empty(t, s.SessionCookies(), "the browser has nothing left")
	s = sitetest.New(t, sitetest.Options{})
	s.SignIn()
	before := s.SessionCookies()
	assert.Equal(t, http.StatusUnprocessableEntity, s.Post("/organisations", url.Values{"organization": {"not-mine"}}).Status)
	assert.Equal(t, http.StatusUnprocessableEntity, s.SignInWith("mistyped").Status)
	assert.True(t, isSignedIn(t, s, before), "what is refused changes nothing")
}

// held holds calls back until it is opened, as a slow Tallyfy does.
type held struct {
	next    http.RoundTripper
	holds   func(*http.Request) bool
	arrived chan struct{}
	open    chan struct{}
}

func (h *held) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.holds(r) {
		h.arrived <- struct{}{}
		<-h.open
	}
	return h.next.RoundTrip(r)
}

// Somebody signs out, in this browser or another, while twenty requests are under way. None of them brings the session back,
// and no page shows anything any more.
func TestSignOutWhileRequestsAreUnderWay(t *testing.T) {
	const requests = 20
	h := &held{
		holds: func(r *http.Request) bool {
			return strings.Contains(r.URL.RawQuery, "slow") || r.Method == http.MethodPost
		},
		arrived: make(chan struct{}, requests), open: make(chan struct{}),
	}
	s := sitetest.New(t, sitetest.Options{Transport: h})
	h.next = s.Sandbox.Transport()
	s.SignIn()
	old := s.SessionCookies()
	answers := make([]*sitetest.Page, requests)
	var all sync.WaitGroup
	for i := range requests {
		other := visitor(t, s, old)
		r := other.Request(http.MethodGet, "/groups?q=slow+"+strconv.Itoa(i), nil) // each takes a call of its own
		if i%2 == 0 {                                                              // these would write to the session what the next page shows
			r = other.Request(http.MethodPost, "/groups", url.Values{"name": {"Group " + string(rune('A'+i))}, "description": {"x"}})
		}
		all.Go(func() { answers[i] = other.Once(r) })
	}
	for range requests {
		<-h.arrived
	}
	assert.Equal(t, "/signin", s.Post("/signout", url.Values{}).URL)
	assert.False(t, isSignedIn(t, s, old))
	time.Sleep(150 * time.Millisecond) // a page that is made at once is shown
	close(h.open)
	all.Wait()
	for i, p := range answers {
		assert.Equal(t, http.StatusSeeOther, p.Status, "request %d", i)
		if i%2 == 1 { // the others were sent before, and are done
			assert.Contains(t, p.Header.Get("Location"), "/signin", "a page under way shows nothing: request %d", i)
		}
		assert.Empty(t, p.Header.Values("Set-Cookie"), "request %d", i)
	}
	assert.False(t, isSignedIn(t, s, old), "a late answer has brought the session back")
	s.Sandbox.ClearRequests()
	after := visitor(t, s, old)
	for path := range map[string]bool{"/groups": true, "/groups.csv": true, s.GroupPath("Operations") + "/logo": true, "/organisations": true} {
		assert.Equal(t, http.StatusSeeOther, after.Once(after.Request(http.MethodGet, path, nil)).Status, path)
	}
	assert.Empty(t, s.Sandbox.Requests(), "the token is not used any more")
}

func TestASessionEnds(t *testing.T) {
	for name, c := range map[string]struct {
		idle, absolute time.Duration
		steps          []time.Duration // between requests
		alive          bool
	}{
		"used all the time":        {8 * time.Hour, 24 * time.Hour, []time.Duration{7 * time.Hour, 7 * time.Hour, 7 * time.Hour}, true},
		"left alone":               {8 * time.Hour, 24 * time.Hour, []time.Duration{7 * time.Hour, 8*time.Hour + time.Minute}, false},
		"too old, however used":    {8 * time.Hour, 24 * time.Hour, []time.Duration{7 * time.Hour, 7 * time.Hour, 7 * time.Hour, 3*time.Hour + time.Minute}, false},
		"the defaults, in use":     {0, 0, []time.Duration{7 * time.Hour}, true},
		"the defaults, left alone": {0, 0, []time.Duration{8*time.Hour + time.Minute}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var clock clock
			s := sitetest.New(t, sitetest.Options{Now: clock.now, Idle: c.idle, Absolute: c.absolute})
			s.SignIn()
			cookies := s.SessionCookies()
			var p *sitetest.Page
			for _, d := range c.steps {
				clock.pass(d)
				s.Sandbox.ClearRequests()
				p = s.Once(s.Request(http.MethodGet, "/groups", nil))
			}
			if c.alive {
				assert.Equal(t, http.StatusOK, p.Status)
				return
			}
			assert.Equal(t, "/signin?next=%2Fgroups", p.Header.Get("Location"))
			assert.Empty(t, s.Sandbox.Requests(), "the token is not used any more")
			assert.Equal(t, http.StatusSeeOther, s.Once(s.Request(http.MethodPost, s.DeletePath("Payroll"), url.Values{})).Status)
			assert.True(t, s.Exists("Payroll"))
			assert.False(t, isSignedIn(t, s, cookies))
			s.SignIn()
			assert.False(t, isSignedIn(t, s, cookies), "a new session does not bring the old one back")
		})
	}
}

// Who signs out of Tallyfy's web app is signed out here with the next call, wherever that comes from.
func TestARevokedTokenEndsTheSession(t *testing.T) {
	for name, path := range map[string]func(*sitetest.Site) string{
		"a list":   func(*sitetest.Site) string { return "/groups" },
		"a file":   func(*sitetest.Site) string { return "/members.csv" },
		"a group":  func(s *sitetest.Site) string { return s.GroupPath("Payroll") },
		"a wizard": func(s *sitetest.Site) string { return s.PlanPath("soren.kjaergaard", "anna.kowalska") },
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.SignedIn(t, sitetest.Options{})
			old, asked := s.SessionCookies(), path(s)
			s.Sandbox.RevokeToken(sandbox.AdminToken)
			p := s.Get(asked)
			assert.Equal(t, "Sign in", p.Text("h1"))
			assert.Contains(t, p.Text(".notice.warning"), sitetest.EndedNotice)
			assert.NotContains(t, p.Body, "Maren")
			refused := map[string]bool{}
			for _, r := range s.App.Routes() {
				if !r.SignedIn {
					continue
				}
				for _, who := range []*sitetest.Site{s, visitor(t, s, old)} {
					p := who.Once(who.Request(r.Method, address(s, r), url.Values{}))
					refused[p.Header.Get("X-Request-Id")] = true
					assert.True(t, p.Status == http.StatusSeeOther && strings.HasPrefix(p.Header.Get("Location"), "/signin"), "%s %s: %d", r.Method, r.Path, p.Status)
				}
			}
			for _, r := range s.Sandbox.Requests() { // what was read beside the call that was refused may come a little later
				assert.False(t, refused[r.Header.Get("X-Request-Id")], "a token that has ended is not tried again")
			}
		})
	}
}

func TestSessionCookieAttributes(t *testing.T) {
	for name, c := range map[string]struct {
		options       sitetest.Options
		session, path string
		oauth, way    string
	}{
		"http":                {sitetest.Options{}, "ta_session", "/", "ta_signin", "/signin"},
		"http, a sub-path":    {sitetest.Options{Base: "/tools/tallyfy"}, "ta_session", "/tools/tallyfy/", "ta_signin", "/tools/tallyfy/signin"},
		"https":               {sitetest.Options{HTTPS: true}, "__Host-ta_session", "/", "__Secure-ta_signin", "/signin"},
		"https, a sub-path":   {sitetest.Options{HTTPS: true, Base: "/tools/tallyfy"}, "__Secure-ta_session", "/tools/tallyfy/", "__Secure-ta_signin", "/tools/tallyfy/signin"},
		"https, behind proxy": {sitetest.Options{HTTPS: true, Base: "/m"}, "__Secure-ta_session", "/m/", "__Secure-ta_signin", "/m/signin"},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.OAuth = true
			s := sitetest.New(t, c.options)
			check := func(p *sitetest.Page, name, path string, sameSite http.SameSite, gone bool) {
				t.Helper()
				require.Len(t, p.Header.Values("Set-Cookie"), 1)
				cookie, err := http.ParseSetCookie(p.Header.Get("Set-Cookie"))
				require.NoError(t, err)
				assert.Equal(t, name, cookie.Name)
				assert.Equal(t, path, cookie.Path)
				assert.Empty(t, cookie.Domain)
				assert.True(t, cookie.HttpOnly)
				assert.Equal(t, c.options.HTTPS, cookie.Secure)
				assert.Equal(t, sameSite, cookie.SameSite)
				assert.Equal(t, gone, cookie.MaxAge < 0)
				if strings.HasPrefix(cookie.Name, "__Host-") {
					assert.True(t, cookie.Secure && cookie.Path == "/" && cookie.Domain == "", "a browser drops it")
				}
			}
			check(s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}})), c.session, c.path, http.SameSiteLaxMode, false)
			assert.Equal(t, http.StatusOK, s.Once(s.Request(http.MethodGet, "/groups", nil)).Status, "a browser sends it back")
			start := s.Once(s.Request(http.MethodGet, "/signin/tallyfy", nil))
			check(start, c.oauth, c.way, http.SameSiteStrictMode, false)
			check(s.Once(s.Request(http.MethodPost, "/signout", url.Values{})), c.session, c.path, http.SameSiteLaxMode, true)
			if c.options.HTTPS { // a cookie that a neighbour on plain http could set is not looked at
				s.SignIn()
				plain := []*http.Cookie{{Name: "ta_session", Value: s.SessionCookies()[0].Value}}
				assert.False(t, isSignedIn(t, s, plain))
			}
		})
	}
}
