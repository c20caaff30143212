package handlers

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/handlers/cache"
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

func groupListState(address url.Values) views.ListState {
	return parseListState(address, "sort_by", listing.GroupOrders, listing.GroupFilters())
}

func memberListState(address url.Values, now time.Time) views.ListState {
	return parseListState(address, "sort", listing.MemberOrders, listing.MemberFilters(now))
}

// parseListState takes the state of a list from an address. Unknown and empty values are dropped:
// an old link is no error.
func parseListState[T any](address url.Values, orderKey string, orders []listing.Order, filters []listing.Filter[T]) views.ListState {
	s := views.ListState{
		Query: strings.TrimSpace(address.Get("q")), OrderKey: orderKey, Chosen: listing.Select(filters, address),
		Page: parsePage(address, "page"), PerPage: views.DefaultPageSize,
	}
	if order := address.Get(orderKey); slices.ContainsFunc(orders, func(o listing.Order) bool { return o.Name == order }) {
		s.Order = order
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

// menus makes the menus above a list. counts is nil where nothing was counted.
func menus[T any](s views.ListState, orders []listing.Order, filters []listing.Filter[T], counts listing.Counts) []views.Menu {
	var list []views.Menu
	for _, f := range filters {
		m := views.Menu{Name: f.Name, Label: f.Label, Chosen: s.Chosen[f.Name], Options: []components.Choice{{Text: f.Any}}}
		for _, v := range f.Values {
			option := components.Choice{Value: v.Name, Text: v.Text}
			if counts != nil {
				option.Text += " (" + words.Number(counts[f.Name][v.Name]) + ")"
			}
			m.Options = append(m.Options, option)
		}
		list = append(list, m)
	}
	order := views.Menu{Name: s.OrderKey, Label: "Order", Chosen: s.Order}
	for _, o := range orders {
		order.Options = append(order.Options, components.Choice{Value: o.Name, Text: o.Text})
	}
	return append(list, order)
}

// ordersByText reports whether it matters to a list how texts are compared. Tallyfy compares them in other
// ways than the menus, pickers and files here, so the list had better come from the same copy as they.
func ordersByText(s views.ListState) bool {
	return s.Query != "" || slices.Contains([]string{"name", "first_name", "last_name", "email"}, strings.TrimPrefix(s.Order, "-"))
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

// filterGroups searches and filters the copy.
func filterGroups(s views.ListState, copied snapshot) ([]listing.Group, listing.Counts) {
	return listing.Apply(groupsFound(s.Query, copied), listing.GroupFilters(), s.Chosen)
}

// membersFound searches the copy.
func membersFound(query string, copied snapshot) []listing.Member {
	everybody := copied.everybody()
	found := copied.members.Search(query, nil)
	list := make([]listing.Member, len(found))
	for i, m := range found {
		list[i] = listing.Member{Member: m, In: copied.groups.Of(m.ID)}
		for _, g := range list[i].In {
			if everybody[g.ID] {
				list[i].Shared++
			}
		}
	}
	return list
}

// filterMembers searches and filters the copy, as of now.
func filterMembers(s views.ListState, copied snapshot, now time.Time) ([]listing.Member, listing.Counts) {
	return listing.Apply(membersFound(s.Query, copied), listing.MemberFilters(now), s.Chosen)
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
