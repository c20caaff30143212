package removal

import (
	"fmt"
	"slices"

	"tallyfy-admin/tallyfy"
)

// After is what was read once the removal was sent. What could not be read is left out.
type After struct {
	// Leaver is nil when not read; Gone says that Tallyfy answered that there is no such member.
	Leaver *tallyfy.Member
	Gone   bool
	// Tasks are the leaver's open tasks, Successor's those of the one who took over.
	Tasks          Tasks
	SuccessorTasks Tasks
	Successor      *tallyfy.Member // with the groups included
	// Groups are the groups that were to be left with nobody, as they are now.
	Groups map[tallyfy.ID]*tallyfy.Group
}

// Removed reports whether the leaver has lost access; known is false when that could not be read.
func (a After) Removed() (removed, known bool) {
	switch {
	case a.Gone:
		return true, true
	case a.Leaver == nil:
		return false, false
	default:
		return a.Leaver.IsDisabled(), true
	}
}

// Result is how a sentence came out.
type Result int

// The three results.
const (
	Unknown Result = iota
	Confirmed
	Unexpected
)

// A Check is a sentence of the plan with its result. Detail says what was found, where that is not the sentence itself.
type Check struct {
	Line   Line
	Result Result
	Detail string
}

// Verify compares each sentence of the plan with what was read afterwards.
func (p Plan) Verify(a After) []Check {
	checks := make([]Check, len(p.Lines))
	for i, l := range p.Lines {
		result, detail := p.verify(l, a)
		checks[i] = Check{l, result, detail}
	}
	return checks
}

func (p Plan) verify(l Line, a After) (Result, string) {
	removed, known := a.Removed()
	switch l.Kind {
	case Access:
		if !known {
			return Unknown, "Tallyfy did not answer."
		}
		return verdict(removed, p.LeaverName+" is still active.")
	case Leaves:
		return p.verifyLeaves(a)
	case Emptied:
		g, ok := a.Groups[l.Group]
		if !ok {
			return Unknown, "The group was not read back."
		}
		return verdict(len(g.Members)+len(g.Guests) == 0,
			fmt.Sprintf("%s has %s and %s.", g.Name, count(len(g.Members), "member", "members"), count(len(g.Guests), "guest", "guests")))
	case Moves:
		return p.verifyMoves(a)
	case Templates, StepsStay:
		return Unknown, "Tallyfy's interface does not list template steps by person. Look at the templates in Tallyfy."
	case Stays:
		return p.verifyStays(a)
	case NotJoin:
		return p.verifyNotJoin(a)
	case Account:
		switch {
		case a.Gone:
			return Unknown, "Tallyfy no longer lists " + p.LeaverName + "."
		case !known:
			return Unknown, "Tallyfy did not answer."
		}
		return verdict(removed, p.LeaverName+" is not disabled.")
	}
	return Unknown, ""
}

func verdict(ok bool, otherwise string) (Result, string) {
	if ok {
		return Confirmed, ""
	}
	return Unexpected, otherwise
}

func (p Plan) verifyLeaves(a After) (Result, string) {
	switch {
	case a.Gone:
		return Unknown, "Tallyfy no longer lists " + p.LeaverName + "."
	case a.Leaver == nil || !a.Leaver.GroupsIncluded:
		return Unknown, "The groups could not be read."
	}
	names := make([]string, len(a.Leaver.Groups))
	for i := range a.Leaver.Groups {
		names[i] = a.Leaver.Groups[i].Name
	}
	return verdict(len(names) == 0, fmt.Sprintf("%s is still in %s.", p.LeaverName, list(names)))
}

func (p Plan) verifyMoves(a After) (Result, string) {
	switch {
	case !a.Tasks.Checked:
		return Unknown, "The open tasks could not be counted."
	case a.Tasks.Total > 0:
		return Unexpected, fmt.Sprintf("%s still in %s's name.", areOpen(a.Tasks.Total), p.LeaverName)
	case p.TasksNow > 0 && !a.SuccessorTasks.Checked:
		return Unknown, fmt.Sprintf("None is in %s's name any more; %s's could not be counted.", p.LeaverName, p.SuccessorName)
	case p.TasksNow > 0 && a.SuccessorTasks.Total == 0:
		return Unexpected, fmt.Sprintf("None is in %s's name any more, but %s has no open task either.", p.LeaverName, p.SuccessorName)
	case p.TasksNow > 0 && (p.SuccessorTasksNow < 0 || a.SuccessorTasks.Total < p.SuccessorTasksNow+p.TasksNow):
		// Some may have been both people's before, or done meanwhile: that cannot be told apart from some that are lost.
		return Unknown, fmt.Sprintf("None is in %s's name any more. %s has %s now%s.", p.LeaverName, p.SuccessorName,
			count(a.SuccessorTasks.Total, "open task", "open tasks"), before(p.SuccessorTasksNow, p.TasksNow))
	case p.TasksNow < 0:
		return Unknown, fmt.Sprintf("None is in %s's name now; how many there were is not known.", p.LeaverName)
	}
	return Confirmed, ""
}

func (p Plan) verifyStays(a After) (Result, string) {
	switch {
	case !a.Tasks.Checked || p.TasksNow < 0:
		return Unknown, "The open tasks could not be counted."
	case a.Tasks.Total == 0 && p.TasksNow > 0:
		return Unexpected, fmt.Sprintf("No open task is in %s's name any more.", p.LeaverName)
	case a.Tasks.Total < p.TasksNow: // done meanwhile, or moved after all: that cannot be told apart
		return Unknown, fmt.Sprintf("%s in %s's name; when the plan was made there were %d.", areOpen(a.Tasks.Total), p.LeaverName, p.TasksNow)
	}
	return Confirmed, fmt.Sprintf("%s in %s's name.", areOpen(a.Tasks.Total), p.LeaverName)
}

// before recalls the counts from before the removal, as far as they are known.
func before(successor, leaver int) string {
	if successor < 0 {
		return ""
	}
	return fmt.Sprintf("; before it was %d, and %d were to be added", successor, leaver)
}

func areOpen(n int) string {
	if n == 1 {
		return "1 open task is"
	}
	return fmt.Sprintf("%d open tasks are", n)
}

func (p Plan) verifyNotJoin(a After) (Result, string) {
	if a.Successor == nil || !a.Successor.GroupsIncluded {
		return Unknown, "The groups could not be read."
	}
	var joined []string
	for i := range a.Successor.Groups {
		if slices.Contains(p.NewToSuccessor, a.Successor.Groups[i].ID) {
			joined = append(joined, a.Successor.Groups[i].Name)
		}
	}
	return verdict(len(joined) == 0, fmt.Sprintf("%s is now in %s.", p.SuccessorName, list(joined)))
}
