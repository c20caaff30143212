// Package signin_test tests how a visit begins and ends: signing in, the way back, the choice of an organisation, a token that ends.
package signin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// isSignedIn asks with some cookies, as somebody who stole or kept them would.
func isSignedIn(s *sitetest.Site, cookies []*http.Cookie) bool {
	s.T.Helper()
	mine := s.Client
	defer func() { s.Client = mine }()
	s.Client = sitetest.NewVisitor(s.T)
	r := s.Request(http.MethodGet, "/members", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return s.Once(r).Status == http.StatusOK
}

// pasted is the answer to a token pasted into the form, with the token nowhere in it, nor in the log.
func pasted(s *sitetest.Site, token string) *sitetest.Page {
	s.T.Helper()
	p := s.SignInWith(token)
	s.AssertHidden(p, token)
	return p
}

func TestTokenIsTakenAsItIsCopied(t *testing.T) {
	for name, typed := range map[string]string{
		"plain": "sandbox-standard", "from a curl command": "Bearer sandbox-standard", "in lower case": "bearer  sandbox-standard",
		"with white space": "  \tsandbox-standard \r\n", "from a chat": "\u201csandbox-standard\u201d.", "with what nobody sees": "\ufeffsandbox-standard\u200b", "a whole header": "Authorization: Bearer <sandbox-standard>", "from JSON": `"sandbox-standard"`, "all of it": ` "Bearer sandbox-standard" `,
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.New(t, sitetest.Options{NoButton: true})
			p := s.SignInWith(typed)
			s.AssertHidden(p, sandbox.StandardToken)
			assert.Equal(t, http.StatusOK, p.Status)
			assert.Equal(t, "/groups", p.URL)
			assert.Contains(t, p.Text(".account .who"), "Tomás Herrera")
			assert.Equal(t, "Organisation Aldermoor Logistics", p.Text(".organisation"))
		})
	}
}

func TestSignInVerifiesTokenAndOrganisationFirst(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	var asked []string
	for _, r := range s.Sandbox.Requests()[:3] {
		asked = append(asked, r.Method+" "+r.Path)
		assert.Equal(t, sandbox.StandardToken, r.Token)
	}
	assert.Equal(t, []string{"GET /me", "GET /me/organizations", "GET /organizations/" + s.Sandbox.OrgID() + "/me"}, asked)
}

func TestSeveralOrganisationsAreAChoiceWithoutPastingAgain(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{NoButton: true})
	p := s.Get("/signin?next=%2Fmembers%3Fq%3Dann").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("")
	s.AssertHidden(p, sandbox.AdminToken)
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, "Choose an organisation", p.Text("h1"))
	assert.Equal(t, []string{"Aldermoor Logistics", "Aldermoor Training Sandpit"}, p.Texts("label.choice"), "an id would say nothing")
	assert.False(t, p.Has("[name=token]"))
	assert.False(t, p.Has("input[checked]"), "nothing is preselected")
	assert.False(t, isSignedIn(s, s.SessionCookies()), "access before the choice")

	p = p.Form("main form:has([name=organization])").Submit("")
	assert.Equal(t, "Choose an organisation", p.Text("h1"), "without a choice the question stays")
	p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	s.AssertHidden(p, sandbox.AdminToken)
	assert.Equal(t, "/o/"+s.Sandbox.OtherOrgID()+"/members?q=ann", p.URL)
	last := s.Sandbox.Requests()[len(s.Sandbox.Requests())-1]
	assert.Contains(t, last.Path, "/organizations/"+s.Sandbox.OtherOrgID()+"/")
}

func TestOrganisationThatRefusesTheTokenIsAskedForAgain(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		s := sitetest.New(t, sitetest.Options{NoButton: true})
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Status: status, Times: 1})
		p := pasted(s, sandbox.AdminToken).Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
		assert.Contains(t, p.Text("#error-organization"), "does not let this token into that organisation")
		p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
		assert.Equal(t, "Groups", p.Text("h1"))
	}
}

