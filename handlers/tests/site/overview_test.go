package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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

// number is the first one in a text.
var number = regexp.MustCompile(`[\d,]+`)

func numberIn(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.ReplaceAll(number.FindString(text), ",", ""))
	require.NoError(t, err, text)
	return n
}

// rowsOf is how many rows a list says it has.
func rowsOf(t *testing.T, p *sitetest.Page) int {
	t.Helper()
	note := p.Whole(http.StatusOK).Text(".page-title .note")
	if _, of, ok := strings.Cut(note, " of "); ok {
		note = of
	}
	return numberIn(t, note)
}

// followNumbers opens every list that a number of the overview leads to, and compares.
func followNumbers(t *testing.T, s *sitetest.Site, p *sitetest.Page) map[string]int {
	t.Helper()
	require.Equal(t, "Overview", p.Whole(http.StatusOK).Text("h1"))
	numbers := map[string]int{}
	p.Find("main a[href]").Each(func(_ int, a *goquery.Selection) {
		to := a.AttrOr("href", "")
		if path, _, _ := strings.Cut(to, "?"); path != "/groups" && path != "/members" {
			return
		}
		numbers[to] = numberIn(t, a.Text())
		assert.Equal(t, numbers[to], rowsOf(t, s.Get(to)), "%q leads to %s", a.Text(), to)
	})
	require.Greater(t, len(numbers), 35)
	return numbers
}

func TestEveryNumberOfTheOverviewLeadsToItsRows(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	numbers := followNumbers(t, s, s.Get("/"))
	assert.Equal(t, 60, numbers["/members?status=all"])
	assert.Equal(t, 1, numbers["/groups?people=none"])
	assert.Equal(t, 2, numbers["/members?joined=earlier&role=full&status=invited"])

	s.Disable("noor.vandermeer")
	s.Remove("chiara.dangelo", "leave")
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group("Everyone at Aldermoor").ID, "")
	numbers = followNumbers(t, s, s.Get("/").Follow("Refresh"))
	assert.Equal(t, 2, numbers["/groups?people=none"])
	assert.Equal(t, 4, numbers["/members?status=disabled"])
}

// untidy asks for members in an order with ties and in small pages, as if Tallyfy did not take ours.
type untidy struct{ sandbox http.RoundTripper }

func (u *untidy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	q := r.URL.Query()
	switch {
	case strings.HasSuffix(r.URL.Path, "/groups"):
		q.Del("sort_by")
		q.Set("per_page", "10")
	case strings.HasSuffix(r.URL.Path, "/users"):
		q.Set("sort", "role")
		q.Set("per_page", "50")
	}
	r.URL.RawQuery = q.Encode()
	return u.sandbox.RoundTrip(r)
}

// Who could not be read is unknown, and not nobody.
func TestOverviewOfWhatCouldBeRead(t *testing.T) {
	t.Parallel()
	now := time.Now()
	u := &untidy{}
	s := sitetest.New(t, sitetest.Options{Sandbox: sandbox.Options{ShuffleTies: true, Members: 400, Now: func() time.Time { return now }}, Transport: u, Directory: directory.Options{Wait: time.Minute}, ReadTime: time.Minute})
	u.sandbox = s.Sandbox.Transport()
	s.SignIn()
	for i := range 66 { // of one moment
		s.Elsewhere(http.MethodPost, "/groups", fmt.Sprintf(`{"name":"Crew %03d","description":"x","members":[%d]}`, i, s.Sandbox.Members()[100+i].ID))
	}
	p := s.Get("/")
	assert.Regexp(t, `^Please note. \d+ of 400 members could be read\. \d+ of 100 groups could be read\. What is missing is not counted here\.$`, p.Text("main .notice.warning"))
	followNumbers(t, s, p)
	for line, sign := range findings(p) {
		if strings.HasPrefix(line, "0 ") || strings.HasPrefix(line, "active people") {
			assert.Equal(t, "?", sign, line)
		}
	}
	assert.Equal(t, "?", findings(p)["active people in no group"], "the groups that are missing may hold them: %v", findings(p))
	for _, section := range []string{"people", "sizes"} {
		assert.Regexp(t, `^\d+ could be read$`, p.Text("section[aria-labelledby="+section+"] .section-head .figure"))
		assert.False(t, p.Has("section[aria-labelledby="+section+"] .section-head a"))
	}
}

