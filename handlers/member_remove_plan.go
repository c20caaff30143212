package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showPlan is the third step: what exactly will happen.
func showPlan(v *visit) error {
	l, err := v.leaverAnd(v.successor())
	if err != nil {
		return err
	}
	if len(l.Blockers()) > 0 {
		return v.showBlockers(http.StatusConflict, l)
	}
	plan, problem, err := v.plan(l)
	if err != nil {
		return err
	}
	if problem != "" {
		return v.askForSuccessor(http.StatusUnprocessableEntity, l, problem)
	}
	return v.askBeforeRemoving(http.StatusOK, l, plan, "")
}

// successor is the member chosen to take over, empty for a choice that is none.
func (v *visit) successor() tallyfy.UserID {
	to := v.chosen()
	if to == "" || to == views.LeaveWork || to == web.Param(v, "member") || !canBeID(to) {
		return ""
	}
	return tallyfy.UserID(to)
}

// plan words the removal with the choice that came along. problem says what is wrong with the choice.
func (v *visit) plan(l *leaving) (plan removal.Plan, problem string, err error) {
	switch v.chosen() {
	case "":
		return plan, "Choose who takes over, or leave the work where it is.", nil
	case views.LeaveWork:
		return l.Plan(nil), "", nil
	case string(l.Leaver.ID):
		return plan, l.Leaver.Name() + " is the one to be removed. Choose somebody else.", nil
	}
	switch {
	case v.successor() == "" || tallyfy.IsNotFound(l.unread):
		return plan, noSuchSuccessor, nil
	case l.unread != nil:
		return plan, "", l.unread
	case !l.CanTakeOver(l.successor):
		return plan, l.successor.Name() + " can't take over: only active members can, and no bots. Choose somebody else.", nil
	}
	return l.Plan(l.successor), "", nil
}

const noSuchSuccessor = "The person chosen is not in this organisation any more. Choose somebody else."

func (v *visit) askBeforeRemoving(status int, l *leaving, plan removal.Plan, problem string) error {
	view := views.RemovalPlan{
		Head: l.head(), Warnings: plan.Warnings, To: v.chosen(), Record: web.NewID(), Seen: plan.Seen(), Button: plan.Button(), Problem: problem,
	}
	for _, line := range plan.Lines {
		view.Lines = append(view.Lines, line.String())
	}
	return v.show(status, views.RemovalThird(v.page("Plan: remove "+l.Leaver.Name(), views.SectionMembers), view))
}
