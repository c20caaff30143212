package removal_test

import (
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
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const handoverForm = "form:has([name=to])"

// offered are the addresses of those who can be chosen, in their order.
func offered(p *sitetest.Page) []string { return p.Texts(".options .sub") }

// chosen is the value of the choice that is made, "" for none.
func chosen(p *sitetest.Page) string {
	value, _ := p.Find("[name=to][checked]").Attr("value")
	return value
}

func TestOnlyActivePeopleAreOfferedTheWork(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.RemovePath("chiara.dangelo") + "/handover"
	p := s.Get(path).Whole(http.StatusOK)
	assert.Equal(t, "Remove Chiara D'Angelo: who takes over?", p.Text("h1"))
	assert.Equal(t, "Showing 50 of 53 members: search to find the others.", p.Text("output"))
	assert.Empty(t, chosen(p), "nothing is chosen beforehand")
	assert.False(t, p.Has("[autofocus], [selected]"))
	assert.Contains(t, p.Text(".choice"), "Leave it with Chiara D'Angelo. The tasks stay in their name, they can't open them, and no one else is asked to do them.")
	assert.Contains(t, p.Text(".lead"), "Everything goes to one person. Tallyfy can't split it.")

	for _, m := range s.Sandbox.Members() {
		found := offered(s.Get(path + "?q=" + url.QueryEscape(m.Email)))
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

// A group of three says more than one of thirty, and the group of everybody says nothing.
func TestThoseWhoShareTheRarestGroupsAreOfferedFirst(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.RemovePath("chiara.dangelo") + "/handover")
	size := map[string]int{}
	name := map[string]string{}
	for _, g := range s.Sandbox.Groups() {
		size[g.ID], name[g.ID] = len(g.Members), g.Name
	}
	leaver, last, without := s.Member("chiara.dangelo"), 99.0, 0
	p.Find(".options li").Each(func(_ int, li *goquery.Selection) {
		email := li.Find(".sub").Text()
		m, ok := s.Sandbox.MemberByEmail(email)
		require.True(t, ok, email)
		aside, weight := strings.Join(strings.Fields(li.Find(".aside").Text()), " "), 0.0
		for _, g := range leaver.Groups {
			if slices.Contains(m.Groups, g) && 2*size[g] <= len(s.Sandbox.Members()) {
				weight += 1 / float64(size[g])
				assert.Contains(t, aside, name[g], email)
			}
		}
		if weight == 0 {
			without++
			assert.NotContains(t, aside, "also in", email)
		}
		assert.LessOrEqual(t, weight, last+1e-9, email)
		last = weight
		assert.Contains(t, aside, "signed in ")
	})
	assert.Zero(t, last)
	assert.Greater(t, without, 20)
	assert.Regexp(t, "also in (Finance|People and Culture)", p.Texts(".options .aside")[0])
	two := s.Get(s.RemovePath("chiara.dangelo") + "/handover?q=anna+kowalska")
	assert.Equal(t, []string{"Anna Kowalska", "Anna Kowalska"}, two.Texts(".options .name"))
	assert.ElementsMatch(t, []string{"anna.kowalska@example.com", "a.kowalska@example.com"}, offered(two))
}

func TestTheSearchReachesEverybodyFromOneLetter(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 2_000}, Directory: directory.Options{Wait: time.Minute}})
	path := s.RemovePath("chiara.dangelo") + "/handover"
	p := s.Get(path).Whole(http.StatusOK)
	assert.Equal(t, "Showing 50 of 1,993 members: search to find the others.", p.Text("output"))
	s.Sandbox.ClearRequests()
	p = s.Get(path + "?q=ż") // of those in the seed one is invited, and nobody has it as made up
	assert.NotContains(t, offered(p), "katarzyna.zak@example.com")
	assert.Equal(t, []string{"member01940@example.com"}, offered(s.Get(path+"?q=MEMBER01940")))
	assert.Len(t, offered(s.Get(path+"?q=x")), 50)
	assert.Zero(t, listings(s), "a search takes no call of its own")
	p = p.Form(handoverForm).Set("q", "member01940").Submit("Search")
	last, _ := p.Find("[name=to]").First().Attr("value")
	p = p.Form(handoverForm).Tick("to", last).Submit("Show the plan").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main form button"), "and give the work to ")
}

