package handlers

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// listMembers shows a page of members: straight from Tallyfy with one call, or with a filter from
// the copy in memory.
func listMembers(v *visit) error {
	s := memberListState(v.QueryParams(), v.app.Now())
	if v.QueryParam("refresh") != "" {
		return v.refresh(v.urls().MemberList(s))
	}
	if len(s.Chosen) > 0 {
		return v.listMembersFromCopy(s)
	}
	copied, isCopied := v.cachedSnapshot()
	with := []string{"groups"}
	if isCopied && slices.ContainsFunc(copied.groups.Items, func(g *tallyfy.Group) bool { return len(g.Members) > heavyGroup }) {
		with = nil
	}
	page, err := lastPage(&s, func() (rowPage[views.MemberRow], error) { return v.readMemberRows(s, with) })
	if err != nil {
		return err
	}
	if len(page.rows) == 0 && memberID.MatchString(s.Query) {
		m, err := v.api.Members.Get(v.ctx(), v.org(), tallyfy.UserID(s.Query), "groups")
		switch {
		case err == nil:
			page = rowPage[views.MemberRow]{[]views.MemberRow{memberRow(m)}, 1}
		case !noSuchID(err):
			return err
		}
	}
	list := views.MemberList{State: s, Pager: views.NewPager(s.Page, s.PerPage, len(page.rows), page.total)}
	for _, row := range page.rows {
		if with == nil && !row.GroupsKnown {
			row = inGroups(row, copied.groups.Of(row.ID))
			list.Bar.ReadAt, list.Bar.GroupsOnly = copied.groups.ReadAt, true
		}
		list.Rows = append(list.Rows, row)
	}
	var counts listing.Counts
	if isCopied {
		counts = v.cachedCounts("members", s.Query, copied, func() listing.Counts {
			_, counts := filterMembers(s, copied, v.app.Now())
			return counts
		})
	}
	return v.showMembers(list, counts)
}

// readMemberRows reads a page of Tallyfy's list.
func (v *visit) readMemberRows(s views.ListState, with []string) (rowPage[views.MemberRow], error) {
	key := v.urls().MemberList(s) + " " + strings.Join(with, ",")
	o := cache.Options[rowPage[views.MemberRow]]{TTL: v.app.Recall, Fresh: v.fresh}
	return cache.Fetch(v.ctx(), v.app.answers, v.scope, key, o, func(ctx context.Context) (page rowPage[views.MemberRow], err error) {
		members, err := v.api.Members.List(ctx, v.org(), tallyfy.MemberListOptions{
			Query: s.Query, Sort: s.Order, Page: s.Page, PerPage: s.PerPage, With: with,
		})
		if err != nil {
			return page, err
		}
		page.total = members.Pagination.Total
		for i := range members.Items {
			page.rows = append(page.rows, memberRow(&members.Items[i]))
		}
		return page, nil
	})
}

// heavyGroup is the largest group with which Tallyfy is asked for members and their groups: each
// member of a group brings the ids of all its members. Above it the groups come from the copy, if
// there is one.
const heavyGroup = 500

// memberID is the form of ids of members. It only decides whether a search is worth a call.
var memberID = regexp.MustCompile(`^[0-9]{1,18}$`)

// listMembersFromCopy shows the members that the filters keep, counted and sorted here.
func (v *visit) listMembersFromCopy(s views.ListState) error {
	copied, err := v.snapshot()
	if err != nil {
		return err
	}
	if !copied.complete() {
		return v.showLoading("Members", "The filters", copied, v.urls().Members())
	}
	found, counts := filterMembers(s, copied, v.app.Now())
	listing.SortMembers(found, s.Order)
	shown, pager := pageOf(found, s.Page, s.PerPage)
	s.Page = pager.Page
	list := views.MemberList{State: s, Pager: pager, Bar: views.FilterBar{ReadAt: copied.readAt()}}
	for _, m := range shown {
		list.Rows = append(list.Rows, inGroups(memberRow(m.Member), m.In))
	}
	return v.showMembers(list, counts)
}

func (v *visit) showMembers(list views.MemberList, counts listing.Counts) error {
	list.Bar.Menus = menus(list.State, listing.MemberOrders, listing.MemberFilters(v.app.Now()), counts)
	return v.show(http.StatusOK, views.Members(v.page("Members", views.SectionMembers), list))
}
