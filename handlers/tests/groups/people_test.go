package groups_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

const (
	sectionPeople = "section[aria-labelledby=people]"
	sectionGuests = "section[aria-labelledby=guests]"
	everyone      = "Everyone at Aldermoor"
)

// newGroup makes a group of some members and guests in Tallyfy itself and gives the address of its page.
func newGroup(s *sitetest.Site, name string, members, guests int) string {
	s.T.Helper()
	body := map[string]any{"name": name, "description": "To be paged."}
	ids, emails := []int{}, []string{}
	for _, m := range s.Sandbox.Members()[:members] {
		ids = append(ids, m.ID)
	}
	for i := range guests {
		emails = append(emails, fmt.Sprintf("guest%03d@example.org", i))
	}
	body["members"], body["guests"] = ids, emails
	text, err := json.Marshal(body)
	require.NoError(s.T, err)
	s.Elsewhere(http.MethodPost, "/groups", string(text))
	s.Sandbox.ClearRequests()
	return s.GroupPath(name)
}

// The page of a group that everybody is in, in an organisation of thousands, is one page of the people, in the order of their
// names over all pages.
func TestGroupPageOfThousands(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 1234}})
	warm(s)
	at := s.GroupPath(everyone)
	p := s.Get(at).Whole(http.StatusOK)
	assert.Len(t, s.Sandbox.Requests(), 2)
	assert.Less(t, len(p.Body), 60_000)
	assert.Equal(t, "1 to 100 of 1,234 members", p.Text("#people"))
	assert.Equal(t, "0 guests", p.Text("#guests"))
	assert.Equal(t, everyone, p.Text("h1"))
	assert.Equal(t, at+"/people.csv", p.Link("Export 1,234 people"))

	var names []string
	for page := 1; ; page++ {
		people := p.Texts(sectionPeople + " .rows .name")
		assert.Len(t, people, min(100, 1234-len(names)))
		names = append(names, people...)
		assert.Equal(t, fmt.Sprintf("%d–%d of 1234", page*100-99, min(1234, page*100)), strings.ReplaceAll(p.Text(".pager .position"), ",", ""))
		assert.Equal(t, page > 1, p.Link("First") == at && p.Link("Previous") != "")
		if p.Link("Next") == "" {
			assert.Empty(t, p.Link("Last"))
			break
		}
		assert.Equal(t, at+"?page=13", p.Link("Last"))
		p = p.Follow("Next").Whole(http.StatusOK)
		assert.Equal(t, everyone, p.Text("h1"))
		assert.Equal(t, "1,234", total(p.Text("#people")))
	}
	assert.Equal(t, "1,201 to 1,234 of 1,234 members", p.Text("#people"))
	file := s.Get(at + "/people.csv").Body
	var inFile []string
	for _, line := range strings.Split(strings.TrimSpace(file), "\n")[1:] {
		inFile = append(inFile, strings.Split(line, ",")[1])
	}
	assert.Equal(t, inFile, names, "all pages together are everybody, in the order of the file")

	t.Run("any page in the address", func(t *testing.T) {
		for page, want := range map[string]string{
			"0": "1 to 100", "-3": "1 to 100", "abc": "1 to 100", "": "1 to 100", "1e3": "1 to 100", "9999999999999999999999": "1 to 100",
			"2": "101 to 200", "13": "1,201 to 1,234", "14": "1,201 to 1,234", "1000000000": "1,201 to 1,234",
		} {
			p := s.Get(at + "?page=" + page).Whole(http.StatusOK)
			assert.Equal(t, want+" of 1,234 members", p.Text("#people"), page)
			assert.NotEmpty(t, p.Texts(sectionPeople+" .rows li"), page)
		}
	})
	t.Run("the page that asks before it is deleted lists nobody", func(t *testing.T) {
		p := s.Get(at + "/delete").Whole(http.StatusOK)
		assert.Contains(t, p.Text(".plan"), "1,234 members leave the group")
		assert.Less(t, len(p.Body), 20_000)
	})
}

// total is the number before the last word.
func total(sentence string) string {
	words := strings.Fields(sentence)
	return words[len(words)-2]
}

