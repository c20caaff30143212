package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// guestHandover hands the guests whom a member knows over to somebody, for one request. The choice is in the address.
type guestHandover struct {
	*request
	id       tallyfy.UserID
	to       string
	member   *tallyfy.Member
	guests   *directory.Guests
	contacts *lifecycle.Contacts
}

func guestHandoverOf(req *request) *guestHandover {
	return &guestHandover{request: req, id: tallyfy.UserID(web.Param(req, "member")), to: strings.TrimSpace(req.QueryParam("to"))}
}

// read reads the member and the guests. reading says that they are still being read.
func (h *guestHandover) read() (reading bool, err error) {
	err = parallel.Run(h.ctx(),
		func(ctx context.Context) (err error) {
			h.member, err = h.Member(ctx, h.id)
			return err
		},
		func(ctx context.Context) (err error) {
			h.guests, err = h.Guests(ctx)
			return err
		})
	return err == nil && !h.guests.Ended(), err
}

// showGuestHandover lists the guests whom the member knows, and asks who gets to know them; with a choice it is the plan.
func showGuestHandover(req *request) error {
	return guestHandoverOf(req).ask(req.pressedForm())
}

func (h *guestHandover) ask(f refusedForm) error {
	reading, err := h.read()
	switch {
	case err != nil:
		return err
	case reading:
		return h.showReading("Guests of a member", words.Count(len(h.guests.Items), "guest", "guests"), h.urls().Member(h.id))
	}
	known := directory.KnownTo(h.guests, h.id)
	view := views.GuestHandover{
		Head: views.RemovalHead{Person: personOf(h.member), Organisation: h.who.Organisation.DisplayName()}, Note: missing(h.guests.Short, "guests"),
		To: h.to, Error: f.Errors["to"], Notice: f.Notice, Press: newPress(), More: max(0, len(known)-lifecycle.MostContacts),
	}
	for _, g := range known {
		view.Guests = append(view.Guests, guestPerson(g))
	}
	view.Emails = emailsOf(known)
	if h.to != "" && view.Error == "" && len(known) > 0 {
		if view.Error, err = h.choose(emailsOf(known)); view.Error != "" {
			f.Status = http.StatusUnprocessableEntity
		} else if err == nil {
			err = h.contacts.Look(h.ctx())
		}
		if err != nil {
			return err
		}
		if h.contacts != nil {
			plan := h.contacts.Plan()
			view.To, view.Lines, view.Seen = h.to, linesOf(plan), plan.Fingerprint()
		}
	}
	return h.show(f.Status, views.HandOverGuests(h.memberPage(view.Title()), view))
}

// choose finds who gets to know the guests. The problem is the message of the field "to".
func (h *guestHandover) choose(emails []string) (problem string, err error) {
	to, problem, err := h.colleagues([]string{h.to})
	switch {
	case err != nil || problem != "":
		return problem, err
	case to[0].ID == h.id:
		return names.Isolate(to[0].Name()) + " hands the guests over. Choose somebody else.", nil
	}
	h.to = string(to[0].ID)
	wishes := make([]lifecycle.ContactWish, len(emails))
	for i, email := range emails {
		wishes[i] = lifecycle.ContactWish{Email: email, Add: []tallyfy.UserID{to[0].ID}, Remove: []tallyfy.UserID{h.id}}
	}
	h.contacts = h.request.contacts(wishes)
	return "", nil
}

// handOverGuests hands the guests over.
func handOverGuests(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	h := guestHandoverOf(req)
	page := req.urls().HandOverGuests(h.id, h.to)
	req.returnTo = req.urls().Local(page)
	edit := editForm{request: req, page: page, kept: form, what: "Who knows a guest", gone: req.guestGone, show: h.ask}
	emails := slices.DeleteFunc(slices.Clone(form["guests"]), func(email string) bool { return !tallyfy.PlausibleAddress(email) })
	if len(emails) == 0 { // another client says only to whom
		reading, err := h.read()
		switch {
		case err != nil:
			return edit.notMade(err)
		case reading:
			return h.ask(refusedForm{Status: http.StatusServiceUnavailable})
		}
		emails = emailsOf(directory.KnownTo(h.guests, h.id))
	}
	switch problem, err := h.choose(emails); {
	case err != nil:
		return edit.notMade(err)
	case problem != "":
		return edit.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"to": problem}})
	}
	return changeForm{
		editForm: edit, change: h.contacts,
		sent: func(error) { req.invalidate(directory.Change{}) },
		stopped: func() error {
			return req.said("Nothing was to be handed over, so nothing was sent to Tallyfy.", "", "", req.urls().HandOverGuests(h.id, ""))
		},
	}.carryOut()
}

// emailsOf are the addresses of as many guests as one change may be about.
func emailsOf(guests []*tallyfy.Guest) (list []string) {
	for _, g := range guests[:min(len(guests), lifecycle.MostContacts)] {
		list = append(list, g.Email)
	}
	return list
}
