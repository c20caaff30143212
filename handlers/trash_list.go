package handlers

import (
	"cmp"
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
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
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
	t.filter = journal.Filter{Org: req.org(), Kind: membership.GroupDeleted, From: req.app.Now().AddDate(0, 0, -req.app.Journal.ContentsDays()-journal.MostAddedDays)}
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

// each calls f for the deleted groups that can be created again, the latest first, until it reports false.
func (t trash) each(f func(e *journal.Entry, row views.TrashRow) bool) error {
	for e, err := range t.app.Journal.List(t.ctx(), t.filter) {
		if err != nil {
			return err
		}
		if r, ok := membership.RemnantOf(e); ok && t.contentsKept(e) && !f(e, t.row(e, r)) {
			break
		}
	}
	return nil
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
	err = t.each(func(_ *journal.Entry, row views.TrashRow) bool {
		if len(view.Rows) == trashRows {
			view.Older = view.Rows[trashRows-1].EntryID
			return false
		}
		view.Rows = append(view.Rows, row)
		return true
	})
	if err != nil {
		return err
	}
	return req.show(http.StatusOK, views.Trash(req.listPage("Deleted groups", views.SectionGroups), view))
}

func (t trash) row(e *journal.Entry, r membership.Remnant) views.TrashRow {
	row := views.TrashRow{
		EntryID: e.ID, Name: r.Group.Name, OldID: r.Group.ID, By: actorOf(e), At: e.At, Until: t.app.Journal.ContentsEnd(e),
		Members: r.Members, Guests: r.Guests, AddedDays: e.AddedDays, CanKeep: t.app.Journal.CanKeepLonger(e),
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
	err = t.each(func(e *journal.Entry, row views.TrashRow) bool {
		rows = append(rows, []string{
			names.Plain(row.Name), row.OldID, inFile(row.At), e.Actor.Name, e.Actor.Email, e.Actor.ID, strconv.Itoa(row.Members), strconv.Itoa(row.Guests),
			inFile(row.Until), names.Plain(row.Again), e.ID,
		})
		return true
	})
	if err != nil {
		return err
	}
	return req.sendFile("deleted groups", []string{
		"Group", "Group (id)", "Deleted (UTC)", "By", "By (email)", "By (id)", "Members", "Guests", "Kept until (UTC)", "Created again as", "Id",
	}, slices.Values(rows))
}

// keepLonger adds a day to the time for which a deleted group can be created again. Only administrators do.
func keepLonger(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	e, err := req.entry(web.Param(req, "entry"))
	if err != nil {
		return err
	}
	r, ok := membership.RemnantOf(e)
	if !ok {
		return echo.ErrNotFound
	}
	if admin, err := req.isAdmin(req.ctx()); err != nil || !admin {
		return cmp.Or(err, error(&problem{
			status: http.StatusForbidden, title: "Only administrators can keep deleted groups longer", text: "Nothing was changed. Ask an administrator.",
			links: []components.LinkProps{req.trashLink()},
		}))
	}
	name, until := names.Isolate(r.Group.Name), req.clock().Day(req.app.Journal.ContentsEnd(e))
	switch {
	case !req.contentsKept(e):
		return req.contentsGone(e, r)
	case form.Get("added") != strconv.Itoa(e.AddedDays): // a second press, or somebody else's
		req.notice(views.Notice{Kind: views.NoticeInfo, Text: name + " is kept until " + until + " already. Nothing was changed now."})
		return req.goTo(req.urls().Trash(""))
	case !req.app.Journal.CanKeepLonger(e):
		return &problem{
			status: http.StatusConflict, title: name + " can't be kept any longer",
			text:  "It is kept until " + until + ". A deleted group can be kept for " + words.Count(journal.MostAddedDays, "day", "days") + " longer at most, and never longer than its receipt.",
			links: []components.LinkProps{req.trashLink()},
		}
	}
	by := req.caller()
	e.AddedDays++
	until = req.clock().Day(req.app.Journal.ContentsEnd(e))
	e.AddedDays--
	kept := "It can be created again until " + until + "."
	_, err = req.app.Journal.KeepLonger(req.ctx(), e, journal.Intent{
		Org: by.Org, Kind: journal.ContentsKept, Actor: by.Actor, RequestID: by.RequestID, Subjects: []journal.Subject{r.Group},
		Plan: journal.Plan{Did: "kept the deleted group " + name + " for a day longer", Lines: []journal.Line{{Kind: journal.ContentsKept, Text: kept}}},
	})
	switch {
	case errors.Is(err, journal.ErrContentsGone):
		return req.contentsGone(e, r)
	case err != nil:
		return err
	}
	req.notice(views.Notice{Kind: views.NoticeDone, Text: name + " is kept for a day longer. " + kept})
	return req.goTo(req.urls().Trash(""))
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