func TestGroupPageSearchesItsPeople(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 400}})
	warm(s)
	at := newGroup(s, "Many of both", 300, 250)
	search := func(q string) *sitetest.Page {
		return s.Get(at).Form("main form[role=search]").Set("q", q).Submit("").Whole(http.StatusOK)
	}
	id := s.ID("lukasz.wisniewski")
	for q, want := range map[string]string{
		"lukasz":                             "Łukasz Wiśniewski",
		"WIŚNIEWSKI łukasz":                  "Łukasz Wiśniewski",
		"lukasz.wisniewski@":                 "Łukasz Wiśniewski",
		"  d’angelo ":                        "Chiara D'Angelo",
		id:                                   "Łukasz Wiśniewski",
		"łukasz lukasz.wisniewski@example.c": "Łukasz Wiśniewski",
	} {
		p := search(q)
		assert.Equal(t, []string{want}, p.Texts(sectionPeople+" .rows .name"), q)
		assert.Equal(t, "1 of 300 members matches", p.Text("#people"), q)
		assert.Equal(t, "0 of 250 guests match", p.Text("#guests"), q)
		assert.Equal(t, "No guest matches “"+strings.Join(strings.Fields(q), " ")+"”.", p.Text(sectionGuests+" p"))
		assert.Equal(t, strings.TrimSpace(q), p.Form("main form[role=search]").Values.Get("q"), "it stays in the field")
		assert.Empty(t, p.Texts(".pager"))
	}

	s.Sandbox.ClearRequests()
	p := s.Get(at + "?q=GUEST04").Whole(http.StatusOK)
	assert.Len(t, s.Sandbox.Requests(), 2, "searching asks nothing else")
	assert.Equal(t, "0 of 300 members match", p.Text("#people"))
	assert.Equal(t, "10 of 250 guests match", p.Text("#guests"))
	assert.Len(t, p.Texts(sectionGuests+" .rows li"), 10)
	assert.Equal(t, "No member matches “GUEST04”. Show everybody", p.Text(sectionPeople+" p"))
	assert.Equal(t, "1 to 100 of 300 members", p.Follow("Show everybody").Text("#people"))

	p = s.Get(at + "?q=example.com&page=2").Whole(http.StatusOK)
	assert.Equal(t, "300 of 300 members match, 101 to 200 of them here", p.Text("#people"))
	assert.Equal(t, at+"?page=3&q=example.com", p.Link("Last"))

	// Only those in the group are looked through.
	outside := s.Sandbox.Members()[350]
	assert.Equal(t, "0 of 300 members match", search(outside.Email).Text("#people"))
}

func TestGroupPageEscapesWhatIsSearchedFor(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 200}})
	at := s.GroupPath(everyone)
	for _, q := range []string{`"><script>alert(1)</script>`, `' onfocus='x`, "javascript:alert(1)", "&lt;b&gt;", "%", ".*", "\x00", "\u0301", strings.Repeat("x", 5000)} {
		p := s.Get(at + "?" + url.Values{"q": {q}, "page": {"2"}, "guest_page": {q}, "from": {q}}.Encode()).Whole(http.StatusOK)
		assert.False(t, p.Has("main script, main [onfocus]"), q)
		assert.NotContains(t, p.Body, "<script>alert")
		if q != "\x00" {
			assert.Equal(t, q, p.Form("main form[role=search]").Values.Get("q"))
		}
		assert.Equal(t, "/groups", back(p), q)
		p.Find(".pager a").Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			u, err := url.Parse(href)
			require.NoError(t, err)
			assert.Equal(t, at, u.Path)
			assert.Equal(t, q, u.Query().Get("q"))
		})
	}
}

// Each of the two lists turns its own pages, and the other one stays where it was.
func TestGroupPageTurnsThePagesOfGuestsToo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 400}})
	at := newGroup(s, "Many of both", 300, 250)
	p := s.Get(at + "?page=2").Whole(http.StatusOK)
	assert.Equal(t, "1 to 100 of 250 guests", p.Text("#guests"))
	next, _ := p.Find("nav[aria-label='Pages of guests'] a[rel=next]").Attr("href")
	assert.Equal(t, at+"?guest_page=2&page=2#guests", next)
	p = s.Get(at + "?guest_page=9&page=2").Whole(http.StatusOK)
	assert.Equal(t, "101 to 200 of 300 members", p.Text("#people"))
	assert.Equal(t, "201 to 250 of 250 guests", p.Text("#guests"))
	guests := p.Texts(sectionGuests + " .rows .name")
	assert.Len(t, guests, 50)
	assert.Equal(t, "guest249@example.org", guests[49])
	next, _ = p.Find("nav[aria-label='Pages of members'] a[rel=next]").Attr("href")
	assert.Equal(t, at+"?guest_page=3&page=3", next, "the page that is shown, not the one that was asked for")

	p = s.Get(at + "?page=9").Whole(http.StatusOK)
	next, _ = p.Find("nav[aria-label='Pages of guests'] a[rel=next]").Attr("href")
	assert.Equal(t, at+"?guest_page=2&page=3#guests", next)

	p = s.Get(newGroup(s, "Guests alone", 0, 101)).Whole(http.StatusOK)
	assert.Equal(t, "1 to 100 of 101 guests", p.Text("#guests"))
	assert.Equal(t, "No member is in this group, only guests.", p.Text(sectionPeople+" p"))
	assert.True(t, p.Has("main form[role=search]"))
}

