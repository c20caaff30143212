package views

import (
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// RoleForm is the page on which a member's role is changed: the choice, and with one the plan.
type RoleForm struct {
	Head     RemovalHead
	Blockers []Blocker
	Roles    []RoleChoice
	// Lines and Notes are the plan, none while no role is chosen that can be given.
	Lines, Notes []string
	// To, Undoes, Press and Seen are fields of the form: the role, the change that is undone, the press of the
	// button, and the fingerprint of the plan.
	To, Undoes, Press, Seen string
	Reason                  string
	NeedsReason             bool
	Errors                  map[string]string
	Notice                  *Notice
}

// A RoleChoice is a role to choose. Now says that the member has it.
type RoleChoice struct {
	Role tallyfy.Role
	Now  bool
}

// allows says what a role is for.
func (c RoleChoice) allows() string {
	switch c.Role {
	case tallyfy.RoleAdmin:
		return "Everything, people and settings included. Takes a full seat."
	case tallyfy.RoleStandard:
		return "Builds templates, launches processes, does tasks. Takes a full seat."
	case tallyfy.RoleLight:
		return "Does tasks only. Takes a Light seat."
	}
	return ""
}

// Title names whose role it is.
func (v RoleForm) Title() string { return "Role of " + v.Head.called() }

// button words the change.
func (v RoleForm) button() string {
	if v.NeedsReason {
		return "Make " + v.Head.called() + " an administrator"
	}
	return "Give " + v.Head.called() + " the role " + RoleWord(tallyfy.Role(v.To))
}

// problems lists the messages of the form in the order of its fields.
func (v RoleForm) problems() []components.Problem {
	return components.ProblemsOf(v.Errors, "to", "reason")
}
