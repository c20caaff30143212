package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// inBoth is a site where the administrator has entered both organisations, the other one last.
// Addresses are written as they are.
func inBoth(t *testing.T) (s *sitetest.Site, here, there string) {
	s = sitetest.SignedIn(t, sitetest.Options{})
	s.Org = ""
	here, there = "/o/"+s.Sandbox.OrgID(), "/o/"+s.Sandbox.OtherOrgID()
	p := s.Get(here+"/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	require.Equal(t, there+"/", p.URL)
	return s, here, there
}

// Two tabs are in two organisations. What the first one does goes on in its own.
func TestAnotherTabDoesNotMoveAWalk(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	removal := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	list := s.Get("/groups?per_page=25")
	s.Get("/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")

	assert.Contains(t, list.Follow("Next").Text(".organisation"), "Aldermoor Logistics")
	assert.Contains(t, s.Get(list.Link("Export 34 groups")).Header.Get("Content-Disposition"), "aldermoor-logistics")
	s.Sandbox.ClearRequests()
	assert.Contains(t, removal.Submit("").Text("main"), "Chiara D'Angelo")
	for _, r := range s.Sandbox.Requests() {
		assert.NotContains(t, r.Path, s.Sandbox.OtherOrgID())
	}
	assert.Contains(t, s.Get("/o/"+s.Sandbox.OtherOrgID()+"/groups").Text(".organisation"), "Aldermoor Training Sandpit")
}

// Each link and form of a page in an organisation stays there, but those that lead to another one.
func TestEveryLinkNamesItsOrganisation(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	pages := []string{
		s.GroupPath("Payroll"), s.DeletePath("Payroll"), s.MemberPath("chiara.dangelo"), s.RemovePath("chiara.dangelo"),
		s.PlanPath("soren.kjaergaard", "anna.kowalska"), "/nowhere", "/members/1/nowhere",
	}
	for _, r := range s.App.Routes() {
		if r.Method == http.MethodGet && r.SignedIn && !strings.Contains(r.Path, ":") {
			pages = append(pages, r.Path)
		}
	}
	for i, path := range pages {
		pages[i] = s.Full(path)
	}
	s.Org = ""
	for _, path := range pages {
		s.Get(path).Find("a[href], form[action], img[src]").Each(func(_ int, e *goquery.Selection) {
			for _, name := range []string{"href", "action", "src"} {
				if to := e.AttrOr(name, ""); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/assets/") && to != "/" && to != "/signout" {
					assert.True(t, strings.HasPrefix(to, "/o/"+s.Sandbox.OrgID()+"/"), "%s on %s", to, path)
				}
			}
		})
	}
}

func TestOldAddressesLeadToTheOrganisationEnteredLast(t *testing.T) {
	s, _, there := inBoth(t)
	assert.Equal(t, there+"/", s.Once(s.Request(http.MethodGet, "/", nil)).Header.Get("Location"))
	for _, r := range s.App.Routes() {
		if r.SignedIn {
			path := strings.NewReplacer(":group", "a%20b", ":member", "17", ":guest", "a@b.example", ":record", "0", ":entry", "1", ":event", "1").Replace(r.Path) + "?q=a%26b"
			p := s.Once(s.Request(r.Method, path, nil))
			assert.Equal(t, http.StatusTemporaryRedirect, p.Status, path)
			assert.Equal(t, there+path, p.Header.Get("Location"), path)
		}
	}
}

// A page or a form of an organisation that was not entered says so, shows nothing of it, and leads there
// after a new verification.
func TestOrganisationThatWasNotEntered(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Org = ""
	there := "/o/" + s.Sandbox.OtherOrgID()
	s.Sandbox.ClearRequests()
	p := s.Get(there + "/members?q=dahl").Whole(http.StatusConflict)
	assert.Equal(t, "This page belongs to another organisation", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "You are in Aldermoor Logistics. What you opened belongs to Aldermoor Training Sandpit.")
	require.Len(t, s.Sandbox.Requests(), 1, "its name")
	assert.Equal(t, "/me/organizations", s.Sandbox.Requests()[0].Path)
	assert.Equal(t, "/o/"+s.Sandbox.OrgID()+"/groups", p.Link("Back to Aldermoor Logistics"))
	p = p.Form("main form").Submit("")
	assert.Equal(t, there+"/members?q=dahl", p.URL)
	assert.Contains(t, p.Text(".organisation"), "Aldermoor Training Sandpit")

	p = s.Get("/o/00000000000000000000000000000000/groups").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "Tallyfy does not list 00000000000000000000000000000000 among your organisations.")
	assert.False(t, p.Has("main form"))
	s.Get("/o/a.b/groups").Whole(http.StatusNotFound)
}

// A form that the session left behind in another organisation is not carried out in this one. What was
// typed is there when its sender is.
func TestFormOfAnOrganisationThatWasLeftIsKept(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.GroupForm("Night watch", "")
	require.Equal(t, "Overview", s.Post("/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {s.Sandbox.OtherOrgID()}}).Text("h1"))
	s.Post("/signout", nil)
	require.Equal(t, "Overview", s.Post("/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {s.Sandbox.OtherOrgID()}}).Text("h1"))

	p := form.Submit("Create the group").Whole(http.StatusConflict)
	assert.Equal(t, "This form belongs to another organisation", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "What was typed is kept for the person who typed it.")
	assert.False(t, s.Exists("Night watch"))
	assert.NotContains(t, s.Get("/o/"+s.Sandbox.OtherOrgID()+"/groups/new").Body, "Night watch")
	p = p.Form("main form").Submit("")
	assert.Equal(t, "/groups/new", p.URL)
	assert.Equal(t, "Night watch", p.Form("form[data-form]").Values.Get("name"))
}

// A link to a page names its organisation, so that signing in does not ask for it.
func TestSigningInForAPageEntersItsOrganisation(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{NoButton: true})
	s.Org = ""
	page := "/o/" + s.Sandbox.OtherOrgID() + "/members"
	p := s.Get(page).Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("")
	assert.Equal(t, page, p.URL)
	assert.Equal(t, "Members", p.Text("h1"))
}
