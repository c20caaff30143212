package site_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// What a Standard or Light member can't do is off, with the reason; no link leads to a refusal, from whatever page they come to.
func TestOthersThanAdministratorsAreOfferedNoRefusal(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	finance, guest, leaver := s.GroupPath("Finance"), "/guests/bram@tyres.example.com", s.MemberPath("soren.kjaergaard")
	id := regexp.MustCompile(`[0-9a-f]{32}|\d+|[^/]+@[^/?]+`)
	for role, token := range map[string]string{"Standard": sandbox.StandardToken, "Light": sandbox.LightToken} {
		t.Run(role, func(t *testing.T) {
			s := s.As(t)
			s.T = t
			require.Equal(t, "Groups", s.SignInWith(token).Text("h1"))
			look := func(path string) *sitetest.Page {
				p := s.Get(path).Whole(http.StatusOK)
				assert.Equal(t, "You can look, not change: your role is "+role+".", p.Text("#role-note"), path)
				p.Find("[aria-disabled][aria-describedby]").Each(func(_ int, off *goquery.Selection) {
					assert.Equal(t, 1, p.Find("#"+off.AttrOr("aria-describedby", "")).Length(), "%s: %s has no reason", path, off.Text())
				})
				return p
			}
			// Every link is followed, and of pages that differ in an id only, or in what is searched for, a few.
			next := []string{"/", "/members?status=all&chosen=yes", "/access?like=" + s.ID("soren.kjaergaard"), "/bulk/new", "/jobs", "/trash"}
			seen, alike := map[string]bool{}, map[string]int{}
			for len(next) > 0 {
				path := next[0]
				next = next[1:]
				look(path).Find("a[href]").Each(func(_ int, a *goquery.Selection) {
					href, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
					if href == "" || seen[href] || !strings.HasPrefix(href, "/") {
						return
					}
					seen[href] = true
					at, query, _ := strings.Cut(href, "?")
					query, _, _ = strings.Cut(query, "=")
					kind := id.ReplaceAllString(at, "*") + "?" + query
					if alike[kind]++; alike[kind] > 3 {
						return
					}
					p := s.Get(href)
					assert.Less(t, p.Status, 400, "%s links to %s (%s)", path, href, a.Text())
					if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") && alike[kind] == 1 {
						next = append(next, href)
					}
				})
			}
			assert.Greater(t, len(seen), 200)
			for path, want := range map[string][]string{
				"/": {"New group"}, "/groups": {"New group"}, "/members": {"Many at once…", "Invite somebody"}, "/guests": {"Add a guest"}, "/jobs": {"Many at once…", "Many at once…"},
				finance: {"Add or remove people", "Edit", "Copy", "Delete this group…", "Merge into another group…"}, guest: {"Change who knows them…"},
				// Nothing leads to these, but an address that somebody sent.
				"/groups/new": {"Create the group"}, finance + "/people": {"Save"}, finance + "/edit": {"Save"}, finance + "/delete": {"Delete Finance"},
				finance + "/merge?into=" + s.Group("Legal").ID: {"Merge, and delete Finance"}, leaver + "/groups": {"Save"},
				"/guests/new": {"Add the guest"}, guest + "/known-by": {"Save"}, guest + "/remove": {"Remove Bram Verhoeven"}, "/bulk/new?kind=create-groups": {"See what would happen"},
			} {
				assert.Equal(t, want, look(path).Texts("button.off[aria-describedby]"), path)
			}
			assert.Empty(t, look("/bulk/new").Texts("main .rows a"))
			assert.Contains(t, look("/bulk/new").Text("main .rows"), "Remove members Your role ("+role+") may not do this.")
			assert.False(t, look("/access").Has(".matrix input[type=checkbox]"), "no boxes")
		})
	}
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
