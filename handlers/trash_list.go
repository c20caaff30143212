package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// trashRows is how many deleted groups a page shows.
const trashRows = 50

// trash is the list of deleted groups for one request. Only administrators see those that others deleted.
type trash struct {
	*request
	filter journal.Filter
	// again are the entries that created groups again, by the entry of the deletion.
	again map[string]*journal.Entry
}

func trashOf(req *request) (trash, error) {
	t := trash{request: req, again: map[string]*journal.Entry{}}
	admin, err := req.isAdmin(req.ctx())
	if err != nil {
		return t, err
	}
	t.filter = journal.Filter{Org: req.org(), Kind: membership.GroupDeleted, From: req.app.Now().AddDate(0, 0, -req.app.Journal.ContentsDays())}
	if !admin {
		t.filter.Actor = req.who.UserID
	}
	created := t.filter
	created.Kind = membership.GroupCreated
	opened := 0
	for e, err := range req.app.Journal.List(req.ctx(), created) {
		if err != nil {
			return t, err
		}
		if opened++; opened > mostOpened {
			break
		}
		if of := membership.CreatedFrom(e); of != "" && carriedOut(e) {
			t.again[of] = e // the first one, as they come newest first
		}
	}
	return t, nil
}

// listTrash shows a page of the groups that were deleted with the dashboard and can be created again.
func listTrash(req *request) error {
	t, err := trashOf(req)
	if err != nil {
		return err
	}
	view := views.TrashList{Own: t.filter.Actor != "", KeptDays: req.app.Journal.ContentsDays()}
	if before := req.QueryParam("before"); journal.IsID(before) {
		t.filter.Before, view.Before = before, before
	}
	last := ""
	for e, err := range req.app.Journal.List(req.ctx(), t.filter) {
		if err != nil {
			return err
		}
		r, ok := membership.RemnantOf(e)
		if !ok {
			continue
		}
		if len(view.Rows) == trashRows {
			view.Older = last
			break
		}
		last = e.ID
		view.Rows = append(view.Rows, t.row(e, r))
	}
	return req.show(http.StatusOK, views.Trash(req.listPage("Deleted groups", views.SectionGroups), view))
}

func (t trash) row(e *journal.Entry, r membership.Remnant) views.TrashRow {
	row := views.TrashRow{
		EntryID: e.ID, Name: r.Group.Name, OldID: r.Group.ID, By: actorOf(e), At: e.At, Until: t.app.Journal.ContentsEnd(e),
		Members: r.Members, Guests: r.Guests,
	}
	if again := t.again[e.ID]; again != nil {
		row.Again, row.AgainURL = again.Subject(journal.Group).Name, t.urls().Entry(again.ID)
		if id := tallyfy.ID(again.Subject(journal.Group).ID); string(id) != r.Group.ID {
			row.AgainURL = t.urls().Group(id)
		}
	}
	return row
}

// exportTrash sends all deleted groups that can be created again as a file.
func exportTrash(req *request) error {
	t, err := trashOf(req)
	if err != nil {
		return err
	}
	var rows [][]string
	for e, err := range req.app.Journal.List(req.ctx(), t.filter) {
		if err != nil {
			return err
		}
		r, ok := membership.RemnantOf(e)
		if !ok {
			continue
		}
		row := t.row(e, r)
		rows = append(rows, []string{
			names.Plain(row.Name), row.OldID, inFile(row.At), e.Actor.Name, e.Actor.Email, e.Actor.ID, strconv.Itoa(row.Members), strconv.Itoa(row.Guests),
			inFile(row.Until), names.Plain(row.Again), e.ID,
		})
	}
	return req.sendFile("deleted groups", []string{
		"Group", "Group (id)", "Deleted (UTC)", "By", "By (email)", "By (id)", "Members", "Guests", "Kept until (UTC)", "Created again as", "Id",
	}, slices.Values(rows))
}

// sendTrashPicture sends the logo that a deleted group had, as a file: Tallyfy has no call that sets one.
func sendTrashPicture(req *request) error {
	e, err := req.entry(web.Param(req, "entry"))
	if err != nil {
		return err
	}
	if _, ok := membership.RemnantOf(e); !ok {
		return echo.ErrNotFound
	}
	data, err := req.app.Journal.Picture(req.ctx(), e)
	if errors.Is(err, journal.ErrContentsGone) {
		return echo.ErrNotFound
	}
	var image *logo.Image
	if err == nil {
		image, err = req.app.Logos.Image(data)
	}
	if err != nil {
		return err
	}
	if req.leftUnderWay() {
		return req.sendToSignIn("")
	}
	h := req.Response().Header()
	h.Set(echo.HeaderContentDisposition, `attachment; filename="logo.`+image.Extension()+`"`)
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return req.Blob(http.StatusOK, image.ContentType, image.Data)
}
