package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// guestFields are the fields of a new guest, which have the names of Tallyfy's.
var guestFields = []string{"email", "first_name", "last_name", "company_name"}

func showGuestForm(req *request) error {
	page := req.urls().Local(req.urls().NewGuest())
	return req.askGuest(req.openedForm(page))
}

// askGuest shows the form, with what was typed if anything was.
func (req *request) askGuest(f refusedForm) error {
	view := views.GuestForm{Values: map[string]string{}, Errors: f.Errors, Notice: f.Notice, Press: newPress()}
	for _, name := range guestFields {
		view.Values[name] = f.Form.Get(name)
	}
	if f.ExistingID != "" {
		view.ExistingName, view.ExistingURL = f.ExistingName, req.urls().Member(tallyfy.UserID(f.ExistingID))
	}
	return req.show(f.Status, views.NewGuest(req.page("Add a guest", views.SectionGuests), view))
}

// addGuest makes somebody a guest. Whatever goes wrong, the form comes back with everything in it.
func addGuest(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	page := req.urls().NewGuest()
	req.returnTo, req.typed = req.urls().Local(page), form
	r := tallyfy.CreateGuestRequest{Email: form.Get("email"), FirstName: form.Get("first_name"), LastName: form.Get("last_name"), Company: form.Get("company_name")}
	edit := editForm{request: req, page: page, kept: form, fields: guestFields, what: "This guest", then: req.urls().Guests(), show: req.askGuest}
	if errs := lifecycle.GuestProblems(r); len(errs) > 0 {
		return edit.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	c := &lifecycle.GuestCreation{Client: req.api, Org: req.who.Organisation, Request: lifecycle.TidyGuest(r)}
	return changeForm{
		editForm: edit, change: c,
		sent:    func(error) { req.invalidate(directory.Change{}) },
		stopped: func() error { return edit.taken(c.Standing(), c.Found) },
	}.carryOut()
}
