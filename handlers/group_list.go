package handlers

import (
	"context"
	"net/http"
	"regexp"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// listGroups shows a page of groups: straight from Tallyfy with one call, or with a filter from the
// copy in memory. A page past the end takes a second call, for the last page. So does a search for
// an id that Tallyfy's search does not find.
func listGroups(v *visit) error {
	s := groupListState(v.QueryParams())
	if v.QueryParam("refresh") != "" {
		return v.refresh(v.urls().GroupList(s))
	}
	if len(s.Chosen) > 0 {
		return v.listGroupsFromCopy(s)
	}
	page, err := lastPage(&s, func() (rowPage[views.GroupRow], error) { return v.readGroupRows(s) })
	if err != nil {
		return err
	}
	if len(page.rows) == 0 && groupID.MatchString(s.Query) {
		g, err := v.api.Groups.Get(v.ctx(), v.org(), tallyfy.ID(s.Query))
		switch {
		case err == nil:
			page = rowPage[views.GroupRow]{[]views.GroupRow{v.groupRow(g)}, 1}
		case !noSuchID(err):
			return err
		}
	}
	var counts listing.Counts
	if copied, ok := v.cachedSnapshot(); ok {
		counts = v.cachedCounts("groups", s.Query, copied, func() listing.Counts {
			_, counts := filterGroups(s, copied)
			return counts
		})
	}
	return v.showGroups(views.GroupList{
		State: s, Pager: views.NewPager(s.Page, s.PerPage, len(page.rows), page.total), Rows: page.rows,
	}, counts)
}

// readGroupRows reads a page of Tallyfy's list.
func (v *visit) readGroupRows(s views.ListState) (rowPage[views.GroupRow], error) {
	o := cache.Options[rowPage[views.GroupRow]]{TTL: v.app.Recall, Fresh: v.fresh}
	return cache.Fetch(v.ctx(), v.app.answers, v.scope, v.urls().GroupList(s), o, func(ctx context.Context) (page rowPage[views.GroupRow], err error) {
		groups, err := v.api.Groups.List(ctx, v.org(), tallyfy.GroupListOptions{Query: s.Query, SortBy: s.Order, Page: s.Page, PerPage: s.PerPage})
		if err != nil {
			return page, err
		}
		page.total = groups.Pagination.Total
		for i := range groups.Items {
			page.rows = append(page.rows, v.groupRow(&groups.Items[i]))
		}
		return page, nil
	})
}

// groupID is the form of Tallyfy's ids of groups (seen in the vendor's client). It only decides
// whether a search is worth a call.
var groupID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// listGroupsFromCopy shows the groups that the filters keep, counted and sorted here.
func (v *visit) listGroupsFromCopy(s views.ListState) error {
	copied, err := v.snapshot()
	if err != nil {
		return err
	}
	if !copied.complete() {
		return v.showLoading("Groups", "The filters", copied, v.urls().Groups())
	}
	found, counts := filterGroups(s, copied)
	listing.SortGroups(found, s.Order)
	shown, pager := pageOf(found, s.Page, s.PerPage)
	s.Page = pager.Page
	list := views.GroupList{State: s, Pager: pager, Bar: views.FilterBar{ReadAt: copied.readAt()}}
	for _, g := range shown {
		list.Rows = append(list.Rows, v.groupRow(g.Group))
	}
	return v.showGroups(list, counts)
}

func (v *visit) showGroups(list views.GroupList, counts listing.Counts) error {
	list.Bar.Menus = menus(list.State, listing.GroupOrders, listing.GroupFilters(), counts)
	return v.show(http.StatusOK, views.Groups(v.page("Groups", views.SectionGroups), list))
}
