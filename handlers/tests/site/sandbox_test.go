package site_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// act presses a button of the page of the other administrator.
func act(s *sitetest.Site, group, member, name, when, button string) *sitetest.Page {
	s.T.Helper()
	f := s.Get("/sandbox").Whole(http.StatusOK).Form("main form").Set("group", group).Set("name", name).Set("when", when)
	if member != "" {
		f.Set("member", s.ID(member))
	}
	return f.Submit(button).Whole(http.StatusOK)
}

// The other administrator does what the buttons say, past the dashboard: the journal knows nothing of it.
func TestSandboxHasAnotherAdministrator(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	has := func(member string) bool {
		for _, id := range s.Group("Finance").Members {
			if id == s.Member(member).ID {
				return true
			}
		}
		return false
	}
	p := act(s, g.ID, "noor.vandermeer", "", "now", "Add the person to the group")
	assert.Equal(t, "Done. Another administrator added the person to the group.", p.Text("main .notice"))
	assert.Equal(t, g.ID, p.Find("select[name=group] option[selected]").AttrOr("value", ""), "still chosen")
	assert.Equal(t, s.ID("noor.vandermeer"), p.Find("select[name=member] option[selected]").AttrOr("value", ""))
	require.True(t, has("noor.vandermeer"))
	for _, r := range s.Sandbox.Requests() {
		if r.Method == http.MethodPut {
			assert.Equal(t, sandbox.ColleagueToken, r.Token)
		}
	}
	act(s, g.ID, "noor.vandermeer", "", "now", "Take the person out")
	assert.False(t, has("noor.vandermeer"))
	act(s, g.ID, "", "Treasury", "now", "Rename the group")
	assert.Equal(t, g.ID, s.Group("Treasury").ID)
	act(s, g.ID, "esi.mensah", "", "now", "Disable the person")
	assert.Equal(t, "disabled", s.Member("esi.mensah").Status)
	act(s, g.ID, "", "", "now", "Delete the group")
	_, there := s.Sandbox.GroupByName("Treasury")
	assert.False(t, there)
	assert.Contains(t, s.Get("/activity").Text("main"), "No changes yet")
	assert.Equal(t, "/sandbox", s.Get("/groups").Link("Act as another administrator"))
	assert.Equal(t, "/sandbox", s.Get("/help").Link("act as another administrator"))
}

// Somebody who tries the dashboard out can see a merge, a conflict, and a change that is overtaken.
func TestSandboxShowsWhatTwoAdministratorsDo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	open := s.Get(s.GroupPath("Finance")+"/people").Form("main form").Tick("remove", s.ID("chiara.dangelo"))
	act(s, g.ID, "noor.vandermeer", "", "now", "Add the person to the group")
	assert.Contains(t, open.Submit("Save").Text("main .notice"), "Since you opened this page Noor van der Meer was added. That is kept.")

	edit := s.Get(s.GroupPath("Finance")+"/edit").Form("main form").Set("name", "Money")
	act(s, g.ID, "", "Treasury", "now", "Rename the group")
	assert.Contains(t, edit.Submit("Save").Text("main"), "The group was changed since you opened this page.")

	open = s.Get("/groups/"+g.ID+"/people?find=yuki").Form("main form").Tick("add", s.ID("yuki.tanabe"))
	p := act(s, g.ID, "yuki.tanabe", "", "later", "Take the person out")
	assert.Contains(t, p.Text("main .notice"), "Waiting: it happens right after the next change of a group is sent from this dashboard.")
	p = open.Submit("Save")
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Contains(t, p.Text("main .notice"), "Somebody else changed the group at the same moment.")
	assert.NotEmpty(t, p.Link("Apply what is missing…"))
}

// What the other administrator may not do is said, and nothing else happens.
func TestTheOtherAdministratorIsRefusedToo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.State()
	g := s.Group("Finance")
	assert.Contains(t, act(s, g.ID, "", "Operations", "now", "Rename the group").Text("main .notice"), "The other administrator could not do that. Tallyfy refused:")
	assert.Contains(t, act(s, g.ID, "", " ", "now", "Rename the group").Text("main .notice"), "The group needs a name. Nothing was changed.")
	for name, form := range map[string]url.Values{
		"no button":        {"group": {g.ID}},
		"no such button":   {"group": {g.ID}, "action": {"remove everything"}},
		"no group":         {"action": {"delete"}},
		"a path":           {"action": {"delete"}, "group": {"../users/1"}},
		"a strange group":  {"action": {"delete"}, "group": {"00000000000000000000000000000000"}},
		"a strange person": {"action": {"disable"}, "member": {"999999999"}},
	} {
		p := s.Post("/sandbox", form).Whole(http.StatusOK)
		assert.True(t, p.Has("main .notice.problem"), name)
	}
	assert.Equal(t, before, s.State())
}

// With Tallyfy itself there is no such page, and no link to it.
func TestThereIsNoOtherAdministratorBesideTheSandbox(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{NoButton: true})
	s.SignInWith(sandbox.StandardToken)
	s.Get("/sandbox").Whole(http.StatusNotFound)
	s.Post("/sandbox", url.Values{"action": {"delete"}, "group": {s.Group("Finance").ID}}).Whole(http.StatusNotFound)
	s.Group("Finance") // is still there
	for _, path := range []string{"/", "/help"} {
		assert.False(t, s.Get(path).Has("a[href*='/sandbox']"), path)
	}
}