// A group of a hundred has neither pages nor a search, whatever its address says.
func TestGroupPageOfAHundredIsShownWhole(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 400}})
	for _, test := range []struct {
		members, guests int
		clipped         bool
	}{{100, 100, false}, {101, 0, true}, {0, 101, true}} {
		at := newGroup(s, fmt.Sprintf("%d and %d", test.members, test.guests), test.members, test.guests)
		for _, query := range []string{"", "?page=2&guest_page=2&q=zzz"} {
			p := s.Get(at + query).Whole(http.StatusOK)
			assert.Equal(t, test.clipped, p.Has("main form[role=search]"), at+query)
			assert.Equal(t, test.clipped, p.Has("#people [role=status]"))
			if !test.clipped {
				assert.False(t, p.Has(".pager"))
				assert.Equal(t, "100 members", p.Text("#people"))
				assert.Equal(t, "100 guests", p.Text("#guests"))
				assert.Len(t, p.Texts(".rows li"), 200)
			}
		}
	}
}

// The list that somebody came from is still what the link above the heading leads to after pages were turned and people searched
// for; an address that was made up leads to no other place.
func TestGroupPageLeadsBackToTheListFromAnyPage(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy", Sandbox: sandbox.Options{Members: 250}})
	const list = "/groups?q=everyone+at&sort_by=name"
	p := s.Get(list).Follow(everyone)
	assert.Equal(t, s.Base+list, back(p))
	p = p.Follow("Next").Whole(http.StatusOK)
	assert.Equal(t, "101 to 200 of 250 members", p.Text("#people"))
	assert.Equal(t, s.Base+list, back(p))
	p = p.Follow("Last").Whole(http.StatusOK)
	assert.Equal(t, s.Base+list, back(p))
	p = p.Form("main form[role=search]").Set("q", "kowalska").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "2 of 250 members match", p.Text("#people"))
	assert.Equal(t, s.Base+list, back(p))
	assert.Equal(t, list, s.Get(strings.TrimPrefix(back(p), s.Base)).URL)

	at := s.GroupPath(everyone)
	for from, want := range map[string]string{
		"q=x&page=3&per_page=50&people=none": "?page=3&people=none&per_page=50&q=x", "refresh=1": "", "//evil.example/": "", "%zz": "", "q=a#b": "?q=a%23b",
	} {
		p := s.Get(at + "?page=2&from=" + url.QueryEscape(from)).Whole(http.StatusOK)
		assert.Equal(t, s.Base+"/groups"+want, back(p), from)
	}
}

// Those without a name stand behind the others on the last page and say why, and the note stands on every page.
func TestGroupPageOfThousandsWithoutAllNames(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 250}})
	id := s.ID("gareth.pugh")
	s.Elsewhere(http.MethodDelete, "/users/"+id+"/delete", "")
	at := s.GroupPath(everyone)
	last := people(s.Get(at + "?page=3").Whole(http.StatusOK))
	assert.Len(t, last, 50)
	assert.Equal(t, "Member "+id+", not in the list of members", last[len(last)-1])
	assert.Equal(t, 49, strings.Count(strings.Join(last, "\n"), "@"))
	assert.Equal(t, []string{last[49]}, people(s.Get(at+"?q="+id)))
	assert.Empty(t, people(s.Get(at+"?q=not+in+the+list")), "the word that stands in for a name is no name")

	s = sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 250}, Directory: directory.Options{Wait: time.Nanosecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Status: 403})
	at = s.GroupPath(everyone)
	for _, query := range []string{"", "?page=3", "?q=kowalska"} {
		p := s.Get(at + query).Whole(http.StatusOK)
		assert.NotEmpty(t, p.Text(sectionPeople+" .section-head p"), query)
		for _, line := range people(p) {
			assert.Contains(t, line, "name ", query)
		}
	}
	ids := s.Get(at + "?page=3").Texts(sectionPeople + " .rows .name")
	assert.Len(t, ids, 50)
	assert.True(t, slices.ContainsFunc(ids, func(name string) bool { return strings.HasPrefix(name, "Member ") }))
	_, err := strconv.Atoi(strings.TrimPrefix(ids[0], "Member "))
	assert.NoError(t, err)
}
