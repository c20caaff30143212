package bulk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// groups makes a row for each group that a line's person comes into or leaves.
func (p *planner) groups(line Line) {
	targets, problems := p.targets(line)
	if len(targets)+len(problems) == 0 {
		problems = []groupProblem{{"", "No group is named."}}
	}
	for _, problem := range problems {
		r := p.row(line)
		r.Group = journal.Subject{Kind: journal.Group, Name: problem.group}
		if p.person(r, line, true); r.State == Waiting {
			r.setState(Cant, problem.text)
		}
	}
	for _, g := range targets {
		r := p.row(line)
		r.Group = journal.GroupSubject(g)
		if p.person(r, line, true); r.State == Waiting {
			r.Step = p.stepOf(string(g.ID))
		}
	}
}

// A groupProblem says why a group that is named, or was chosen by its id, can't be meant.
type groupProblem struct{ group, text string }

// targets are the groups of a line: those chosen for all, else those that it names by id or name.
func (p *planner) targets(line Line) (list []*tallyfy.Group, problems []groupProblem) {
	for _, id := range p.wish.Groups {
		if g, ok := p.Groups.ByID(id); ok {
			list = append(list, g)
		} else {
			problems = append(problems, groupProblem{string(id), "A group that was chosen does not exist any more."})
		}
	}
	if len(p.wish.Groups) > 0 {
		return list, problems
	}
	for _, text := range cellEntries(p.wish.Sheet.Cell(line, Groups)) {
		found := directory.Called(p.Groups, text)
		switch {
		case len(found) == 0:
			problems = append(problems, groupProblem{text, "There is no group “" + names.Isolate(text) + "”."})
		case len(found) > 1:
			problems = append(problems, groupProblem{text, "Several groups look like “" + names.Isolate(text) + "”. Give the id."})
		case !slices.Contains(list, found[0]):
			list = append(list, found[0])
		}
	}
	return list, problems
}

// cellEntries are the parts of a cell with several texts: our own exports and people put semicolons
// or line ends between them.
func cellEntries(cell string) (list []string) {
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '\n' || r == '|' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// edits says for each group of the plan what its one write would do.
func (p *planner) edits() {
	for _, rows := range steps(p.rows) {
		c := editOf(rows, p.wish.Kind.Name)
		c.Source = copies{p.Organisation}
		if err := c.Look(context.Background()); err != nil { // it only looks at the copies
			for _, r := range rows {
				r.Step = 0
				r.setState(Cant, "The group does not exist any more.")
			}
			continue
		}
		for _, r := range rows {
			setEditState(c, r, Waiting)
			if r.State != Waiting {
				r.Step = 0
				continue
			}
			r.Before, r.After = "not in it", "in it"
			if r.leaves(p.wish.Kind.Name) {
				r.Before, r.After = r.After, r.Before
			}
		}
		first := slices.IndexFunc(rows, func(r *Row) bool { return r.State == Waiting })
		switch {
		case first >= 0 && c.NeedsDescription():
			for _, r := range rows {
				if r.State == Waiting {
					r.Step, r.Before, r.After = 0, "", ""
					r.setState(Cant, noDescription+" Give it one first.")
				}
			}
		case first >= 0:
			rows[first].Warning = strings.Join(c.Stakes(), " ")
		}
	}
}

const noDescription = "The group has no description, and Tallyfy takes no change of it without one."

// editOf is the one write of a group's rows.
func editOf(rows []*Row, kind string) *membership.Edit {
	c := &membership.Edit{ID: tallyfy.ID(rows[0].Group.ID), Sure: kind != ApplyReview}
	for _, r := range rows {
		c.Seen = strings.TrimSpace(c.Seen + " " + r.Warning)
		switch add := !r.leaves(kind); {
		case r.Who.ID != "" && add:
			c.People.Add = append(c.People.Add, tallyfy.UserID(r.Who.ID))
		case r.Who.ID != "":
			c.People.Remove = append(c.People.Remove, tallyfy.UserID(r.Who.ID))
		case add:
			c.People.AddGuests = append(c.People.AddGuests, r.Who.Email)
		default:
			c.People.RemoveGuests = append(c.People.RemoveGuests, r.Who.Email)
		}
	}
	return c
}

// setEditState gives a row what an edit, which has looked, does to its person: left out, nothing,
// or will.
func setEditState(c *membership.Edit, r *Row, will State) {
	for _, left := range c.LeftOut {
		if r.Who.ID != "" && string(left.ID) == r.Who.ID {
			r.setState(Cant, sentence(left.Why))
			return
		}
	}
	in := func(ids []tallyfy.UserID, guests []string) bool {
		if r.Who.ID != "" {
			return slices.Contains(ids, tallyfy.UserID(r.Who.ID))
		}
		return slices.ContainsFunc(guests, func(address string) bool { return membership.GuestKey(address) == membership.GuestKey(r.Who.Email) })
	}
	if in(c.Did.Add, c.Did.AddGuests) || in(c.Did.Remove, c.Did.RemoveGuests) {
		r.setState(will, "")
		return
	}
	if in(c.People.Add, c.People.AddGuests) {
		r.setState(Nothing, "Is in the group already.")
	} else {
		r.setState(Nothing, "Is not in the group.")
	}
}

// creation makes the row of a new group.
func (p *planner) creation(line Line) {
	r, cell := p.row(line), func(c Column) string { return p.wish.Sheet.Cell(line, c) }
	g := &tallyfy.CreateGroupRequest{Name: names.Tidy(cell(Name)), Description: cell(Description)}
	r.Who = journal.Subject{Kind: journal.Group, Name: g.Name}
	problem := membership.NameProblem(g.Name)
	if problem == "" {
		problem = membership.DescriptionProblem(g.Description)
	}
	for _, other := range p.rows[:len(p.rows)-1] {
		if problem == "" && other.New != nil && names.Alike(other.New.Name, g.Name) {
			problem = fmt.Sprintf("Line %d makes a group of that name.", other.Line)
		}
	}
	if problem == "" && len(p.Groups.Alike(g.Name)) > 0 {
		problem = "There is a group of that name already."
	}
	add := func(entry string, guest bool) {
		m, email, wrong := p.people.entry(entry, true)
		switch {
		case problem != "":
		case wrong != "":
			problem = wrong
		case m == nil && !guest:
			problem = "“" + names.Isolate(email) + "” is a guest, not a member."
		case m == nil:
			g.Guests = append(g.Guests, email)
		case membership.Unfit(p.Members, m.ID) != "":
			problem = names.Isolate(m.Name()) + ": " + membership.Unfit(p.Members, m.ID) + "."
		case !slices.Contains(g.Members, m.ID):
			g.Members = append(g.Members, m.ID)
		}
	}
	for _, entry := range cellEntries(strings.ReplaceAll(cell(Members), ",", ";")) {
		add(entry, false)
	}
	for _, entry := range cellEntries(strings.ReplaceAll(cell(Guests), ",", ";")) {
		add(entry, true)
	}
	if problem != "" {
		r.setState(Cant, problem)
		return
	}
	r.New, r.Before = g, "no group"
	r.After = "a group with " + words.Count(len(g.Members), "member", "members")
	if len(g.Guests) > 0 {
		r.After += " and " + words.Count(len(g.Guests), "guest", "guests")
	}
	r.Step = p.stepOf(names.Fold(g.Name))
}

// sentence makes a sentence of a predicate: "is disabled".
func sentence(predicate string) string {
	return strings.ToUpper(predicate[:1]) + predicate[1:] + "."
}
