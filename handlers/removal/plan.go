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
	// Both is how many of the leaver's open tasks were the successor's, too: those count once afterwards. It is 0
	// where that is not known.
	Both int `json:",omitempty"`
	// NewToSuccessor are the leaver's groups that the successor was not in.
	NewToSuccessor []tallyfy.ID `json:",omitempty"`
	// Gone are ids in the groups that are left with nobody, of people who were not there any more.
	Gone []tallyfy.UserID `json:",omitempty"`
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

	add(journal.Line{Kind: Access, Text: fmt.Sprintf("%s can't open %s any more, from that moment on.", name, organisation)})
	held := d.Groups()
	groups := make([]string, len(held))
	for i, h := range held {
		groups[i] = h.Name
	}
	switch {
	case !d.Leaver.GroupsIncluded:
		add(journal.Line{Kind: Leaves, Text: name + " leaves every group. Which groups that are could not be read."})
	case len(held) == 0:
		add(journal.Line{Kind: Leaves, Text: name + " is in no group, so no group changes."})
	default:
		add(journal.Line{Kind: Leaves, Text: fmt.Sprintf("%s leaves %s: %s.", name, words.Count(len(held), "group", "groups"), names.List(groups))})
	}
	for _, h := range held {
		if h.Cover == NoOne {
			add(journal.Line{Kind: Emptied, Text: h.Warning(), ID: h.ID})
			p.Gone = append(p.Gone, d.goneFrom(h.ID)...)
		} else if w := h.Warning(); w != "" {
			p.Warnings = append(p.Warnings, w)
		}
	}
	if successor == nil {
		add(journal.Line{Kind: Stays, Text: fmt.Sprintf("The open tasks stay in %s's name.", name), Now: d.tasksNow()})
		add(journal.Line{Kind: StepsStay, Text: fmt.Sprintf("The template steps that name %s stay as they are.", name)})
		p.Warnings = append(p.Warnings, name+" can't open what stays in their name, and no one else is asked to do it.")
	} else {
		d.planHandover(&p, successor, held, add)
	}
	add(journal.Line{Kind: Account, Text: fmt.Sprintf("%s's account is not deleted: it stays in Tallyfy, disabled.", name)})
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

func (d Departure) planHandover(p *Plan, successor *tallyfy.Member, held []Held, add func(journal.Line)) {
	name, to := p.LeaverName, p.SuccessorName
	p.SuccessorID, p.Both = successor.ID, both(d.Tasks, successor.ID)
	now := d.tasksNow()
	if p.Both > 0 {
		now += fmt.Sprintf(" %s has %d of them already.", to, p.Both)
	}
	add(journal.Line{Kind: Moves, Text: fmt.Sprintf("Every open task that is %s's then goes to %s.", name, d.withEmail(successor)), Now: now})
	add(journal.Line{Kind: Templates, Text: fmt.Sprintf("The template steps that name %s go to %s.", name, to)})
	shared := d.Shared(successor.ID)
	var outside []string
	for _, h := range held {
		if !slices.Contains(shared, h.ID) {
			outside = append(outside, h.Name)
			p.NewToSuccessor = append(p.NewToSuccessor, h.ID)
		}
	}
	if len(outside) > 0 {
		add(journal.Line{Kind: NotJoin, Text: fmt.Sprintf("%s does not join %s.", to, names.List(outside))})
	}
	if successor.Role == tallyfy.RoleLight {
		p.Warnings = append(p.Warnings, to+" has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member.")
	}
}

// both counts the tasks that somebody has, too; 0 where not all tasks, or not all of their owners, were read.
func both(tasks tallyfy.OpenTasks, id tallyfy.UserID) (n int) {
	if !tasks.All() {
		return 0
	}
	for i := range tasks.Sample {
		owners := tasks.Sample[i].Owners
		if !owners.Known {
			return 0
		}
		if slices.Contains(owners.Users, id) {
			n++
		}
	}
	return n
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
		return "There are no open tasks now."
	case d.Tasks.Total == 1:
		return "There is 1 open task now."
	default:
		return fmt.Sprintf("There are %d open tasks now.", d.Tasks.Total)
	}
}

// Button words the act, naming whom it is about.
func (p Plan) Button() string {
	if p.SuccessorID == "" {
		return "Remove " + p.LeaverName + " and leave the work in their name"
	}
	return fmt.Sprintf("Remove %s and give the work to %s", p.LeaverName, p.SuccessorName)
}
