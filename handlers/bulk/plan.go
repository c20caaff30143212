package bulk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
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

// An Organisation is what a plan is made of. Members and groups are complete. Guests may be a part, or
// nil for a review, whose people are members.
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
	for i, r := range p.rows {
		r.N = i + 1
	}
	for _, rows := range steps(p.rows) {
		plan.Writes++
		plan.Reads += p.wish.Kind.reads(rows[0])
	}
	return plan
}

// Successor finds who takes over the work of everybody: removal.LeaveWork for "nobody", "" where nothing is said.
// What is wrong is the message of the field "to".
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
		r.settle(Cant, problem)
	case m != nil:
		r.Who = journal.Subject{Kind: journal.Member, ID: string(m.ID), Name: m.Name(), Email: m.Email}
	default:
		r.Who = journal.Subject{Name: email, Email: email}
	}
	return m
}

// groups makes a row for each group that a line's person comes into or leaves.
func (p *planner) groups(line Line) {
	targets, problems := p.targets(line)
	if len(targets)+len(problems) == 0 {
		r := p.row(line)
		p.person(r, line, true)
		if r.State == Waiting {
			r.settle(Cant, "No group is named.")
		}
	}
	for _, problem := range problems {
		r := p.row(line)
		r.Group = journal.Subject{Kind: journal.Group, Name: problem.group}
		if p.person(r, line, true); r.State == Waiting {
			r.settle(Cant, problem.text)
		}
	}
	for _, g := range targets {
		r := p.row(line)
		r.Group = journal.Subject{Kind: journal.Group, ID: string(g.ID), Name: g.DisplayName()}
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

// cellEntries are the parts of a cell with several texts: our own exports and people put semicolons or line ends
// between them.
func cellEntries(cell string) (list []string) {
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '\n' || r == '|' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
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
			r.settle(Nothing, fmt.Sprintf("The same as line %d.", earlier.Line))
		case r.State == Waiting:
			r.Step, earlier.Step = 0, 0
			r.settle(Cant, fmt.Sprintf("Line %d says something else.", earlier.Line))
			earlier.settle(Cant, fmt.Sprintf("Line %d says something else.", r.Line))
		}
	}
}

// edits says for each group of the plan what its one write would do.
func (p *planner) edits() {
	for _, rows := range steps(p.rows) {
		c := EditOf(rows, p.wish.Kind.Name)
		c.Source = copies{p.Organisation}
		if err := c.Look(context.Background()); err != nil { // it only looks at the copies
			for _, r := range rows {
				r.Step = 0
				r.settle(Cant, "The group does not exist any more.")
			}
			continue
		}
		for _, r := range rows {
			settleEdit(c, r, Waiting)
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
					r.settle(Cant, "The group has no description, and Tallyfy takes no change of it without one. Give it one first.")
				}
			}
		case first >= 0:
			rows[first].Warning = strings.Join(c.Stakes(), " ")
		}
	}
}

// EditOf is the one write of a group's rows.
func EditOf(rows []*Row, kind string) *membership.Edit {
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

// settleEdit gives a row what an edit, which has looked, does to its person: left out, nothing, or will.
func settleEdit(c *membership.Edit, r *Row, will State) {
	for _, left := range c.LeftOut {
		if r.Who.ID != "" && string(left.ID) == r.Who.ID {
			r.settle(Cant, sentence(left.Why))
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
		r.settle(will, "")
		return
	}
	if in(c.People.Add, c.People.AddGuests) {
		r.settle(Nothing, "Is in the group already.")
	} else {
		r.settle(Nothing, "Is not in the group.")
	}
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
		r.settle(Cant, wrong)
		return
	}
	r.Step = p.stepOf(string(m.ID))
}

// departures says what stands in the way of each removal, as if those before it had been carried out.
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
		r.settle(s, reason)
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

// guestsLeft says in each row which guests nobody knows any more afterwards: a removal hands none over.
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
		called := names.List(guests)
		if n := len(guests) - guestsNamed; n > 0 {
			called = names.Some(guests[:guestsNamed], words.Number(n)+" more")
		}
		r.After += "; nobody else knows " + words.Count(len(guests), "guest", "guests") + ": " + called
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
		r.settle(Cant, problem)
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

// life makes the row of a member who is to get another role, to be disabled, or to be brought back.
func (p *planner) life(line Line) {
	r := p.row(line)
	if p.wish.Kind.Name == ChangeRole {
		r.Role, r.Text = p.wish.Role, cmp.Or(p.wish.Sheet.Cell(line, Reason), p.wish.Reason)
		if text := p.wish.Sheet.Cell(line, Role); text != "" {
			r.Role = RoleOf(text)
		}
	}
	m := p.person(r, line, false)
	if m == nil {
		return
	}
	c := Desk{Source: copies{p.Organisation}, Org: p.Organization, By: p.By}.Change(p.wish.Kind, []*Row{r})
	_ = c.Look(context.Background()) // it only looks at the copies
	if s, reason := stopped(c); s != "" {
		r.settle(s, reason)
		return
	}
	d := c.Plan().Differences[0]
	r.Before, r.After = strings.Join(d.Before, ", "), strings.Join(d.After, ", ")
	switch {
	case p.wish.Kind.Name == Enable:
		r.After += ", in the groups that Tallyfy puts them back in"
		if r.Pool = fullPool; m.Role == tallyfy.RoleLight {
			r.Pool = lightPool
		}
	case m.Role == tallyfy.RoleLight && r.Role != "" && !m.IsDisabled():
		r.Pool = fullPool
	}
	r.Step = p.stepOf(string(m.ID))
}

// RoleOf is the role that a text names, as our exports or Tallyfy write it; "" for none.
func RoleOf(text string) tallyfy.Role {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "administrator", "admin":
		return tallyfy.RoleAdmin
	case "standard":
		return tallyfy.RoleStandard
	case "light":
		return tallyfy.RoleLight
	}
	return ""
}

