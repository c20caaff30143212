package handlers

import (
	"net/http"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// listGroups shows a page of groups with one call; only a page past the end takes a second one, for the last page.
func listGroups(v *visit) error {
	l := views.ReadList(v.QueryParams(), "sort_by", views.GroupSorts)
	page, l, err := lastPageAtMost(l, func(l views.List) (*tallyfy.Page[tallyfy.Group], error) {
		return v.api.Groups.List(v.ctx(), v.org(), tallyfy.GroupListOptions{Query: l.Query, SortBy: l.Sort, Page: l.Page, PerPage: l.PerPage})
	})
	if err != nil {
		return err
	}
	list := views.GroupList{List: l, Range: views.NewRange(l, len(page.Items), page.Pagination.Total)}
	for i := range page.Items {
		list.Rows = append(list.Rows, v.groupRow(&page.Items[i]))
	}
	return v.show(http.StatusOK, views.Groups(v.page("Groups", views.SectionGroups), list))
}

// lastPageAtMost reads a page of a list, or the last one if the list ends before.
func lastPageAtMost[T any](l views.List, read func(views.List) (*tallyfy.Page[T], error)) (*tallyfy.Page[T], views.List, error) {
	page, err := read(l)
	if err != nil || len(page.Items) > 0 || l.Page == 1 {
		return page, l, err
	}
	l.Page = max(1, views.NewRange(l, 0, page.Pagination.Total).Pages)
	page, err = read(l)
	return page, l, err
}

// groupRow shapes a group for the screen, and remembers where its logo is for when the browser asks for it.
func (v *visit) groupRow(g *tallyfy.Group) views.GroupRow {
	return views.GroupRow{
		ID: g.ID, Name: g.Name, Description: g.Description, LogoVersion: v.app.logos.remember(v.directoryKey(), g),
		Members: len(g.Members), Guests: len(g.Guests), Created: g.CreatedAt.Time, Updated: g.LastUpdated.Time,
	}
}
