package handlers

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/words"
)

// maxPage is far beyond every list. The rows before a larger page could not be counted.
const maxPage = 1_000_000_000

// peoplePerPage is how many members, and how many guests, a group's page shows at a time. Smaller
// pages are not on offer: a hundred short lines read as one page.
const peoplePerPage = 100

// groupListState takes the state of the list of groups from an address. Groups with disabled people were a
// value of another filter before they were a tab.
func groupListState(address url.Values) views.ListState {
	s := parseListState(address, "sort_by", listing.GroupOrders, listing.GroupFilters())
	if s.Chosen["people"] == "" && address.Get("holds") == "disabled" {
		s.Chosen["people"] = "disabled"
	}
	return s
}

func memberListState(address url.Values, now time.Time) views.ListState {
	return parseListState(address, "sort", listing.MemberOrders, listing.MemberFilters(now))
}

func guestListState(address url.Values, now time.Time) views.ListState {
	return parseListState(address, "sort", listing.GuestOrders, listing.GuestFilters(now))
}

// parseListState takes the state of a list from an address. Unknown and empty values are dropped:
// an old link is no error.
func parseListState[T any](address url.Values, orderKey string, orders []string, filters []listing.Filter[T]) views.ListState {
	s := views.ListState{
		Query: strings.TrimSpace(address.Get("q")), OrderKey: orderKey, Chosen: listing.Select(filters, address),
		Page: parsePage(address, "page"), PerPage: views.DefaultPageSize,
	}
	if field, _ := listing.SplitOrder(address.Get(orderKey)); slices.Contains(orders, field) {
		s.Order = address.Get(orderKey)
	}
	if n, err := strconv.Atoi(address.Get("per_page")); err == nil && slices.Contains(views.PageSizes, n) {
		s.PerPage = n
	}
	return s
}

// groupsFrom is the list of groups that the visitor came from, and its query. A page names it in its
// address; else the browser does, on the page that the list leads to.
func (req *request) groupsFrom() (list, from string) {
	return req.listFrom(req.urls().Groups(), func(v url.Values) string { return req.urls().GroupList(groupListState(v)) })
}

// membersFrom is groupsFrom for the list of members.
func (req *request) membersFrom() (list, from string) {
	return req.listFrom(req.urls().Members(), func(v url.Values) string { return req.urls().MemberList(memberListState(v, req.now())) })
}

func (req *request) listFrom(plain string, at func(url.Values) string) (list, from string) {
	if query, err := url.ParseQuery(req.QueryParam(views.FromKey)); err == nil && len(query) > 0 {
		list = at(query) // parameters of no list are dropped
	} else {
		list = req.cameFrom(plain)
	}
	return list, strings.TrimPrefix(strings.TrimPrefix(list, plain), "?")
}

// parsePeopleState takes from the address of a group's page what it says about the people.
func parsePeopleState(address url.Values) views.PeopleState {
	return views.PeopleState{
		Query: strings.TrimSpace(address.Get("q")), MemberPage: parsePage(address, "page"), GuestPage: parsePage(address, views.GuestPageKey),
	}
}

func parsePage(address url.Values, key string) int {
	if n, err := strconv.Atoi(address.Get(key)); err == nil && n > 1 && n <= maxPage {
		return n
	}
	return 1
}

// filterBar makes the tabs, menus and chips above a list. counts is nil where nothing was counted. at gives
// the address of a list.
func filterBar[T any](s views.ListState, filters []listing.Filter[T], counts listing.Counts, at func(views.ListState) string) views.FilterBar {
	var bar views.FilterBar
	for _, f := range filters {
		if f.Tabs {
			bar.TabsName, bar.Tabs = f.Name, tabs(s, f, counts, at)
		} else if s.Chosen[f.Name] != "" || slices.ContainsFunc(f.Values, func(v listing.Value[T]) bool { return !v.Unlisted }) {
			bar.Menus = append(bar.Menus, menu(s, f, counts))
		}
		for i, v := range f.Values {
			if v.Name != "" && s.Chosen[f.Name] == v.Name && (!f.Tabs || v.Unlisted) {
				bar.Chips = append(bar.Chips, components.Chip{Text: f.Label + ": " + f.Values[i].Text, URL: at(s.With(f.Name, ""))})
			}
		}
	}
	bar.ClearURL = at(s.Cleared(bar.TabsName))
	return bar
}

