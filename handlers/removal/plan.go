package removal

import (
	"fmt"
	"slices"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// The kinds of sentence, in the order of a plan. A kind says how its sentence is checked afterwards.
const (
	Access    = "access"    // the leaver cannot get in any more
	Leaves    = "leaves"    // the leaver is in no group any more
	Emptied   = "emptied"   // a group is left with nobody
	Moves     = "moves"     // the open tasks go to the successor
	Templates = "templates" // the template steps go to the successor
	Stays     = "stays"     // the open tasks stay in the leaver's name
	StepsStay = "steps"     // the template steps stay in the leaver's name
	NotJoin   = "not-join"  // the successor joins none of the leaver's groups
	Account   = "account"   // the account is not deleted
)

// Facts are what the checks of a removal's sentences need.
type Facts struct {
	Organisation string
	LeaverID     tallyfy.UserID
	// LeaverName and SuccessorName are as they stand in the sentences.
	LeaverName string
	// SuccessorID is empty when the work stays with the leaver.
	SuccessorID   tallyfy.UserID `json:",omitempty"`
	SuccessorName string         `json:",omitempty"`
	// TasksNow is how many open tasks the leaver had when the plan was made, SuccessorTasksNow how many
	// the successor had; -1 when that is not known.
	TasksNow, SuccessorTasksNow int
	// Both is how many of the leaver's open tasks were the successor's, too: those count once afterwards. BothKnown
	// is false where that could not be counted, and in plans from before it was.
	Both      int  `json:",omitempty"`
	BothKnown bool `json:",omitempty"`
	// NewToSuccessor are the leaver's groups that the successor was not in.
	NewToSuccessor []tallyfy.ID `json:",omitempty"`
	// Gone are ids in the groups that are left with nobody, of people who were not there any more.
	Gone []tallyfy.UserID `json:",omitempty"`
	// Guests is how many guests the leaver knew, as far as that was known. A removal hands none of them over.
	Guests int `json:",omitempty"`
}

// GuestsKnown is how many guests the leaver of an entry knew, as far as that was known then.
func GuestsKnown(e *journal.Entry) int {
	f, _ := journal.FactsOf[Facts](e, MemberRemoved)
	return f.Guests
}

// A Plan is what a removal will do.
type Plan struct {
	Facts
	Lines    []journal.Line
	Warnings []string
}

// Plan words what the removal will do. successor is nil to leave the work with the leaver.
func (d Departure) Plan(successor *tallyfy.Member) Plan {
	to := ""
	if successor != nil {
		d.others = append(d.others[:len(d.others):len(d.others)], successor)
		to = d.called(successor)
	}
	name, organisation := d.called(d.Leaver), names.Isolate(d.Organisation)
	p := Plan{Facts: Facts{
		Organisation: d.Organisation, LeaverID: d.Leaver.ID, LeaverName: name, SuccessorName: to, TasksNow: -1, SuccessorTasksNow: -1,
	}}
	if d.Tasks.Checked {
		p.TasksNow = d.Tasks.Total
	}
	add := func(l journal.Line) { p.Lines = append(p.Lines, l) }

	// The name stands in the first sentence. "They" in the others is the leaver: the successor is named in each.
	add(journal.Line{Kind: Access, Text: fmt.Sprintf("%s loses access to %s immediately.", name, organisation)})
	add(journal.Line{Kind: Account, Text: "Their account is not deleted: it stays in Tallyfy, disabled."})
	held := d.Groups()
	rows := make([]journal.Row, len(held))
	for i, h := range held {
		rows[i] = h.Row()
	}
	switch {
	case !d.Leaver.GroupsIncluded:
		add(journal.Line{Kind: Leaves, Text: "They leave every group. Which groups those are could not be read."})
	case len(held) == 0:
		add(journal.Line{Kind: Leaves, Text: inNoGroup})
	default:
		add(journal.Line{Kind: Leaves, Text: fmt.Sprintf("They leave %s.", words.Count(len(held), "group", "groups")), Rows: rows})
	}
	for _, h := range held {
		if h.Cover == NoOne {
			add(journal.Line{Kind: Emptied, Text: "Nobody is left in " + names.Isolate(h.Name) + ". Tasks assigned to that group may reach nobody.", ID: h.ID})
			p.Gone = append(p.Gone, d.goneFrom(h.ID)...)
		}
	}
	if successor == nil {
		add(journal.Line{Kind: Stays, Text: "Their open tasks stay in their name.", Now: d.tasksNow()})
		add(journal.Line{Kind: StepsStay, Text: "Template steps assigned to them stay as they are."})
		p.Warnings = append(p.Warnings, "They can't open what stays in their name, and nobody else is asked to do it.")
	} else {
		d.planHandover(&p, successor, held, add)
	}
	return p
}

// goneFrom are the ids in a group of people who are not there any more.
func (d Departure) goneFrom(group tallyfy.ID) (ids []tallyfy.UserID) {
	i := slices.IndexFunc(d.Leaver.Groups, func(g tallyfy.Group) bool { return g.ID == group })
	for _, id := range d.Leaver.Groups[i].Members {
		if id != d.Leaver.ID && d.isGone(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// inNoGroup is the sentence about a leaver without groups.
const inNoGroup = "They are in no group, so no group changes."

// GroupsBefore are the groups that the leaver of an entry was in. known is false where they were not read, and for
// receipts from before the journal.
func GroupsBefore(e *journal.Entry) (groups []journal.Subject, known bool) {
	groups = e.SubjectsOf(journal.Group)
	none := func(l journal.Line) bool { return l.Kind == Leaves && l.Text == inNoGroup }
	return groups, len(groups) > 0 || slices.ContainsFunc(e.Lines, none)
}

func (d Departure) planHandover(p *Plan, successor *tallyfy.Member, held []Held, add func(journal.Line)) {
	to := p.SuccessorName
	p.SuccessorID = successor.ID
	p.Both, p.BothKnown = both(d.Tasks, successor.ID)
	add(journal.Line{Kind: Moves, Text: "All their open tasks are reassigned to " + d.withEmail(successor) + ".", Now: d.tasksNow() + p.shared()})
	add(journal.Line{Kind: Templates, Text: "Template steps assigned to them are reassigned to " + to + ", too."})
	shared := d.Shared(successor.ID)
	var outside []journal.Row
	for _, h := range held {
		if !slices.Contains(shared, h.ID) {
			outside = append(outside, journal.Row{ID: h.ID, Name: h.Name})
			p.NewToSuccessor = append(p.NewToSuccessor, h.ID)
		}
	}
	switch n := len(outside); n {
	case 0:
	case 1:
		add(journal.Line{Kind: NotJoin, Text: to + " is not added to " + names.Isolate(outside[0].Name) + "."})
	default:
		add(journal.Line{Kind: NotJoin, Text: fmt.Sprintf("%s is not added to these %s:", to, words.Count(n, "group", "groups")), Rows: outside})
	}
	if successor.Role == tallyfy.RoleLight {
		p.Warnings = append(p.Warnings, to+" has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member.")
	}
}

// both counts the tasks that somebody has, too. It is not known where not all tasks, or not all of their owners,
// were read.
func both(tasks tallyfy.OpenTasks, id tallyfy.UserID) (n int, known bool) {
	if !tasks.All() {
		return 0, false
	}
	for i := range tasks.Sample {
		owners := tasks.Sample[i].Owners
		if !owners.Known {
			return 0, false
		}
		if slices.Contains(owners.Users, id) {
			n++
		}
	}
	return n, true
}

// shared says how many of the open tasks the successor has already, and with that how many are added.
func (f Facts) shared() string {
	switch added := f.TasksNow - f.Both; {
	case f.Both == 0:
		return ""
	case f.TasksNow == 1:
		return " " + f.SuccessorName + " already has it."
	case added == 0:
		return " " + f.SuccessorName + " already has them all."
	default:
		return fmt.Sprintf(" %s already has %s of them, so %s added.", f.SuccessorName, words.Number(f.Both), words.Count(added, "is", "are"))
	}
}

// withEmail names a member so that nobody else is meant: as the name alone where Tallyfy has no address.
func (d Departure) withEmail(m *tallyfy.Member) string {
	if called := d.called(m); called != names.Isolate(m.Name()) {
		return called
	}
	return names.Marked(m.Name(), m.Email)
}

func (d Departure) tasksNow() string {
	switch {
	case !d.Tasks.Checked:
		return "How many there are could not be counted."
	case d.Tasks.Total == 0:
		return "There are none now."
	case d.Tasks.Total == 1:
		return "There is 1 now."
	}
	return "There are " + words.Number(d.Tasks.Total) + " now."
}

// Button words the act, naming whom it is about.
func (p Plan) Button() string {
	if p.SuccessorID == "" {
		return "Remove " + p.LeaverName + " and leave the work in their name"
	}
	return fmt.Sprintf("Remove %s and give the work to %s", p.LeaverName, p.SuccessorName)
}
