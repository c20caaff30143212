package handlers

import (
	"context"
	"slices"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// listMembers shows a page of members from the copies in memory: Tallyfy's list can't leave out the disabled.
// While the copies are read, a list that Tallyfy can give comes from there with one call.
func listMembers(req *request) error {
	s := memberListState(req.QueryParams(), req.now())
	if req.QueryParam("refresh") != "" {
		return req.refresh(req.urls().MemberList(s))
	}
	if !plainMembers(s) {
		copied, err := req.snapshot()
		if err != nil {
			return err
		}
		if !copied.ended() {
			return req.showLoading("Members", copied, req.urls().MemberList(s.Cleared("")))
		}
		return req.listMembersFromCopy(s, copied)
	}
	copied, err := req.snapshotInTime()
	if err == nil && copied.ended() {
		return req.listMembersFromCopy(s, copied)
	}
	return req.listMembersOfTallyfy(s, err == nil)
}

// plainMembers reports whether Tallyfy itself can list what is asked for, but for disabled people and bots.
func plainMembers(s views.ListState) bool {
	field, _ := listing.SplitOrder(s.Order)
	return len(s.Chosen) == 0 && field != "role" && field != "groups"
}

// listMembersOfTallyfy shows a page of Tallyfy's own list. loading says that the copies are being read.
func (req *request) listMembersOfTallyfy(s views.ListState, loading bool) error {
	page, err := lastPage(&s, func() (rowPage[views.MemberRow], error) { return req.readMemberRows(s) })
	if err != nil {
		return err
	}
	if len(page.rows) == 0 && memberID.MatchString(names.Clean(s.Query)) {
		m, err := req.api.Members.Get(req.ctx(), req.org(), tallyfy.UserID(names.Clean(s.Query)), "groups")
		switch {
		case err == nil:
			page = rowPage[views.MemberRow]{[]views.MemberRow{req.ownGroupsRow(m)}, 1}
		case !noSuchID(err):
			return err
		}
	}
	list := views.MemberList{State: s, Pager: views.NewPager(s.Page, s.PerPage, len(page.rows), page.total), Rows: page.rows}
	list.Bar = filterBar(s, listing.MemberFilters(req.now()), nil, req.urls().MemberList)
	list.Bar.Everybody, list.Bar.TallyfySearch = true, s.Query != ""
	list.Selection = req.selectionView(memberChooser, s, idsOf(page.rows, rowOfMember))
	if !loading {
		list.Bar.Missing = "The members and groups could not all be read."
	}
	return req.showMembers(list)
}

// readMemberRows reads a page of Tallyfy's list.
func (req *request) readMemberRows(s views.ListState) (rowPage[views.MemberRow], error) {
	o := cache.Options[rowPage[views.MemberRow]]{TTL: req.app.Recall, Fresh: req.fresh}
	return cache.Fetch(req.ctx(), req.app.answers, req.scope, req.urls().MemberList(s), o, func(ctx context.Context) (page rowPage[views.MemberRow], err error) {
		members, err := req.api.Members.List(ctx, req.org(), tallyfy.MemberListOptions{
			Query: names.Clean(s.Query), Sort: s.Order, Page: s.Page, PerPage: s.PerPage, With: []string{"groups"},
		})
		if err != nil {
			return page, err
		}
		page.total = members.Pagination.Total
		for i := range members.Items {
			page.rows = append(page.rows, req.ownGroupsRow(&members.Items[i]))
		}
		return page, nil
	})
}

// listMembersFromCopy shows the members that the filters keep, counted and sorted here.
func (req *request) listMembersFromCopy(s views.ListState, copied snapshot) error {
	found, counts := filterMembers(s, copied, req.now(), req.chosen(memberChooser))
	listing.SortMembers(found, s.Order)
	shown, pager := pageOf(found, s.Page, s.PerPage)
	s.Page = pager.Page
	list := views.MemberList{State: s, Pager: pager, Bar: filterBar(s, listing.MemberFilters(req.now()), counts, req.urls().MemberList)}
	list.Bar.ReadAt, list.Bar.Missing = copied.readAt(), copied.missing()
	for _, m := range shown {
		list.Rows = append(list.Rows, req.listRow(m.Member, m.In))
	}
	list.Selection = req.selectionView(memberChooser, s, idsOf(list.Rows, rowOfMember))
	req.countChosen(memberChooser, &list.Selection, idsOf(found, listedMember))
	if copied.members.Complete { // whoever is gone is not counted
		list.Selection.Count = copied.members.Count(idsIn(req.who.Chosen))
	}
	if len(list.Rows) == 0 && s.Query != "" {
		if n := counts["status"]["all"]; n > 0 && s.Chosen["status"] != "all" {
			list.Bar.Elsewhere = append(list.Bar.Elsewhere, views.Match{
				Text: words.Count(n, "match", "matches") + " among all members", URL: req.urls().MemberList(s.With("status", "all")),
			})
		}
		list.Bar.Elsewhere = append(list.Bar.Elsewhere, req.groupsThatMatch(s.Query, copied.groups)...)
	}
	return req.showMembers(list)
}

// showMembers shows a page of the list, with who of it is chosen and what became of the form below it.
func (req *request) showMembers(list views.MemberList) error {
	chosen := req.chosen(memberChooser)
	list.Rows = slices.Clone(list.Rows) // which may be kept for the next visit
	for i := range list.Rows {
		list.Rows[i].Chosen = chosen[string(list.Rows[i].ID)]
	}
	return req.show(req.listStatus(), views.Members(req.listPage("Members", views.SectionMembers), list))
}

// exportMembers sends the list of members as a file.
func exportMembers(req *request) error {
	s := memberListState(req.QueryParams(), req.now())
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Preparing the file", copied, req.urls().MemberList(s))
	}
	list, _ := filterMembers(s, copied, req.now(), req.chosen(memberChooser))
	listing.SortMembers(list, s.Order)
	columns := []string{"Name", "Email", "Role", "Status", "Groups", "Job title", "Joined (UTC)", "Last sign-in (UTC)", "Id"}
	return req.sendFile("members", columns, withNote(copied.missing(), len(columns), func(yield func([]string) bool) {
		for _, m := range list {
			p := personOf(m.Member)
			if !yield([]string{
				p.Name, p.Email, p.Role, p.Status.Text, names.Cell(inGroups(m.In)), m.JobTitle,
				inFile(m.CreatedAt.Time), inFile(m.LastLoginAt.Time), string(m.ID),
			}) {
				return
			}
		}
	}))
}
