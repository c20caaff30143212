package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// RoleChanged is the kind of a RoleChange.
const RoleChanged = "member.role"

// lineRole is the kind of the sentence that says the new role.
const lineRole = "role"

// MaxReason is the longest reason for giving a role, in characters. It stands in the journal's sentence.
const MaxReason = 300

// Roles are those that a member can have, from the most to the least.
var Roles = []tallyfy.Role{tallyfy.RoleAdmin, tallyfy.RoleStandard, tallyfy.RoleLight}

// A RoleChange gives a member another role.
type RoleChange struct {
	Person
	// Role is the new role, one of Roles; empty while none is chosen.
	Role tallyfy.Role
	// Reason says why, and is required for an administrator.
	Reason string
	// Undoes is the entry that this change undoes, empty for none.
	Undoes string

	changed bool
}

// Kind implements change.Change.
func (c *RoleChange) Kind() string { return RoleChanged }

// Look implements change.Change.
func (c *RoleChange) Look(ctx context.Context) error { return c.look(ctx) }

// Blockers gives all reasons that hold at once. While no role is chosen, they are those against taking the role away.
func (c *RoleChange) Blockers() []Blocker {
	m, name := c.Member, c.Called()
	demotion := m.Role == tallyfy.RoleAdmin && c.Role != tallyfy.RoleAdmin
	return Blockers(
		Block(m.IsBot(), name+" is a bot.", "Tallyfy does not change the roles of bots."),
		AskAdmin(demotion && c.Self(), "This is your own account.", "You would lose the right to undo it. Ask another administrator to change your role."),
		DefaultAdmin(demotion && m.IsDefaultAdmin, name),
		LastAdmin(demotion && m.CanWork() && !c.OtherAdmin(), name, names.Isolate(c.Org.DisplayName())),
	)
}

// Nothing reports that the member has the role already.
func (c *RoleChange) Nothing() bool { return c.Member.Role == c.Role }

// NeedsReason reports that the role takes a reason.
func (c *RoleChange) NeedsReason() bool { return c.Role == tallyfy.RoleAdmin }

// RoleProblem says what is wrong with the choice of the role, "" if nothing is.
func (c *RoleChange) RoleProblem() string { return roleProblem(c.Role) }

func roleProblem(r tallyfy.Role) string {
	if slices.Contains(Roles, r) {
		return ""
	}
	return "Choose a role."
}

// ReasonProblem says what is wrong with the reason, "" if nothing is.
func (c *RoleChange) ReasonProblem() string {
	switch n := utf8.RuneCountInString(c.reason()); {
	case !names.IsText(c.Reason):
		return "The reason holds characters that are no text, such as control characters. Type it anew."
	case n > MaxReason:
		return fmt.Sprintf("The reason has %d characters; %d are allowed.", n, MaxReason)
	case c.NeedsReason() && !tallyfy.Visible(c.reason()):
		return "Say why. The reason is kept with the change."
	}
	return ""
}

// reason is the reason on one line.
func (c *RoleChange) reason() string { return strings.Join(strings.Fields(c.Reason), " ") }

// Plan implements change.Change. Everything that Blockers and the Problems say stops it, and that there is nothing to do.
func (c *RoleChange) Plan() change.Plan {
	if len(c.Blockers()) > 0 || c.Nothing() || c.RoleProblem() != "" {
		return change.Plan{Stopped: true}
	}
	name, was, is := c.Called(), roleWord(c.Member.Role), roleWord(c.Role)
	p := change.Plan{
		Stopped:  c.ReasonProblem() != "",
		Subjects: []journal.Subject{journal.MemberSubject(c.Member)},
		Plan: journal.Plan{
			Will:        fmt.Sprintf("change the role of %s from %s to %s", name, was, is),
			Did:         fmt.Sprintf("changed the role of %s from %s to %s", name, was, is),
			Lines:       []journal.Line{{Kind: lineRole, Text: fmt.Sprintf("%s's role is %s, and no longer %s.", name, is, was)}},
			Warnings:    c.Notes(),
			Differences: []journal.Difference{{What: "Role", Before: []string{was}, After: []string{is}}},
			Facts:       journal.Facts(roleFacts{c.Member.Role, c.Role, name, c.Undoes}),
		},
	}
	if r := c.reason(); r != "" {
		p.Will, p.Did = p.Will+" (“"+names.Isolate(r)+"”)", p.Did+" (“"+names.Isolate(r)+"”)"
	}
	return p
}

