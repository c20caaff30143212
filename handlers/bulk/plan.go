package bulk

import (
	"fmt"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/words"
)

// A Wish is what somebody asked for.
type Wish struct {
	Kind  *Kind
	Sheet Sheet
	// Groups are those chosen on the form for every line, To is who takes over the work of all: a member's
	// id, removal.LeaveWork, or empty where the lines say.
	Groups []tallyfy.ID
	To     string
	// Role, Reason and Message are for every line that does not say its own.
	Role            tallyfy.Role
	Reason, Message string
}

// An Organisation is what a plan is made of. Members and groups are complete. Guests may be a part,
// or nil for a review, whose people are members.
type Organisation struct {
	tallyfy.Organization
	Members *directory.Members
	Groups  *directory.Groups
	Guests  *directory.Guests
	// By is the person who plans.
	By tallyfy.UserID
}

// A Plan is a dry run: what would happen to each row, without a call.
type Plan struct {
	Rows []*Row
	// Notes are sentences about the whole.
	Notes []string
	// Reads and Writes are the calls that the run takes.
	Reads, Writes int
}

// Plan says what a wish would do. Each line makes at least one row.
func (o *Organisation) Plan(w Wish) Plan {
	p := &planner{Organisation: o, wish: w, people: newFinder(o.Members, o.Guests), step: map[string]int{}}
	if len(w.Groups) > 0 && w.Sheet.Has(Groups) {
		p.notes = append(p.notes, "The groups that the lines name are not used: groups were chosen for all lines.")
	}
	if w.To != "" && w.Sheet.Has(Successor) {
		p.notes = append(p.notes, "Where a line says who takes over, that counts and not what was chosen for all.")
	}
	for _, line := range w.Sheet.Lines {
		switch w.Kind.Name {
		case AddToGroups, RemoveFromGroups:
			p.groups(line)
		case RemoveMembers:
			p.removal(line)
		case Invite:
			p.invitation(line)
		case ChangeRole, Disable, Enable:
			p.life(line)
		case CreateGroups:
			p.creation(line)
		}
	}
	p.sameTwice()
	p.order()
	if w.Kind.Name == Enable && slices.ContainsFunc(p.rows, func(r *Row) bool { return r.State == Waiting }) {
		p.notes = append(p.notes, "Tallyfy puts people back in groups by itself, and mails each of them. No group is changed from here: look at the groups afterwards. Personal permissions do not come back.")
	}
	switch w.Kind.Name {
	case AddToGroups, RemoveFromGroups:
		p.edits()
	case RemoveMembers:
		p.departures()
	}
	return p.plan()
}

// PlanReview says what the decisions of a review would do: each row is a person who comes into a group or leaves it.
func (o *Organisation) PlanReview(rows []*Row) Plan {
	p := &planner{Organisation: o, wish: Wish{Kind: Reviewed}, rows: rows, step: map[string]int{}}
	for _, r := range rows {
		r.State, r.Step = Waiting, p.stepOf(r.Group.ID)
	}
	p.edits()
	return p.plan()
}

// plan numbers the rows and counts the calls.
func (p *planner) plan() Plan {
	plan := Plan{Rows: p.rows, Notes: p.notes}
	members := map[string]bool{}
	for i, r := range p.rows {
		if r.N = i + 1; r.State == Waiting && r.Who.Kind == journal.Member {
			members[r.Who.ID] = true
		}
	}
	if p.wish.Kind == Reviewed || p.wish.Kind.Name == AddToGroups { // who of them was disabled since
		plan.Reads = min(len(members), len(p.Members.Items)/directory.MembersPerRead+1)
	}
	for _, rows := range steps(p.rows) {
		plan.Writes++
		plan.Reads += p.wish.Kind.reads(rows[0])
	}
	return plan
}

type planner struct {
	*Organisation
	wish   Wish
	people *finder
	rows   []*Row
	notes  []string
	step   map[string]int
}

// row makes a row of a line.
func (p *planner) row(line Line) *Row {
	r := &Row{Line: line.N, Cells: line.Cells, State: Waiting}
	p.rows = append(p.rows, r)
	return r
}

// stepOf numbers the write of a key.
func (p *planner) stepOf(key string) int {
	if _, ok := p.step[key]; !ok {
		p.step[key] = len(p.step) + 1
	}
	return p.step[key]
}

// person finds whom a line means, as a member or, where a kind takes them, as a guest. The row says why it
// cannot be if not.
func (p *planner) person(r *Row, line Line, guests bool) *tallyfy.Member {
	m, email, problem := p.people.find(&p.wish.Sheet, line, guests)
	switch {
	case problem != "":
		var given []string
		for _, c := range anyPerson {
			given = append(given, p.wish.Sheet.Cell(line, c))
		}
		r.Who.Name = strings.Join(strings.Fields(strings.Join(given, " ")), " ")
		r.setState(Cant, problem)
	case m != nil:
		r.Who = journal.MemberSubject(m)
	default:
		r.Who = journal.Subject{Name: email, Email: email}
	}
	return m
}

// sameTwice leaves of equal rows the first one, and none of those that contradict each other.
func (p *planner) sameTwice() {
	type key struct{ who, email, group string }
	first := map[key]*Row{}
	for _, r := range p.rows {
		k := key{r.Who.ID, "", r.Group.ID}
		if k.who == "" {
			k.email = strings.ToLower(r.Who.Email)
		}
		if r.State != Waiting && r.State != Cant || k.who == "" && k.email == "" {
			continue
		}
		earlier, twice := first[k]
		switch {
		case !twice:
			first[k] = r
		case earlier.To == r.To && earlier.Role == r.Role && r.State == Waiting:
			r.Step = 0
			r.setState(Nothing, fmt.Sprintf("The same as line %d.", earlier.Line))
		case r.State == Waiting:
			r.Step, earlier.Step = 0, 0
			r.setState(Cant, fmt.Sprintf("Line %d says something else.", earlier.Line))
			earlier.setState(Cant, fmt.Sprintf("Line %d says something else.", r.Line))
		}
	}
}

// The pools of seats.
const fullPool, lightPool = "full", "light"

// order lets what frees a seat of a pool go first, and says how many seats the plan takes.
func (p *planner) order() {
	needs := map[string]int{}
	first := func(frees bool) {
		for _, r := range p.rows {
			if r.State == Waiting && r.Step > 0 && (r.Role == tallyfy.RoleLight && r.Invite == nil) == frees {
				if needs[r.Pool]++; p.wish.Kind.Name == ChangeRole {
					r.Step = len(p.step) + 1
					p.step["again "+r.Who.ID] = r.Step
				}
			}
		}
	}
	first(true)
	first(false)
	var list []string
	if n := needs[fullPool]; n > 0 {
		list = append(list, words.Count(n, "full seat", "full seats"))
	}
	if n := needs[lightPool]; n > 0 {
		list = append(list, words.Count(n, "Light seat", "Light seats"))
	}
	if len(list) > 0 {
		p.notes = append(p.notes, "This takes "+strings.Join(list, " and ")+". "+lifecycle.SeatsUnknown+" What finds no seat waits, and the rest goes on.")
	}
	if n := needs[fullPool] + needs[lightPool]; p.wish.Kind.Name == Invite && n > tallyfy.InvitesADay {
		p.notes = append(p.notes, fmt.Sprintf("Tallyfy sends about %d invitations a day. The job pauses when Tallyfy takes no more; go on with it the next day.", tallyfy.InvitesADay))
	}
}
