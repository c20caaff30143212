package members_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// ticked are the ids of the boxes of a page that are ticked, boxes those of all.
func ticked(p *sitetest.Page) []string { return values(p, "[data-rows] [name=ids][checked]") }
func boxes(p *sitetest.Page) []string  { return values(p, "[data-rows] [name=ids]") }

func values(p *sitetest.Page, selector string) []string {
	return p.Find(selector).Map(func(_ int, box *goquery.Selection) string { return box.AttrOr("value", "") })
}

// choose ticks boxes of a page and presses a button of the form below it.
func choose(p *sitetest.Page, button string, ids ...string) *sitetest.Page {
	f := p.Form("#choose")
	f.Values["ids"] = ids
	f.Values.Set("kind", "add-to-groups")
	return f.Submit(button)
}

const chosenText = "#choose [role=status]"

func TestChoiceSurvivesPagesSearchFiltersAndOrders(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?per_page=10&sort=email").Whole(http.StatusOK)
	require.Len(t, boxes(p), 10)
	assert.Empty(t, ticked(p))
	assert.Equal(t, "Nobody chosen", p.Text(chosenText))
	assert.Equal(t, "Choose the 10 people on this page", p.Find("thead input").AttrOr("aria-label", ""))
	name := p.Find("[data-rows] tr").First().Find(".name").Text()
	assert.Equal(t, "Choose "+strings.TrimSpace(name), strings.Trim(p.Find("[data-rows] input").First().AttrOr("aria-label", ""), "\u2068\u2069"))

	first := boxes(p)[:2]
	p = choose(p, "Keep these", first...).Whole(http.StatusOK)
	assert.Equal(t, "/members?per_page=10&sort=email", p.URL, "it leads back to the same list")
	assert.Equal(t, first, ticked(p))
	assert.Equal(t, "2 chosen on 1 page", p.Text(chosenText))
	p = s.Get("/members?page=3&per_page=10&sort=email")
	assert.Empty(t, ticked(p))
	third := boxes(p)[4:5]
	p = choose(p, "Keep these", third...)
	assert.Equal(t, "3 chosen on 2 pages", p.Text(chosenText))
	assert.Contains(t, p.Find("#choose").AttrOr("class", ""), "on")

	all := s.Get("/members?per_page=100&sort=-created_at")
	want := append(slices.Clone(first), third...)
	assert.ElementsMatch(t, want, ticked(all), "in another order")
	some := s.Get("/members?q=" + want[0])
	assert.Equal(t, want[:1], ticked(some))
	assert.Equal(t, "3 chosen: 1 on 1 page, 2 not in this list", some.Text(chosenText))
	assert.Equal(t, "3 chosen, 3 not in this list", s.Get("/members?status=bot").Text(chosenText))
	none := s.Get("/members?q=zzzz")
	assert.Equal(t, "3 chosen, 3 not in this list", none.Text(chosenText), "a list without rows says it, too")

	shown := none.Follow("Show them").Whole(http.StatusOK)
	assert.ElementsMatch(t, want, boxes(shown))
	assert.Equal(t, boxes(shown), ticked(shown))
	assert.Contains(t, shown.Text(".chips"), "Chosen: yes")
	assert.Equal(t, 4, strings.Count(s.Get("/members.csv?chosen=yes&status=all").Body, "\n"), "the file holds the same rows")

	// An empty box leaves out somebody whom the page showed, and nobody else.
	p = choose(shown, "Keep these", want[1:]...)
	assert.ElementsMatch(t, want[1:], boxes(p))
	p = choose(s.Get("/members?per_page=10&sort=email"), "Keep these")
	assert.Equal(t, "1 chosen on 1 page", p.Text(chosenText))
	p = choose(p, "Clear", boxes(p)...)
	assert.Equal(t, "Nobody chosen", p.Text(chosenText))
	assert.Empty(t, ticked(s.Get("/members?per_page=100&status=all")))
	assert.Zero(t, s.Writes())
}

