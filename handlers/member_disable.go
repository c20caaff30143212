package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// memberDisabling is the disabling of a member for one request.
type memberDisabling struct {
	*request
	disabling *lifecycle.Disabling
}

// showDisabling says what disabling the member will do.
func showDisabling(req *request) error {
	m := memberDisabling{req, &lifecycle.Disabling{Person: req.person()}}
	if err := m.disabling.Look(req.ctx()); err != nil {
		return err
	}
	return m.ask(req.pressedForm())
}

// ask shows the page, after Look.
func (m memberDisabling) ask(f refusedForm) error {
	c := m.disabling
	view := views.PersonChange{
		Head: personHead(&c.Person), Title: "Disable " + c.Called(), Blocked: names.Isolate(c.Member.Name()) + " can't be disabled now", Blockers: m.blockersOf(c.Blockers()),
		Notice: f.Notice, Press: newPress(), Address: m.urls().DisableMember(c.ID), Button: "Disable " + c.Called(), Busy: "Disabling…",
		Other: "Remove and hand the work over…", OtherURL: m.urls().RemoveMember(c.ID),
	}
	for _, g := range c.Alone {
		view.Guests = append(view.Guests, guestPerson(g))
	}
	plan := c.Plan()
	view.Lines, view.Notes, view.Seen = linesOf(plan), plan.Warnings, plan.Fingerprint()
	return m.show(f.Status, views.PersonChangePage(m.memberPage(view.Title), view))
}

// disableMember disables the member.
func disableMember(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	m := memberDisabling{req, &lifecycle.Disabling{Person: req.person()}}
	c := m.disabling
	page := req.fromMembers(req.urls().DisableMember(c.ID))
	req.returnTo = req.urls().Local(page)
	edit := req.memberForm(page, form, c, &c.Person, m.ask)
	return changeForm{
		editForm: edit, change: c,
		sent:    req.memberChanged(c),
		stopped: func() error { return edit.again(refusedForm{Status: http.StatusConflict}) },
	}.carryOut()
}
