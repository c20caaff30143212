package groups_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func peoplePath(s *sitetest.Site, name string) string { return s.GroupPath(name) + "/people" }

// peopleForm is the form for who is in a group.
func peopleForm(p *sitetest.Page) *sitetest.Form { return p.Form("main form[data-form]") }

func TestPeopleAreAddedAndTakenOut(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.Group("Finance")
	p := s.Get(peoplePath(s, "Finance") + "?find=noor").Whole(http.StatusOK)
	assert.Equal(t, "People in Finance", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "8 people in the group")
	s.Sandbox.ClearRequests()
	p = peopleForm(p).Tick("add", s.ID("noor.vandermeer")).Tick("remove", s.ID("chiara.dangelo")).Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "/groups/"+before.ID, p.URL, "at once, where nothing is at stake")
	assert.Equal(t, "Done. Noor van der Meer was added to Finance. Chiara D'Angelo was taken out of Finance. Undo", p.Text(".notice"))
	assert.Contains(t, p.Text("main"), "Noor van der Meer")
	after := s.Group("Finance")
	assert.Contains(t, after.Members, s.Member("noor.vandermeer").ID)
	assert.NotContains(t, after.Members, s.Member("chiara.dangelo").ID)
	assert.Len(t, after.Members, len(before.Members))
	assert.Equal(t, before.Guests, after.Guests)
	assert.Equal(t, before.Description, after.Description)
	assert.Equal(t, 1, s.Writes())
	for _, name := range []string{"noor.vandermeer", "chiara.dangelo"} {
		assert.Contains(t, s.Get(s.MemberPath(name)).Text("main"), "Maren Dahl added Noor van der Meer to Finance and took Chiara D'Angelo out of Finance.", "on the page of each")
	}

	p = p.Follow("Undo").Whole(http.StatusOK)
	assert.Equal(t, []string{
		"Chiara D'Angelo is in Finance.", "Noor van der Meer is not in Finance any more.", "Everybody else stays in the group. That is 6 members and 1 guest.",
	}, promises(p))
	p.Form("main form").Submit("Undo this change").Whole(http.StatusOK)
	assert.ElementsMatch(t, before.Members, s.Group("Finance").Members)
}

// One change in a group of ten thousand is a small form.
func TestFormForPeopleIsSmall(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 1000}})
	g := s.Group("Everyone at Aldermoor")
	p := s.Get(peoplePath(s, "Everyone at Aldermoor")).Whole(http.StatusOK)
	assert.Len(t, p.Texts("[name=remove]"), 100)
	f := peopleForm(p)
	f.Tick("remove", p.Find("[name=remove]").First().AttrOr("value", ""))
	assert.Less(t, len(f.Values.Encode()), 4096)
	f.Submit("Save").Whole(http.StatusOK)
	assert.Len(t, s.Group("Everyone at Aldermoor").Members, len(g.Members)-1)
}

// Searches and pages never change who is chosen.
func TestChosenPeopleStayChosen(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 250}})
	g := s.Group("Everyone at Aldermoor")
	s.Elsewhere(http.MethodPut, "/groups/"+g.ID, fmt.Sprintf(`{"description":"x","members":[%s],"guests":[]}`, strings.Trim(strings.ReplaceAll(fmt.Sprint(g.Members[10:]), " ", ","), "[]")))
	p := s.Get(peoplePath(s, g.Name)).Whole(http.StatusOK)
	out := []string{p.Find("[name=remove]").First().AttrOr("value", "")}
	p = peopleForm(p).Tick("remove", out[0]).Set("paste", "new@x.example").Submit("Next page").Whole(http.StatusOK)
	out = append(out, p.Find("[name=remove]").Last().AttrOr("value", ""))
	f := peopleForm(p)
	assert.Equal(t, out[:1], f.Values["remove"], "who was chosen on the first page")
	p = f.Tick("remove", out[1]).Set("find", "maren dahl").Submit("Search").Whole(http.StatusOK)
	assert.ElementsMatch(t, out, peopleForm(p).Values["remove"])
	p = peopleForm(p).Tick("add", s.ID("maren.dahl")).Set("find", "nobody at all").Submit("Search").Whole(http.StatusOK)
	assert.Equal(t, []string{s.ID("maren.dahl")}, peopleForm(p).Values["add"])
	assert.Contains(t, p.Text("main"), "Nobody else matches “nobody at all”.")
	p = peopleForm(p).Set("q", "ingrid").Submit("Search").Whole(http.StatusOK)
	assert.Equal(t, "new@x.example", strings.TrimSpace(peopleForm(p).Values.Get("paste")))
	p = peopleForm(p).Set("paste", "").Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Everyone at Aldermoor", p.Text("h1"))
	after := s.Group(g.Name)
	assert.Contains(t, after.Members, s.Member("maren.dahl").ID)
	for _, id := range out {
		assert.NotContains(t, fmt.Sprint(after.Members), id)
	}
	assert.Len(t, after.Members, len(g.Members)-10+1-2)
}

