package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// once sends a request without following a redirect.
func (s *site) once(r *http.Request) *page {
	s.t.Helper()
	following := s.client
	defer func() { s.client = following }()
	s.client = &http.Client{
		Jar: following.Jar, Transport: following.Transport, Timeout: following.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s.do(r)
}

// sessionCookies are the session cookies that the visitor's browser would send, none if it has none.
func (s *site) sessionCookies() []*http.Cookie {
	s.t.Helper()
	u, err := url.Parse(s.server.URL + s.base + "/")
	require.NoError(s.t, err)
	return s.client.Jar.Cookies(u)
}

// isSignedIn asks with some cookies, as somebody who stole or kept them would.
func (s *site) isSignedIn(cookies []*http.Cookie) bool {
	s.t.Helper()
	mine := s.client
	defer func() { s.client = mine }()
	s.client = newVisitor(s.t)
	r := s.request(http.MethodGet, "/members", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return s.once(r).status == http.StatusOK
}

// pasted is the answer to a token pasted into the form, with the token nowhere in it, nor in the log.
func (s *site) pasted(token string) *page {
	s.t.Helper()
	p := s.signInWith(token)
	s.assertHidden(p, token)
	return p
}

// assertHidden checks that a secret is neither in the page nor in the log.
func (s *site) assertHidden(p *page, secret string) {
	s.t.Helper()
	if secret = strings.TrimSpace(secret); secret != "" {
		assert.NotContains(s.t, p.body, secret)
		assert.NotContains(s.t, p.url, secret)
		assert.NotContains(s.t, s.log.String(), secret)
	}
}

func TestTokenIsTakenAsItIsCopied(t *testing.T) {
	for name, typed := range map[string]string{
		"plain": "sandbox-standard", "from a curl command": "Bearer sandbox-standard", "in lower case": "bearer  sandbox-standard",
		"with white space": "  \tsandbox-standard \r\n", "from JSON": `"sandbox-standard"`, "all of it": ` "Bearer sandbox-standard" `,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, siteOptions{noButton: true})
			p := s.signInWith(typed)
			s.assertHidden(p, sandbox.StandardToken)
			assert.Equal(t, http.StatusOK, p.status)
			assert.Equal(t, "/groups", p.url)
			assert.Contains(t, p.text(".account .who"), "Tomás Herrera")
			assert.Equal(t, "Organisation Aldermoor Logistics", p.text(".organisation"))
		})
	}
}

func TestSignInVerifiesTokenAndOrganisationFirst(t *testing.T) {
	s := newSite(t, siteOptions{})
	s.signInWith(sandbox.StandardToken)
	var asked []string
	for _, r := range s.sandbox.Requests()[:3] {
		asked = append(asked, r.Method+" "+r.Path)
		assert.Equal(t, sandbox.StandardToken, r.Token)
	}
	assert.Equal(t, []string{"GET /me", "GET /me/organizations", "GET /organizations/" + s.sandbox.OrgID() + "/me"}, asked)
}

func TestSeveralOrganisationsAreAChoiceWithoutPastingAgain(t *testing.T) {
	s := newSite(t, siteOptions{noButton: true})
	p := s.get("/signin?next=%2Fmembers%3Fq%3Dann").form("form:has([name=token])").set("token", sandbox.AdminToken).submit("")
	s.assertHidden(p, sandbox.AdminToken)
	assert.Equal(t, http.StatusOK, p.status)
	assert.Equal(t, "Choose the organisation", p.text("h1"))
	assert.Equal(t, []string{s.sandbox.OrgID(), s.sandbox.OtherOrgID()}, p.texts("label.choice code"))
	assert.False(t, p.has("[name=token]"))
	assert.False(t, p.has("input[checked]"), "nothing is preselected")
	assert.False(t, s.isSignedIn(s.sessionCookies()), "access before the choice")

	p = p.form("form:has([name=organization])").submit("")
	assert.Equal(t, "Choose the organisation", p.text("h1"), "without a choice the question stays")
	p = p.form("form:has([name=organization])").set("organization", s.sandbox.OtherOrgID()).submit("")
	s.assertHidden(p, sandbox.AdminToken)
	assert.Equal(t, "/members?q=ann", p.url)
	last := s.sandbox.Requests()[len(s.sandbox.Requests())-1]
	assert.Contains(t, last.Path, "/organizations/"+s.sandbox.OtherOrgID()+"/")
}

func TestOrganisationThatRefusesTheTokenIsAskedForAgain(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		s := newSite(t, siteOptions{noButton: true})
		s.sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Status: status, Times: 1})
		p := s.pasted(sandbox.AdminToken).form("form:has([name=organization])").set("organization", s.sandbox.OrgID()).submit("")
		assert.Equal(t, http.StatusUnprocessableEntity, p.status)
		assert.Contains(t, p.text("#error-organization"), "does not let this token into that organisation")
		p = p.form("form:has([name=organization])").set("organization", s.sandbox.OtherOrgID()).submit("")
		assert.Equal(t, "Groups", p.text("h1"))
	}
}

