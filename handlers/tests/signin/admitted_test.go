package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

const notAdmitted = "This dashboard is for the members of certain organisations only"

// Who belongs to none of the organisations that may use the dashboard is refused before anything is stored.
func TestOnlyMembersOfTheAdmittedOrganisationsSignIn(t *testing.T) {
	const orgs = "/me/organizations"
	demo := sitetest.New(t, sitetest.Options{}).Sandbox // ids are the same at every start
	mine, other := tallyfy.ID(demo.OrgID()), tallyfy.ID(demo.OtherOrgID())
	for name, c := range map[string]struct {
		admitted []tallyfy.ID
		form     url.Values
		listed   bool // Tallyfy lists the organisations
		title    string
		problem  string
		asked    string // the last call
	}{
		"one of two is admitted, so nothing is asked": {[]tallyfy.ID{mine}, url.Values{"token": {sandbox.AdminToken}}, true, "Overview", "", "/organizations/" + string(mine) + "/"},
		"another one":                    {[]tallyfy.ID{"elsewhere"}, url.Values{"token": {sandbox.AdminToken}}, true, "Sign in", notAdmitted, orgs},
		"another one, typed":             {[]tallyfy.ID{mine}, url.Values{"token": {sandbox.AdminToken}, "organization": {string(other)}}, true, "Sign in", notAdmitted, orgs},
		"one, which is not listed":       {[]tallyfy.ID{mine}, url.Values{"token": {sandbox.StandardToken}}, false, "Overview", "", "/organizations/" + string(mine) + "/"},
		"several, which are not listed":  {[]tallyfy.ID{mine, "elsewhere"}, url.Values{"token": {sandbox.StandardToken}}, false, "Sign in", "", orgs},
		"several, not listed, one typed": {[]tallyfy.ID{mine, "elsewhere"}, url.Values{"token": {sandbox.StandardToken}, "organization": {string(mine)}}, false, "Overview", "", "/organizations/" + string(mine) + "/"},
		"not listed, another one typed":  {[]tallyfy.ID{mine, "elsewhere"}, url.Values{"token": {sandbox.StandardToken}, "organization": {string(other)}}, false, "Sign in", notAdmitted, orgs},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), "memory:")
			require.NoError(t, err)
			t.Cleanup(func() { _ = db.Close() })
			s := sitetest.New(t, sitetest.Options{Organisations: c.admitted, Store: db})
			if !c.listed {
				s.Sandbox.Fail(sandbox.Fault{Route: orgs, Status: http.StatusForbidden})
			}
			p := s.Post("/signin", c.form)
			assert.Equal(t, c.title, p.Text("h1"))
			assert.Contains(t, p.Text("main"), c.problem)
			calls := s.Sandbox.Requests()
			assert.Contains(t, calls[len(calls)-1].Path, c.asked)
			var rows int
			require.NoError(t, db.Read(t.Context(), []any{&rows}, "SELECT COUNT(*) FROM dashboard_sessions"))
			assert.Equal(t, c.title == "Overview", rows == 1)
			if c.title == "Sign in" && c.problem == "" {
				assert.True(t, p.Has("[name=organization]") && p.Has("[name=token]"), "both are asked for")
			}
		})
	}
}

// No other organisation is offered, nor taken, afterwards; and a session of before the setting ends.
func TestNoOtherOrganisationIsGoneTo(t *testing.T) {
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s := sitetest.SignedIn(t, sitetest.Options{Store: db})
	cookies := s.SessionCookies()
	limited := sitetest.New(t, sitetest.Options{Organisations: []tallyfy.ID{tallyfy.ID(s.Sandbox.OtherOrgID())}, Store: db})
	r := limited.Request(http.MethodGet, "/groups", nil)
	r.AddCookie(cookies[0])
	assert.Equal(t, "/signin?next=%2Fgroups", limited.Once(r).Header.Get("Location"))

	s = sitetest.New(t, sitetest.Options{Organisations: []tallyfy.ID{tallyfy.ID(s.Sandbox.OrgID())}})
	s.SignIn()
	assert.Equal(t, 1, s.Get("/organisations").Find("input[name=organization]").Length())
	p := s.Post("/organisations", url.Values{"organization": {s.Sandbox.OtherOrgID()}})
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, s.Get("/groups").Text(".organisation"), "Aldermoor Logistics")
	s.Sandbox.ClearRequests()
	p = s.Get("/o/" + s.Sandbox.OtherOrgID() + "/groups").Whole(http.StatusForbidden)
	assert.Equal(t, "This organisation can't be worked in here", p.Text("h1"))
	assert.False(t, p.Has("main form"), "nor offered by a page of its own")
	assert.Empty(t, s.Sandbox.Requests())
}
