package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// groupsPath is the form for the groups of somebody.
func groupsPath(s *sitetest.Site, name string) string { return s.MemberPath(name) + "/groups" }

// in reports whether somebody is in a group.
func in(s *sitetest.Site, name, group string) bool {
	s.T.Helper()
	id := s.Member(name).ID
	for _, other := range s.Group(group).Members {
		if other == id {
			return true
		}
	}
	return false
}

// From the page of a person into groups and out again, and all of it undone, without script.
func TestGroupsOfAMemberAreChangedAndChangedBack(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	require.False(t, in(s, "hugo.marchetti", "Finance"))
	require.False(t, in(s, "hugo.marchetti", "Legal"))
	require.True(t, in(s, "hugo.marchetti", "Warehouse Rotterdam"))
	p := s.Get(s.MemberPath("hugo.marchetti")).Follow("Add to groups…")
	assert.Equal(t, "Groups of Hugo Marchetti", p.Text("h1"))
	f := p.Form("main form").Tick("add", s.Group("Finance").ID)
	p = f.Set("find", "legal").Submit("Search")
	assert.Len(t, p.Texts(".options input[name=add]"), 2, "what was chosen stays, and what was searched is there")
	f = p.Form("main form")
	assert.Equal(t, []string{s.Group("Finance").ID}, f.Values["add"])
	p = f.Tick("add", s.Group("Legal").ID).Tick("remove", s.Group("Warehouse Rotterdam").ID).Submit("Save")
	assert.Equal(t, s.MemberPath("hugo.marchetti"), p.URL)
	assert.Contains(t, p.Text(".notice.done"), "Hugo Marchetti was added to Finance and Legal. Hugo Marchetti was taken out of Warehouse Rotterdam.")
	assert.True(t, in(s, "hugo.marchetti", "Finance") && in(s, "hugo.marchetti", "Legal") && !in(s, "hugo.marchetti", "Warehouse Rotterdam"))

	p = p.Follow("Undo")
	assert.Equal(t, "Undo a change of 3 groups", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "Everybody else stays in these groups, whoever added them.")
	receipt := p.Form("main form").Submit("Undo this change")
	assert.Contains(t, receipt.Text(".notice.done"), "Hugo Marchetti was added to Warehouse Rotterdam.")
	assert.True(t, !in(s, "hugo.marchetti", "Finance") && !in(s, "hugo.marchetti", "Legal") && in(s, "hugo.marchetti", "Warehouse Rotterdam"))
	assert.Equal(t, "Receipt", receipt.Text("h1"))
	assert.NotEmpty(t, receipt.Link("Undone later"))
	assert.Len(t, receipt.Find("ol.plan li, main ol li").Nodes, 4, "a line for each group, and one for everybody else")
	assert.Equal(t, []string{"Finance", "Legal", "Warehouse Rotterdam"}, receipt.Texts("ol.plan a"))
	for _, name := range receipt.Texts("ol.plan a") {
		assert.Equal(t, name, receipt.Follow(name).Text("h1"))
	}
	receipt.Follow("Undone later").Follow("Undo…").Form("main form").Submit("Undo this change")
	assert.True(t, in(s, "hugo.marchetti", "Finance") && !in(s, "hugo.marchetti", "Warehouse Rotterdam"), "undoing is undone, too")
}

// Each group on the page of a person has a way out of it.
func TestAMemberLeavesAGroupWithOneButton(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.MemberPath("hugo.marchetti"))
	assert.Contains(t, p.Texts("button.way-out .visually-hidden"), "Take Hugo Marchetti out of Warehouse Rotterdam")
	f := p.Form("main form:has(.way-out)")
	f.Values.Set("remove", s.Group("Warehouse Rotterdam").ID) // the button that is pressed
	p = s.Post(groupsPath(s, "hugo.marchetti"), f.Values)
	assert.Equal(t, s.MemberPath("hugo.marchetti"), p.URL)
	assert.Contains(t, p.Text(".notice.done"), "Hugo Marchetti was taken out of Warehouse Rotterdam.")
	assert.NotContains(t, p.Texts("button.way-out .visually-hidden"), "Take Hugo Marchetti out of Warehouse Rotterdam")
}

