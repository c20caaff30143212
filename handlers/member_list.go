package handlers

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// listMembers shows a page of members: straight from Tallyfy with one call, or with a filter from the copy in memory.
func listMembers(v *visit) error {
	l := v.memberList()
	if v.QueryParam("refresh") != "" {
		return v.readAnew(v.urls().Members() + l.Encode())
	}
	if len(l.Chosen) > 0 {
		return v.listMembersFromCopy(l)
	}
	members, groups, copied := v.app.Directory.Kept(v.directoryKey())
	with := []string{"groups"}
	if copied && groups.Largest() > heavyGroup {
		with = nil
	}
	page, l, err := lastPageAtMost(l, func(l views.List) (*tallyfy.Page[tallyfy.MemberSummary], error) {
		return recall(v.ctx(), v, "members "+strings.Join(with, ",")+l.Encode(), func(ctx context.Context) (*tallyfy.Page[tallyfy.MemberSummary], error) {
			return v.api.Members.Summaries(ctx, v.org(), tallyfy.MemberListOptions{
				Query: l.Query, Sort: l.Sort, Page: l.Page, PerPage: l.PerPage, With: with,
			})
		})
	})
	if err != nil {
		return err
	}
	found, total := page.Items, page.Pagination.Total
	if len(found) == 0 && memberID.MatchString(l.Query) {
		m, err := v.api.Members.Get(v.ctx(), v.org(), tallyfy.UserID(l.Query), "groups")
		switch {
		case err == nil:
			found, total = []tallyfy.MemberSummary{m.Summary()}, 1
		case !noSuchID(err):
			return err
		}
	}
	list := views.MemberList{List: l, Range: views.NewRange(l, len(found), total), Narrowing: views.Narrowing{Filters: views.MemberFilters}}
	if copied {
		list.Narrowing.Counts = directory.Note(groups, counted{"members", members, l.Query}, func() listing.Counts {
			_, counts := v.narrowMembers(l, members, groups)
			return counts
		})
	}
	for i := range found {
		m := &found[i]
		if with == nil && !m.InKnown {
			list.Rows = append(list.Rows, personRow(listing.Person{Member: &m.Member, In: groups.Of(m.ID)}))
			list.Narrowing.ReadAt, list.Narrowing.GroupsOnly = groups.ReadAt, true
			continue
		}
		list.Rows = append(list.Rows, memberRow(*m))
	}
	return v.show(http.StatusOK, views.Members(v.page("Members", views.SectionMembers), list))
}

// heavyGroup is how large a group may be for members to be listed with their groups: each of its members would bring the ids of all.
// Above it the groups come from the copy, if there is one.
const heavyGroup = 500

// memberID is what ids of members look like. It only decides whether an id is worth a call.
var memberID = regexp.MustCompile(`^[0-9]{1,18}$`)

func (v *visit) memberList() views.List {
	l := views.ReadList(v.QueryParams(), "sort", views.MemberSorts)
	l.Chosen = listing.Choose(listing.MemberDimensions(v.app.Now()), v.QueryParams())
	return l
}

// listMembersFromCopy shows what the filters leave, counted and sorted here.
func (v *visit) listMembersFromCopy(l views.List) error {
	members, groups, err := v.wholeOrganisation()
	if err != nil {
		return err
	}
	if !members.Complete || !groups.Complete {
		return v.stillReading("Members", "The filters", members, groups, v.urls().Members())
	}
	people, counts := v.narrowMembers(l, members, groups)
	listing.SortMembers(people, l.Sort)
	rows, page := listing.Page(people, l.Page, l.PerPage)
	l.Page = page
	list := views.MemberList{
		List: l, Range: views.NewRange(l, len(rows), len(people)),
		Narrowing: views.Narrowing{Filters: views.MemberFilters, Counts: counts, ReadAt: older(members.ReadAt, groups.ReadAt)},
	}
	for _, p := range rows {
		list.Rows = append(list.Rows, personRow(p))
	}
	return v.show(http.StatusOK, views.Members(v.page("Members", views.SectionMembers), list))
}

// narrowMembers searches and filters the copy.
func (v *visit) narrowMembers(l views.List, members *directory.Snapshot, groups *directory.Groups) ([]listing.Person, listing.Counts) {
	found := members.Search(l.Query, nil)
	people := make([]listing.Person, len(found))
	for i, m := range found {
		people[i] = listing.Person{Member: m, In: groups.Of(m.ID)}
	}
	return listing.Narrow(people, listing.MemberDimensions(v.app.Now()), l.Chosen)
}

// memberRow shapes a member, with the groups that Tallyfy sent along, for the screen.
func memberRow(m tallyfy.MemberSummary) views.MemberRow {
	row := personRow(listing.Person{Member: &m.Member})
	row.GroupsKnown = m.InKnown
	for _, g := range m.In {
		if !slices.ContainsFunc(row.Groups, func(known views.GroupLink) bool { return known.ID == g.ID }) {
			row.Groups = append(row.Groups, views.GroupLink{ID: g.ID, Name: g.Name})
		}
	}
	return row
}

// personRow shapes a member of the copy for the screen.
func personRow(p listing.Person) views.MemberRow {
	row := views.MemberRow{
		ID: p.ID, Name: p.Name(), Email: p.Email, Role: views.RoleWord(p.Role), Status: views.MemberStatus(p.Member),
		GroupsKnown: true, Joined: p.CreatedAt.Time, LastLogin: p.LastLoginAt.Time,
	}
	for _, g := range p.In {
		row.Groups = append(row.Groups, views.GroupLink{ID: g.ID, Name: g.Name})
	}
	return row
}
