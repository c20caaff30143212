package groups_test

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
)

func TestGroupListTakesOneCall(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/groups")
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, "34 groups", p.Text(".page-title .note"))
	assert.Equal(t, "1–25 of 34", p.Text(".list-foot .position"))
	assert.Len(t, p.Texts("tbody tr"), 25)
	assert.Len(t, s.Sandbox.Requests(), 1)
}

func TestRowsSayWhatTallyfySaysOfAGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Carrier Partners")
	p := s.Get("/groups?q=Carrier+Partners").Whole(http.StatusOK)
	cells := p.Texts("tbody td")
	assert.Equal(t, []string{g.Description, strconv.Itoa(len(g.Members)), strconv.Itoa(len(g.Guests))}, cells[1:4])
	assert.NotEqual(t, len(g.Members), len(g.Guests), "else the test tells nothing")
}

// Somebody is deleted whose id stays in a group: Tallyfy answers the list with the same bytes, and
// one fewer is there as soon as the members are read again.
func TestRowsCountWhoIsThereNow(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Directory: directory.Options{MaxAge: 500 * time.Millisecond, Stale: time.Millisecond}})
	g := s.Group("Fleet and Drivers")
	gone := g.Members[0]
	require.True(t, s.Sandbox.DisableInPlace(gone))
	counts := func(n int) func() bool {
		return func() bool {
			s.Get("/groups?people=none") // reads both copies
			p := s.Get("/groups?per_page=100")
			return p.Find("tbody tr:contains('Fleet and Drivers') td.members").Text() == strconv.Itoa(n)
		}
	}
	require.Eventually(t, counts(len(g.Members)), time.Minute, time.Millisecond)
	s.Elsewhere(http.MethodDelete, "/users/"+strconv.Itoa(gone)+"/delete", "")
	assert.Eventually(t, counts(len(g.Members)-1), time.Minute, 100*time.Millisecond)
	assert.Equal(t, g.Members, s.Group("Fleet and Drivers").Members, "Tallyfy keeps the id")
}

// A head and the cells below it go together when the table narrows.
func TestColumnsGoTogether(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	column := regexp.MustCompile(`lead-cell|under|end|drop-\d`)
	for _, list := range []string{"/groups", "/members"} {
		p := s.Get(list)
		heads, cells := p.Find("thead th"), p.Find("tbody tr").First().Find("td")
		assert.Equal(t, heads.Length(), cells.Length(), list)
		heads.Each(func(i int, head *goquery.Selection) {
			assert.Equal(t, column.FindString(head.AttrOr("class", "")), column.FindString(cells.Eq(i).AttrOr("class", "")), head.Text())
		})
	}
}

// Each head sorts the whole list, either way, and the foot leads back.
func TestEveryColumnSorts(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.Get("/groups").Find("th.w-members a").AttrOr("href", ""))
	assert.Equal(t, "/groups?sort_by=-members", p.URL)
	assert.Equal(t, "Everyone at Aldermoor", p.Texts("tbody .name")[0], "the largest first")
	assert.Equal(t, "descending", p.Find("th.w-members").AttrOr("aria-sort", ""))
	p = p.Follow("Members ↓")
	assert.Equal(t, "/groups?sort_by=members", p.URL)
	assert.Equal(t, "0", p.Texts("tbody td.members")[0])
	assert.Equal(t, "/groups", p.Follow("Default order").URL)
	for path, heads := range map[string][]string{
		"/groups":  {"Group", "Members", "Guests", "Created", "Updated"},
		"/members": {"Member", "Email", "Role", "Groups", "Joined", "Last sign-in"},
	} {
		p := s.Get(path)
		for _, head := range heads {
			once := s.Get(p.Find("th:contains('"+head+"') a").AttrOr("href", "")).Whole(http.StatusOK)
			twice := s.Get(once.Find("th[aria-sort] a").AttrOr("href", ""))
			assert.NotEqual(t, once.Texts("tbody tr"), twice.Texts("tbody tr"), head)
		}
	}
}