func TestAMemberIsMadeLikeAColleague(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(groupsPath(s, "hugo.marchetti"))
	assert.NotEmpty(t, p.Texts("button[name=choose]"), "the most alike are offered")
	p = p.Form("main form").Tick("add", s.Group("Legal").ID).Set("who", "chiara").Submit("Search")
	require.NotEmpty(t, p.Texts("button[name=choose]"))
	f := p.Form("main form")
	f.Values.Set("choose", s.ID("chiara.dangelo")) // the button with the name
	p = s.Post(groupsPath(s, "hugo.marchetti"), f.Values)
	assert.Contains(t, p.Texts("legend"), "Groups of Chiara D'Angelo that Hugo Marchetti is not in")
	f = p.Form("main form")
	assert.Equal(t, []string{s.Group("Legal").ID}, f.Values["add"], "only what was ticked before is ticked")
	offered := p.Texts(".options:has(input[name=add]) .name")
	for _, name := range offered {
		assert.True(t, name == "Legal" || in(s, "chiara.dangelo", name) && !in(s, "hugo.marchetti", name), name)
	}
	assert.Contains(t, offered, "Finance")
	leave := p.Text("label.choice")
	assert.Contains(t, leave, "Also leave")
	assert.Contains(t, leave, "Warehouse Rotterdam")
	assert.Empty(t, f.Values["leave"], "only additions unless asked for")

	p = f.Tick("add", s.Group("Finance").ID).Submit("Save")
	assert.Contains(t, p.Text(".notice.done"), "Hugo Marchetti was added to")
	assert.True(t, in(s, "hugo.marchetti", "Finance") && in(s, "hugo.marchetti", "Warehouse Rotterdam"))

	f = s.Get(groupsPath(s, "hugo.marchetti")+"?like="+s.ID("chiara.dangelo")).Form("main form").Tick("leave", "yes")
	p = f.Submit("Save")
	for p.Has("input[name=sure]") { // somebody may be left alone
		p = p.Form("main form").Tick("sure", "yes").Submit("Change the groups")
	}
	assert.False(t, in(s, "hugo.marchetti", "Warehouse Rotterdam"))
	assert.True(t, in(s, "hugo.marchetti", "Finance"))
}

// The groups of people with the same job title come first, with how many of them there are.
func TestGroupsOfTheSameJobTitleComeFirst(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(groupsPath(s, "hugo.marchetti"))
	subs := p.Texts(".options:has(input[name=add]) .sub")
	require.NotEmpty(t, subs)
	assert.Equal(t, "The only other person with the job title Dock Coordinator is in it", subs[0])
	assert.Equal(t, "The only other person with the job title Dock Coordinator is in it", subs[1])
	assert.NotContains(t, subs[2], "job title")
	assert.Equal(t, "Renske Bakker renske.bakker@example.com", strings.Join(strings.Fields(p.Texts("button[name=choose]")[0]), " "), "and so do they among colleagues")
}

func TestGroupsOfAMemberAskWhenSomethingIsAtStake(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	require.Len(t, s.Group("Payroll").Members, 1)
	s.Sandbox.ClearRequests()
	p := s.Get(groupsPath(s, "chiara.dangelo")+"?find=warehouse").Form("main form").Tick("remove", s.Group("Payroll").ID).Tick("add", s.Group("Warehouse Rotterdam").ID).Submit("Save")
	assert.Equal(t, "Change the groups of Chiara D'Angelo?", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "Nobody is left in Payroll")
	assert.Contains(t, p.Text("main"), "Payroll. Before: 1 member and 0 guests. After: 0 members and 0 guests.")
	assert.Zero(t, s.Writes())
	p = p.Form("main form").Submit("Change the groups")
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, p.Text("main"), "Tick this to go on, or go back.")
	back := p.Form("main form").Submit("Back")
	assert.Equal(t, []string{s.Group("Payroll").ID}, back.Form("main form").Values["remove"], "nothing chosen is lost")
	p = back.Form("main form").Submit("Save").Form("main form").Tick("sure", "yes").Submit("Change the groups")
	assert.Contains(t, p.Text(".notice.done"), "was taken out of Payroll")
	assert.Equal(t, 2, s.Writes())
	assert.Empty(t, s.Group("Payroll").Members)
}

