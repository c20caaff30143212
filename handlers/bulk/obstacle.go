package bulk

import (
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/views/names"
)

// obstacle says what stops the change of one row, and whether that means that there is nothing to
// do; "" if nothing does.
func obstacle(c change.Change) (State, string) {
	switch c := c.(type) {
	case *removal.Removal:
		if s, reason := inTheWay(c.Departure); s != "" {
			return s, reason
		}
		if problem := c.ChoiceProblem(); problem != "" {
			return Cant, problem
		}
	case *lifecycle.RoleChange:
		switch {
		case c.RoleProblem() != "":
			return Cant, "The role is not given: administrator, standard or light."
		case c.Nothing():
			return Nothing, "Has that role already."
		}
		if s, reason := against(c.Blockers()); s != "" {
			return s, reason
		}
		if problem := c.ReasonProblem(); problem != "" {
			return Cant, problem
		}
	case *lifecycle.Disabling:
		if c.Member.IsDisabled() {
			return Nothing, names.Isolate(c.Member.Name()) + " is already disabled."
		}
		return against(c.Blockers())
	case *lifecycle.Comeback:
		if c.Member.CanWork() {
			return Nothing, names.Isolate(c.Member.Name()) + " is active already."
		}
		return against(c.Blockers())
	case *lifecycle.Invitation:
		switch standing := c.Standing(); {
		case standing == "":
		case c.Found != nil && !c.Found.IsDisabled():
			return Nothing, standing
		default:
			return Cant, standing
		}
	}
	return "", ""
}

// inTheWay is obstacle for what stands in the way of a removal, whoever takes over.
func inTheWay(d removal.Departure) (State, string) {
	if d.Leaver.IsDisabled() && !d.Leaver.IsBot() && !d.Self {
		return Nothing, names.Isolate(d.Leaver.Name()) + " is already disabled."
	}
	return against(d.Blockers())
}

// against gives the first reason against a change, if there is one.
func against(blockers []lifecycle.Blocker) (State, string) {
	if len(blockers) == 0 {
		return "", ""
	}
	return Cant, blockers[0].Title + " " + blockers[0].Out
}
