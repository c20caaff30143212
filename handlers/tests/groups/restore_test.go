package groups_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// deleted deletes a group and gives the address of the receipt.
func deleted(s *sitetest.Site, name string) string {
	s.T.Helper()
	s.Get(s.DeletePath(name)).Form("main form").Submit("").Whole(http.StatusOK)
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	require.NotEmpty(s.T, href)
	return href
}

func TestDeletedGroupIsCreatedAgain(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	s.Disable("chiara.dangelo")
	receipt := deleted(s, "Finance")
	p := s.Get("/groups/" + g.ID).Whole(http.StatusNotFound)
	assert.Equal(t, "That group was deleted", p.Text("h1"))
	day := s.App.Now().In(s.Zone())
	assert.Contains(t, p.Text("main"), "Finance was deleted on "+day.Format("2 Jan 2006")+" by Maren Dahl. It can be created again until "+keptUntil(s, 0)+".")
	p = p.Follow("Create it again…").Whole(http.StatusOK)
	assert.Equal(t, "Create Finance again?", p.Text("h1"))
	// An invited member was in it, and could not be put in anew.
	assert.Equal(t, []string{"There is a group Finance with 5 members and 1 guest."}, promises(p))
	lost := p.Text("#lost + ul")
	for _, want := range []string{g.ID, "Template steps that named the group", "There was no open task.", "The logo. Tallyfy has no call that sets one: download it", "Not added: Chiara D'Angelo (is disabled); Lena Fischbacher (has not accepted the invitation yet)."} {
		assert.Contains(t, lost, want)
	}
	assert.Equal(t, 1, s.Writes(), "looking changes nothing")
	form := p.Form("main form")
	p = form.Submit("Create it again").Whole(http.StatusOK)
	assert.Equal(t, "Finance", p.Text("h1"))
	assert.Contains(t, p.Text(".notice"), "Finance was created, with 5 members and 1 guest, and checked. Not added: Chiara D'Angelo (is disabled)")
	after := s.Group("Finance")
	assert.NotEqual(t, g.ID, after.ID)
	assert.Equal(t, g.Description, after.Description)
	assert.Equal(t, g.Guests, after.Guests)
	assert.Subset(t, g.Members, after.Members)
	assert.Len(t, after.Members, 5)

	p = s.Get("/groups/" + g.ID).Whole(http.StatusNotFound)
	assert.Contains(t, p.Text("main"), "It was created again as Finance.")
	assert.Equal(t, "/groups/"+after.ID, p.Link("Finance"))
	p = s.Get(receipt).Follow("Created again later").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "There is a group Finance with 5 members and 1 guest.")
	assert.Equal(t, receipt, p.Link("The deletion before"))
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl created the group Finance again.")
	p = s.Get(receipt + "/restore").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "It was created again already:")
	p = form.Submit("Create it again").Whole(http.StatusOK) // the press from before
	assert.Equal(t, "Finance", p.Text("h1"))
	assert.Equal(t, 1, s.Calls(http.MethodPost, "/groups"))
}

// The name may be taken by then: another one can be typed.
func TestDeletedGroupWhoseNameIsTaken(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	receipt := deleted(s, "Finance")
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Finance","description":"Theirs."}`)
	p := s.Get(receipt + "/restore").Form("main form").Submit("Create it again").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-name"), "The name has already been taken.")
	p = p.Form("main form").Set("name", "  ").Submit("Create it again").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-name"), "The group needs a name.")
	p.Form("main form").Set("name", "Finance 2").Submit("Create it again").Whole(http.StatusOK)
	assert.Contains(t, s.Get(receipt).Text("main"), "Created again later")
	assert.Equal(t, "Theirs.", s.Group("Finance").Description)
	assert.NotEmpty(t, s.Group("Finance 2").Members)
}

func TestOnlyADeletionIsUndoneSo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get(s.GroupPath("Finance")+"/edit").Form("main form").Set("name", "Money").Submit("Save").Whole(http.StatusOK)
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	assert.Equal(t, "There is no group to create again", s.Get(href+"/restore").Whole(http.StatusConflict).Text("h1"))
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Status: 403})
	s.Get(s.DeletePath("Money")).Form("main form").Submit("")
	s.Sandbox.ClearFaults()
	href, _ = s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	s.Get(href + "/restore").Whole(http.StatusConflict)
}

func TestRestorationWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	receipt := deleted(s, "Finance")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Execute: true, Abort: true})
	p := s.Get(receipt + "/restore").Form("main form").Submit("Create it again").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "There is a group with this name, most likely this one.")
	assert.Equal(t, 1, s.Calls(http.MethodPost, "/groups"))
}

// A group is created again with the people whom its page shows, or not at all: not while it is not
// known who can be added.
func TestADeletedGroupWaitsUntilAllMembersAreRead(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := deleted(s, "Finance") + "/restore"
	s.Sandbox.ClearRequests()
	form := s.Get(path).Whole(http.StatusOK).Form("main form").Set("name", "Finance 2")
	s.App.Directory.Forget(cache.ScopeOf(sandbox.AdminToken, tallyfy.ID(s.Sandbox.OrgID()))) // as in another process
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: "/organizations/{org}/users", Status: http.StatusInternalServerError})
	p := form.Submit("Create it again").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "Stopped before anything was done: Tallyfy did not give all members, so it is not known who can be added.")
	assert.Empty(t, promises(p))
	assert.NotContains(t, p.Text("#lost + ul"), "Not added")
	assert.Equal(t, "Finance 2", p.Form("main form").Values.Get("name"))
	p = s.Get(path).Whole(http.StatusOK)
	assert.Equal(t, "Tallyfy did not give all members, so it is not known who can be added.", p.Text("#plan ~ p:not(.muted)"))
	p = p.Form("main form").Set("name", "Finance 2").Submit("Try again").Whole(http.StatusConflict)

	s.Sandbox.ClearFaults()
	p = p.Form("main form").Submit("Try again").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "It is known now who can be added. Nothing has been changed yet.")
	assert.Equal(t, []string{"There is a group Finance with 6 members and 1 guest."}, promises(p))
	assert.Zero(t, s.Writes())
	p.Form("main form").Submit("Create it again").Whole(http.StatusOK)
	assert.Len(t, s.Group("Finance 2").Members, 6)
}

func TestADeletedGroupWhosePeopleChangedMeanwhile(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := deleted(s, "Finance") + "/restore"
	form := s.Get(path).Whole(http.StatusOK).Form("main form")
	s.Disable("chiara.dangelo")
	s.Get("/").Follow("Refresh")
	p := form.Submit("Create it again").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "Stopped before anything was done: something has changed since you opened this page.")
	assert.Contains(t, p.Text("#lost + ul"), "Chiara D'Angelo (is disabled)")
	assert.False(t, s.Exists("Finance"))
	p.Form("main form").Submit("Create it again").Whole(http.StatusOK)
	assert.Len(t, s.Group("Finance").Members, 5)
}
