package removal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
)

// Kind says what a sentence of the plan is about, and so how it is checked afterwards.
type Kind string

// The kinds of sentence, in the order of a plan.
const (
	Access    Kind = "access"    // the leaver cannot get in any more
	Leaves    Kind = "leaves"    // the leaver is in no group any more
	Emptied   Kind = "emptied"   // a group is left with nobody
	Moves     Kind = "moves"     // the open tasks go to the successor
	Templates Kind = "templates" // the template steps go to the successor
	Stays     Kind = "stays"     // the open tasks stay in the leaver's name
	StepsStay Kind = "steps"     // the template steps stay in the leaver's name
	NotJoin   Kind = "not-join"  // the successor joins none of the leaver's groups
	Account   Kind = "account"   // the account is not deleted
)

// A Line is one sentence of the plan. Now adds what was counted when the plan was made: it may have changed by the time
// of the removal without making the sentence untrue.
type Line struct {
	Kind  Kind
	Text  string
	Now   string     `json:",omitempty"`
	Group tallyfy.ID `json:",omitempty"` // for Emptied
}

// String is the sentence with what was counted.
func (l Line) String() string {
	if l.Now == "" {
		return l.Text
	}
	return l.Text + " " + l.Now
}

// A Plan is what a removal will do. It is kept with the record of the removal, to be checked afterwards.
type Plan struct {
	Organisation string
	LeaverID     tallyfy.UserID
	LeaverName   string
	// SuccessorID is empty when the work stays with the leaver.
	SuccessorID   tallyfy.UserID `json:",omitempty"`
	SuccessorName string         `json:",omitempty"`
	Lines         []Line
	Warnings      []string `json:"-"`
	// TasksNow is how many open tasks the leaver had when the plan was made, SuccessorTasksNow how many the successor had;
	// -1 when that is not known.
	TasksNow, SuccessorTasksNow int
	// NewToSuccessor are the leaver's groups that the successor was not in.
	NewToSuccessor []tallyfy.ID `json:",omitempty"`
}

// Plan words what the removal will do. successor is nil to leave the work with the leaver.
func (c Case) Plan(successor *tallyfy.Member) Plan {
	name, to := c.Leaver.Name(), ""
	if successor != nil {
		if to = successor.Name(); strings.EqualFold(name, to) { // two people of one name: say which is which, down to the button
			name, to = withEmail(c.Leaver), withEmail(successor)
		}
	}
	p := Plan{Organisation: c.Organisation, LeaverID: c.Leaver.ID, LeaverName: name, SuccessorName: to, TasksNow: -1, SuccessorTasksNow: -1}
	if c.Tasks.Checked {
		p.TasksNow = c.Tasks.Total
	}
	add := func(l Line) { p.Lines = append(p.Lines, l) }

	add(Line{Kind: Access, Text: fmt.Sprintf("%s can't open %s any more, from that moment on.", name, c.Organisation)})
	held := c.Groups()
	names := make([]string, len(held))
	for i, h := range held {
		names[i] = h.Name
	}
	switch {
	case !c.Leaver.GroupsIncluded:
		add(Line{Kind: Leaves, Text: name + " leaves every group. Which groups that are could not be read."})
	case len(held) == 0:
		add(Line{Kind: Leaves, Text: name + " is in no group, so no group changes."})
	default:
		add(Line{Kind: Leaves, Text: fmt.Sprintf("%s leaves %s: %s.", name, count(len(held), "group", "groups"), list(names))})
	}
	for _, h := range held {
		if h.Cover == NoOne {
			add(Line{Kind: Emptied, Text: h.Warning(), Group: h.ID})
		} else if w := h.Warning(); w != "" {
			p.Warnings = append(p.Warnings, w)
		}
	}
	if successor == nil {
		add(Line{Kind: Stays, Text: fmt.Sprintf("The open tasks stay in %s's name.", name), Now: c.tasksNow()})
		add(Line{Kind: StepsStay, Text: fmt.Sprintf("The template steps that name %s stay as they are.", name)})
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s can't open what stays in %s's name, and no one else is asked to do it.", name, name))
	} else {
		c.planHandover(&p, successor, held, add)
	}
	add(Line{Kind: Account, Text: fmt.Sprintf("%s's account is not deleted: it stays in Tallyfy, disabled.", name)})
	return p
}

func (c Case) planHandover(p *Plan, successor *tallyfy.Member, held []Held, add func(Line)) {
	name, to := p.LeaverName, p.SuccessorName
	p.SuccessorID = successor.ID
	add(Line{Kind: Moves, Text: fmt.Sprintf("Every open task that is %s's then goes to %s.", name, withEmail(successor)), Now: c.tasksNow()})
	add(Line{Kind: Templates, Text: fmt.Sprintf("The template steps that name %s go to %s.", name, to)})
	shared := c.Shared(successor.ID)
	var outside []string
	for _, h := range held {
		if !slices.Contains(shared, h.ID) {
			outside = append(outside, h.Name)
			p.NewToSuccessor = append(p.NewToSuccessor, h.ID)
		}
	}
	if len(outside) > 0 {
		add(Line{Kind: NotJoin, Text: fmt.Sprintf("%s does not join %s.", to, list(outside))})
	}
	if successor.Role == tallyfy.RoleLight {
		p.Warnings = append(p.Warnings, to+" has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member.")
	}
}

// withEmail names a member so that nobody else is meant: as the name alone where Tallyfy has no address.
func withEmail(m *tallyfy.Member) string {
	if m.Email == "" || m.Email == m.Name() {
		return m.Name()
	}
	return m.Name() + " (" + m.Email + ")"
}

func (c Case) tasksNow() string {
	switch {
	case !c.Tasks.Checked:
		return "How many there are could not be counted."
	case c.Tasks.Total == 0:
		return "There are no open tasks now."
	case c.Tasks.Total == 1:
		return "There is 1 open task now."
	default:
		return fmt.Sprintf("There are %d open tasks now.", c.Tasks.Total)
	}
}

// Seen stands for what the plan says. Two plans with the same Seen promise the same; counts of tasks are left out, for
// work goes on while somebody reads.
func (p Plan) Seen() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", p.LeaverID, p.SuccessorID)
	for _, l := range p.Lines {
		fmt.Fprintf(h, "%s\n%s\n", l.Kind, l.Text)
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(h, "%s\n", w)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Button words the act, naming whom it is about.
func (p Plan) Button() string {
	if p.SuccessorID == "" {
		return fmt.Sprintf("Remove %s and leave the work in %s's name", p.LeaverName, p.LeaverName)
	}
	return fmt.Sprintf("Remove %s and give the work to %s", p.LeaverName, p.SuccessorName)
}
