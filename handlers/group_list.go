package handlers

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// listGroups shows a page of groups: straight from Tallyfy with one call, or with a filter from the copy in memory. A page
// past the end takes a second call, for the last page; so does an id that was searched for and not found.
func listGroups(v *visit) error {
	l := v.groupList()
	if v.QueryParam("refresh") != "" {
		return v.readAnew(v.urls().Groups() + l.Encode())
	}
	if len(l.Chosen) > 0 {
		return v.listGroupsFromCopy(l)
	}
	page, l, err := lastPageAtMost(l, func(l views.List) (*tallyfy.Page[tallyfy.GroupSummary], error) {
		return recall(v.ctx(), v, "groups"+l.Encode(), func(ctx context.Context) (*tallyfy.Page[tallyfy.GroupSummary], error) {
			return v.api.Groups.Summaries(ctx, v.org(), tallyfy.GroupListOptions{Query: l.Query, SortBy: l.Sort, Page: l.Page, PerPage: l.PerPage})
		})
	})
	if err != nil {
		return err
	}
	groups, total := page.Items, page.Pagination.Total
	if len(groups) == 0 && groupID.MatchString(l.Query) {
		g, err := v.api.Groups.Get(v.ctx(), v.org(), tallyfy.ID(l.Query))
		switch {
		case err == nil:
			groups, total = []tallyfy.GroupSummary{g.Summary()}, 1
		case !noSuchID(err):
			return err
		}
	}
	list := views.GroupList{List: l, Range: views.NewRange(l, len(groups), total), Narrowing: views.Narrowing{Filters: views.GroupFilters}}
	if members, copied, ok := v.app.Directory.Kept(v.directoryKey()); ok {
		list.Narrowing.Counts = directory.Note(copied, counted{"groups", members, l.Query}, func() listing.Counts {
			_, counts := narrowGroups(l, members, copied)
			return counts
		})
	}
	list.Rows = v.groupRows(groups)
	return v.show(http.StatusOK, views.Groups(v.page("Groups", views.SectionGroups), list))
}

// groupID is what Tallyfy's ids of groups look like (seen in the vendor's client). It only decides whether an id is worth a
// call.
var groupID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// noSuchID reports that an id that was searched for is not one. Any other failure says nothing about it.
func noSuchID(err error) bool { return tallyfy.IsNotFound(err) || tallyfy.IsValidation(err) }

func (v *visit) groupList() views.List { return groupListOf(v.QueryParams()) }

func groupListOf(address url.Values) views.List {
	l := views.ReadList(address, "sort_by", views.GroupSorts)
	l.Chosen = listing.Choose(listing.GroupDimensions(), address)
	return l
}

// listGroupsFromCopy shows what the filters leave, counted and sorted here.
func (v *visit) listGroupsFromCopy(l views.List) error {
	members, groups, err := v.wholeOrganisation()
	if err != nil {
		return err
	}
	if !members.Complete || !groups.Complete {
		return v.stillReading("Groups", "The filters", members, groups, v.urls().Groups())
	}
	teams, counts := narrowGroups(l, members, groups)
	listing.SortGroups(teams, l.Sort)
	rows, page := listing.Page(teams, l.Page, l.PerPage)
	l.Page = page
	list := views.GroupList{
		List: l, Range: views.NewRange(l, len(rows), len(teams)),
		Narrowing: views.Narrowing{Filters: views.GroupFilters, Counts: counts, ReadAt: older(members.ReadAt, groups.ReadAt)},
	}
	list.Rows = make([]views.GroupRow, len(rows))
	for i, t := range rows {
		list.Rows[i] = v.groupRow(t.Summary())
	}
	return v.show(http.StatusOK, views.Groups(v.page("Groups", views.SectionGroups), list))
}

// narrowGroups searches and filters the copy.
func narrowGroups(l views.List, members *directory.Snapshot, groups *directory.Groups) ([]listing.Team, listing.Counts) {
	found := groups.Search(l.Query)
	teams := make([]listing.Team, len(found))
	for i, g := range found {
		teams[i].Group = g
		for _, id := range g.Members {
			if m, ok := members.Member(id); ok && m.IsDisabled() {
				teams[i].Disabled++
			}
		}
	}
	return listing.Narrow(teams, listing.GroupDimensions(), l.Chosen)
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

// counted names the numbers of the filter menus that were worked out from a copy.
type counted struct {
	list    string
	members *directory.Snapshot
	query   string
}

func (v *visit) groupRows(groups []tallyfy.GroupSummary) []views.GroupRow {
	rows := make([]views.GroupRow, len(groups))
	for i, g := range groups {
		rows[i] = v.groupRow(g)
	}
	return rows
}

// groupRow shapes a group for the screen, and remembers where its logo is for when the browser asks for it.
func (v *visit) groupRow(g tallyfy.GroupSummary) views.GroupRow {
	return views.GroupRow{
		ID: g.ID, Name: g.Name, Description: g.Description, LogoVersion: v.app.logos.remember(v.directoryKey(), g.ID, g.Name, g.Logo),
		Members: g.Members, Guests: g.Guests, Created: g.CreatedAt.Time, Updated: g.LastUpdated.Time,
	}
}
