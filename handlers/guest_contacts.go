package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// A contactsForm is the form for who knows a guest, for one request.
type contactsForm struct {
	*request
	email string
}

// showGuestContacts is the form for who knows the guest.
func showGuestContacts(req *request) error {
	email, err := req.guestEmail()
	if err != nil {
		return err
	}
	p := contactsForm{req, email}
	return p.ask(req.openedForm(req.urls().Local(req.urls().GuestContacts(email))))
}

// ask shows the form, with what was typed and ticked if anything was.
func (p contactsForm) ask(f refusedForm) error {
	g, err := p.Guest(p.ctx(), p.email)
	if err != nil {
		return p.missingGuest(err)
	}
	members, err := p.Members(p.ctx())
	view := views.GuestContacts{
		Guest: guestPerson(g), Add: f.Form.Get("add"), Errors: f.Errors, Notice: f.Notice, Press: newPress(), Note: p.directoryNote(members, err),
	}
	leaving := idsIn(f.Form["remove"])
	for _, m := range p.people(members, g.KnownBy()) {
		view.KnownBy = append(view.KnownBy, views.PickedPerson{Value: string(m.ID), Person: m.Person, Unknown: !m.Known, Chosen: slices.Contains(leaving, m.ID)})
	}
	return p.show(f.Status, views.ContactsOfGuest(p.guestPage(view.Title()), view))
}

// changeGuestContacts changes who knows the guest. Whatever goes wrong, the form comes back with everything in it.
func changeGuestContacts(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	email, err := req.guestEmail()
	if err != nil {
		return err
	}
	p, page := contactsForm{req, email}, req.urls().GuestContacts(email)
	req.returnTo, req.typed = req.urls().Local(page), form
	edit := editForm{request: req, page: page, kept: form, fields: []string{"add"}, what: "This guest", gone: req.guestGone, then: req.urls().Guest(email), show: p.ask}
	wish, problem, err := p.wish(form)
	switch {
	case err != nil:
		return edit.notMade(err)
	case problem != "":
		return edit.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"add": problem}})
	}
	c := req.contacts([]lifecycle.ContactWish{wish})
	return changeForm{
		editForm: edit, change: c,
		sent: func(error) { req.invalidate(directory.Change{}) },
		stopped: func() error {
			return req.said("Nothing was to be changed, so nothing was sent to Tallyfy.", "", "", edit.then)
		},
	}.carryOut()
}

// wish reads who is to know the guest and who not. problem is the message of the field "add".
func (p contactsForm) wish(form url.Values) (w lifecycle.ContactWish, problem string, err error) {
	w = lifecycle.ContactWish{Email: p.email, Remove: idsIn(form["remove"])}
	var lines []string
	for _, text := range form["add"] {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		return w, "", nil
	}
	members, problem, err := p.colleagues(lines)
	for _, m := range members {
		w.Add = append(w.Add, m.ID)
	}
	w.Remove = slices.DeleteFunc(w.Remove, func(id tallyfy.UserID) bool { return slices.Contains(w.Add, id) })
	return w, problem, err
}
