package site_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// What a Standard member can't do is off, with the reason; no link leads to a refusal, from whatever page.
func TestAStandardMemberIsOfferedNoRefusal(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	require.Equal(t, "Groups", s.SignInWith(sandbox.StandardToken).Text("h1"))
	seen := map[string]bool{}
	for _, path := range []string{
		"/", "/groups", "/groups?q=kjaergaard", "/members", "/members?status=all", "/members?q=fleet", "/guests", "/access", "/activity", "/trash", "/search?q=an", "/help", "/sign-ins", "/organisations", "/bulk/new", "/jobs",
		s.GroupPath("Finance"), s.GroupPath("Archive 2019 Relocation"),
	} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.Equal(t, "You can look, not change: your role is Standard.", p.Text("#role-note"), path)
		p.Find("[aria-disabled][aria-describedby]").Each(func(_ int, off *goquery.Selection) {
			assert.Equal(t, 1, p.Find("#"+off.AttrOr("aria-describedby", "")).Length(), "%s: %s has no reason", path, off.Text())
		})
		p.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			href, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
			if href == "" || seen[href] || !strings.HasPrefix(href, "/") {
				return
			}
			seen[href] = true
			assert.Less(t, s.Get(href).Status, 400, "%s links to %s (%s)", path, href, a.Text())
		})
	}
	assert.Greater(t, len(seen), 50)
	off := func(p *sitetest.Page) []string { return p.Texts("button.off[aria-describedby]") }
	assert.Equal(t, []string{"New group"}, off(s.Get("/")))
	assert.Equal(t, []string{"New group"}, off(s.Get("/groups")))
	assert.Equal(t, []string{"Many at once…", "Invite somebody"}, off(s.Get("/members")))
	assert.Empty(t, s.Get("/bulk/new").Texts("main .rows a"))
	assert.Contains(t, s.Get("/bulk/new").Text("main .rows"), "Remove members Your role (Standard) may not do this.")
	assert.Equal(t, []string{"Add or remove people", "Edit", "Copy", "Delete this group…", "Merge into another group…"}, off(s.Get(s.GroupPath("Finance"))))
}

// Whether a Standard member may manage groups only the member knows. Who says so finds the buttons, for as long as the
// sign-in lasts, and may take it back.
func TestAStandardMemberMaySayThatGroupsCanBeManaged(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get("/help").Form("main form").Submit("I can manage groups")
	assert.Equal(t, "Help", p.Text("h1"))
	assert.Equal(t, "You can change groups, not members: your role is Standard.", p.Text("#role-note"))
	p = s.Get("/groups")
	assert.NotEmpty(t, p.Link("New group"))
	assert.Equal(t, []string{"Add people to groups", "Take people out of groups", "Create groups"}, s.Get("/bulk/new").Texts("main .rows a"))
	assert.False(t, p.Has("a.name[href*='/members/']"))
	p = s.Get("/help").Form("main form").Submit("I can't manage groups")
	assert.Equal(t, "You can look, not change: your role is Standard.", p.Text("#role-note"))
	assert.Empty(t, s.Get("/groups").Link("New group"))
}

// Nobody else is told about roles.
func TestAnAdministratorFindsEverythingOn(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, path := range []string{"/", "/groups", "/members", "/help", s.GroupPath("Finance"), s.MemberPath("soren.kjaergaard")} {
		p := s.Get(path)
		assert.False(t, p.Has("#role-note") || p.Has("button.off[aria-describedby]"), path)
	}
	assert.False(t, s.Get("/help").Has("main form"))
}

// A role that was changed counts as soon as the copy of the members has it.
func TestTheRoleIsThatOfTheCopy(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	s.Get("/")
	require.True(t, s.Get("/groups").Has("#role-note"))
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("tomas.herrera")+"/role", `{"role":"admin"}`)
	s.Get("/").Follow("Refresh")
	assert.False(t, s.Get("/groups").Has("#role-note"))
}
