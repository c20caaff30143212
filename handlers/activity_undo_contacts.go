package handlers

import (
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// A contactsUndo undoes a change of who knows guests, for one request.
type contactsUndo struct {
	*request
	entry    *journal.Entry
	contacts *lifecycle.Contacts
}

// contactsUndo is the undoing of an entry; ok is false for entries of other kinds, and where nothing was changed.
func (req *request) contactsUndo(e *journal.Entry) (u contactsUndo, ok bool) {
	wishes, ok := lifecycle.ContactsUndone(e)
	c := req.contacts(wishes)
	c.Undoes = e.ID
	return contactsUndo{req, e, c}, ok
}

// ask says who would know the guests afterwards.
func (u contactsUndo) ask(f refusedForm) error {
	c := u.contacts
	if err := c.Look(u.ctx()); err != nil {
		return err
	}
	plan := c.Plan()
	guests := len(c.Guests)
	view := views.Reversal{
		EntryID: u.entry.ID, Sentence: u.activityRow(u.entry).Sentence, About: words.Count(guests, "guest", "guests"),
		Leave:  components.LinkProps{Text: "Receipt", URL: u.urls().Entry(u.entry.ID)},
		Others: "Everybody else who knows " + words.Noun(guests, "the guest", "the guests") + " stays, whoever added them.",
		Lines:  linesOf(plan), Nothing: c.Nothing(), Notice: f.Notice, Press: newPress(), Seen: plan.Fingerprint(),
	}
	if guests == 1 {
		view.About = "who knows " + names.Isolate(c.Guests[0].Email)
	}
	if len(c.Gone) > 0 {
		view.Warnings = append(view.Warnings, names.List(c.Gone)+" "+words.Noun(len(c.Gone), "is no guest", "are no guests")+" any more.")
	}
	same := func(l *journal.Entry) bool { return l.Kind == lifecycle.ContactsChanged }
	view.Later = u.laterRows(u.laterOf(u.entry, u.entry.SubjectsOf(journal.Guest), same))
	return u.show(f.Status, views.ReversalPage(u.page(view.Title(), views.SectionActivity), view))
}

// carryOut undoes the change.
func (u contactsUndo) carryOut() error {
	form, err := u.form()
	if err != nil {
		return err
	}
	page := u.urls().UndoEntry(u.entry.ID)
	u.returnTo = u.urls().Local(page)
	return changeForm{
		editForm: editForm{request: u.request, page: page, kept: form, what: "Who knows a guest", gone: u.guestGone, show: u.ask}, change: u.contacts,
		sent: func(error) { u.invalidate(directory.Change{}) },
		stopped: func() error {
			return u.said("There is nothing left to undo, so nothing was sent to Tallyfy.", "", "", u.urls().Entry(u.entry.ID))
		},
	}.carryOut()
}