func TestOrganisationIsTypedWhenTallyfyDoesNotListThem(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{NoButton: true})
	s.Sandbox.Fail(sandbox.Fault{Route: "/me/organizations", Status: http.StatusForbidden})
	p := s.Get("/signin?next=/members").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("")
	s.AssertHidden(p, sandbox.AdminToken)
	assert.Equal(t, http.StatusOK, p.Status)
	assert.False(t, p.Has("[name=token]"), "the token need not be pasted again")
	assert.False(t, p.Has("#error-organization"), "nothing was wrong yet")

	for id, message := range map[string]string{
		strings.Repeat("0", 32):   "does not let this token into that organisation",
		"../" + s.Sandbox.OrgID(): "is not an organisation's id",
		"..":                      "is not an organisation's id",
		`"><script>x</script>`:    "is not an organisation's id",
	} {
		s.Sandbox.ClearRequests()
		p = p.Form("main form:has([name=organization])").Set("organization", id).Submit("")
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status, id)
		assert.Contains(t, p.Text("#error-organization"), message, id)
		assert.Equal(t, id, p.Form("main form:has([name=organization])").Values.Get("organization"), "what was typed stays")
		assert.False(t, p.Has("main script"))
		if strings.Contains(message, "id") && strings.HasPrefix(message, "is not") {
			assert.Empty(t, s.Sandbox.Requests(), "asked for %q", id)
		}
	}
	p = p.Form("main form:has([name=organization])").Set("organization", " "+s.Sandbox.OrgID()+" ").Submit("")
	assert.Equal(t, "/members", p.URL)
}

func TestTokenThatIsNoneIsRefusedAtItsField(t *testing.T) {
	const notTaken, notAToken = "Tallyfy rejected this token", "This is not a token"
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
			s := sitetest.New(t, sitetest.Options{NoButton: true})
			p := s.Get("/signin?next=/members").Form("form:has([name=token])").Set("token", c.token).Submit("")
			s.AssertHidden(p, c.token)
			assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
			assert.Equal(t, "Sign in", p.Text("h1"))
			assert.Contains(t, p.Text("#error-token"), c.message)
			f := p.Form("form:has([name=token])")
			assert.Empty(t, f.Values.Get("token"), "a token never comes back in a page")
			assert.Equal(t, "/members", f.Values.Get("next"))
			assert.Len(t, s.Sandbox.Requests(), c.calls)
			assert.Empty(t, s.SessionCookies(), "no session for nobody")
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
				s := sitetest.New(t, sitetest.Options{NoButton: true, Attempt: sitetest.AttemptFor(c.fault)})
				fault := c.fault // a copy: the other route's test runs beside this one
				fault.Route = route
				s.Sandbox.Fail(fault)
				p := s.Get("/signin?next=/members").Form("form:has([name=token])").Set("token", sandbox.StandardToken).Submit("")
				s.AssertHidden(p, sandbox.StandardToken)
				assert.Equal(t, c.status, p.Status)
				assert.Equal(t, c.title, p.Text("h1"))
				assert.NotContains(t, p.Body, "line 12")
				assert.Equal(t, p.Header.Get("X-Request-Id"), p.Text("main code:first-of-type"))
				assert.Equal(t, c.fault.Header.Get("Retry-After"), p.Header.Get("Retry-After"))
				assert.False(t, isSignedIn(s, s.SessionCookies()))
				s.Sandbox.ClearFaults()
				p = p.Follow("Try again")
				assert.Equal(t, "/signin?next=%2Fmembers", p.URL)
			})
		}
	}
}

// Organisations that look the same are told apart by their ids.
func TestNamesakesAreToldApartByTheirIDs(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: "/me/organizations", Status: 200, Body: `{"data":[{"id":"` + s.Sandbox.OrgID() + `","name":"Aldermoor"},{"id":"` + s.Sandbox.OtherOrgID() +
		`","name":"aldermoor"}],"meta":{"pagination":{"total":2,"count":2,"per_page":100,"current_page":1,"total_pages":1}}}`})
	p := s.SignInWith(sandbox.AdminToken)
	assert.Equal(t, []string{s.Sandbox.OrgID(), s.Sandbox.OtherOrgID()}, p.Texts("label.choice code"))
}
