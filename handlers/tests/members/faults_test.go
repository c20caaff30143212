package members_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// readingPages are the pages about members that only read, each with the route that it cannot do without.
func readingPages(s *sitetest.Site) map[string]struct{ path, route string } {
	return map[string]struct{ path, route string }{
		"list":     {"/members?q=a&page=2&per_page=10", sitetest.UsersRoute},
		"member":   {s.MemberPath("chiara.dangelo"), sitetest.UserRoute},
		"step one": {s.RemovePath("chiara.dangelo"), sitetest.UserRoute},
		"step two": {s.RemovePath("chiara.dangelo") + "/handover?q=o&to=leave", sitetest.UserRoute},
		"plan":     {s.PlanPath("chiara.dangelo", "siobhan.obrien"), sitetest.UserRoute},
	}
}

func TestPagesThatReadMembersSurviveTallyfy(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
		title  string
	}{
		"403":                {sandbox.Fault{Status: 403, Body: `{"message":"This action is unauthorized."}`}, http.StatusForbidden, "Tallyfy does not allow this for your account"},
		"404":                {sandbox.Fault{Status: 404, Body: `{"message":"No."}`}, http.StatusNotFound, "Tallyfy does not have this"},
		"409":                {sandbox.Fault{Status: 409}, http.StatusBadGateway, "Tallyfy refused this"},
		"422":                {sandbox.Fault{Status: 422, Body: `{"message":"No.","errors":{"q":["Bad."]}}`}, http.StatusBadGateway, "Tallyfy refused this"},
		"429":                {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, http.StatusTooManyRequests, "Tallyfy asks to slow down"},
		"500":                {sandbox.Fault{Status: 500, Body: "panic: at 0x0 in secret.php"}, http.StatusBadGateway, "Tallyfy has a problem"},
		"502":                {sandbox.Fault{Status: 502}, http.StatusBadGateway, "Tallyfy has a problem"},
		"503":                {sandbox.Fault{Status: 503}, http.StatusBadGateway, "Tallyfy has a problem"},
		"time-out":           {sandbox.Fault{Hang: true}, http.StatusGatewayTimeout, "Tallyfy did not answer in time"},
		"broken at once":     {sandbox.Fault{Abort: true}, http.StatusBadGateway, "Tallyfy can't be reached"},
		"broken half-way":    {sandbox.Fault{Abort: true, AbortAfter: 40}, http.StatusBadGateway, "Tallyfy's answer could not be read"},
		"a page of a proxy":  {sandbox.Fault{Status: 200, Body: "<html><h1>Sign in to the proxy</h1></html>"}, http.StatusBadGateway, "Tallyfy's answer could not be read"},
		"JSON, but no list":  {sandbox.Fault{Status: 200, Body: `{"data":7}`}, http.StatusBadGateway, "Tallyfy's answer could not be read"},
		"an empty answer":    {sandbox.Fault{Status: 200, Body: " "}, http.StatusBadGateway, "Tallyfy's answer could not be read"},
		"says that it fails": {sandbox.Fault{Status: 200, Body: `{"error":true,"trace":"secret.php"}`}, http.StatusBadGateway, "Tallyfy refused this"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// One site for each page: a 429 holds the token for those that come after.
			pages := []string{"list", "member", "step one", "step two", "plan"}
			if f := test.fault; f.Hang || f.Abort || f.Status > 500 { // read again twice, with pauses
				pages = []string{"list", "plan"}
			}
			for _, page := range pages {
				t.Run(page, func(t *testing.T) {
					t.Parallel()
					s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(test.fault)})
					at := readingPages(s)[page]
					fault := test.fault
					fault.Route, fault.Method = at.route, http.MethodGet
					s.Sandbox.Fail(fault)
					p := s.Get(at.path).Whole(test.status)
					assert.Equal(t, test.title, p.Text("h1"))
					assert.NotContains(t, p.Body, "secret.php")
					assert.Contains(t, p.Texts("main code"), p.Header.Get("X-Request-Id"))
					assert.Zero(t, s.Writes())
					if test.status >= 429 {
						assert.Equal(t, at.path, p.Link("Try again"))
						s.Sandbox.ClearFaults()
					}
					if test.status == http.StatusTooManyRequests {
						assert.Equal(t, "90", p.Header.Get("Retry-After"))
						assert.Contains(t, p.Text(".lead"), "90 seconds")
					} else if test.status >= 429 {
						p.Follow("Try again").Whole(http.StatusOK)
					}
				})
			}
		})
	}
}

// The way back after a sign-in that ended is the page itself, search and choice included.
func TestPagesThatReadMembersComeBackAfterSigningInAgain(t *testing.T) {
	for page := range readingPages(sitetest.SignedIn(t, sitetest.Options{})) {
		t.Run(page, func(t *testing.T) {
			s := sitetest.SignedIn(t, sitetest.Options{})
			at := readingPages(s)[page]
			before := s.Get(at.path).Text("main")
			s.Sandbox.Fail(sandbox.Fault{Route: at.route, Status: http.StatusUnauthorized, Times: 1})
			p := s.Get(at.path).Whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.Text("h1"))
			assert.Contains(t, p.Text(".notice"), "sign-in with Tallyfy has ended")
			p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
			assert.Equal(t, at.path, p.URL)
			assert.Equal(t, before, p.Text("main"))
		})
	}
}
