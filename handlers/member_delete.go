package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// memberErasure is the deletion of a member for good, for one request.
type memberErasure struct {
	*request
	erasure *lifecycle.Erasure
}

func (req *request) erasure(typed string) memberErasure {
	return memberErasure{req, &lifecycle.Erasure{Person: req.person(), Typed: typed, KeptDays: req.app.Journal.KeptDays()}}
}

// showErasure says what deleting the member for good will do.
func showErasure(req *request) error {
	f := req.pressedForm()
	m := req.erasure(f.Form.Get("phrase"))
	if err := m.erasure.Look(req.ctx()); err != nil {
		return err
	}
	return m.ask(f)
}

// ask shows the page, after Look.
func (m memberErasure) ask(f refusedForm) error {
	c := m.erasure
	view := views.PersonChange{
		Head: personHead(&c.Person), Title: "Delete " + c.Called() + " for good", Blocked: names.Isolate(c.Member.Name()) + " can't be deleted for good now", Blockers: m.blockersOf(c.Blockers()),
		Notice: f.Notice, Press: newPress(), Address: m.urls().DeleteMember(c.ID), Button: "Delete " + c.Called() + " for good", Busy: "Deleting…", Danger: true,
		Phrase: c.Phrase(), Typed: c.Typed, PhraseError: f.Errors["phrase"],
	}
	plan := c.Plan()
	view.Lines, view.Notes, view.Seen = linesOf(plan), plan.Warnings, plan.Fingerprint()
	return m.show(f.Status, views.PersonChangePage(m.memberPage(view.Title), view))
}

// deleteMember deletes the member for good.
func deleteMember(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	m := req.erasure(form.Get("phrase"))
	c := m.erasure
	page := req.fromMembers(req.urls().DeleteMember(c.ID))
	req.returnTo = req.urls().Local(page)
	edit := req.memberForm(page, form, c, &c.Person, m.ask)
	return changeForm{
		editForm: edit, change: c,
		sent: func(error) { req.invalidate(directory.Change{Members: true}) },
		stopped: func() error {
			if len(c.Blockers()) > 0 {
				return edit.again(refusedForm{Status: http.StatusConflict})
			}
			return edit.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"phrase": c.PhraseError()}})
		},
	}.carryOut()
}
