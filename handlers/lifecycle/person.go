package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// Source is where a change of a person reads from.
type Source interface {
	// Member reads a member with the groups.
	Member(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error)
	// OpenTasks counts open tasks. Not being able to is a result, too.
	OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks
	// Members gives the copy of all members, which may be incomplete. It is never nil.
	Members(ctx context.Context) (*directory.Members, error)
	// CopiedGuests is the copy of all guests if it costs no call, else nil.
	CopiedGuests() *directory.Guests
}

// A Person is the member whom a change is about.
type Person struct {
	Source Source
	Client *tallyfy.Client
	Org    tallyfy.Organization
	// By is who makes the change.
	By tallyfy.UserID
	ID tallyfy.UserID

	// Member and Copy are what look found: the member with the groups, and the copy of all members.
	Member *tallyfy.Member
	Copy   *directory.Members
}

// Target names what two changes must not touch at the same time.
func (p *Person) Target() string { return "member " + string(p.ID) }

// look reads the member and the copy of all members, and what else a change needs, side by side.
func (p *Person) look(ctx context.Context, more ...func(ctx context.Context) error) error {
	calls := append([]func(ctx context.Context) error{
		func(ctx context.Context) (err error) {
			p.Member, err = p.Source.Member(ctx, p.ID)
			return err
		},
		func(ctx context.Context) error {
			p.Copy, _ = p.Source.Members(ctx) // what it can give is good enough
			return nil
		},
	}, more...)
	return parallel.Run(ctx, calls...)
}

// Called is the member in a sentence: with the address, or the id, where somebody else looks the same.
func (p *Person) Called() string { return Called(p.Member, p.Copy.Alike(p.Member.Name())) }

// Called is a member in a sentence: with the address, or the id, where one of others looks the
// same. The member may be among them.
func Called(m *tallyfy.Member, others []*tallyfy.Member) string {
	called := names.Isolate(m.Name())
	for _, other := range others {
		switch {
		case other.ID == m.ID || !names.Alike(other.Name(), m.Name()):
		case m.Email == "" || names.Alike(m.Email, m.Name()) || names.Alike(m.Email, other.Email):
			return names.Marked(m.Name(), "member "+string(m.ID))
		default:
			called = names.Marked(m.Name(), m.Email)
		}
	}
	return called
}

// Self reports whether the member is who makes the change.
func (p *Person) Self() bool { return p.Member.ID == p.By }

// OtherAdmin reports whether there is, or may be, an active administrator besides the member. A
// person who can read somebody else is one. While not all members are known there may be another.
func (p *Person) OtherAdmin() bool {
	return !p.Self() || !p.Copy.Complete || slices.ContainsFunc(p.Copy.Items, func(m *tallyfy.Member) bool {
		return m.ID != p.Member.ID && m.Role == tallyfy.RoleAdmin && m.CanWork()
	})
}

// GroupNames are what groups are called.
func GroupNames(groups []*tallyfy.Group) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = g.DisplayName()
	}
	return list
}

// log gives the facts of the member before the change.
func (p *Person) log() []slog.Attr {
	m := p.Member
	return []slog.Attr{
		slog.String("member", string(m.ID)),
		slog.Group("before", slog.String("email", m.Email), slog.String("role", string(m.Role)), slog.String("status", string(m.Status))),
	}
}

// A Blocker is a reason why a change cannot be made, with its way out. FindAdmin says that another administrator is the
// way.
type Blocker struct {
	Title, Out string
	FindAdmin  bool
}

// A Ground is a blocker that may hold.
type Ground struct {
	holds bool
	Blocker
}

// Block is a ground without another administrator.
func Block(holds bool, title, out string) Ground {
	return Ground{holds, Blocker{Title: title, Out: out}}
}

// AskAdmin is a ground with another administrator as the way out.
func AskAdmin(holds bool, title, out string) Ground {
	return Ground{holds, Blocker{Title: title, Out: out, FindAdmin: true}}
}

// DefaultAdmin is the ground of the default administrator, whom Tallyfy keeps as one.
func DefaultAdmin(holds bool, name string) Ground {
	return Block(holds, name+" is the default administrator.",
		"Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page.")
}

// LastAdmin is the ground of an administrator besides whom no other one is active.
func LastAdmin(holds bool, name, organisation string) Ground {
	return AskAdmin(holds, name+" is the only active administrator.",
		"Make somebody else an administrator first, or nobody will be able to manage "+organisation+".")
}

// Blockers keeps the grounds that hold.
func Blockers(list ...Ground) (hold []Blocker) {
	for _, g := range list {
		if g.holds {
			hold = append(hold, g.Blocker)
		}
	}
	return hold
}

// couldNotAsk is the finding where Tallyfy did not say.
var couldNotAsk = journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy could not be asked."}

// again reads a member for a check. A finding says why there is none; an error is a sign-in that has ended.
func again(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, s journal.Subject, with ...string) (*tallyfy.Member, journal.Finding, error) {
	m, err := client.Members.Get(ctx, org, tallyfy.UserID(s.ID), with...)
	switch {
	case tallyfy.IsUnauthorized(err):
		return nil, journal.Finding{}, err
	case tallyfy.IsGone(err):
		return nil, journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy does not list " + names.Isolate(s.Name) + " any more."}, nil
	case err != nil:
		return nil, couldNotAsk, nil
	}
	return m, journal.Finding{}, nil
}

// summary is a receipt in a sentence, from the finding of what was done. act is the change in a noun, done what is so
// afterwards; the finding's detail says what is so otherwise.
func summary(e *journal.Entry, underWay bool, f journal.Finding, act, done string) (change.Tone, string) {
	said := e.State == journal.Done
	switch {
	case underWay:
		return change.Info, upper(act) + " has been sent and is not answered yet. Check again in a moment."
	case f.Result == journal.Confirmed && said:
		return change.Good, done + "."
	case f.Result == journal.Confirmed:
		return change.Good, "Tallyfy didn't confirm " + act + ", but it is done: " + done + "."
	case f.Result == journal.NotAsExpected && said:
		return change.Problem, "Tallyfy said that this is done, but it is not so: " + f.Detail + " Check again in a minute; if it stays so, ask Tallyfy's support."
	case f.Result == journal.NotAsExpected:
		return change.Problem, "Tallyfy didn't confirm " + act + ". " + f.Detail + " It may still be under way: check again in a minute before you repeat it."
	case said:
		return change.Warning, "Tallyfy said that this is done: " + done + ". It could not be checked."
	}
	return change.Warning, fmt.Sprintf("Tallyfy didn't confirm %s. It may or may not be done. Please don't repeat it; check again in a minute.", act)
}

// upper begins a sentence.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
