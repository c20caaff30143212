package handlers

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
)

var (
	someOrders  = []string{"name"}
	someFilters = []listing.Filter[int]{
		{Name: "status", Label: "Status", Tabs: true, Values: []listing.Value[int]{{Text: "People"}, {Name: "bot", Text: "Bots"}, {Name: "active", Text: "active", Unlisted: true}}},
		{Name: "role", Label: "Role", Any: "any", Values: []listing.Value[int]{{Name: "admin", Text: "Administrator"}, {Name: "full", Text: "full", Unlisted: true}}},
	}
)

// stateOf is the state of a list that an address with this query has.
func stateOf(t *testing.T, query string) views.ListState {
	t.Helper()
	address, err := url.ParseQuery(query)
	require.NoError(t, err)
	return parseListState(address, "sort_by", someOrders, someFilters)
}

func TestListStateDropsWhatItDoesNotKnow(t *testing.T) {
	for query, change := range map[string]func(*views.ListState){
		"":                                  func(*views.ListState) {},
		"q=&sort_by=&per_page=&page=&role=": func(*views.ListState) {},
		"q=+%09+":                           func(*views.ListState) {},
		"q=+night+watch+":                   func(s *views.ListState) { s.Query = "night watch" },
		"q=%3Cb%3E%26":                      func(s *views.ListState) { s.Query = "<b>&" },
		"q=a&q=b":                           func(s *views.ListState) { s.Query = "a" },
		"sort_by=-name":                     func(s *views.ListState) { s.Order = "-name" },
		"sort_by=email":                     func(*views.ListState) {},
		"sort_by=--name":                    func(*views.ListState) {},
		"sort=name":                         func(*views.ListState) {},
		"role=admin":                        func(s *views.ListState) { s.Chosen["role"] = "admin" },
		"role=emperor&groups=none":          func(*views.ListState) {},
		"per_page=10":                       func(s *views.ListState) { s.PerPage = 10 },
		"per_page=100":                      func(s *views.ListState) { s.PerPage = 100 },
		"per_page=11":                       func(*views.ListState) {},
		"per_page=0":                        func(*views.ListState) {},
		"per_page=-10":                      func(*views.ListState) {},
		"per_page=10.0":                     func(*views.ListState) {},
		"per_page=1e2":                      func(*views.ListState) {},
		"page=7":                            func(s *views.ListState) { s.Page = 7 },
		"page=1":                            func(*views.ListState) {},
		"page=0":                            func(*views.ListState) {},
		"page=-3":                           func(*views.ListState) {},
		"page=two":                          func(*views.ListState) {},
		"page=99999999999999999999":         func(*views.ListState) {},
		"colour=red":                        func(*views.ListState) {},
	} {
		want := views.ListState{OrderKey: "sort_by", PerPage: 25, Page: 1, Chosen: map[string]string{}}
		change(&want)
		assert.Equal(t, want, stateOf(t, query), query)
	}
}

func TestAddressLeavesDefaultsOutAndReadsBack(t *testing.T) {
	for query, want := range map[string]string{
		"":                                    "",
		"page=1&per_page=25":                  "",
		"q=a%26b+c":                           "?q=a%26b+c",
		"page=3&q=a":                          "?page=3&q=a",
		"per_page=50":                         "?per_page=50",
		"sort_by=-name&x=y":                   "?sort_by=-name",
		"q=%C3%A9%D7%91&page":                 "?q=%C3%A9%D7%91",
		"page=2&per_page=10&q=a&sort_by=name": "?page=2&per_page=10&q=a&sort_by=name",
		"q=a&role=admin&page=2":               "?page=2&q=a&role=admin",
	} {
		s := stateOf(t, query)
		assert.Equal(t, "/groups"+want, views.URLs{}.GroupList(s), query)
		assert.Equal(t, s, stateOf(t, strings.TrimPrefix(want, "?")), query)
	}
	assert.Equal(t, "/members?sort=email", views.URLs{}.MemberList(memberListState(url.Values{"sort": {"email"}}, time.Now())), "the API's own name")
}

// someBar is what stands above a list in the state of an address.
func someBar(t *testing.T, query string, counts listing.Counts) views.FilterBar {
	t.Helper()
	return filterBar(stateOf(t, query), someFilters, counts, views.URLs{}.GroupList)
}

func TestNumbersAreThereOnlyWhereThereIsACopy(t *testing.T) {
	texts := func(counts listing.Counts) (list []string) {
		bar := someBar(t, "", counts)
		for _, o := range bar.Menus[0].Options {
			list = append(list, o.Text)
		}
		return append(list, bar.Tabs[1].Number)
	}
	assert.Equal(t, []string{"any", "Administrator", ""}, texts(nil))
	assert.Equal(t, []string{"any", "Administrator (1,200)", "7"}, texts(listing.Counts{"role": {"admin": 1200}, "status": {"bot": 7}}))
	assert.Equal(t, []string{"any", "Administrator (0)", "0"}, texts(listing.Counts{}), "none is a number, too")
}

