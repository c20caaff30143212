package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"weak"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// listGroups shows a page of groups: straight from Tallyfy with one call; with a filter or an order of ours from
// the copy in memory, and so with a search or an order of names when the copy is at hand. A page past the end
// takes a second call, for the last page. So does a search for an id that Tallyfy's search does not find.
func listGroups(req *request) error {
	s := groupListState(req.QueryParams())
	if req.QueryParam("refresh") != "" {
		return req.refresh(req.urls().GroupList(s))
	}
	copied, isCopied := req.cachedSnapshot()
	if len(s.Chosen) > 0 || !listing.SortedByTallyfy(s.Order) || isCopied && copied.ended() && ordersByText(s) {
		return req.listGroupsFromCopy(s)
	}
	page, err := lastPage(&s, func() (rowPage[views.GroupRow], error) { return req.readGroupRows(s, copied.members) })
	if err != nil {
		return err
	}
	if len(page.rows) == 0 && groupID.MatchString(names.Clean(s.Query)) {
		g, err := req.api.Groups.Get(req.ctx(), req.org(), tallyfy.ID(names.Clean(s.Query)))
		switch {
		case err == nil:
			page = rowPage[views.GroupRow]{[]views.GroupRow{req.groupRow(g, copied.members)}, 1}
		case !noSuchID(err):
			return err
		}
	}
	var counts listing.Counts
	if isCopied {
		counts = req.cachedCounts("groups", s.Query, copied, func() listing.Counts {
			_, counts := filterGroups(s, copied, req.chosen(groupChooser))
			return counts
		})
	}
	bar := filterBar(s, listing.GroupFilters(), counts, req.urls().GroupList)
	bar.TallyfySearch, bar.Missing = s.Query != "", missingInMenus(copied, isCopied)
	list := views.GroupList{State: s, Pager: views.NewPager(s.Page, s.PerPage, len(page.rows), page.total), Rows: page.rows, Bar: bar}
	list.Selection = req.selectionView(groupChooser, s, idsOf(list.Rows, rowOfGroup))
	list.Selection.Listed = page.total
	return req.showGroups(list)
}

// readGroupRows reads a page of Tallyfy's list.
func (req *request) readGroupRows(s views.ListState, members *directory.Members) (rowPage[views.GroupRow], error) {
	o, list := cache.Options[rowPage[views.GroupRow]]{TTL: req.app.Recall, Fresh: req.fresh}, req.urls().GroupList(s)
	return cache.Fetch(req.ctx(), req.app.answers, req.scope, list, o, func(ctx context.Context) (page rowPage[views.GroupRow], err error) {
		groups, err := req.api.Groups.List(ctx, req.org(), tallyfy.GroupListOptions{Query: names.Clean(s.Query), SortBy: s.Order, Page: s.Page, PerPage: s.PerPage})
		if err != nil {
			return page, err
		}
		return rowPage[views.GroupRow]{req.groupRows(list, groups, members), groups.Pagination.Total}, nil
	})
}

// groupRows shapes a page of Tallyfy's list, and not again while the client gives the same page.
func (req *request) groupRows(list string, page *tallyfy.Page[tallyfy.Group], members *directory.Members) []views.GroupRow {
	type source struct {
		page    weak.Pointer[tallyfy.Page[tallyfy.Group]]
		members uint64
		zone    string
	}
	type kept struct {
		rows []views.GroupRow
		of   source
	}
	key, of := "rows of "+list, source{page: weak.Make(page), zone: req.clock().Location.String()}
	if members != nil {
		of.members = members.Version
	}
	before, ok := cache.Get[kept](req.app.answers, req.scope, key)
	if ok && before.of == of {
		return before.rows
	}
	rows := make([]views.GroupRow, 0, len(page.Items))
	for i := range page.Items {
		rows = append(rows, req.groupRow(&page.Items[i], members))
	}
	// Half of the time that places of logos are kept, which groupRow remembers.
	req.app.answers.Put(req.scope, key, kept{rows, of}, placeTime/2)
	return rows
}

// groupID is the form of Tallyfy's ids of groups (seen in the vendor's client). It only decides
// whether a search is worth a call.
var groupID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// listGroupsFromCopy shows the groups that the filters keep, counted and sorted here.
func (req *request) listGroupsFromCopy(s views.ListState) error {
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Groups", copied, req.urls().Groups())
	}
	found, counts := filterGroups(s, copied, req.chosen(groupChooser))
	listing.SortGroups(found, s.Order)
	shown, pager := pageOf(found, s.Page, s.PerPage)
	s.Page = pager.Page
	list := views.GroupList{State: s, Pager: pager, Bar: filterBar(s, listing.GroupFilters(), counts, req.urls().GroupList)}
	list.Bar.ReadAt, list.Bar.Missing = copied.readAt(), copied.missing()
	for _, g := range shown {
		list.Rows = append(list.Rows, req.groupRow(g.Group, copied.members))
	}
	if len(list.Rows) == 0 && s.Query != "" {
		list.Bar.Elsewhere = req.membersThatMatch(s.Query, copied.members)
	}
	list.Selection = req.selectionView(groupChooser, s, idsOf(list.Rows, rowOfGroup))
	req.countChosen(groupChooser, &list.Selection, idsOf(found, listedGroup))
	return req.showGroups(list)
}

// showGroups shows a page of the list, with which of it are chosen and what became of the form below it.
func (req *request) showGroups(list views.GroupList) error {
	chosen := req.chosen(groupChooser)
	list.Rows = slices.Clone(list.Rows) // which may be kept for the next visit
	for i := range list.Rows {
		list.Rows[i].Chosen = chosen[string(list.Rows[i].ID)]
	}
	return req.show(req.listStatus(), views.Groups(req.listPage("Groups", views.SectionGroups), list))
}

// exportGroups sends the list of groups, searched and filtered, as a file with all pages.
func exportGroups(req *request) error {
	s := groupListState(req.QueryParams())
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Preparing the file", copied, req.urls().GroupList(s))
	}
	list, _ := filterGroups(s, copied, req.chosen(groupChooser))
	listing.SortGroups(list, s.Order)
	columns := []string{"Name", "Description", "Members", "Guests", "Disabled members", "Created (UTC)", "Updated (UTC)", "Id"}
	return req.sendFile("groups", columns, withNote(copied.missing(), len(columns), func(yield func([]string) bool) {
		for _, g := range list {
			if !yield([]string{
				g.DisplayName(), g.Description, strconv.Itoa(g.Present), strconv.Itoa(len(g.Guests)), strconv.Itoa(g.Disabled),
				inFile(g.CreatedAt.Time), inFile(g.LastUpdated.Time), string(g.ID),
			}) {
				return
			}
		}
	}))
}
