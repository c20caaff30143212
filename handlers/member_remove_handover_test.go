package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy/sandbox"
)

const handoverForm = "form:has([name=to])"

// offered are the addresses of those who can be chosen, in their order.
func (p *page) offered() []string { return p.texts(".options .sub") }

// chosen is the value of the choice that is made, "" for none.
func (p *page) chosen() string {
	value, _ := p.Find("[name=to][checked]").Attr("value")
	return value
}

func TestOnlyActivePeopleAreOfferedTheWork(t *testing.T) {
	s := signedIn(t, siteOptions{})
	path := s.removePath("chiara.dangelo") + "/handover"
	p := s.get(path).whole(http.StatusOK)
	assert.Equal(t, "Who takes over?", p.text("h1"))
	assert.Equal(t, "Showing 50 of 53 members: search to find the others.", p.text("output"))
	assert.Empty(t, p.chosen(), "nothing is chosen beforehand")
	assert.False(t, p.has("[autofocus], [selected]"))
	assert.Contains(t, p.text(".choice"), "Leave it with Chiara D'Angelo. The tasks stay in Chiara D'Angelo's name, Chiara D'Angelo can't open them, and no one else is asked to do them.")
	assert.Contains(t, p.text(".lead"), "Everything goes to one person. Tallyfy can't split it.")

	for _, m := range s.sandbox.Members() {
		found := s.get(path + "?q=" + url.QueryEscape(m.Email)).offered()
		canWork := m.Status == "active" && m.Type != "bot" && m.Email != "chiara.dangelo@example.com"
		if m.Email == "a.kowalska@example.com" { // the other Anna's address holds this one
			found = slices.DeleteFunc(found, func(e string) bool { return e != m.Email })
		}
		if canWork {
			assert.Equal(t, []string{m.Email}, found)
		} else {
			assert.Empty(t, found, m.Email)
		}
	}
}

func TestThoseWhoShareTheMostGroupsAreOfferedFirst(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get(s.removePath("chiara.dangelo") + "/handover")
	leaver, last := s.member("chiara.dangelo"), 99
	p.Find(".options li").Each(func(_ int, li *goquery.Selection) {
		email := li.Find(".sub").Text()
		m, ok := s.sandbox.MemberByEmail(email)
		require.True(t, ok, email)
		shared := 0
		for _, g := range leaver.Groups {
			if slices.Contains(m.Groups, g) {
				shared++
			}
		}
		assert.LessOrEqual(t, shared, last, email)
		last = shared
		assert.Contains(t, li.Find(".aside").Text(), fmt.Sprintf("shares %d of 4 groups", shared))
		assert.Contains(t, strings.Join(strings.Fields(li.Find(".aside").Text()), " "), "signed in ")
	})
	assert.Less(t, last, 2)
	assert.Contains(t, p.texts(".options .aside")[0], "shares 2 of 4 groups")
	two := s.get(s.removePath("chiara.dangelo") + "/handover?q=anna+kowalska")
	assert.Equal(t, []string{"Anna Kowalska", "Anna Kowalska"}, two.texts(".options .name"))
	assert.ElementsMatch(t, []string{"anna.kowalska@example.com", "a.kowalska@example.com"}, two.offered())
}

func TestTheSearchReachesEverybodyFromOneLetter(t *testing.T) {
	s := signedIn(t, siteOptions{sandbox: sandbox.Options{Members: 10_000}, directory: directory.Options{Wait: time.Minute}})
	path := s.removePath("chiara.dangelo") + "/handover"
	p := s.get(path).whole(http.StatusOK)
	assert.Equal(t, "Showing 50 of 9,993 members: search to find the others.", p.text("output"))
	s.sandbox.ClearRequests()
	p = s.get(path + "?q=ż") // of those in the seed one is invited, and nobody has it as made up
	assert.NotContains(t, p.offered(), "katarzyna.zak@example.com")
	assert.Equal(t, []string{"member09940@example.com"}, s.get(path+"?q=MEMBER09940").offered())
	assert.Len(t, s.get(path+"?q=x").offered(), 50)
	assert.Zero(t, s.listings(), "a search takes no call of its own")
	p = p.form(handoverForm).set("q", "member09940").submit("Search")
	last, _ := p.Find("[name=to]").First().Attr("value")
	p = p.form(handoverForm).tick("to", last).submit("Show the plan").whole(http.StatusOK)
	assert.Contains(t, p.text("main form button"), "and give the work to ")
}