// findings are the lines of what needs attention, with their mark.
func findings(p *sitetest.Page) map[string]string {
	list := map[string]string{}
	p.Find(".findings > li").Each(func(_ int, li *goquery.Selection) {
		list[strings.Join(strings.Fields(li.Find("div > .figure, div > .muted:not(.small)").First().Text()), " ")] = li.Find(".sign").Text()
	})
	return list
}

func TestOverviewSaysWhatNeedsAttention(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/")
	assert.Equal(t, map[string]string{
		"1 group nobody is in": "!", "1 group held up by one person": "!", "7 groups with disabled people": "!", "0 active people in no group": "✓",
		"1 active person only in the group of everybody": "!", "0 active people never signed in": "✓", "3 invitations older than 14 days": "!",
		"4 active administrators": "✓",
	}, findings(p))
	assert.Equal(t, "They hold 2 full seats and 1 light seat", strings.Join(strings.Fields(p.Text(".seats")), " "))
	assert.Equal(t, []string{"Oskar Nyström", "Nadia Benali", "Hugo Marchetti", "Eun-ji Baek", "Samuel Okafor"}, p.Texts(".newest .who a"))
	assert.Equal(t, "Customer Care, Everyone at Aldermoor", p.Texts(".newest .where")[1], "the group of everybody comes last")
	assert.Equal(t, "None with this dashboard.", p.Text("section[aria-labelledby=activity] .muted"))
}

func TestOverviewIsTheStart(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	assert.Equal(t, "/signin?next=%2F", s.Get("/").URL)
	assert.Equal(t, "Overview", s.Get("/").Form("form:has([name=sandbox])").Submit("").Text("h1"))
	p := s.Get("/groups")
	assert.Equal(t, "/", p.Find(".brand").AttrOr("href", ""))
	assert.Equal(t, []string{"Overview", "Members", "Groups", "Guests", "Access", "Activity", "Help"}, p.Texts(".menu a"))
	assert.Equal(t, "Overview", p.Follow("Overview").Text(".menu [aria-current]"))
	s.Org = ""
	assert.Equal(t, "/o/"+s.Sandbox.OrgID()+"/", s.Get("/").URL, "the address without an organisation leads to the one entered last")
}

// Administrators see the changes of everybody, others their own.
func TestOverviewShowsTheLatestChanges(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	other := s.As(t)
	other.SignInWith(sandbox.StandardToken)
	for _, name := range []string{"One", "Two", "Three", "Four", "Five", "Six"} {
		s.Post("/groups", url.Values{"name": {name}, "description": {"x"}})
	}
	other.Post("/groups", url.Values{"name": {"Seven"}, "description": {"x"}})
	changes := func(s *sitetest.Site) []string {
		s.Get("/")
		s.Sandbox.ClearRequests()
		list := s.Get("/").Texts("section[aria-labelledby=activity] li a")
		assert.Empty(t, s.Sandbox.Requests(), "who may see them is told from the copy")
		return list
	}
	list := changes(s)
	require.Len(t, list, 5)
	assert.Contains(t, list[1], "Six")
	assert.NotContains(t, strings.Join(list, " "), "group One")
	for _, change := range changes(other) {
		assert.NotContains(t, change, "Maren Dahl")
	}
}

// The page says how far it is, and goes on by itself.
func TestOverviewOfALargeOrganisation(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{
		Sandbox:   sandbox.Options{Members: 10_000, Groups: 5_000},
		Directory: directory.Options{Wait: 20 * time.Millisecond},
	})
	p := s.Get("/").Whole(http.StatusOK)
	require.Equal(t, "2", p.Header.Get("Refresh"), "the browser asks again by itself")
	assert.Regexp(t, `Loading everybody.* [\d,]+ members? and [\d,]+ groups? so far`, p.Text("main [role=status]"))
	assert.False(t, p.Has(".findings"), "half a count would pass for the whole")
	for p.Header.Get("Refresh") != "" {
		time.Sleep(10 * time.Millisecond) // as a browser does, which takes longer
		p = s.Get("/")
	}
	assert.Equal(t, "10,000 in all", p.Text("section[aria-labelledby=people] .section-head a"))
	s.Sandbox.ClearRequests()
	assert.Equal(t, "Overview", s.Get("/").Text("h1"))
	assert.Empty(t, s.Sandbox.Requests())
}
