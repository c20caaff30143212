package handlers

import (
	"net/http"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// listMembers shows a page of members with one call.
func listMembers(v *visit) error {
	l := views.ReadList(v.QueryParams(), "sort", views.MemberSorts)
	page, l, err := lastPageAtMost(l, func(l views.List) (*tallyfy.Page[tallyfy.Member], error) {
		return v.api.Members.List(v.ctx(), v.org(), tallyfy.MemberListOptions{
			Query: l.Query, Sort: l.Sort, Page: l.Page, PerPage: l.PerPage, With: []string{"groups"},
		})
	})
	if err != nil {
		return err
	}
	list := views.MemberList{List: l, Range: views.NewRange(l, len(page.Items), page.Pagination.Total)}
	for i := range page.Items {
		list.Rows = append(list.Rows, memberRow(&page.Items[i]))
	}
	return v.show(http.StatusOK, views.Members(v.page("Members", views.SectionMembers), list))
}

// memberRow shapes a member for the screen.
func memberRow(m *tallyfy.Member) views.MemberRow {
	row := views.MemberRow{
		ID: m.ID, Name: m.Name(), Email: m.Email, Role: views.RoleWord(m.Role), Status: views.MemberStatus(m),
		GroupsKnown: m.GroupsIncluded, Joined: m.CreatedAt.Time, LastLogin: m.LastLoginAt.Time,
	}
	seen := map[tallyfy.ID]bool{}
	for i := range m.Groups {
		if g := &m.Groups[i]; !seen[g.ID] {
			seen[g.ID] = true
			row.Groups = append(row.Groups, views.GroupLink{ID: g.ID, Name: g.Name})
		}
	}
	return row
}