// Notes are what the change brings about besides, which no check can find: seats, mail, and what the role allows.
func (c *RoleChange) Notes() (notes []string) {
	m, name := c.Member, c.Called()
	if c.Role == tallyfy.RoleAdmin {
		notes = append(notes, "Administrators of "+names.Isolate(c.Org.DisplayName())+" can invite, change and remove people, and change every group and every setting.")
	}
	switch {
	case m.IsDisabled():
		notes = append(notes, name+" is disabled and takes no seat. The role counts once "+name+" is brought back.")
	case m.Role == tallyfy.RoleLight:
		notes = append(notes, "It takes a full seat and frees a Light one. "+SeatsUnknown+" If there is none, Tallyfy refuses, and nothing is changed.")
	case c.Role == tallyfy.RoleLight:
		notes = append(notes, "It frees a full seat and takes a Light one. Tallyfy never refuses that for lack of a seat.")
	default:
		notes = append(notes, "Both roles take a full seat, so no seat changes.")
	}
	return append(notes, "Tallyfy mails "+name+" the old and the new role.",
		"If an identity provider sets the roles (SCIM), its next sync may change this one back.")
}

// SeatsUnknown says why no number of seats stands here.
const SeatsUnknown = "Tallyfy's interface does not say how many seats are free."

// roleWord is a role within a sentence.
func roleWord(r tallyfy.Role) string { return names.Isolate(names.Role(r)) }

// roleFacts is what the check of a change of role needs.
type roleFacts struct {
	Was, Is tallyfy.Role
	Name    string // as it stands in the sentence
	Undoes  string `json:",omitempty"`
}

func factsOfRole(e *journal.Entry) (roleFacts, bool) {
	return journal.FactsOf[roleFacts](e, RoleChanged)
}

// RoleBefore is the role that a change of role took away; ok is false for entries of another kind.
func RoleBefore(e *journal.Entry) (role tallyfy.Role, ok bool) {
	f, ok := factsOfRole(e)
	return f.Was, ok && roleProblem(f.Was) == ""
}

// RoleGiven is the role that a change of role gave; ok is false for entries of another kind.
func RoleGiven(e *journal.Entry) (role tallyfy.Role, ok bool) {
	f, ok := factsOfRole(e)
	return f.Is, ok
}

// Undone is the entry that a change of role, or of who knows guests, undoes; "" for none.
func Undone(e *journal.Entry) string {
	if f, ok := factsOfContacts(e); ok {
		return f.Undoes
	}
	f, _ := factsOfRole(e)
	return f.Undoes
}

// Send implements change.Change.
func (c *RoleChange) Send(ctx context.Context) ([]journal.Subject, error) {
	_, err := c.Client.Members.SetRole(ctx, c.Org.ID, c.ID, c.Role)
	c.changed = err == nil
	return nil, err
}

// Changed is the member with the new role.
func (c *RoleChange) Changed() *tallyfy.Member {
	m := *c.Member
	m.Role = c.Role
	return &m
}

// Check implements change.Change.
func (c *RoleChange) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, _ := factsOfRole(e)
	m, f, err := again(ctx, c.Client, c.Org.ID, e.Subject(journal.Member))
	if err != nil {
		return nil, err
	}
	if m != nil {
		f = journal.Confirm(m.Role == facts.Is, facts.Name+"'s role is "+roleWord(m.Role)+".")
	}
	return []journal.Finding{f}, nil
}

// Summary implements change.Change.
func (c *RoleChange) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	f, _ := factsOfRole(e)
	return summary(e, underWay, e.Finding(lineRole), "the change of "+f.Name+"'s role", f.Name+"'s role is "+roleWord(f.Is)+" now")
}

// Log implements change.Change.
func (c *RoleChange) Log() []slog.Attr {
	attrs := append(c.log(), slog.String("role", string(c.Role)))
	if c.changed {
		attrs = append(attrs, slog.Group("after", slog.String("role", string(c.Role))))
	}
	return attrs
}
