package groups_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// A list from a mail or a table is taken as a whole: each of it says who that is, and what is left says why.
func TestAddPeopleTakesAPastedList(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.GroupForm("Pasted", "d").Search("Meer van der, Noor\r\nANNA.KOWALSKA@example.com, new@x.example; Mehmet Aksoy <mehmet@broker.example.com>\n" +
		"gareth.pugh@example.com\nnobody@\nAnna Kowalska\nZoë")
	assert.Equal(t, []string{"Noor van der Meer member", "Anna Kowalska (anna.kowalska@example.com) member", "new@x.example new guest", "Mehmet Aksoy guest"}, f.Page.Texts(".picks li"))
	assert.Equal(t, []string{s.ID("noor.vandermeer"), s.ID("anna.kowalska")}, f.Values["members"])
	assert.Equal(t, []string{"new@x.example", "mehmet@broker.example.com"}, f.Values["guests"])
	assert.Equal(t, "gareth.pugh@example.com\nnobody@\nAnna Kowalska\nZoë", f.Values.Get("people"), "nothing typed is lost")
	said := f.Page.Text("#error-people")
	assert.Contains(t, said, "Gareth Pugh (gareth.pugh@example.com) is disabled and can't be added.")
	assert.Contains(t, said, "“Anna Kowalska” fits several members")
	assert.Contains(t, said, "“nobody@”, “Zoë” are neither members' names nor email addresses.")
	assert.Contains(t, f.Page.Text(peopleOutput), "4 selected")
	assert.Zero(t, s.Writes())

	p := f.Submit(createButton).Whole(http.StatusUnprocessableEntity)
	complaint(p, "people", strings.TrimPrefix(said, "Please check: "))
	g := created(p.GroupForm().Set("people", "").Submit(createButton), "Pasted")
	assert.ElementsMatch(t, []int{s.Member("noor.vandermeer").ID, s.Member("anna.kowalska").ID}, g.Members)
	assert.ElementsMatch(t, []string{"new@x.example", "mehmet@broker.example.com"}, g.Guests)
}

// A bot is not offered, and not taken, as everywhere else.
func TestAddPeopleLeavesBotsOut(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	bot := s.ID("assistant.bot")
	m, _ := s.Sandbox.MemberByEmail(s.Member("assistant.bot").Email)
	assert.False(t, s.GroupForm("A", "d").Search("Aldermoor Assistant").Page.Has(`[value="`+bot+`"]`))
	f := s.GroupForm("A", "d").Search(m.Email + "\nAldermoor Assistant")
	assert.Empty(t, f.Values["members"])
	assert.Contains(t, f.Page.Text("#error-people"), "is a bot and can't be added.")
}

// While somebody types, nothing is taken: an address is complete before its last letter. It is offered.
func TestAddPeopleOffersWhatIsTyped(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	find := func(text string) *sitetest.Page {
		f := s.GroupForm("N", "d").Set("people", text)
		f.Values.Set("action", "find")
		r := s.Request(http.MethodPost, "/groups", f.Values)
		r.Header.Set("Sec-Fetch-Dest", "empty")
		return s.Do(r).Whole(http.StatusOK)
	}
	p := find("new@x.exam")
	assert.Empty(t, p.Texts(".picks li"))
	assert.Equal(t, []string{"new@x.exam new guest"}, []string{p.Text(".options .name") + " " + p.Text(".options .aside")})
	p = find("siobhan.obrien@example.com")
	assert.Empty(t, p.Texts(".picks li"))
	assert.Equal(t, []string{"siobhan.obrien@example.com"}, p.Texts("[data-results=people] .sub"), "a member is not offered as a guest")
	assert.Zero(t, s.Writes())
}
