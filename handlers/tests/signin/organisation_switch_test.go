package signin_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestSwitchOrganisation(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	old := s.Client.Jar
	p := s.Get("/groups").Follow("All organisations")
	assert.Equal(t, "Organisations", p.Text("h1"))
	assert.Equal(t, s.Sandbox.OrgID(), p.Find("input[name=organization][checked]").AttrOr("value", ""))

	address, err := url.Parse(s.Server.URL)
	require.NoError(t, err)
	before := old.Cookies(address)[0].Value
	p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	assert.Equal(t, "Overview", p.Text("h1"))
	assert.Contains(t, p.Text(".organisation"), "Aldermoor Training Sandpit")
	assert.Equal(t, "You are now in Aldermoor Training Sandpit.", p.Text(".notice"))
	after := s.Client.Jar.Cookies(address)[0].Value
	assert.NotEqual(t, before, after, "the session has a new id")
	for _, r := range s.Sandbox.Requests()[len(s.Sandbox.Requests())-1:] {
		assert.Contains(t, r.Path, s.Sandbox.OtherOrgID())
	}

	s.Client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	s.Client.Jar.SetCookies(address, []*http.Cookie{{Name: old.Cookies(address)[0].Name, Value: before}})
	assert.Equal(t, "Sign in", s.Get("/groups").Text("h1"), "the old id is worth nothing")
}

func TestSwitchOrganisationIsRefusedAtItsPlace(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, id := range []string{"", "nonsense", "../x"} {
		p := s.Post("/organisations", url.Values{"organization": {id}})
		assert.Equal(t, http.StatusUnprocessableEntity, p.Status, id)
		assert.Contains(t, p.Text("#error-organization"), "Choose one of your organisations.")
	}
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Status: 403})
	p := s.Post("/organisations", url.Values{"organization": {s.Sandbox.OtherOrgID()}})
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, p.Text("#error-organization"), "Tallyfy does not let this token into Aldermoor Training Sandpit.")
	s.Sandbox.ClearFaults()
	assert.Contains(t, s.Get("/groups").Text(".organisation"), "Aldermoor Logistics", "nothing has changed")
}

// The menu of every page leads to the person's organisations: to one that was not entered yet after asking Tallyfy, and
// back by a link. Each has a mark of its own colour. No id is shown.
func TestTheMenuLeadsToOtherOrganisations(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	const here = ".organisations > summary .avatar"
	p := s.Get("/members")
	mark := p.Find(here).AttrOr("class", "")
	assert.Equal(t, []string{"Aldermoor Logistics"}, p.Texts(".organisations [aria-current] bdi"))
	assert.Equal(t, []string{"Aldermoor Training Sandpit"}, p.Texts(".organisations button bdi"))
	for _, id := range []string{s.Sandbox.OrgID(), s.Sandbox.OtherOrgID()} {
		assert.NotContains(t, p.Text(".organisations"), id)
	}
	s.Sandbox.ClearRequests()
	p = p.Form(".organisations form").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	require.Equal(t, "/o/"+s.Sandbox.OtherOrgID()+"/", p.URL)
	assert.Equal(t, "You are now in Aldermoor Training Sandpit.", p.Text(".notice"))
	asked := s.Sandbox.Requests()
	assert.True(t, slices.ContainsFunc(asked, func(r sandbox.Request) bool { return strings.HasSuffix(r.Path, s.Sandbox.OtherOrgID()+"/me") }), "Tallyfy is asked")
	assert.NotEqual(t, mark, p.Find(here).AttrOr("class", ""), "another colour")

	back := p.Find(".organisations a.entry").First()
	require.Equal(t, "Aldermoor Logistics", strings.TrimSpace(back.Find("bdi").Text()))
	p = s.Get(back.AttrOr("href", ""))
	assert.Equal(t, "/", p.URL, "an address without the sentence")
	assert.Equal(t, "You are now in Aldermoor Logistics.", p.Text(".notice"))
	assert.Equal(t, mark, p.Find(here).AttrOr("class", ""))
	assert.False(t, s.Get("/").Has(".notice"), "said once")
}

// Signing out wins over going to another organisation in another tab, whichever is quicker.
func TestSigningOutEndsASwitchUnderWay(t *testing.T) {
	gate := &sitetest.Gate{Method: http.MethodGet, Suffix: "/me", Arrived: make(chan struct{}), Open: make(chan struct{})}
	s := sitetest.New(t, sitetest.Options{Transport: gate})
	gate.Next = s.Sandbox.Transport()
	gate.Method = "none"
	s.SignIn()
	gate.Method = http.MethodGet
	done := make(chan *sitetest.Page)
	go func() {
		done <- s.Once(s.Request(http.MethodPost, "/organisations", url.Values{"organization": {s.Sandbox.OtherOrgID()}}))
	}()
	<-gate.Arrived
	s.Once(s.Request(http.MethodPost, "/signout", nil))
	close(gate.Open)
	p := <-done
	assert.Equal(t, http.StatusSeeOther, p.Status)
	assert.Equal(t, "/signin", p.Header.Get("Location"))
	assert.Equal(t, "Sign in", s.Get("/groups").Text("h1"))
}

// The list of organisations counts more than it gives.
func TestOrganisationsThatCouldNotBeReadAreSaid(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: "/me/organizations", Status: 200, Body: `{"data":[{"id":"` + s.Sandbox.OrgID() + `","name":"Aldermoor Logistics"}],` +
		`"meta":{"pagination":{"total":3,"count":1,"per_page":100,"current_page":1,"total_pages":1}}}`})
	p := s.SignInWith(sandbox.AdminToken)
	assert.Equal(t, "/signin", p.URL, "the one that could be read is not taken for the only one")
	assert.Contains(t, p.Text("main"), "1 of 3 organisations could be read.")
	p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	assert.Equal(t, "Groups", p.Text("h1"))
	assert.Contains(t, s.Get("/organisations").Text("main"), "1 of 3 organisations could be read.")
}