func TestTheChoiceStaysOverANewSearch(t *testing.T) {
	s := signedIn(t, siteOptions{})
	noor := s.id("noor.vandermeer")
	p := s.get(s.removePath("chiara.dangelo") + "/handover?q=noor")
	for _, query := range []string{"siobhan", "nobody at all", "", "o"} {
		f := p.form(handoverForm)
		f.values["to"] = []string{noor}
		p = f.set("q", query).submit("Search").whole(http.StatusOK)
		assert.Equal(t, "Who takes over?", p.text("h1"), "the search button only searches")
		require.NotEmpty(t, p.offered())
		assert.Equal(t, "noor.vandermeer@example.com", p.offered()[0])
		assert.Equal(t, noor, p.chosen())
		assert.Equal(t, 1, p.Find("[name=to][value='"+noor+"']").Length(), "once")
		value, _ := p.Find("[name=q]").Attr("value")
		assert.Equal(t, query, value)
	}
	assert.Equal(t, "Plan", p.form(handoverForm).submit("Show the plan").whole(http.StatusOK).text("h1"))

	f := p.form(handoverForm)
	f.values["to"] = []string{"leave"}
	p = f.set("q", "siobhan").submit("Search")
	assert.Equal(t, "leave", p.chosen())
	assert.Equal(t, []string{"siobhan.obrien@example.com"}, p.offered())
	p = s.get(s.removePath("chiara.dangelo") + "/handover?q=zzz")
	assert.Equal(t, "No active member matches “zzz”.", p.text("output"))
}

// While a large organisation is still being read, Tallyfy's own search finds the others, and they can be chosen.
func TestTheChoiceStaysWhileMembersAreStillBeingRead(t *testing.T) {
	s := signedIn(t, siteOptions{directory: directory.Options{Wait: 5 * time.Millisecond}})
	s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Hang: true, Times: 1})
	path := s.removePath("chiara.dangelo") + "/handover"
	p := s.get(path).whole(http.StatusOK)
	assert.Contains(t, p.text("output"), "The members are still being read (0 so far)")
	p = p.form(handoverForm).set("q", "siobhan").submit("Search")
	assert.Equal(t, []string{"siobhan.obrien@example.com"}, p.offered())
	p = p.form(handoverForm).tick("to", s.id("siobhan.obrien")).set("q", "noor").submit("Search")
	assert.Equal(t, []string{"siobhan.obrien@example.com", "noor.vandermeer@example.com"}, p.offered())
	assert.Equal(t, s.id("siobhan.obrien"), p.chosen())
	p = p.form(handoverForm).submit("Show the plan").whole(http.StatusOK)
	assert.Equal(t, "Remove Chiara D'Angelo and give the work to Siobhán O'Brien", p.text("main form button"))
}

func TestNoChoiceIsAskedForAgain(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get(s.removePath("chiara.dangelo")+"/handover").form(handoverForm).set("q", "noor").submit("Show the plan").whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Choose who takes over, or leave the work where it is.", p.text("#error-to"))
	described, _ := p.Find("#field-to").Attr("aria-describedby")
	assert.Equal(t, "error-to", described)
	assert.Equal(t, []string{"noor.vandermeer@example.com"}, p.offered(), "the search is kept")
	assert.Empty(t, p.chosen())
}

func TestAChoiceThatCannotBeIsAskedForAgain(t *testing.T) {
	s := signedIn(t, siteOptions{})
	const missing = "The person chosen is not in this organisation any more. Choose somebody else."
	cannot := func(name string) string {
		return name + " can't take over: only active members can, and no bots. Choose somebody else."
	}
	before := s.state()
	for name, test := range map[string]struct{ to, want string }{
		"spaces":        {"  ", "Choose who takes over, or leave the work where it is."},
		"the leaver":    {s.id("chiara.dangelo"), "Chiara D'Angelo is the one to be removed. Choose somebody else."},
		"a bot":         {s.id("assistant.bot"), cannot("Aldermoor Assistant")},
		"invited":       {s.id("lena.fischbacher"), cannot("Lena Fischbacher")},
		"disabled":      {s.id("gareth.pugh"), cannot("Gareth Pugh")},
		"nobody":        {"999999", missing},
		"not an id":     {"siobhan", missing},
		"letter case":   {"LEAVE", missing},
		"markup":        {`"><script>alert(1)</script>`, missing},
		"a path":        {"../groups", missing},
		"up":            {"..", missing},
		"here":          {".", missing},
		"two":           {s.id("siobhan.obrien") + "," + s.id("noor.vandermeer"), missing},
		"a parameter":   {s.id("siobhan.obrien") + "&with_reassignment=false", missing},
		"zero":          {"0", missing},
		"negative":      {"-1", missing},
		"very long":     {strings.Repeat("9", 1500), missing},
		"control bytes": {"1\r\nX-Evil: 1\x00", missing},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range []*page{
				s.get(s.removePath("chiara.dangelo") + "/plan?to=" + url.QueryEscape(test.to)),
				s.post(s.removePath("chiara.dangelo"), url.Values{"to": {test.to}}),
			} {
				p.whole(http.StatusUnprocessableEntity)
				assert.Equal(t, "Please check: "+test.want, p.text("#error-to"))
				assert.False(t, p.has("main script"))
				assert.Empty(t, p.chosen(), "a choice that cannot be is not offered again")
			}
		})
	}
	s.post(s.removePath("chiara.dangelo"), url.Values{}).whole(http.StatusUnprocessableEntity)
	assert.Zero(t, s.writes())
	assert.Equal(t, before, s.state())
}