func TestChoiceOfAWholePageAndOfAllThatMatch(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/members?per_page=10&role=standard").Whole(http.StatusOK)
	n := strings.Fields(p.Text(".page-title .note"))[0]
	page := choose(p, "Choose the 10 people on this page")
	assert.Equal(t, boxes(page), ticked(page))
	assert.Equal(t, "10 chosen on 1 page", page.Text(chosenText))

	// All that match become a fixed list: who matches later is not in it.
	all := choose(page, "Choose all "+n+" that match", boxes(page)[1:]...)
	assert.Contains(t, all.Text(chosenText), n+" chosen on ")
	light := s.Get("/members?role=light").Whole(http.StatusOK)
	assert.Empty(t, ticked(light))
	s.Get("/members/" + boxes(light)[0] + "/role?to=standard").Form("main form").Submit("").Whole(http.StatusOK)
	p = s.Get("/members?per_page=100&role=standard")
	assert.Len(t, boxes(p), len(ticked(p))+1)
	assert.Contains(t, p.Text(chosenText), n+" chosen")
	one := s.Get("/members?q=" + ticked(p)[0])
	assert.Contains(t, choose(one, "Keep these").Text(chosenText), strconv.Itoa(len(ticked(p))-1)+" chosen", "single ones are taken out by hand")
}

func TestChosenPeopleGoOnToWork(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/guests").Whole(http.StatusOK)
	p := s.Get("/members?per_page=10").Whole(http.StatusOK)
	assert.Equal(t, []string{"Add people to groups", "Take people out of groups", "Remove members", "Change roles", "Disable members", "Bring disabled people back"}, p.Texts("#choose option"))
	form := choose(p, "Go on", boxes(p)[2:4]...).Whole(http.StatusOK)
	assert.Equal(t, "Add people to groups", form.Text("h1"))
	assert.Equal(t, "2 people chosen", form.Find("legend").First().Text())
	assert.ElementsMatch(t, boxes(p)[2:4], values(form, "[name=ids][checked]"), "what was ticked and not kept yet goes along")
	dry := form.Form("form[data-form]").Tick("groups", s.Group("Archive 2019 Relocation").ID).Submit("See what would happen").Whole(http.StatusOK)
	assert.Equal(t, 2, dry.Find("table.job tbody tr").Length())
	assert.Zero(t, s.Writes())
	assert.Equal(t, "2 chosen on 1 page", s.Get("/members?per_page=10").Text(chosenText), "they stay chosen")

	// More than a hundred are one field.
	var ids []string
	for _, m := range s.Get("/members?per_page=100&status=all").Find("[data-rows] [name=ids]").EachIter() {
		ids = append(ids, m.AttrOr("value", ""))
	}
	for i := range 60 {
		ids = append(ids, strconv.Itoa(900_000+i))
	}
	s.Post("/members/selection", url.Values{"do": {"keep"}, "ids": ids}).Whole(http.StatusOK)
	form = s.Get("/bulk/new?kind=add-to-groups&chosen=yes").Whole(http.StatusOK)
	assert.Equal(t, "120 people chosen", form.Find("legend").First().Text())
	require.Equal(t, 1, form.Find("[name=ids]").Length())
	dry = form.Form("form[data-form]").Tick("groups", s.Group("Archive 2019 Relocation").ID).Submit("See what would happen").Whole(http.StatusOK)
	assert.Contains(t, dry.Text("main"), "120")
	assert.Equal(t, "60 chosen: 57 on 3 pages, 3 not in this list", s.Get("/members").Text(chosenText), "nobody who is gone is counted")
}

// Nothing chosen is an error, and never everything.
func TestNothingChosenIsAnError(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := choose(s.Get("/members?per_page=10"), "Go on").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text(".notice"), "Nobody is chosen. Tick the box of at least one person first.")
	assert.Equal(t, "Members", p.Text("h1"))
	assert.NotContains(t, s.Get("/members?per_page=10").Text("main"), "Nobody is chosen.")
	assert.False(t, s.Get("/members?q=zzzz").Has("#choose"), "nobody to choose, and nobody chosen")
}