// tabs makes a filter's values tabs. One that is not listed is a part of the first.
func tabs[T any](s views.ListState, f listing.Filter[T], counts listing.Counts, at func(views.ListState) string) []components.Tab {
	var list []components.Tab
	listed := false
	for _, v := range f.Values {
		if v.Unlisted {
			continue
		}
		tab := components.Tab{Text: v.Text, URL: at(s.With(f.Name, v.Name)), Current: s.Chosen[f.Name] == v.Name}
		if counts != nil {
			tab.Number = words.Number(counts[f.Name][v.Name])
		}
		listed = listed || tab.Current
		list = append(list, tab)
	}
	list[0].Current = list[0].Current || !listed
	return list
}

// menu makes a filter a menu.
func menu[T any](s views.ListState, f listing.Filter[T], counts listing.Counts) views.Menu {
	m := views.Menu{Name: f.Name, Label: f.Label, Chosen: s.Chosen[f.Name], Options: []components.Choice{{Text: f.Any}}}
	for _, v := range f.Values {
		if v.Unlisted && v.Name != m.Chosen {
			continue
		}
		option := components.Choice{Value: v.Name, Text: v.Text}
		if counts != nil {
			option.Text += " (" + words.Number(counts[f.Name][v.Name]) + ")"
		}
		m.Options = append(m.Options, option)
	}
	return m
}

// ordersByText reports whether it matters to a list of groups how texts are compared. Tallyfy compares them in
// other ways than the menus, pickers and files here, so the list had better come from the same copy as they.
func ordersByText(s views.ListState) bool {
	return s.Query != "" || s.Order == "name"
}

// missingInMenus says what the numbers in the menus of a list do not count, "" where nothing is missing.
func missingInMenus(copied snapshot, isCopied bool) string {
	if !isCopied || copied.missing() == "" {
		return ""
	}
	return "Not everything is counted in the menus: " + copied.missing()
}

// groupsFound searches the copy.
func groupsFound(query string, copied snapshot) []listing.Group {
	found := copied.groups.Search(query, nil)
	list := make([]listing.Group, len(found))
	for i, g := range found {
		list[i].Group, list[i].Present = g, len(g.Members)
		for _, id := range g.Members {
			m, ok := copied.members.ByID(id)
			switch {
			case !ok && copied.members.Complete: // gone
				list[i].Present--
			case !ok:
				list[i].Unknown++
			case m.IsDisabled():
				list[i].Disabled++
			case m.CanWork():
				list[i].Working++
			}
		}
	}
	return list
}

// filterGroups searches and filters the copy. chosen are the groups that the filter by choice keeps.
func filterGroups(s views.ListState, copied snapshot, chosen selection) ([]listing.Group, listing.Counts) {
	found := groupsFound(s.Query, copied)
	for i := range found {
		found[i].Chosen = chosen[string(found[i].ID)]
	}
	return listing.Apply(found, listing.GroupFilters(), s.Chosen)
}

// membersFound searches the copy.
func membersFound(query string, copied snapshot) []listing.Member {
	everybody := copied.everybody()
	found := copied.members.Search(query, nil)
	list := make([]listing.Member, len(found))
	for i, m := range found {
		list[i] = listing.Member{Member: m, In: copied.groups.Of(m.ID)}
		if len(everybody) == 0 {
			continue
		}
		for _, g := range list[i].In {
			if everybody[g.ID] {
				list[i].Shared++
			}
		}
	}
	return list
}