// The pools of seats.
const fullPool, lightPool = "full", "light"

// invitation makes the row of somebody who is to be invited.
func (p *planner) invitation(line Line) {
	r, cell := p.row(line), func(c Column) string { return p.wish.Sheet.Cell(line, c) }
	r.Role = p.wish.Role
	if text := cell(Role); text != "" {
		r.Role = RoleOf(text)
	}
	request := lifecycle.Tidy(tallyfy.InviteRequest{
		Email: cell(Email), FirstName: cell(FirstName), LastName: cell(LastName), Role: r.Role, Message: cmp.Or(cell(Message), p.wish.Message),
	})
	c := &lifecycle.Invitation{Org: p.Organization, Request: request}
	r.Who, r.Invite = journal.Subject{Kind: journal.Member, Name: c.Name(), Email: request.Email}, &request
	problems := lifecycle.Problems(request)
	for _, field := range slices.Sorted(maps.Keys(problems)) {
		r.settle(Cant, problems[field])
	}
	for _, text := range cellEntries(cell(Groups)) {
		switch found := directory.Called(p.Groups, text); len(found) {
		case 1:
			r.Planned = append(r.Planned, store.PlannedGroup{ID: string(found[0].ID), Name: found[0].DisplayName()})
		default:
			r.settle(Cant, "There is no group “"+names.Isolate(text)+"”, or there are several.")
		}
	}
	if r.State == Cant {
		return
	}
	c.Found = p.people.email[strings.ToLower(request.Email)]
	if p.people.guests[strings.ToLower(request.Email)] {
		c.Guest = &tallyfy.Guest{Email: request.Email}
	}
	if s, reason := stopped(c); s != "" {
		r.settle(s, reason)
		return
	}
	r.Pool = fullPool
	if r.Role == tallyfy.RoleLight {
		r.Pool = lightPool
	}
	r.Before, r.After = "not here", "invited as "+strings.ToLower(c.Plan().Differences[2].After[0])
	if len(r.Planned) > 0 {
		r.After += ", planned for " + words.Count(len(r.Planned), "group", "groups")
	}
	r.Step = p.stepOf(strings.ToLower(request.Email))
}

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
		r.settle(Cant, problem)
		return
	}
	r.New, r.Before = g, "no group"
	r.After = "a group with " + words.Count(len(g.Members), "member", "members")
	if len(g.Guests) > 0 {
		r.After += " and " + words.Count(len(g.Guests), "guest", "guests")
	}
	r.Step = p.stepOf(names.Fold(g.Name))
}

// Source is a source of changes that asks nobody, and knows what the copies have.
func (o *Organisation) Source() Source { return copies{o} }

// copies is a source of changes that asks nobody.
type copies struct{ *Organisation }

// Group implements membership.Source.
func (c copies) Group(_ context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	g, ok := c.Organisation.Groups.ByID(id)
	if !ok {
		return nil, &tallyfy.Error{Status: 404}
	}
	return g, nil
}

// OpenTasks implements membership.Source: they are not counted.
func (c copies) OpenTasks(context.Context, tallyfy.TaskListOptions) tallyfy.OpenTasks {
	return tallyfy.OpenTasks{}
}

// Member implements lifecycle.Source.
func (c copies) Member(_ context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	m, ok := c.Organisation.Members.ByID(id)
	if !ok {
		return nil, &tallyfy.Error{Status: 404}
	}
	with := *m
	for _, g := range c.Organisation.Groups.Of(id) {
		with.Groups = append(with.Groups, *g)
	}
	with.GroupsIncluded = true
	return &with, nil
}

// Members implements membership.Source.
func (c copies) Members(context.Context) (*directory.Members, error) {
	return c.Organisation.Members, nil
}

// CopiedGroups implements membership.Source.
func (c copies) CopiedGroups() *directory.Groups { return c.Organisation.Groups }

// CopiedGuests implements lifecycle.Source.
func (c copies) CopiedGuests() *directory.Guests { return c.Organisation.Guests }

// sentence makes a sentence of a predicate: "is deactivated".
func sentence(predicate string) string {
	return strings.ToUpper(predicate[:1]) + predicate[1:] + "."
}