func TestTheChoiceStaysOverANewSearch(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	noor := s.ID("noor.vandermeer")
	p := s.Get(s.RemovePath("chiara.dangelo") + "/handover?q=noor")
	for _, query := range []string{"siobhan", "nobody at all", "", "o"} {
		f := p.Form(handoverForm)
		f.Values["to"] = []string{noor}
		p = f.Set("q", query).Submit("Search").Whole(http.StatusOK)
		assert.Equal(t, "Remove Chiara D'Angelo: who takes over?", p.Text("h1"), "the search button only searches")
		require.NotEmpty(t, offered(p))
		assert.Equal(t, "noor.vandermeer@example.com", offered(p)[0])
		assert.Equal(t, noor, chosen(p))
		assert.Equal(t, 1, p.Find("[name=to][value='"+noor+"']").Length(), "once")
		value, _ := p.Find("main [name=q]").Attr("value")
		assert.Equal(t, query, value)
	}
	assert.Equal(t, "Remove Chiara D'Angelo: the plan", p.Form(handoverForm).Submit("Show the plan").Whole(http.StatusOK).Text("h1"))

	f := p.Form(handoverForm)
	f.Values["to"] = []string{"leave"}
	p = f.Set("q", "siobhan").Submit("Search")
	assert.Equal(t, "leave", chosen(p))
	assert.Equal(t, []string{"siobhan.obrien@example.com"}, offered(p))
	p = s.Get(s.RemovePath("chiara.dangelo") + "/handover?q=zzz")
	assert.Equal(t, "No active member matches “zzz”.", p.Text("output"))
}

// While a large organisation is still being read, Tallyfy's own search finds the others, and they can be chosen.
func TestTheChoiceStaysWhileMembersAreStillBeingRead(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Directory: directory.Options{Wait: 5 * time.Millisecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Hang: true, Times: 1})
	path := s.RemovePath("chiara.dangelo") + "/handover"
	p := s.Get(path).Whole(http.StatusOK)
	assert.Contains(t, p.Text("output"), "The members are still being read (0 so far)")
	p = p.Form(handoverForm).Set("q", "siobhan").Submit("Search")
	assert.Equal(t, []string{"siobhan.obrien@example.com"}, offered(p))
	p = p.Form(handoverForm).Tick("to", s.ID("siobhan.obrien")).Set("q", "noor").Submit("Search")
	assert.Equal(t, []string{"siobhan.obrien@example.com", "noor.vandermeer@example.com"}, offered(p))
	assert.Equal(t, s.ID("siobhan.obrien"), chosen(p))
	p = p.Form(handoverForm).Submit("Show the plan").Whole(http.StatusOK)
	assert.Equal(t, "Remove Chiara D'Angelo and give the work to Siobhán O'Brien", p.Text("main form button"))
}

func TestNoChoiceIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.RemovePath("chiara.dangelo")+"/handover").Form(handoverForm).Set("q", "noor").Submit("Show the plan").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Choose who takes over, or leave the work where it is.", p.Text("#error-to"))
	described, _ := p.Find("#field-to").Attr("aria-describedby")
	assert.Equal(t, "error-to", described)
	assert.Equal(t, []string{"noor.vandermeer@example.com"}, offered(p), "the search is kept")
	assert.Empty(t, chosen(p))
}

func TestAChoiceThatCannotBeIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	const missing = "The person chosen is not in this organisation any more. Choose somebody else."
	cannot := func(name string) string {
		return name + " can't take over: only active members can, and no bots. Choose somebody else."
	}
	before := s.State()
	for name, test := range map[string]struct{ to, want string }{
		"spaces":        {"  ", "Choose who takes over, or leave the work where it is."},
		"the leaver":    {s.ID("chiara.dangelo"), "Chiara D'Angelo is the one to be removed. Choose somebody else."},
		"a bot":         {s.ID("assistant.bot"), cannot("Aldermoor Assistant")},
		"invited":       {s.ID("lena.fischbacher"), cannot("Lena Fischbacher")},
		"disabled":      {s.ID("gareth.pugh"), cannot("Gareth Pugh")},
		"nobody":        {"999999", missing},
		"not an id":     {"siobhan", missing},
		"letter case":   {"LEAVE", missing},
		"markup":        {`"><script>alert(1)</script>`, missing},
		"a path":        {"../groups", missing},
		"up":            {"..", missing},
		"here":          {".", missing},
		"two":           {s.ID("siobhan.obrien") + "," + s.ID("noor.vandermeer"), missing},
		"a parameter":   {s.ID("siobhan.obrien") + "&with_reassignment=false", missing},
		"zero":          {"0", missing},
		"negative":      {"-1", missing},
		"very long":     {strings.Repeat("9", 1500), missing},
		"control bytes": {"1\r\nX-Evil: 1\x00", missing},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range []*sitetest.Page{
				s.Get(s.RemovePath("chiara.dangelo") + "/plan?to=" + url.QueryEscape(test.to)),
				s.Post(s.RemovePath("chiara.dangelo"), url.Values{"to": {test.to}}),
			} {
				p.Whole(http.StatusUnprocessableEntity)
				assert.Equal(t, "Please check: "+test.want, p.Text("#error-to"))
				assert.False(t, p.Has("main script"))
				assert.Empty(t, chosen(p), "a choice that cannot be is not offered again")
			}
		})
	}
	s.Post(s.RemovePath("chiara.dangelo"), url.Values{}).Whole(http.StatusUnprocessableEntity)
	assert.Zero(t, s.Writes())
	assert.Equal(t, before, s.State())
}