func TestHostileChoices(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	id := s.ID("chiara.dangelo")
	for name, form := range map[string]url.Values{
		"no field":         {},
		"strange ids":      {"do": {"keep"}, "ids": {"<script>", "../" + id, id + "/remove", "-1", "1.5", "٣", strings.Repeat("9", 19), "all", "*", ""}},
		"strange shown":    {"do": {"page"}, "shown": {"'; DROP TABLE x --", "\x00", id + "," + id}},
		"strange button":   {"do": {"everything"}},
		"strange kind":     {"do": {"go"}, "kind": {"remove-everybody"}},
		"kind of groups":   {"do": {"go"}, "kind": {"create-groups"}},
		"kind of others":   {"do": {"go"}, "kind": {"invite"}},
		"strange list":     {"do": {"keep"}, "list": {"//evil.example/?%zz&q=%0d%0aSet-Cookie:x&page=-1&status=all&sort=shoe"}},
		"all of no list":   {"do": {"all"}},
		"all of a broken":  {"do": {"all"}, "list": {"?q=%zz"}},
		"list of unknowns": {"do": {"all"}, "list": {"?q=zzzzzzz"}},
	} {
		p := s.Post("/members/selection", form)
		assert.Contains(t, []int{http.StatusOK, http.StatusUnprocessableEntity}, p.Status, name)
		assert.True(t, strings.HasPrefix(p.URL, "/members"), "%s leads to %s", name, p.URL)
		assert.Equal(t, "Nobody chosen", s.Get("/members").Text(chosenText), name)
	}
	assert.Equal(t, http.StatusConflict, s.Post("/members/selection", url.Values{"as": {"0123456789abcdef"}, "do": {"keep"}, "ids": {id}}).Status, "somebody else's form")
	assert.Equal(t, "Nobody chosen", s.Get("/members").Text(chosenText))
	s.Post("/members/selection", url.Values{"do": {"go"}, "kind": {"create-groups"}, "ids": {id}}).Whole(http.StatusUnprocessableEntity)

	var ids []string
	for i := range 10_000 {
		ids = append(ids, fmt.Sprintf("%018d", i))
	}
	s.Post("/members/selection", url.Values{"do": {"clear"}})
	p := s.Post("/members/selection", url.Values{"do": {"page"}, "shown": {strings.Join(ids, " ")}}).Whole(http.StatusOK)
	require.NotContains(t, p.Text("main"), "At most")
	p = s.Post("/members/selection", url.Values{"do": {"keep"}, "ids": {id}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text(".notice"), "At most 10,000 people can be chosen at a time. Nothing was added.")
	assert.Contains(t, s.Get("/bulk/new?kind=remove-members&chosen=yes").Whole(http.StatusOK).Find("legend").First().Text(), "10,000 people chosen")
}

// A choice belongs to one session in one organisation.
func TestWhoseChoiceItIs(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	choose(s.Get("/members"), "Keep these", s.ID("chiara.dangelo"))
	other := s.As(t)
	other.SignIn()
	assert.Equal(t, "Nobody chosen", other.Get("/members").Text(chosenText), "another browser")
	org := s.Org
	s.Post("/organisations", url.Values{"organization": {s.Sandbox.OtherOrgID()}})
	assert.Equal(t, "Nobody chosen", s.Get("/o/"+s.Sandbox.OtherOrgID()+"/members").Whole(http.StatusOK).Text(chosenText), "another organisation")
	s.Org = org
	assert.Equal(t, "1 chosen on 1 page", s.Get("/members").Text(chosenText))
	s.Post("/signout", nil)
	s.SignIn()
	assert.Equal(t, "Nobody chosen", s.Get("/members").Text(chosenText), "it ends with the session")
}

func TestBoxesAreForThoseWhoMayDoSomething(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	for _, list := range []string{"/members", "/groups", "/guests"} {
		p := s.Get(list).Whole(http.StatusOK)
		assert.Empty(t, boxes(p))
		assert.False(t, p.Has("#choose"))
	}
}

// While the copies are read the list has boxes, too. All that match are not known then.
func TestChoiceWithoutCopies(t *testing.T) {
	t.Parallel()
	s := withoutCopies(t)
	p := s.Get("/members?per_page=10").Whole(http.StatusOK)
	p = choose(p, "Keep these", boxes(p)[:3]...)
	assert.Equal(t, "3 chosen", p.Text(chosenText))
	assert.NotContains(t, p.Text("#choose"), "Choose all")
}

// Groups and guests are chosen as members are: across pages, searches and filters, each on a list of its own.
func TestChoiceOnTheOtherLists(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/groups?people=none").Whole(http.StatusOK) // reads the copies
	s.Get("/guests").Whole(http.StatusOK)
	for list, many := range map[string]string{"/groups": "groups", "/guests": "guests"} {
		nothing := "No " + strings.TrimSuffix(many, "s") + " chosen"
		p := s.Get(list + "?per_page=10").Whole(http.StatusOK)
		require.Len(t, boxes(p), 10, list)
		assert.Equal(t, nothing, p.Text(chosenText))
		assert.Equal(t, "Choose the 10 "+many+" on this page", p.Find("thead input").AttrOr("aria-label", ""))
		name := p.Find("[data-rows] tr").First().Find(".name").Text()
		assert.Equal(t, "Choose "+strings.TrimSpace(name), strings.Trim(p.Find("[data-rows] input").First().AttrOr("aria-label", ""), "\u2068\u2069"))
		assert.Equal(t, []string{"Add people to groups", "Take people out of groups"}, p.Texts("#choose option"))
		assert.Contains(t, choose(p, "Go on").Whole(http.StatusUnprocessableEntity).Text(".notice"), "is chosen. Tick the box of at least one first.")

		first := boxes(p)[:2]
		p = choose(p, "Keep these", first...).Whole(http.StatusOK)
		assert.Equal(t, list+"?per_page=10", p.URL)
		assert.Equal(t, first, ticked(p))
		second := boxes(s.Get(list + "?page=2&per_page=10"))[:1]
		choose(s.Get(list+"?page=2&per_page=10"), "Keep these", second...)
		want := append(slices.Clone(first), second...)
		assert.ElementsMatch(t, want, ticked(s.Get(list+"?per_page=100")))
		assert.Contains(t, s.Get(list+"?q=zzzz").Text(chosenText), "3 chosen")
		shown := s.Get(list + "?q=zzzz").Follow("Show them").Whole(http.StatusOK)
		assert.ElementsMatch(t, want, boxes(shown))
		assert.Equal(t, "3 chosen on 1 page", shown.Text(chosenText))
		assert.Equal(t, 4, strings.Count(s.Get(list+".csv?chosen=yes").Body, "\n"), "the file holds the same rows")
		choose(s.Get(list+"?per_page=10"), "Keep these", first[0])
		assert.ElementsMatch(t, append(second, first[0]), ticked(s.Get(list+"?per_page=100")), "an empty box leaves out what the page showed, and nothing else")
		assert.Equal(t, "Nobody chosen", s.Get("/members").Text(chosenText), "a list of its own")
		s.Post(list+"/selection", url.Values{"do": {"all"}})
		s.Post(list+"/selection", url.Values{"do": {"keep"}, "ids": {"<script>", "../x", strings.Repeat("9", 70), ""}})
		assert.Len(t, ticked(s.Get(list+"?per_page=100")), 2, "all of no list is nothing")
		choose(s.Get(list), "Clear")
		assert.Equal(t, nothing, s.Get(list).Text(chosenText))
	}
	assert.Zero(t, s.Writes())
}

// All that match are a fixed list of ids, and go on to the work that fits: groups are where people come in, guests are who.
func TestChosenGroupsAndGuestsGoOnToWork(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/guests").Whole(http.StatusOK)
	p := s.Get("/groups?people=one&per_page=10").Whole(http.StatusOK)
	n := len(boxes(s.Get("/groups?people=one&per_page=100")))
	s.Post("/groups/selection", url.Values{"do": {"all"}, "list": {"?people=one"}}).Whole(http.StatusOK)
	s.Sandbox.ChangeGroup(s.Group("Archive 2019 Relocation").ID, sandbox.GroupChange{Add: []int{s.Member("anna.kowalska").ID}})
	form := choose(p, "Go on", boxes(p)...).Whole(http.StatusOK)
	assert.Equal(t, "Add people to groups", form.Text("h1"))
	assert.Len(t, values(form, "[name=groups][checked]"), n, "those that matched then")
	dry := form.Form("form[data-form]").Set("text", "noor.vandermeer@example.com").Submit("See what would happen").Whole(http.StatusOK)
	assert.Equal(t, n, dry.Find("table.job tbody tr").Length())

	p = s.Get("/guests?q=verhoeven").Whole(http.StatusOK)
	form = choose(p, "Go on", boxes(p)...).Whole(http.StatusOK)
	assert.Equal(t, "bram@tyres.example.com", strings.TrimSpace(form.Form("form[data-form]").Values.Get("text")))
	dry = form.Form("form[data-form]").Tick("groups", s.Group("Legal").ID).Submit("See what would happen").Whole(http.StatusOK)
	assert.Equal(t, 1, dry.Find("table.job tbody tr").Length())
	assert.Contains(t, dry.Text("table.job tbody"), "Will change")
	assert.Zero(t, s.Writes())
	s.Post("/guests/selection", url.Values{"do": {"clear"}})
	assert.Contains(t, s.Get("/bulk/new?kind=add-to-groups&chosen=guests").Text(".notice"), "Nothing is chosen on the list of guests any more.")
}