func TestOneGroupOfAMemberFailsAndTheOthersAreChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(groupsPath(s, "hugo.marchetti")).Form("main form").Tick("add", s.Group("Finance").ID).Set("find", "legal")
	f = f.Submit("Search").Form("main form").Tick("add", s.Group("Legal").ID)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: "/organizations/{org}/groups/{group}", Status: http.StatusUnprocessableEntity, Body: `{"message":"Not today."}`, Times: 1})
	p := f.Submit("Save")
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Contains(t, p.Text("main .notice"), "1 group is as planned.")
	assert.Contains(t, p.Text("main"), "Tallyfy refused: “Not today.”")
	assert.Equal(t, 2, s.Writes())
	assert.True(t, in(s, "hugo.marchetti", "Finance") != in(s, "hugo.marchetti", "Legal"))
	p = p.Follow("Apply what is missing…").Form("main form").Submit("Apply it once more")
	assert.True(t, in(s, "hugo.marchetti", "Finance") && in(s, "hugo.marchetti", "Legal"))
	assert.Contains(t, p.Text(".notice.done"), "Hugo Marchetti was added to")
}

func TestGroupsOfAMemberWhenOthersChangeThem(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(groupsPath(s, "hugo.marchetti")).Form("main form").Tick("add", s.Group("Finance").ID)
	s.Sandbox.ChangeGroup(s.Group("Legal").ID, sandbox.GroupChange{Add: []int{s.Member("hugo.marchetti").ID}})
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Add: []int{s.Member("hugo.marchetti").ID}})
	s.Get("/").Follow("Refresh") // which reads the copy anew
	p := f.Submit("Save")
	assert.Contains(t, p.Text(".notice"), "There was nothing to change, so nothing was sent to Tallyfy. Finance was as wished already. Since you opened the page they were added to Legal. That is kept.")
	assert.Zero(t, s.Writes())
}

func TestGroupsOfAMemberThatCannotBe(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Post(groupsPath(s, "hugo.marchetti"), url.Values{})
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, p.Text("main"), "Choose a group to add to or to leave.")
	many := url.Values{}
	for i := range 26 {
		many.Add("add", strings.Repeat("0", 30)+string(rune('a'+i%26))+"0")
	}
	p = s.Post(groupsPath(s, "hugo.marchetti"), many)
	assert.Contains(t, p.Text("main"), "26 groups are too many at once: choose 25 at most.")
	p = s.Post(groupsPath(s, "hugo.marchetti"), url.Values{"add": {strings.Repeat("0", 32)}})
	assert.Contains(t, p.Text(".notice"), "it is not there any more")
	s.Disable("hugo.marchetti")
	s.Get("/").Follow("Refresh")
	p = s.Get(groupsPath(s, "hugo.marchetti"))
	assert.Contains(t, p.Text("main"), "Hugo Marchetti can't be added to a group: is disabled.")
	assert.False(t, p.Has("input[name=add]"))
	assert.Equal(t, http.StatusNotFound, s.Get("/members/99999/groups").Status)
	assert.Zero(t, s.Writes())
}

// A copy of a group has its description and its people, and leaves out who can't be added.
func TestAGroupIsCopied(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	fleet := s.Group("Fleet and Drivers")
	require.Contains(t, fleet.Members, s.Member("gareth.pugh").ID, "who is disabled")
	p := s.Get(s.GroupPath("Fleet and Drivers")).Follow("Copy")
	assert.Equal(t, "New group", p.Text("h1"))
	assert.Contains(t, p.Text("main .notice"), "The description and the people are those of Fleet and Drivers. Nothing is created until you press the button. Not added: Gareth Pugh (is disabled); Ibrahim Sow (has not accepted the invitation yet).")
	f := p.GroupForm()
	assert.Empty(t, f.Values.Get("name"), "a name belongs to one group")
	p = f.Set("name", "Fleet South").Submit("Create the group")
	assert.Equal(t, "Fleet South", p.Text("h1"))
	made := s.Group("Fleet South")
	assert.Equal(t, fleet.Description, made.Description)
	assert.ElementsMatch(t, fleet.Guests, made.Guests)
	assert.Len(t, made.Members, len(fleet.Members)-2)
	assert.NotContains(t, made.Members, s.Member("gareth.pugh").ID)
	assert.Equal(t, http.StatusNotFound, s.Get("/groups/new?from="+strings.Repeat("0", 32)).Status)
	assert.Equal(t, http.StatusNotFound, s.Get("/groups/new?from=a%20b").Status)
}