func TestWhoCannotBeAddedIsLabelled(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, name := range []string{"gareth.pugh", "ibrahim.sow", "assistant.bot"} {
		m := s.Member(name)
		p := peopleForm(s.Get(peoplePath(s, "Legal"))).Set("find", m.Email).Submit("Search").Whole(http.StatusOK)
		assert.Contains(t, p.Text("main"), "can't be added:", name)
		assert.False(t, p.Has("[name=add]"), name)
		p = s.Post(peoplePath(s, "Legal"), map[string][]string{"add": {s.ID(name), s.ID("noor.vandermeer")}}).Whole(http.StatusOK)
		assert.Contains(t, p.Text(".notice"), "Not added: ", name)
		assert.NotContains(t, s.Group("Legal").Members, m.ID)
	}
	assert.Contains(t, s.Group("Legal").Members, s.Member("noor.vandermeer").ID)
}

// What others have changed since the page was opened is kept, and said.
func TestPeopleBesideAnotherAdministrator(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	f := peopleForm(s.Get(peoplePath(s, "Finance"))).Tick("remove", s.ID("chiara.dangelo"))
	s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}, Description: "Theirs."})
	p := f.Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Done. Chiara D'Angelo was taken out of Finance. Since you opened this page Noor van der Meer was added. That is kept. Undo", p.Text(".notice"))
	after := s.Group("Finance")
	assert.Contains(t, after.Members, s.Member("noor.vandermeer").ID)
	assert.Equal(t, "Theirs.", after.Description)
}

func TestNobodyChosenAndNothingToDo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := peopleForm(s.Get(peoplePath(s, "Finance"))).Submit("Save").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-people"), "Choose somebody to add or to take out.")
	f := peopleForm(s.Get(peoplePath(s, "Finance"))).Tick("remove", s.ID("chiara.dangelo"))
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Remove: []int{s.Member("chiara.dangelo").ID}})
	p = f.Submit("Save").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "There was nothing to change in Finance, so nothing was sent to Tallyfy.")
	assert.Zero(t, s.Writes())
	p = peopleForm(s.Get(peoplePath(s, "Finance"))).Set("paste", "new@x.example, nobody").Submit("Save").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-paste"), "Not an email address: “nobody”.")
	assert.Equal(t, "new@x.example, nobody", strings.TrimSpace(peopleForm(p).Values.Get("paste")))
}

// A group that is left with nobody is asked about, with a tick of its own.
func TestEmptyingAGroupIsAskedAbout(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := peopleForm(s.Get(peoplePath(s, "Payroll"))).Tick("remove", s.ID("chiara.dangelo")).Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Change who is in Payroll?", p.Text("h1"))
	assert.Contains(t, p.Text(".notice"), "Nobody is left in Payroll: work that is assigned to the group reaches no one then.")
	assert.Contains(t, p.Text("main"), "Before: 1 member and 0 guests. After: 0 members and 0 guests.")
	assert.Zero(t, s.Writes())
	p = p.Form("main form").Submit("Change the group").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-sure"), "Tick this to go on, or go back.")
	assert.Zero(t, s.Writes())
	back := p.Form("main form").Submit("Back").Whole(http.StatusOK)
	assert.Equal(t, []string{s.ID("chiara.dangelo")}, peopleForm(back).Values["remove"], "nothing chosen is lost")
	p = p.Form("main form").Tick("sure", "yes").Submit("Change the group").Whole(http.StatusOK)
	assert.Equal(t, "Payroll", p.Text("h1"))
	assert.Empty(t, s.Group("Payroll").Members)
	assert.Equal(t, 1, s.Writes())
}

// New guests of a group with open work are asked about; a plan that is out of date is shown again.
func TestNewGuestsAreAskedAbout(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := peopleForm(s.Get(peoplePath(s, "Operations"))).Set("paste", "New <new@x.example>; chiara.dangelo@example.com").Submit("Save").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "Open tasks are assigned to Operations. The new guests can work on them, too.")
	assert.Contains(t, p.Text("main"), "Chiara D'Angelo is a member of the organisation, and is added as one.")
	assert.Contains(t, p.Text("main section:has(#tasks)"), "open task")
	f := p.Form("main form").Tick("sure", "yes")
	s.Sandbox.ChangeGroup(s.Group("Operations").ID, sandbox.GroupChange{AddGuests: []string{"new@x.example"}})
	p = f.Submit("Change the group").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "Stopped before anything was done")
	assert.Zero(t, s.Writes())
	p = p.Form("main form").Tick("sure", "yes").Submit("Change the group").Whole(http.StatusOK)
	assert.Contains(t, s.Group("Operations").Members, s.Member("chiara.dangelo").ID)
	_ = p

	p = peopleForm(s.Get(peoplePath(s, "Works Council"))).Set("paste", "new@x.example").Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Works Council", p.Text("h1"), "where no work is, nothing is asked")
	assert.Contains(t, s.Group("Works Council").Guests, "new@x.example")
}

