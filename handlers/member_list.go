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
	"tallyfy-admin/views/names"
)

// listMembers shows a page of members: straight from Tallyfy with one call; with a filter from the copy
// in memory, and so with a search or an order of names when the copy is at hand.
func listMembers(req *request) error {
	s := memberListState(req.QueryParams(), req.now())
	if req.QueryParam("refresh") != "" {
		return req.refresh(req.urls().MemberList(s))
	}
	copied, isCopied := req.cachedSnapshot()
	if len(s.Chosen) > 0 || isCopied && copied.ended() && ordersByText(s) {
		return req.listMembersFromCopy(s)
	}
	with := []string{"groups"}
	if isCopied && slices.ContainsFunc(copied.groups.Items, func(g *tallyfy.Group) bool { return len(g.Members) > heavyGroup }) {
		with = nil
	}
	page, err := lastPage(&s, func() (rowPage[views.MemberRow], error) { return req.readMemberRows(s, with) })
	if err != nil {
		return err
	}
	if len(page.rows) == 0 && memberID.MatchString(names.Clean(s.Query)) {
		m, err := req.api.Members.Get(req.ctx(), req.org(), tallyfy.UserID(names.Clean(s.Query)), "groups")
		switch {
		case err == nil:
			page = rowPage[views.MemberRow]{[]views.MemberRow{memberRow(m)}, 1}
		case !noSuchID(err):
			return err
		}
	}
	list := views.MemberList{State: s, Pager: views.NewPager(s.Page, s.PerPage, len(page.rows), page.total)}
	list.Bar.TallyfySearch = s.Query != ""
	list.Bar.Missing = missingInMenus(copied, isCopied)
	for _, row := range page.rows {
		if with == nil && !row.GroupsKnown {
			row = inGroups(row, copied.groups.Of(row.ID))
			list.Bar.ReadAt, list.Bar.GroupsOnly, list.Bar.Missing = copied.groups.ReadAt, true, copied.missing()
		}
		list.Rows = append(list.Rows, row)
	}
	var counts listing.Counts
	if isCopied {
		counts = req.cachedCounts("members", s.Query, copied, func() listing.Counts {
			_, counts := filterMembers(s, copied, req.now())
			return counts
		})
	}
	return req.showMembers(list, counts)
}

// readMemberRows reads a page of Tallyfy's list.
func (req *request) readMemberRows(s views.ListState, with []string) (rowPage[views.MemberRow], error) {
	key := req.urls().MemberList(s) + " " + strings.Join(with, ",")
	o := cache.Options[rowPage[views.MemberRow]]{TTL: req.app.Recall, Fresh: req.fresh}
	return cache.Fetch(req.ctx(), req.app.answers, req.scope, key, o, func(ctx context.Context) (page rowPage[views.MemberRow], err error) {
		members, err := req.api.Members.List(ctx, req.org(), tallyfy.MemberListOptions{
			Query: names.Clean(s.Query), Sort: s.Order, Page: s.Page, PerPage: s.PerPage, With: with,
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
func (req *request) listMembersFromCopy(s views.ListState) error {
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Members", "The filters", copied, req.urls().Members())
	}
	found, counts := filterMembers(s, copied, req.now())
	listing.SortMembers(found, s.Order)
	shown, pager := pageOf(found, s.Page, s.PerPage)
	s.Page = pager.Page
	list := views.MemberList{State: s, Pager: pager, Bar: views.FilterBar{ReadAt: copied.readAt(), Missing: copied.missing()}}
	for _, m := range shown {
		list.Rows = append(list.Rows, inGroups(memberRow(m.Member), m.In))
	}
	return req.showMembers(list, counts)
}

func (req *request) showMembers(list views.MemberList, counts listing.Counts) error {
	list.Bar.Menus = menus(list.State, listing.MemberOrders, listing.MemberFilters(req.now()), counts)
	if list.Bar.FromCopy() { // whose order is not Tallyfy's
		list.Bar.Menus[len(list.Bar.Menus)-1].Options[0].Text = listing.ByName
	}
	return req.show(http.StatusOK, views.Members(req.listPage("Members", views.SectionMembers), list))
}

// exportMembers sends the list of members as a file.
func exportMembers(req *request) error {
	s := memberListState(req.QueryParams(), req.now())
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Preparing the file", "The rows of the file", copied, req.urls().MemberList(s))
	}
	list, _ := filterMembers(s, copied, req.now())
	listing.SortMembers(list, s.Order)
	columns := []string{"Name", "Email", "Role", "Status", "Groups", "Job title", "Joined (UTC)", "Last sign-in (UTC)", "Id"}
	return req.sendFile("members", columns, withNote(copied.missing(), len(columns), func(yield func([]string) bool) {
		for _, m := range list {
			row := inGroups(memberRow(m.Member), m.In)
			in := make([]string, len(row.Groups))
			for i, g := range row.Groups {
				in[i] = g.Name
			}
			p := row.Person
			if !yield([]string{
				p.Name, p.Email, p.Role, p.Status.Text, names.Cell(in), m.JobTitle,
				inFile(m.CreatedAt.Time), inFile(m.LastLoginAt.Time), string(m.ID),
			}) {
				return
			}
		}
	}))
}
