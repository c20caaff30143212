package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// guestRemoval is the removal of a guest for one request.
type guestRemoval struct {
	*request
	removal *lifecycle.GuestRemoval
}

// showGuestRemoval says what removing the guest will do.
func showGuestRemoval(req *request) error {
	email, err := req.guestEmail()
	if err != nil {
		return err
	}
	return guestRemoval{req, req.guestRemoval(email)}.ask(req.pressedForm())
}

// ask shows the page.
func (m guestRemoval) ask(f refusedForm) error {
	c := m.removal
	if c.Guest == nil {
		if err := c.Look(m.ctx()); err != nil {
			return m.missingGuest(err)
		}
	}
	view := views.PersonChange{
		Title: "Remove " + names.Isolate(c.Guest.Name()), Blocked: c.Called() + " can't be removed now", Blockers: m.blockersOf(c.Blockers()),
		Notice: f.Notice, Press: newPress(), Address: m.urls().RemoveGuest(c.Email), Button: "Remove " + names.Isolate(c.Guest.Name()), Busy: "Removing…", Danger: true,
	}
	plan := c.Plan()
	view.Lines, view.Notes, view.Seen = linesOf(plan), plan.Warnings, plan.Fingerprint()
	return m.show(f.Status, views.GuestChangePage(m.guestPage(view.Title), guestPerson(c.Guest), view))
}

// removeGuest removes the guest.
func removeGuest(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	email, err := req.guestEmail()
	if err != nil {
		return err
	}
	m := guestRemoval{req, req.guestRemoval(email)}
	page := req.urls().RemoveGuest(email)
	req.returnTo = req.urls().Local(page)
	edit := editForm{request: req, page: page, kept: form, what: "This guest", gone: req.guestGone, show: m.ask}
	return changeForm{
		editForm: edit, change: m.removal,
		sent:    func(error) { req.invalidate(directory.Change{}) },
		stopped: func() error { return edit.again(refusedForm{Status: http.StatusConflict}) },
	}.carryOut()
}
