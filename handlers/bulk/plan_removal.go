package bulk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// Successor finds who takes over the work of everybody: removal.LeaveWork for "nobody", "" where
// nothing is said. What is wrong is the message of the field "to".
func (o *Organisation) Successor(text string) (to string, problems map[string]string) {
	switch text = strings.TrimSpace(text); {
	case text == "":
		return "", nil
	case leaves(text):
		return removal.LeaveWork, nil
	}
	m, problem := Named(o.Members, text)
	if problem != "" {
		return "", map[string]string{"to": problem}
	}
	return string(m.ID), nil
}

// leaves reports that a text says that nobody takes over.
func leaves(text string) bool {
	return slices.Contains([]string{"nobody", "no one", "none", removal.LeaveWork}, strings.ToLower(text))
}

// removal makes the row of a member who is to be removed.
func (p *planner) removal(line Line) {
	r := p.row(line)
	r.To = p.wish.To
	wrong := "It is not said who takes over the work. Choose somebody for all, or give a column “successor”."
	if text := p.wish.Sheet.Cell(line, Successor); text != "" {
		switch to, problem := p.people.named(text); {
		case leaves(text):
			r.To = removal.LeaveWork
		case problem != "":
			r.To, wrong = "", "Who takes over: "+problem
		default:
			r.To = string(to.ID)
		}
	}
	m := p.person(r, line, false)
	if m == nil {
		return
	}
	if r.To == "" {
		r.setState(Cant, wrong)
		return
	}
	r.Step = p.stepOf(string(m.ID))
}

// departures says what stands in the way of each removal, as if those before it had been carried
// out.
func (p *planner) departures() {
	gone := map[tallyfy.UserID]bool{}
	departures := map[*Row]removal.Departure{}
	for _, r := range p.rows {
		if r.State != Waiting {
			continue
		}
		m, _ := p.Members.ByID(tallyfy.UserID(r.Who.ID))
		d := p.departure(m, maps.Clone(gone))
		s, reason := inTheWay(d)
		if s == "" {
			departures[r], gone[m.ID] = d, true
			continue
		}
		r.Step = 0
		r.setState(s, reason)
	}
	for _, r := range p.rows {
		if d, ok := departures[r]; ok {
			p.depart(r, d, gone)
		}
	}
	p.guestsLeft()
}

// guestsNamed is how many guests a row names.
const guestsNamed = 3

// guestsLeft says in each row which guests nobody knows any more afterwards: a removal hands none
// over.
func (p *planner) guestsLeft() {
	leaving, alone := map[tallyfy.UserID]*Row{}, map[*Row][]string{}
	for _, r := range p.rows {
		if r.State == Waiting {
			leaving[tallyfy.UserID(r.Who.ID)] = r
		}
	}
	all := directory.LeftAlone(p.Guests, p.Members, func(id tallyfy.UserID) bool { return leaving[id] != nil })
	for _, g := range all {
		for _, id := range g.KnownBy() {
			if r := leaving[id]; r != nil {
				alone[r] = append(alone[r], g.Name())
			}
		}
	}
	for r, guests := range alone {
		r.After += "; nobody else knows " + words.Count(len(guests), "guest", "guests") + ": " + names.First(guests, guestsNamed)
	}
	if len(all) > 0 {
		p.notes = append(p.notes, "Nobody will know "+words.Count(len(all), "guest", "guests")+" any more, as the rows say. A removal hands no guest over: "+
			"hand them over before, on the pages of those who leave, or afterwards from the receipts.")
	}
}

// depart says what becomes of the work of somebody who can be removed. gone are all who are.
func (p *planner) depart(r *Row, d removal.Departure, gone map[tallyfy.UserID]bool) {
	r.Before, r.After = strings.ToLower(string(d.Leaver.Status)), "removed, the work stays in their name"
	problem := ""
	if r.To != removal.LeaveWork {
		to, ok := p.Members.ByID(tallyfy.UserID(r.To))
		switch {
		case !ok:
			problem = "The person who is to take over is not in this organisation any more."
		case to.ID == d.Leaver.ID:
			problem = "Nobody can take over from themselves."
		case gone[to.ID]:
			problem = names.Isolate(to.Name()) + " is to be removed, too, and can't take over."
		case !d.CanTakeOver(to):
			problem = names.Isolate(to.Name()) + " can't take over: only active members can, and no bots."
		default:
			r.After = "removed, the work goes to " + names.Isolate(to.Name())
		}
	}
	if problem != "" {
		r.Step, r.Before, r.After = 0, "", ""
		r.setState(Cant, problem)
		return
	}
	var warnings []string
	for _, held := range d.Groups() {
		if left := held.Left(); left != "" {
			warnings = append(warnings, "Left in "+names.Isolate(held.Name)+": "+strings.ToLower(left[:1])+left[1:]+".")
		}
	}
	r.Warning = strings.Join(warnings, " ")
}

// departure is a removal as the copies have it, when others have gone before.
func (p *planner) departure(m *tallyfy.Member, gone map[tallyfy.UserID]bool) removal.Departure {
	leaver, _ := copies{p.Organisation}.Member(context.Background(), m.ID)
	return removal.Departure{
		Organisation: p.DisplayName(), Leaver: leaver, Self: m.ID == p.By, AllMembers: true,
		Lookup: func(id tallyfy.UserID) (*tallyfy.Member, bool) {
			other, ok := p.Members.ByID(id)
			return other, ok && !gone[id]
		},
		OtherAdmin: slices.ContainsFunc(p.Members.Items, func(other *tallyfy.Member) bool {
			return other.ID != m.ID && !gone[other.ID] && other.Role == tallyfy.RoleAdmin && other.CanWork()
		}),
	}
}
