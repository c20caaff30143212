package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// Disabled is the kind of a Disabling.
const Disabled = "member.disable"

// The kinds of sentence of a disabling.
const (
	lineAccess = "access" // the access has ended
	lineLeaves = "leaves" // the member is in no group
	lineTasks  = "tasks"  // the open tasks stay
)

// A Disabling ends a member's access and leaves the work where it is. Tallyfy deletes the personal permissions then, which it does not at a
// removal.
type Disabling struct {
	Person
	// Tasks are the open tasks that Look counted.
	Tasks tallyfy.OpenTasks
	// Alone are the guests whom nobody else who is active knows, as far as Look found them without
	// a call.
	Alone []*tallyfy.Guest

	disabled bool
}

// Kind implements change.Change.
func (c *Disabling) Kind() string { return Disabled }

// Look implements change.Change.
func (c *Disabling) Look(ctx context.Context) error {
	err := c.look(ctx, func(ctx context.Context) error {
		c.Tasks = c.Source.OpenTasks(ctx, tallyfy.TaskListOptions{Owner: c.ID})
		return nil
	})
	if guests := c.Source.CopiedGuests(); err == nil && guests != nil {
		c.Alone = directory.LeftAlone(guests, c.Copy, func(id tallyfy.UserID) bool { return id == c.ID })
	}
	return err
}

// Blockers gives all reasons that hold at once.
func (c *Disabling) Blockers() []Blocker {
	m, name, organisation := c.Member, c.Called(), names.Isolate(c.Org.DisplayName())
	return Blockers(
		AskAdmin(c.Self(), "This is your own account.", "Disabling it would end this session half-way. Ask another administrator."),
		Block(m.IsBot(), name+" is a bot.", "Tallyfy does not disable bots. Switch off the integration that it belongs to in Tallyfy."),
		Block(m.IsDisabled(), name+" is already disabled.", "Access to "+organisation+" has ended already."),
		Block(m.Status == tallyfy.StatusInvited, name+" has not accepted the invitation yet.", "Withdraw the invitation in Tallyfy under Settings, Organization, Members."),
		DefaultAdmin(m.IsDefaultAdmin, name),
		LastAdmin(m.Role == tallyfy.RoleAdmin && m.CanWork() && !c.OtherAdmin(), name, organisation),
	)
}

// Plan implements change.Change. What Blockers says stops it.
func (c *Disabling) Plan() change.Plan {
	if len(c.Blockers()) > 0 {
		return change.Plan{Stopped: true}
	}
	m, name, organisation := c.Member, c.Called(), names.Isolate(c.Org.DisplayName())
	groups, subjects := c.Member.In(), []journal.Subject{journal.MemberSubject(c.Member)}
	slices.SortFunc(groups, func(a, b *tallyfy.Group) int { return names.Compare(a.DisplayName(), b.DisplayName()) })
	held := GroupNames(groups)
	for _, g := range groups {
		subjects = append(subjects, journal.GroupSubject(g))
	}
	leaves := inNoGroup(name)
	switch {
	case !m.GroupsIncluded:
		leaves = name + " leaves every group. Which groups that are could not be read."
	case len(groups) > 0:
		leaves = fmt.Sprintf("%s leaves %s: %s. The receipt keeps which.", name, words.Count(len(groups), "group", "groups"), names.List(held))
	}
	facts := disablingFacts{Name: name, Tasks: -1, Guests: len(c.Alone)}
	if c.Tasks.Checked {
		facts.Tasks = c.Tasks.Total
	}
	p := change.Plan{
		Subjects: subjects,
		Plan: journal.Plan{
			Will: "disable " + name, Did: "disabled " + name,
			Lines: []journal.Line{
				{Kind: lineAccess, Text: fmt.Sprintf("%s loses access to %s immediately.", name, organisation)},
				{Kind: lineLeaves, Text: leaves},
				{Kind: lineTasks, Text: fmt.Sprintf("The open tasks stay in %s's name.", name), Now: tasksNow(c.Tasks)},
			},
			Warnings: []string{
				"Tallyfy deletes the permissions for templates and processes that were given to " + name + " personally. They don't come back when the person is brought back; the groups do.",
				name + " can't open what stays in their name, and no one else is asked to do it. To hand the work over, remove " + name + " instead.",
				"The seat is free at once.",
			},
			Facts: journal.Facts(facts),
		},
	}
	p.Differ(
		journal.Difference{What: "Status", Before: []string{string(m.Status)}, After: []string{string(tallyfy.StatusDisabled)}},
		journal.Difference{What: "Groups", Before: held},
	)
	return p
}

