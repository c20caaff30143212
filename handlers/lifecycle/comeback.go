package lifecycle

import (
	"context"
	"log/slog"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// BroughtBack is the kind of a Comeback.
const BroughtBack = "member.enable"

// The kinds of sentence of a comeback.
const (
	// Opens is the sentence that the member can open the organisation again.
	Opens    = "opens"
	lineIn   = "in"   // the member is in a group
	lineOnly = "only" // the member is in no other group
)

// The choices of the groups of a member who comes back.
const (
	SameGroups   = "same"   // those from before the access ended
	ChosenGroups = "choose" // those of Chosen
	NoGroups     = "none"
)

// MostGroups is how many groups a member can be put into when coming back. Each is read.
const MostGroups = 100

// A GroupName is a group as it was called.
type GroupName struct {
	ID   tallyfy.ID
	Name string
}

// A Comeback gives a disabled member access again. Its call is the enabling alone: Tallyfy puts people back in
// their groups by itself, so what is left to do for the groups that were chosen shows afterwards, see Rest.
type Comeback struct {
	Person
	// Removal is the entry of the removal, nil when it is not known, and for somebody who was
	// disabled. Before are the groups that the member was in when the access ended, if BeforeKnown
	// says that they are known.
	Removal     *journal.Entry
	Before      []GroupName
	BeforeKnown bool
	// Groups is the choice, empty while none is made. Chosen are those of ChosenGroups.
	Groups string
	Chosen []tallyfy.ID
	// AsRestored leaves the groups as Tallyfy restores them by itself: nothing is said of them, and Groups is not asked.
	AsRestored bool
	// ReadGroup reads a group.
	ReadGroup func(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error)

	// Targets are the groups that the member is to be in, Gone those among them that are not there any more.
	Targets, Gone []GroupName

	enabled bool
}

// Kind implements change.Change.
func (c *Comeback) Kind() string { return BroughtBack }

// heir is who took over the work at the removal, "" for nobody.
func (c *Comeback) heir() string {
	if c.Removal == nil {
		return ""
	}
	for _, s := range c.Removal.AllSubjects() {
		if s.Kind == journal.Member && s.ID != string(c.ID) {
			return c.Removal.Called(s)
		}
	}
	return ""
}

// wanted are the ids of the choice.
func (c *Comeback) wanted() (ids []tallyfy.ID) {
	switch c.Groups {
	case SameGroups:
		for _, g := range c.Before {
			ids = append(ids, g.ID)
		}
	case ChosenGroups:
		for _, id := range c.Chosen {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids[:min(len(ids), MostGroups)]
}

// Look implements change.Change.
func (c *Comeback) Look(ctx context.Context) error {
	ids := c.wanted()
	found := make([]*tallyfy.Group, len(ids))
	calls := make([]func(context.Context) error, len(ids))
	for i, id := range ids {
		calls[i] = func(ctx context.Context) (err error) {
			found[i], err = c.ReadGroup(ctx, id)
			if tallyfy.IsGone(err) {
				return nil
			}
			return err
		}
	}
	if err := c.look(ctx, calls...); err != nil {
		return err
	}
	c.Targets, c.Gone = nil, nil
	for i, id := range ids {
		if g := found[i]; g != nil {
			c.Targets = append(c.Targets, GroupName{id, g.DisplayName()})
			continue
		}
		name := "Group " + string(id)
		for _, before := range c.Before {
			if before.ID == id {
				name = before.Name
			}
		}
		c.Gone = append(c.Gone, GroupName{id, name})
	}
	return nil
}

// Blockers gives all reasons that hold at once.
func (c *Comeback) Blockers() []Blocker {
	m, name := c.Member, c.Called()
	return Blockers(
		Block(m.IsBot(), name+" is a bot.", "Tallyfy does not change bots."),
		Block(m.Status == tallyfy.StatusInvited, name+" has not accepted the invitation yet.", "There is nothing to bring back: the invitation is still open."),
		Block(!m.IsDisabled() && m.Status != tallyfy.StatusInvited, name+" is active already.", "Access is as it should be. Groups are changed on the person's page."),
	)
}

// ChoiceProblem says what is wrong with the choice of groups, "" if nothing is.
func (c *Comeback) ChoiceProblem() string {
	switch {
	case c.AsRestored:
		return ""
	case c.Groups == SameGroups && !c.BeforeKnown:
		return "It is not known here in which groups " + c.Called() + " was. Choose groups, or none."
	case c.Groups == SameGroups && len(c.Before) > MostGroups:
		return c.Called() + " was in " + words.Count(len(c.Before), "group", "groups") + ", and at most " + words.Number(MostGroups) +
			" can be given back here. Choose groups, or none, and add the others from the person's page."
	case c.Groups == ChosenGroups && len(c.Chosen) == 0:
		return "Tick the groups, or choose none."
	case c.Groups == ChosenGroups && len(c.Chosen) > MostGroups:
		return "At most " + words.Number(MostGroups) + " groups can be chosen here. Add the others from the person's page."
	case c.Groups != SameGroups && c.Groups != ChosenGroups && c.Groups != NoGroups:
		return "Choose what becomes of the groups."
	}
	return ""
}

// Plan implements change.Change. What stands in the way stops it, and a choice that cannot be.
func (c *Comeback) Plan() change.Plan {
	if len(c.Blockers()) > 0 || c.ChoiceProblem() != "" {
		return change.Plan{Stopped: true}
	}
	name, organisation := c.Called(), names.Isolate(c.Org.DisplayName())
	facts := comebackFacts{Name: name}
	if c.Removal != nil {
		facts.Removal = c.Removal.ID
	}
	lines := []journal.Line{{Kind: Opens, Text: name + " can open " + organisation + " again, with the role " + roleWord(c.Member.Role) + "."}}
	subjects := []journal.Subject{journal.MemberSubject(c.Member)}
	var in []string
	for _, g := range c.Targets {
		facts.Groups = append(facts.Groups, g.ID)
		subjects = append(subjects, journal.Subject{Kind: journal.Group, ID: string(g.ID), Name: g.Name})
		lines = append(lines, journal.Line{Kind: lineIn, Text: name + " is in " + names.Isolate(g.Name) + ".", ID: g.ID})
		in = append(in, g.Name)
	}
	only := journal.Line{Kind: lineOnly, Text: name + " is in no other group."}
	if len(c.Targets) == 0 {
		only.Text = name + " is in no group."
	}
	differences := []journal.Difference{{What: "Status", Before: []string{string(c.Member.Status)}, After: []string{string(tallyfy.StatusActive)}}}
	if !c.AsRestored {
		lines, differences = append(lines, only), append(differences, journal.Difference{What: "Groups", After: in})
	}
	p := change.Plan{Subjects: subjects, Plan: journal.Plan{
		Will: "bring " + name + " back", Did: "brought " + name + " back", Lines: lines, Warnings: c.Notes(), Differences: differences,
	}}
	p.Facts = journal.Facts(facts)
	return p
}

// Notes are what the change brings about besides, which no check can find.
func (c *Comeback) Notes() (notes []string) {
	name := c.Called()
	for _, g := range c.Gone {
		notes = append(notes, names.Isolate(g.Name)+" is not there any more, so it is left out.")
	}
	groups := "Tallyfy puts people back in groups by itself. So the groups are read right afterwards, and only what differs from this plan is changed."
	if c.AsRestored {
		groups = "Tallyfy puts people back in groups by itself. No group is changed from here."
	}
	notes = append(notes, "It takes a "+pool(c.Member.Role)+" seat. "+SeatsUnknown+" If there is none, Tallyfy refuses, and nothing is changed.", groups)
	switch heir := c.heir(); {
	case heir != "":
		notes = append(notes, "The work that was given to "+heir+" stays with "+heir+". Give it back in Tallyfy, if it is wanted.")
	case c.Removal != nil || c.BeforeKnown: // disabling gives no work away
		notes = append(notes, "The work that was left in "+name+"'s name is there as it was.")
	default:
		notes = append(notes, "If work was given to somebody else, it stays there. Give it back in Tallyfy, if it is wanted.")
	}
	return append(notes,
		"Permissions for templates and processes that Tallyfy deleted do not come back.", "Tallyfy mails "+name+".",
		"If an identity provider sets who has access (SCIM), its next sync may change this back.")
}

// comebackFacts is what the check of a comeback compares with.
type comebackFacts struct {
	Name    string       // as it stands in the sentences
	Groups  []tallyfy.ID `json:",omitempty"`
	Removal string       `json:",omitempty"`
}

func factsOfComeback(e *journal.Entry) (comebackFacts, bool) {
	return journal.FactsOf[comebackFacts](e, BroughtBack)
}

// Comes reports whether an entry is that of a comeback, and which removal it undoes, "" when that is not known.
func Comes(e *journal.Entry) (removal string, ok bool) {
	f, ok := factsOfComeback(e)
	return f.Removal, ok
}

// Send implements change.Change.
func (c *Comeback) Send(ctx context.Context) ([]journal.Subject, error) {
	_, err := c.Client.Members.Enable(ctx, c.Org.ID, c.ID)
	c.enabled = err == nil
	return nil, err
}

// Changed is the member with access.
func (c *Comeback) Changed() *tallyfy.Member {
	m := *c.Member
	m.Status, m.IsActive = tallyfy.StatusActive, true
	return &m
}

// Rest is what is left to do for the groups, from the member as Tallyfy has brought them back. ok is false where
// Tallyfy did not send the groups.
func (c *Comeback) Rest(m *tallyfy.Member) (add, remove []tallyfy.ID, ok bool) {
	has := func(list []GroupName, id tallyfy.ID) bool {
		return slices.ContainsFunc(list, func(g GroupName) bool { return g.ID == id })
	}
	for i := range m.Groups {
		if id := m.Groups[i].ID; !has(c.Targets, id) && !slices.Contains(remove, id) {
			remove = append(remove, id)
		}
	}
	for _, g := range c.Targets {
		if !slices.ContainsFunc(m.Groups, func(in tallyfy.Group) bool { return in.ID == g.ID }) {
			add = append(add, g.ID)
		}
	}
	return add, remove, m.GroupsIncluded
}

// Check implements change.Change.
func (c *Comeback) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, _ := factsOfComeback(e)
	m, f, err := again(ctx, c.Client, c.Org.ID, e.Subject(journal.Member), "groups")
	if err != nil {
		return nil, err
	}
	findings := make([]journal.Finding, len(e.Lines))
	for i, l := range e.Lines {
		if findings[i] = f; m != nil {
			findings[i] = facts.judge(l, m)
		}
	}
	return findings, nil
}

// judge compares a sentence with the member.
func (f comebackFacts) judge(l journal.Line, m *tallyfy.Member) journal.Finding {
	switch {
	case l.Kind == Opens:
		return journal.Confirm(!m.IsDisabled(), f.Name+" is still disabled.")
	case m.IsDisabled():
		return journal.Finding{Result: journal.NotChecked, Detail: "That comes after the access."}
	case !m.GroupsIncluded:
		return journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy did not send the groups."}
	case l.Kind == lineIn:
		return journal.Confirm(slices.ContainsFunc(m.Groups, func(g tallyfy.Group) bool { return g.ID == l.ID }), f.Name+" is not in it.")
	}
	var others []string
	for i := range m.Groups {
		if g := &m.Groups[i]; !slices.Contains(f.Groups, g.ID) {
			others = append(others, g.DisplayName())
		}
	}
	return journal.Confirm(len(others) == 0, f.Name+" is in "+names.List(others)+".")
}

// Summary implements change.Change.
func (c *Comeback) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	f, _ := factsOfComeback(e)
	opens := e.Finding(Opens)
	tone, text := summary(e, underWay, opens, "bringing "+f.Name+" back", f.Name+" is back in "+names.Isolate(c.Org.DisplayName()))
	n := e.Check.Count(journal.NotAsExpected)
	if opens.Result == journal.Confirmed && !underWay && n > 0 {
		return change.Warning, text + " But " + words.Count(n, "sentence about the groups is", "sentences about the groups are") + " not as expected: change the groups on the person's page."
	}
	return tone, text
}

// Log implements change.Change.
func (c *Comeback) Log() []slog.Attr {
	attrs := append(c.log(), slog.String("groups", c.Groups))
	if c.enabled {
		attrs = append(attrs, slog.Group("after", slog.String("status", string(tallyfy.StatusActive))))
	}
	return attrs
}
