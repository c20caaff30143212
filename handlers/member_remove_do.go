package handlers

import (
	"errors"
	"net/http"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// removeMember carries the plan out.
func removeMember(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	m := removalOf(req, form.Get("to"))
	r := m.removal
	r.To, r.Sending = m.to, true
	req.returnTo = req.urls().Local(req.fromMembers(req.urls().RemovalPlan(r.ID, m.to)))
	out, err := req.run(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen")}, r, req.memberChanged(r))
	if err != nil {
		return err
	}
	switch out.Kind {
	case change.Stopped:
		return m.stopped()
	case change.Changed:
		return m.planAgain("Something has changed since you opened the plan. This is how it is now.")
	case change.Busy:
		return req.busy("This member is being removed right now", out, []components.LinkProps{
			{Text: "Look at the member", URL: req.urls().Member(r.ID)}, {Text: "All members", URL: req.urls().Members()},
		})
	case change.Refused:
		if tallyfy.IsNotFound(out.Err) {
			return m.removedAlready(out)
		}
		if !change.SaysOtherwise(out.Err) || out.Entry.Finding(removal.Access).Result == journal.NotAsExpected {
			return m.refused(out.Err)
		}
	}
	return m.goTo(req.urls().Entry(out.Entry.ID))
}

// stopped leads to the step at which the removal cannot go on.
func (m memberRemoval) stopped() error {
	if len(m.removal.Blockers()) > 0 {
		return m.answerOn(m.fromMembers(m.urls().RemoveMember(m.removal.ID)), refusedForm{Status: http.StatusConflict}, m.showStopped)
	}
	to := m.to
	if !tallyfy.PlausibleID(to) { // which may be longer than an address
		to = ""
	}
	return m.answerOn(m.fromMembers(m.urls().RemovalHandover(m.removal.ID, to)),
		refusedForm{Status: http.StatusUnprocessableEntity, Problem: m.removal.ChoiceProblem()}, m.showStopped)
}

// planAgain leads to the plan, which says why it was stopped.
func (m memberRemoval) planAgain(problem string) error {
	return m.answerOn(m.fromMembers(m.urls().RemovalPlan(m.removal.ID, m.to)), refusedForm{Status: http.StatusConflict, Problem: problem},
		func() error { return m.askBeforeRemoving(http.StatusConflict, problem) })
}

// removedAlready answers when Tallyfy does not have the member a moment after the member was read: somebody
// else may have been first, or the answer may not have been Tallyfy's own.
func (m memberRemoval) removedAlready(out change.Outcome) error {
	m.invalidate(directory.Change{Members: true})
	if err := m.app.changes.Check(m.ctx(), out.Entry, m.removal); err != nil {
		return err
	}
	if out.Entry.Finding(removal.Access).Result == journal.NotAsExpected {
		return m.refused(out.Err)
	}
	return m.goTo(m.urls().Entry(out.Entry.ID))
}

// refused leads to the plan again, with Tallyfy's reason. Errors that are about more than this removal have
// pages of their own.
func (m memberRemoval) refused(err error) error {
	r, refused := refusalOf(err)
	var answer *tallyfy.Error
	_ = errors.As(err, &answer)
	expected := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	if refused && (r.gaveReason() || change.SaysOtherwise(err) || slices.Contains(expected, answer.Status)) {
		return m.planAgain(r.Text)
	}
	return err
}