// inNoGroup is the sentence about a member without groups.
func inNoGroup(name string) string { return name + " is in no group, so no group changes." }

// GroupsBefore are the groups that somebody was in who was disabled. known is false where they were
// not read, and for entries of other kinds.
func GroupsBefore(e *journal.Entry) (groups []journal.Subject, known bool) {
	facts, known := factsOfDisabling(e)
	if !known {
		return nil, false
	}
	groups = e.SubjectsOf(journal.Group)
	none := func(l journal.Line) bool { return l.Kind == lineLeaves && l.Text == inNoGroup(facts.Name) }
	return groups, len(groups) > 0 || slices.ContainsFunc(e.Lines, none)
}

func tasksNow(t tallyfy.OpenTasks) string {
	switch {
	case !t.Checked:
		return "How many there are could not be counted."
	case t.Total == 0:
		return "There are no open tasks now."
	}
	return "Now: " + words.Count(t.Total, "open task", "open tasks") + "."
}

// disablingFacts is what the check of a disabling needs.
type disablingFacts struct {
	Name  string
	Tasks int // when the plan was made, -1 where that is not known
	// Guests is how many nobody else knew who was active, as far as that was known.
	Guests int `json:",omitempty"`
}

func factsOfDisabling(e *journal.Entry) (disablingFacts, bool) {
	return journal.FactsOf[disablingFacts](e, Disabled)
}

// GuestsAlone is how many guests somebody who was disabled left to nobody, as far as that was known
// then.
func GuestsAlone(e *journal.Entry) int {
	facts, _ := factsOfDisabling(e)
	return facts.Guests
}

// Send implements change.Change.
func (c *Disabling) Send(ctx context.Context) ([]journal.Subject, error) {
	_, err := c.Client.Members.Disable(ctx, c.Org.ID, c.ID)
	c.disabled = err == nil
	return nil, err
}

// Changed is the member as the change leaves the account.
func (c *Disabling) Changed() *tallyfy.Member {
	m := *c.Member
	m.Status, m.IsActive, m.Groups = tallyfy.StatusDisabled, false, nil
	return &m
}

// Check implements change.Change.
func (c *Disabling) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, _ := factsOfDisabling(e)
	s := e.Subject(journal.Member)
	var m *tallyfy.Member
	var f journal.Finding
	var tasks tallyfy.OpenTasks
	err := parallel.Run(ctx,
		func(ctx context.Context) (err error) {
			m, f, err = again(ctx, c.Client, c.Org.ID, s, "groups")
			return err
		},
		func(ctx context.Context) (err error) {
			tasks, err = c.Client.Tasks.Open(ctx, c.Org.ID, tallyfy.TaskListOptions{Owner: tallyfy.UserID(s.ID)})
			return change.OnlyUnauthorized(err)
		})
	if err != nil {
		return nil, err
	}
	access, leaves := f, f
	if m != nil {
		access = journal.Confirm(m.IsDisabled(), facts.Name+" is still active.")
		leaves = journal.Finding{Result: journal.NotChecked, Detail: "The groups could not be read."}
		if m.GroupsIncluded {
			in := GroupNames(m.In())
			leaves = journal.Confirm(len(in) == 0, fmt.Sprintf("%s is still in %s.", facts.Name, names.List(in)))
		}
	}
	stay := journal.Finding{Result: journal.NotChecked, Detail: "They could not be counted."}
	switch {
	case !tasks.Checked || facts.Tasks < 0:
	case tasks.Total >= facts.Tasks:
		stay = journal.Finding{Result: journal.Confirmed, Detail: "Now: " + words.Count(tasks.Total, "open task", "open tasks") + "."}
	default: // done meanwhile, or moved after all: that cannot be told apart
		stay.Detail = fmt.Sprintf("Now: %s; when the plan was made there were %s.", words.Count(tasks.Total, "open task", "open tasks"), words.Number(facts.Tasks))
	}
	return []journal.Finding{access, leaves, stay}, nil
}

// Summary implements change.Change.
func (c *Disabling) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	facts, _ := factsOfDisabling(e)
	tone, text := summary(e, underWay, e.Finding(lineAccess), "the disabling of "+facts.Name, facts.Name+" is disabled")
	if wrong := e.Check.Count(journal.NotAsExpected); tone == change.Good && wrong > 0 {
		return change.Warning, text + " But " + words.Count(wrong, "line is", "lines are") + " not as expected."
	}
	return tone, text
}

// Log implements change.Change.
func (c *Disabling) Log() []slog.Attr {
	attrs := c.log()
	if c.disabled {
		attrs = append(attrs, slog.Group("after", slog.String("status", string(tallyfy.StatusDisabled))))
	}
	return attrs
}