// filterMembers searches and filters the copy, as of now. chosen are the people whom the filter by choice keeps.
func filterMembers(s views.ListState, copied snapshot, now time.Time, chosen selection) ([]listing.Member, listing.Counts) {
	found := membersFound(s.Query, copied)
	for i := range found {
		found[i].Chosen = chosen[string(found[i].ID)]
	}
	return listing.Apply(found, listing.MemberFilters(now), s.Chosen)
}

// pageOf cuts a page out of a list, or the last page if the list ends before it.
func pageOf[T any](items []T, page, perPage int) ([]T, views.Pager) {
	page = min(page, views.NewPager(1, perPage, 0, len(items)).Pages)
	from := (page - 1) * perPage
	rows := items[from:min(len(items), from+perPage)]
	return rows, views.NewPager(page, perPage, len(rows), len(items))
}

// A rowPage is a page of one of Tallyfy's lists, shaped for the screen: the rows are what is
// worth keeping of a large answer.
type rowPage[R any] struct {
	rows  []R
	total int
}

// lastPage reads the page that the state names, or the last one if the list ends before it. Then
// the state names that one.
func lastPage[R any](s *views.ListState, read func() (rowPage[R], error)) (rowPage[R], error) {
	page, err := read()
	if err != nil || len(page.rows) > 0 || s.Page == 1 {
		return page, err
	}
	s.Page = views.NewPager(s.Page, s.PerPage, 0, page.total).Pages
	return read()
}

// memberID is the form of ids of members. It only decides whether an id is worth a call or a place.
var memberID = regexp.MustCompile(`^[0-9]{1,18}$`)

// noSuchID reports whether err means that the searched id does not exist. Other errors are
// inconclusive.
func noSuchID(err error) bool {
	return tallyfy.IsNotFound(err) || tallyfy.IsValidation(err) || tallyfy.IsOtherItem(err)
}

// countsTime is how long counts are kept: as long as a copy may serve.
const countsTime = 5 * time.Minute

// cachedCounts returns what count makes of the copies for a search, once.
func (req *request) cachedCounts(list, query string, copied snapshot, count func() listing.Counts) listing.Counts {
	key := fmt.Sprintf("counts of %s %d %d %s", list, copied.members.Version, copied.groups.Version, query)
	counts, _ := cache.Fetch(req.ctx(), req.app.answers, req.scope, key, cache.Options[listing.Counts]{TTL: countsTime},
		func(context.Context) (listing.Counts, error) { return count(), nil })
	return counts
}

// mostMatches is how many names a list without rows says that another list has for its search.
const mostMatches = 3

// groupsThatMatch are the groups that a search finds, for a list that has nothing for it.
func (req *request) groupsThatMatch(query string, groups *directory.Groups) []views.Match {
	found := groups.Search(query, nil)
	if len(found) == 0 {
		return nil
	}
	m := views.Match{Text: words.Count(len(found), "group matches", "groups match"), URL: req.urls().GroupList(groupListState(url.Values{"q": {query}}))}
	for _, g := range found[:min(len(found), mostMatches)] {
		m.Items = append(m.Items, components.LinkProps{Text: g.DisplayName(), URL: req.urls().Group(g.ID)})
	}
	return []views.Match{m}
}

// membersThatMatch are the members that a search finds, disabled ones and bots included.
func (req *request) membersThatMatch(query string, members *directory.Members) []views.Match {
	found := members.Search(query, nil)
	if len(found) == 0 {
		return nil
	}
	s := memberListState(url.Values{"q": {query}, "status": {"all"}}, req.now())
	m := views.Match{Text: words.Count(len(found), "member matches", "members match"), URL: req.urls().MemberList(s)}
	for _, p := range found[:min(len(found), mostMatches)] {
		link := components.LinkProps{Text: p.Name()}
		if req.rights().Members {
			link.URL = req.urls().Member(p.ID)
		}
		m.Items = append(m.Items, link)
	}
	return []views.Match{m}
}