func TestPeopleOfAGroupThatIsGone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := peopleForm(s.Get(peoplePath(s, "Finance"))).Tick("remove", s.ID("chiara.dangelo"))
	s.Sandbox.DeleteGroup(s.Group("Finance").ID)
	p := f.Submit("Save").Whole(http.StatusNotFound)
	assert.Equal(t, "That group is gone", p.Text("h1"))
	s.Get(strings.Replace(p.URL, "?", "/x?", 1)).Whole(http.StatusNotFound)
}

// The change of a group that is gone goes into the form for a new one, which the person sends or not.
func TestAGroupThatIsGoneCanBeCreatedAgainWithTheChange(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Operations")
	f := peopleForm(s.Get(peoplePath(s, "Operations")+"?find=noor")).Tick("add", s.ID("noor.vandermeer")).Tick("remove", s.ID("soren.kjaergaard"))
	s.Sandbox.DeleteGroup(g.ID)
	p := f.Submit("Save").Whole(http.StatusNotFound)
	assert.Contains(t, p.Text("main"), "Nothing was changed. Your change is kept")
	p = p.Follow("Create it again…").Whole(http.StatusOK)
	assert.Equal(t, "New group", p.Text("h1"))
	assert.Contains(t, p.Text(".notice"), "This is Operations as you saw it, with your change. Nothing is created until you press the button. Not added: Gareth Pugh (is disabled).")
	assert.False(t, s.Exists("Operations"))
	assert.Zero(t, s.Writes())
	p.GroupForm().Submit("Create the group").Whole(http.StatusOK)
	again := s.Group("Operations")
	assert.NotEqual(t, g.ID, again.ID)
	assert.Equal(t, g.Description, again.Description)
	assert.ElementsMatch(t, g.Guests, again.Guests)
	want := slices.DeleteFunc(slices.Clone(g.Members), func(id int) bool { return id == s.Member("soren.kjaergaard").ID || id == s.Member("gareth.pugh").ID })
	assert.ElementsMatch(t, append(want, s.Member("noor.vandermeer").ID), again.Members)

	f = peopleForm(s.Get(peoplePath(s, "Finance"))).Tick("remove", s.ID("chiara.dangelo")).Set("base", "0123456789abcdef")
	s.Sandbox.DeleteGroup(s.Group("Finance").ID)
	assert.Empty(t, f.Submit("Save").Whole(http.StatusNotFound).Link("Create it again…"), "where it is not known any more how it was")
}

// A service that refuses an id that nobody has is quoted, and the id can be taken out.
func TestIdThatTallyfyDoesNotTake(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: "PUT", Answer: sandbox.MemberUnknown, Times: 1})
	p := peopleForm(s.Get(peoplePath(s, "Finance"))).Tick("remove", s.ID("chiara.dangelo")).Submit("Save").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text(".notice"), "The selected members.0 is invalid.")
	assert.Equal(t, []string{s.ID("chiara.dangelo")}, peopleForm(p).Values["remove"])
	peopleForm(p).Submit("Save").Whole(http.StatusOK)
	assert.NotContains(t, s.Group("Finance").Members, s.Member("chiara.dangelo").ID)
}

// Two administrators in two browsers take turns: neither loses anything.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	other := s.As(t)
	other.SignIn()
	first := peopleForm(s.Get(peoplePath(s, "Finance")+"?find=noor")).Tick("add", s.ID("noor.vandermeer"))
	second := peopleForm(other.Get(peoplePath(s, "Finance"))).Tick("remove", s.ID("chiara.dangelo"))
	done := make(chan *sitetest.Page, 2)
	go func() { done <- first.Submit("Save") }()
	go func() { done <- second.Submit("Save") }()
	for range 2 {
		p := <-done
		require.Equal(t, http.StatusOK, p.Status, p.Text("main"))
		assert.Equal(t, "Finance", p.Text("h1"))
	}
	after := s.Group("Finance")
	assert.Contains(t, after.Members, s.Member("noor.vandermeer").ID)
	assert.NotContains(t, after.Members, s.Member("chiara.dangelo").ID)
}