func TestTabsMenusAndChips(t *testing.T) {
	bar := someBar(t, "role=admin&q=a&sort_by=-name&page=2&per_page=10", nil)
	assert.Equal(t, []views.Menu{{Name: "role", Label: "Role", Chosen: "admin", Options: []components.Choice{{Text: "any"}, {Value: "admin", Text: "Administrator"}}}}, bar.Menus)
	const rest = "per_page=10&q=a&role=admin&sort_by=-name"
	assert.Equal(t, []components.Tab{{Text: "People", URL: "/groups?" + rest, Current: true}, {Text: "Bots", URL: "/groups?" + rest + "&status=bot"}}, bar.Tabs)
	assert.Equal(t, []components.Chip{{Text: "Role: Administrator", URL: "/groups?per_page=10&q=a&sort_by=-name"}}, bar.Chips)
	assert.Equal(t, "/groups?per_page=10&sort_by=-name", bar.ClearURL)

	bar = someBar(t, "status=bot&role=full", nil)
	assert.True(t, bar.Tabs[1].Current)
	assert.False(t, bar.Tabs[0].Current)
	assert.Equal(t, []components.Chip{{Text: "Role: full", URL: "/groups?status=bot"}}, bar.Chips, "a tab is no chip")
	assert.Contains(t, bar.Menus[0].Options, components.Choice{Value: "full", Text: "full"}, "what is chosen is in its menu")
	assert.Equal(t, "/groups?status=bot", bar.ClearURL, "the tab stays")

	bar = someBar(t, "status=active", nil)
	assert.True(t, bar.Tabs[0].Current, "it is a part of the first tab")
	assert.Equal(t, []components.Chip{{Text: "Status: active", URL: "/groups"}}, bar.Chips)
}

func TestPagesShowEveryRowOnce(t *testing.T) {
	for _, n := range []int{0, 1, 10, 11, 100, 101, 1001} {
		items := make([]int, n)
		for i := range items {
			items[i] = i
		}
		for _, perPage := range []int{10, 25, 100} {
			seen := []int{}
			pages := max(1, (n+perPage-1)/perPage)
			for page := 1; page <= pages; page++ {
				rows, pager := pageOf(items, page, perPage)
				assert.Equal(t, page, pager.Page)
				assert.Equal(t, pages, pager.Pages)
				seen = append(seen, rows...)
			}
			assert.Equal(t, items, seen)
			last, pager := pageOf(items, pages+5, perPage)
			assert.Equal(t, pages, pager.Page)
			again, _ := pageOf(items, pages, perPage)
			assert.Equal(t, again, last)
		}
	}
}

// FuzzListState takes any address of a list. What is read of it is on offer, reads back as itself from the address that pages
// link to, and leads to rows that can be counted, whatever total Tallyfy names.
func FuzzListState(f *testing.F) {
	for _, query := range []string{
		"", "q=night+watch&sort=-last_name&page=3&per_page=50&role=admin", "page=9223372036854775807&per_page=100", "page=-1&per_page=0", "q=%00%ff&sort=%27", "page=1e3&per_page=٣",
		"q=+a+&q=b&page=2&page=3", "a;b&%zz", "sort=&status=bot&joined=lately&groups=none&seen=never", "q=%E2%80%83x", "page=%2B2",
	} {
		f.Add(query, 34, 10)
		f.Add(query, 1<<63-1, 100)
		f.Add(query, -1, 0)
	}
	now := time.Now()
	f.Fuzz(func(t *testing.T, query string, total, rows int) {
		address, _ := url.ParseQuery(query) // what can be read of it, as for a request
		s := memberListState(address, now)
		for name, value := range s.Chosen {
			i := slices.IndexFunc(listing.MemberFilters(now), func(f listing.Filter[listing.Member]) bool { return f.Name == name })
			require.GreaterOrEqual(t, i, 0)
			require.True(t, slices.ContainsFunc(listing.MemberFilters(now)[i].Values, func(v listing.Value[listing.Member]) bool { return v.Name == value }))
		}
		require.Contains(t, views.PageSizes, s.PerPage)
		require.GreaterOrEqual(t, s.Page, 1)
		require.True(t, s.Order == "" || slices.Contains(listing.MemberOrders, strings.TrimPrefix(s.Order, "-")))
		require.Equal(t, strings.TrimSpace(s.Query), s.Query)

		link, err := url.Parse(views.URLs{}.MemberList(s))
		require.NoError(t, err)
		again, err := url.ParseQuery(link.RawQuery)
		require.NoError(t, err)
		require.Equal(t, s, memberListState(again, now))

		rows = int(uint(rows) % 101) // the rows themselves are counted, at most 100 of them; the total is Tallyfy's word
		p := views.NewPager(s.Page, s.PerPage, rows, max(0, total))
		require.GreaterOrEqual(t, p.Pages, 1)
		require.GreaterOrEqual(t, p.Total, max(0, total))
		if rows == 0 {
			require.Zero(t, p.From)
			return
		}
		require.GreaterOrEqual(t, p.From, 1)
		require.Equal(t, rows-1, p.To-p.From)
		require.GreaterOrEqual(t, p.Total, p.To)
		require.LessOrEqual(t, p.Page, p.Pages)
		require.GreaterOrEqual(t, p.Pages-1, (max(1, total)-1)/s.PerPage, "every row is on a page")
	})
}
