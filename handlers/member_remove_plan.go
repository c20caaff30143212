package handlers

import (
	"net/http"

	"tallyfy-admin/views"
)

// showPlan is the third step: what exactly will happen.
func showPlan(req *request) error {
	m := removalOf(req, req.QueryParam("to"))
	m.removal.To = m.to
	if err := m.removal.Look(req.ctx()); err != nil {
		return err
	}
	if m.removal.Plan().Stopped {
		return m.showStopped()
	}
	f := req.pressedForm()
	return m.askBeforeRemoving(f.Status, f.Problem)
}

// showStopped shows the step at which the removal cannot go on.
func (m memberRemoval) showStopped() error {
	if len(m.removal.Blockers()) > 0 {
		return m.showHeld(http.StatusConflict)
	}
	return m.askForSuccessor(http.StatusUnprocessableEntity, m.removal.ChoiceProblem())
}

func (m memberRemoval) askBeforeRemoving(status int, problem string) error {
	words, plan := m.removal.Words(), m.removal.Plan()
	view := views.RemovalPlan{
		Head: m.head(), Warnings: plan.Warnings, To: m.to, Press: newPress(), Seen: plan.Fingerprint(), Button: words.Button(), Problem: problem,
		Note: m.unknownNote(),
	}
	view.Guests, view.GuestsKnown = m.guestRows()
	for _, line := range plan.Lines {
		view.Lines = append(view.Lines, planLine(line, true))
	}
	return m.show(status, views.RemovalThird(m.memberPage(view.Head.Title("the plan")), view))
}
