package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// mostFound is how many rows of each kind a search shows. A link leads to all of them.
const mostFound = 8

// showSearch looks for members, groups and guests in the copies. Words may stand in any order, and all must match.
func showSearch(req *request) error {
	v := views.SearchPage{Query: strings.TrimSpace(req.QueryParam("q"))}
	words := names.Words(v.Query)
	if len(words) == 0 {
		return req.show(http.StatusOK, views.Search(req.page("Search", views.SectionNone), v))
	}
	var copied snapshot
	var guests *directory.Guests
	err := parallel.Run(req.ctx(),
		func(context.Context) (err error) {
			copied, err = req.snapshot()
			return err
		},
		func(ctx context.Context) (err error) {
			guests, err = req.Guests(ctx)
			return err
		})
	if err != nil {
		return err
	}
	if !copied.ended() || !guests.Ended() {
		return req.showLoading("Search", copied, req.urls().Overview())
	}
	v.Missing = strings.TrimSpace(copied.missing() + " " + missing(guests.Short, "guests"))
	members := copied.members.Search(v.Query, nil)
	v.AllMembers = len(members)
	for _, m := range members[:min(len(members), mostFound)] {
		v.Members = append(v.Members, personOf(m))
	}
	// needed is a text that a row shows only where the search would not have found it without.
	needed := func(text string, shown ...string) string {
		if names.HasAll(names.Search(strings.Join(shown, " ")), words) {
			return ""
		}
		return text
	}
	groups := slices.Clone(copied.groups.Search(v.Query, nil))
	v.AllGroups = len(groups)
	slices.SortFunc(groups, func(a, b *tallyfy.Group) int {
		return cmp.Or(names.Compare(a.DisplayName(), b.DisplayName()), cmp.Compare(a.ID, b.ID))
	})
	for _, g := range groups[:min(len(groups), mostFound)] {
		row := req.groupRow(g, copied.members)
		row.Description = needed(row.Description, row.Name, string(g.ID))
		v.Groups = append(v.Groups, row)
	}
	found := guests.Search(v.Query, nil)
	v.AllGuests = len(found)
	for _, g := range found[:min(len(found), mostFound)] {
		in := copied.groups.OfGuest(g.Email)
		v.Guests = append(v.Guests, views.GuestRow{
			ID: g.ID, Name: g.Name(), Email: g.Email, Company: needed(g.Company(), g.Name(), g.Email, string(g.ID)), Status: views.GuestStatus(g), GroupCount: len(in),
		})
	}
	return req.show(http.StatusOK, views.Search(req.page("Search", views.SectionNone), v))
}
