package removal

import (
	"fmt"
	"slices"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// After is what was read once the removal was sent. What could not be read is left out.
type After struct {
	// Leaver is nil when not read; Gone says that Tallyfy answered that there is no such member.
	Leaver *tallyfy.Member
	Gone   bool
	// Tasks are the leaver's open tasks, Successor's those of the one who took over.
	Tasks          tallyfy.OpenTasks
	SuccessorTasks tallyfy.OpenTasks
	Successor      *tallyfy.Member // with the groups included
	// Groups are the groups that were to be left with nobody, as they are now.
	Groups map[tallyfy.ID]*tallyfy.Group
	// Settling says that the removal is so young, or its work still moves, that what is not as expected
	// may yet become so.
	Settling bool
}

// settleTime is how long Tallyfy may take to carry out what it has confirmed, from the removal on and from
// each time that the number of open tasks fell.
const settleTime = 10 * time.Minute

// settle compares as Verify does, and with the check before: work that moves is still going on.
func (f Facts) settle(e *journal.Entry, a After, now time.Time) []journal.Finding {
	before := e.Finding(Moves)
	left, fell := before.Left, before.Fell
	if a.Tasks.Checked {
		if a.Tasks.Total < left {
			fell = now
		}
		left = a.Tasks.Total
	}
	removed, _ := a.Removed()
	young := now.Sub(e.At) < settleTime || now.Sub(fell) < settleTime
	a.Settling = removed && young && e.State != journal.Refused && e.State != journal.NotSent
	findings := f.Verify(e.Plan.Lines, a)
	for i, l := range e.Plan.Lines {
		if l.Kind == Moves {
			findings[i].Left, findings[i].Fell = left, fell
		}
	}
	return findings
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

// Verify compares each sentence with what was read afterwards.
func (f Facts) Verify(lines []journal.Line, a After) []journal.Finding {
	findings := make([]journal.Finding, len(lines))
	for i, l := range lines {
		findings[i].Result, findings[i].Detail = f.verify(l, a)
	}
	return findings
}

func (f Facts) verify(l journal.Line, a After) (journal.Result, string) {
	removed, known := a.Removed()
	switch l.Kind {
	case Access:
		if !known {
			return journal.NotChecked, "Tallyfy did not answer."
		}
		return verdict(removed, "They are still active.")
	case Leaves:
		return f.verifyLeaves(a)
	case Emptied:
		g, ok := a.Groups[l.ID]
		if !ok {
			return journal.NotChecked, "The group was not read back."
		}
		members := slices.DeleteFunc(slices.Clone(g.Members), func(id tallyfy.UserID) bool { return slices.Contains(f.Gone, id) })
		a.Settling = a.Settling && len(g.Guests) == 0 && slices.Equal(members, tallyfy.UserIDs{f.LeaverID})
		return a.verdict(len(members)+len(g.Guests) == 0,
			fmt.Sprintf("It has %s and %s.", words.Count(len(members), "member", "members"), words.Count(len(g.Guests), "guest", "guests")))
	case Moves:
		return f.verifyMoves(a)
	case Templates, StepsStay:
		return journal.NotChecked, "Tallyfy's API can't list template steps by person. Check your templates in Tallyfy."
	case Stays:
		return f.verifyStays(a)
	case NotJoin:
		return f.verifyNotJoin(a)
	case Account:
		switch {
		case a.Gone:
			return journal.NotChecked, "Tallyfy no longer lists them."
		case !known:
			return journal.NotChecked, "Tallyfy did not answer."
		}
		return verdict(removed, "The account is not disabled.")
	}
	return journal.NotChecked, ""
}

func verdict(ok bool, otherwise string) (journal.Result, string) {
	if ok {
		return journal.Confirmed, ""
	}
	return journal.NotAsExpected, otherwise
}

// verdict is that of something that Tallyfy may take a while for.
func (a After) verdict(ok bool, otherwise string) (journal.Result, string) {
	if !ok && a.Settling {
		return journal.GoingOn, otherwise + " Look again in a moment."
	}
	return verdict(ok, otherwise)
}

func (f Facts) verifyLeaves(a After) (journal.Result, string) {
	switch {
	case a.Gone:
		return journal.NotChecked, "Tallyfy no longer lists them."
	case a.Leaver == nil || !a.Leaver.GroupsIncluded:
		return journal.NotChecked, "The groups could not be read."
	}
	in := lifecycle.GroupNames(a.Leaver.In())
	return a.verdict(len(in) == 0, "They are still in "+names.List(in)+".")
}

func (f Facts) verifyMoves(a After) (journal.Result, string) {
	to, now := f.SuccessorName, a.SuccessorTasks.Total
	switch {
	case !a.Tasks.Checked:
		return journal.NotChecked, "The open tasks could not be counted."
	case a.Tasks.Total > 0 && a.Settling && f.TasksNow > 0:
		return journal.GoingOn, fmt.Sprintf("%s of %s moved so far, look again.", words.Number(max(0, f.TasksNow-a.Tasks.Total)), words.Number(f.TasksNow))
	case a.Tasks.Total > 0:
		return a.verdict(false, openTasks(a.Tasks.Total)+" "+words.Noun(a.Tasks.Total, "is", "are")+" still in their name.")
	case f.TasksNow < 0:
		return journal.NotChecked, "None is in their name now; how many there were is not known."
	case f.TasksNow == 0:
		return journal.Confirmed, ""
	case !a.SuccessorTasks.Checked:
		return journal.NotChecked, "None is in their name any more; those of " + to + " could not be counted."
	case now == 0:
		return a.verdict(false, "None is in their name any more, but "+to+" has no open task either.")
	case f.SuccessorTasksNow < 0:
		return journal.NotChecked, fmt.Sprintf("None is in their name any more. %s has %s now; how many there were before is not known.", to, openTasks(now))
	}
	return f.sum(now)
}

// sum compares the open tasks that the successor has now with those before and those that were to be added. Some that
// are missing may have been finished meanwhile, or been both people's where that is not known: that cannot be told
// apart from some that are lost.
func (f Facts) sum(now int) (journal.Result, string) {
	before, moved := f.SuccessorTasksNow, f.TasksNow-f.Both
	has := f.SuccessorName + " has " + openTasks(now) + " now"
	shared := ""
	if f.Both > 0 {
		shared = fmt.Sprintf(" %s of the %s %s on both lists already.", words.Number(f.Both), words.Number(f.TasksNow), words.Noun(f.Both, "was", "were"))
	}
	switch more := now - before - moved; {
	case more == 0:
		return journal.Confirmed, fmt.Sprintf("%s: %s before and %s added.%s", has, words.Number(before), words.Number(moved), shared)
	case more > 0:
		return journal.Confirmed, fmt.Sprintf("%s: %s before, %s added and %s more since.%s", has, words.Number(before), words.Number(moved), words.Number(more), shared)
	default:
		why := "may have been finished meanwhile"
		if !f.BothKnown && f.Both == 0 {
			why += ", or have been on both lists, where they count once"
		}
		return journal.NotChecked, fmt.Sprintf("None is in their name any more. %s; %s before and %s added would make %s.%s The missing %s %s.",
			has, words.Number(before), words.Number(moved), words.Number(before+moved), shared, words.Number(-more), why)
	}
}

func (f Facts) verifyStays(a After) (journal.Result, string) {
	open := openTasks(a.Tasks.Total) + " " + words.Noun(a.Tasks.Total, "is", "are") + " in their name"
	switch {
	case !a.Tasks.Checked || f.TasksNow < 0:
		return journal.NotChecked, "The open tasks could not be counted."
	case a.Tasks.Total == 0 && f.TasksNow > 0:
		return journal.NotAsExpected, "No open task is in their name any more."
	case a.Tasks.Total < f.TasksNow: // done meanwhile, or moved after all: that cannot be told apart
		return journal.NotChecked, fmt.Sprintf("%s; when the plan was made there %s %s.", open, words.Noun(f.TasksNow, "was", "were"), words.Number(f.TasksNow))
	}
	return journal.Confirmed, open + "."
}

func openTasks(n int) string { return words.Count(n, "open task", "open tasks") }

func (f Facts) verifyNotJoin(a After) (journal.Result, string) {
	if a.Successor == nil || !a.Successor.GroupsIncluded {
		return journal.NotChecked, "The groups could not be read."
	}
	var joined []string
	for i := range a.Successor.Groups {
		if slices.Contains(f.NewToSuccessor, a.Successor.Groups[i].ID) {
			joined = append(joined, a.Successor.Groups[i].DisplayName())
		}
	}
	return verdict(len(joined) == 0, fmt.Sprintf("%s is now in %s.", f.SuccessorName, names.List(joined)))
}
