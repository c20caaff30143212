package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// memberRole is a change of a member's role for one request. The choice is in the address; the reason is typed on the
// plan.
type memberRole struct {
	*request
	role *lifecycle.RoleChange
	// asked are the fields of the address, or of the form that was sent.
	asked url.Values
}

func (req *request) roleOf(asked url.Values) memberRole {
	c := &lifecycle.RoleChange{Person: req.person(), Role: tallyfy.Role(asked.Get("to")), Reason: asked.Get("reason")}
	if of := asked.Get("undoes"); journal.IsID(of) {
		c.Undoes = of
	}
	return memberRole{req, c, asked}
}

// page is the address of the choice, or of the plan.
func (m memberRole) page() string {
	to := m.asked.Get("to")
	if !slices.Contains(lifecycle.Roles, tallyfy.Role(to)) {
		to = ""
	}
	return m.fromMembers(m.urls().UndoRole(m.role.ID, to, m.role.Undoes))
}

// showRole asks for the role; with a choice it shows the plan.
func showRole(req *request) error {
	f := req.openedForm(req.urls().Local(req.urls().MemberRole(req.person().ID)))
	if f.Form == nil {
		f.Form = req.QueryParams()
	}
	m := req.roleOf(f.Form)
	if err := m.role.Look(req.ctx()); err != nil {
		return err
	}
	req.returnTo, req.typed = req.urls().Local(req.urls().MemberRole(m.role.ID)), f.Form
	if problem := m.role.RoleProblem(); problem != "" && f.Form.Has("to") && f.Errors == nil {
		f.Status, f.Errors = http.StatusUnprocessableEntity, map[string]string{"to": problem}
	}
	return m.ask(f)
}

// ask shows the page, after Look.
func (m memberRole) ask(f refusedForm) error {
	c := m.role
	view := views.RoleForm{
		Head: personHead(&c.Person), Blockers: m.blockersOf(c.Blockers()), Errors: f.Errors, Notice: f.Notice,
		To: string(c.Role), Undoes: c.Undoes, Reason: c.Reason, NeedsReason: c.NeedsReason(), Press: newPress(),
	}
	for _, r := range lifecycle.Roles {
		view.Roles = append(view.Roles, views.RoleChoice{Role: r, Now: c.Member.Role == r})
	}
	if len(view.Blockers) == 0 && c.RoleProblem() == "" && !c.Nothing() {
		plan := c.Plan()
		view.Lines, view.Notes, view.Seen = linesOf(plan), plan.Warnings, plan.Fingerprint()
	}
	return m.show(f.Status, views.MemberRole(m.memberPage(view.Title()), view))
}

// changeRole gives the member the role.
func changeRole(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	m := req.roleOf(form)
	c := m.role
	req.returnTo, req.typed = req.urls().Local(req.urls().MemberRole(c.ID)), form
	edit := req.memberForm(m.page(), form, c, &c.Person, m.ask)
	return changeForm{
		editForm: edit, change: c,
		sent: req.memberChanged(c),
		stopped: func() error {
			f := refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{}}
			switch {
			case len(c.Blockers()) > 0:
				f.Status = http.StatusConflict
			case c.RoleProblem() != "":
				f.Errors["to"] = c.RoleProblem()
			case c.Nothing():
				req.notice(views.Notice{Kind: views.NoticeInfo, Text: c.Called() + " has that role already, so nothing was sent to Tallyfy."})
				return req.goTo(req.urls().Member(c.ID))
			default:
				f.Errors["reason"] = c.ReasonProblem()
			}
			return edit.again(f)
		},
		done: func(out change.Outcome, text string) error {
			was, _ := lifecycle.RoleBefore(out.Entry)
			return req.said(text, "Undo", req.urls().UndoRole(c.ID, string(was), out.Entry.ID), req.fromMembers(req.urls().Member(c.ID)))
		},
	}.carryOut()
}
