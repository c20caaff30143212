package handlers

import (
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// listGuests shows a page of guests from the copies in memory.
func listGuests(req *request) error {
	s := guestListState(req.QueryParams(), req.now())
	if req.QueryParam("refresh") != "" {
		return req.refresh(req.urls().GuestList(s))
	}
	copied, err := req.guestCopies()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.loadingGuests("Guests", copied, req.urls().Overview())
	}
	found, counts := copied.find(req, s, req.chosen(guestChooser))
	shown, pager := pageOf(found, s.Page, s.PerPage)
	s.Page = pager.Page
	list := views.GuestList{State: s, Pager: pager, Bar: filterBar(s, listing.GuestFilters(req.now()), counts, req.urls().GuestList)}
	list.Bar.Missing, list.Bar.ReadAt = copied.missing(), copied.guests.ReadAt
	if copied.groups.ReadAt.Before(list.Bar.ReadAt) {
		list.Bar.ReadAt = copied.groups.ReadAt
	}
	for _, g := range shown {
		list.Rows = append(list.Rows, views.GuestRow{
			ID: g.ID, Name: g.Name(), Email: g.Email, Company: g.Company(), Status: views.GuestStatus(g.Guest),
			Groups: req.telling(g.In), GroupCount: len(g.In), LastAccess: g.LastAccessedAt.Time, Chosen: g.Chosen,
		})
	}
	list.Selection = req.selectionView(guestChooser, s, idsOf(shown, listedGuest))
	req.countChosen(guestChooser, &list.Selection, idsOf(found, listedGuest))
	if len(list.Rows) == 0 && s.Query != "" {
		if members, _, ok := req.app.Directory.Cached(req.scope); ok {
			list.Bar.Elsewhere = req.membersThatMatch(s.Query, members)
		}
	}
	return req.show(req.listStatus(), views.Guests(req.listPage("Guests", views.SectionGuests), list))
}

// loadingGuests stands in for the list or its file until the copies are read.
func (req *request) loadingGuests(title string, c guestCopies, back string) error {
	soFar := words.Count(len(c.guests.Items), "guest", "guests") + " and " + words.Count(len(c.groups.Items), "group", "groups")
	return req.showReading(title, soFar, back)
}

// exportGuests sends the list of guests as a file.
func exportGuests(req *request) error {
	s := guestListState(req.QueryParams(), req.now())
	copied, err := req.guestCopies()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.loadingGuests("Preparing the file", copied, req.urls().GuestList(s))
	}
	list, _ := copied.find(req, s, req.chosen(guestChooser))
	columns := []string{"Name", "Email", "Company", "Status", "Groups", "Created (UTC)", "Last access (UTC)", "Id"}
	return req.sendFile("guests", columns, withNote(copied.missing(), len(columns), func(yield func([]string) bool) {
		for _, g := range list {
			if !yield([]string{
				g.Name(), g.Email, g.Company(), views.GuestStatus(g.Guest).Text, names.Cell(inGroups(g.In)),
				inFile(g.CreatedAt.Time), inFile(g.LastAccessedAt.Time), string(g.ID),
			}) {
				return
			}
		}
	}))
}