func TestOrganisationIsTypedWhenTallyfyDoesNotListThem(t *testing.T) {
	s := newSite(t, siteOptions{noButton: true})
	s.sandbox.Fail(sandbox.Fault{Route: "/me/organizations", Status: http.StatusForbidden})
	p := s.get("/signin?next=/members").form("form:has([name=token])").set("token", sandbox.AdminToken).submit("")
	s.assertHidden(p, sandbox.AdminToken)
	assert.Equal(t, http.StatusOK, p.status)
	assert.False(t, p.has("[name=token]"), "the token need not be pasted again")
	assert.False(t, p.has("#error-organization"), "nothing was wrong yet")

	for id, message := range map[string]string{
		strings.Repeat("0", 32):   "does not let this token into that organisation",
		"../" + s.sandbox.OrgID(): "is not an organisation's id",
		"..":                      "is not an organisation's id",
		`"><script>x</script>`:    "is not an organisation's id",
	} {
		s.sandbox.ClearRequests()
		p = p.form("form:has([name=organization])").set("organization", id).submit("")
		assert.Equal(t, http.StatusUnprocessableEntity, p.status, id)
		assert.Contains(t, p.text("#error-organization"), message, id)
		assert.Equal(t, id, p.form("form:has([name=organization])").values.Get("organization"), "what was typed stays")
		assert.False(t, p.has("main script"))
		if strings.Contains(message, "id") && strings.HasPrefix(message, "is not") {
			assert.Empty(t, s.sandbox.Requests(), "asked for %q", id)
		}
	}
	p = p.form("form:has([name=organization])").set("organization", " "+s.sandbox.OrgID()+" ").submit("")
	assert.Equal(t, "/members", p.url)
}

func TestTokenThatIsNoneIsRefusedAtItsField(t *testing.T) {
	const notTaken, notAToken = "Tallyfy does not take this token", "This is not a token"
	for name, c := range map[string]struct {
		token, message string
		calls          int
	}{
		"expired":     {sandbox.ExpiredToken, notTaken, 1},
		"unknown":     {"eyJhbGciOiJSUzI1NiJ9.unknown.token", notTaken, 1},
		"nothing":     {"  ", "Paste your personal access token.", 0},
		"a sentence":  {"my token is in the mail", notAToken, 0},
		"line breaks": {"first-line\nInjected: header", notAToken, 0},
		"not ASCII":   {"tøken-of-somebody", notAToken, 0},
		"a book":      {strings.Repeat("x", 9000), notAToken, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, siteOptions{noButton: true})
			p := s.get("/signin?next=/members").form("form:has([name=token])").set("token", c.token).submit("")
			s.assertHidden(p, c.token)
			assert.Equal(t, http.StatusUnprocessableEntity, p.status)
			assert.Equal(t, "Sign in", p.text("h1"))
			assert.Contains(t, p.text("#error-token"), c.message)
			f := p.form("form:has([name=token])")
			assert.Empty(t, f.values.Get("token"), "a token never comes back in a page")
			assert.Equal(t, "/members", f.values.Get("next"))
			assert.Len(t, s.sandbox.Requests(), c.calls)
			assert.Empty(t, s.sessionCookies(), "no session for nobody")
		})
	}
}

func TestTallyfyInTroubleAtSignIn(t *testing.T) {
	for name, c := range map[string]struct {
		fault  sandbox.Fault
		status int
		title  string
	}{
		"too many requests": {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, 429, "Tallyfy asks to slow down"},
		"broken":            {sandbox.Fault{Status: 500, Body: "Whoops at line 12"}, 502, "Tallyfy has a problem"},
		"silent":            {sandbox.Fault{Hang: true}, 504, "Tallyfy did not answer in time"},
		"cut off":           {sandbox.Fault{Abort: true}, 502, "Tallyfy can't be reached"},
		"a proxy's page":    {sandbox.Fault{Status: 200, Body: "<html>Please log in to the hotel network"}, 502, "Tallyfy's answer could not be read"},
	} {
		for _, route := range []string{"/me", "/organizations/{org}/me"} {
			t.Run(name+" "+route, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, siteOptions{noButton: true, attempt: 30 * time.Millisecond})
				c.fault.Route = route
				s.sandbox.Fail(c.fault)
				p := s.get("/signin?next=/members").form("form:has([name=token])").set("token", sandbox.StandardToken).submit("")
				s.assertHidden(p, sandbox.StandardToken)
				assert.Equal(t, c.status, p.status)
				assert.Equal(t, c.title, p.text("h1"))
				assert.NotContains(t, p.body, "line 12")
				assert.Equal(t, p.header.Get("X-Request-Id"), p.text("main code:first-of-type"))
				assert.Equal(t, c.fault.Header.Get("Retry-After"), p.header.Get("Retry-After"))
				assert.False(t, s.isSignedIn(s.sessionCookies()))
				s.sandbox.ClearFaults()
				p = p.follow("Try again")
				assert.Equal(t, "/signin?next=%2Fmembers", p.url)
			})
		}
	}
}
