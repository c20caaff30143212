package membership

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// The kinds of an Edit.
const (
	GroupEdited   = "group.edit"   // its name and description
	PeopleChanged = "group.people" // who is in it
)

// An Edit changes the texts of a group, or who is in it. Tallyfy replaces a group as a whole, so the one
// call carries everything as it was read just before, with the difference in it: what others have changed
// until then stays.
type Edit struct {
	Source Source
	Client *tallyfy.Client
	Org    tallyfy.ID
	ID     tallyfy.ID
	// Name and Description are nil to stay as they are.
	Name, Description *Text
	People            People
	// Base is the group as the person saw it, to say what others have changed since; nil if that is not
	// known any more. Saw is its PeopleKey, which tells at least that others have changed something; empty where
	// it is not known.
	Base *tallyfy.Group
	Saw  string
	// Sure says that the person has seen what is at stake; until then that stops the edit.
	Sure bool
	// Seen is the text of what was at stake when the edit was planned by somebody who is not there any more: that does not
	// stop it, and anything else does. Sure goes before.
	Seen string
	// Held, if set, says before the group is read who is to stay as they are whatever the edit wishes, and why.
	Held func(ctx context.Context) (map[tallyfy.UserID]string, error)
	// Undoes is the entry that this edit undoes, Repeats the one whose lost part it applies once more.
	Undoes, Repeats string
	// Merges is the name of a group that is to be deleted once its people are in this one, "" for none.
	Merges string
	// RereadFor bounds how long a reading after the change is repeated that may be older than the
	// change; 0 is a second and a half.
	RereadFor time.Duration

	// Group is what Look found.
	Group *tallyfy.Group
	// Did is what the edit does to who is in the group. Who is in or out already is left out.
	Did People
	// LeftOut are those who are not added.
	LeftOut []LeftOut
	// Joined are members whose address was among the guests.
	Joined []string
	// NameConflict and DescriptionConflict say that somebody else has changed the text, too, into something
	// else. That stops an edit; one that undoes or repeats another leaves the text as it is.
	NameConflict, DescriptionConflict bool
	// Tasks are the group's open tasks. They are counted when guests come in, who can work on them then.
	Tasks tallyfy.OpenTasks
	// Answer is the group as Tallyfy's answer has it; nil before Send and without an answer.
	Answer *tallyfy.Group

	name, description string // afterwards
	members           []tallyfy.UserID
	guests            []string
	copy              *directory.Members
	held              map[tallyfy.UserID]string
}

// A LeftOut is a member who is not added to a group, or who is held, and why.
type LeftOut struct {
	ID        tallyfy.UserID
	Name, Why string
}

// Kind implements change.Change.
func (c *Edit) Kind() string {
	if c.Name != nil || c.Description != nil {
		return GroupEdited
	}
	return PeopleChanged
}

// Target implements change.Change. It is that of a deletion, too.
func (c *Edit) Target() string { return "group " + string(c.ID) }

// Look reads the names of the members, the open tasks where guests come in, and last the group: between
// that reading and the call that writes it nothing else is asked of Tallyfy.
func (c *Edit) Look(ctx context.Context) error {
	if c.Held != nil {
		var err error
		if c.held, err = c.Held(ctx); err != nil {
			return err
		}
	}
	c.prepare(ctx)
	g, err := c.Source.Group(ctx, c.ID)
	if err != nil {
		return err
	}
	c.take(g)
	return nil
}

// prepare reads what an edit needs besides the group. What can be had is good enough.
func (c *Edit) prepare(ctx context.Context) {
	_ = parallel.Run(ctx,
		func(ctx context.Context) error {
			if !c.People.Empty() {
				c.copy, _ = c.Source.Members(ctx)
			}
			return nil
		},
		func(ctx context.Context) error {
			if len(c.People.AddGuests) > 0 {
				c.Tasks = c.Source.OpenTasks(ctx, tallyfy.TaskListOptions{Group: c.ID})
			}
			return nil
		})
}

// take works out what the edit makes of the group as it is.
func (c *Edit) take(g *tallyfy.Group) {
	c.Group = g
	c.name, c.description = g.Name, g.Description
	if c.Name != nil {
		c.name, c.NameConflict = c.Name.Merge(g.Name)
	}
	if c.Description != nil {
		c.description, c.DescriptionConflict = c.Description.Merge(g.Description)
	}
	c.Did = c.admissible().Effective(g.Members, g.Guests)
	c.members, c.guests = c.Did.Merge(g.Members, g.Guests)
}

// admissible is who is to come and go, without those who cannot be added. Who is in the group already stays.
func (c *Edit) admissible() People {
	p := People{RemoveGuests: c.People.RemoveGuests}
	c.LeftOut, c.Joined = nil, nil
	for _, id := range c.People.Remove {
		if why := c.held[id]; why != "" {
			c.LeftOut = append(c.LeftOut, LeftOut{id, nameOf(c.copy, id), why})
			continue
		}
		p.Remove = append(p.Remove, id)
	}
	in := map[string]bool{}
	for _, id := range c.Group.Members {
		in[memberKey(id)] = true
	}
	add := func(id tallyfy.UserID) bool {
		why := c.held[id]
		if why == "" && !in[memberKey(id)] {
			why = Unfit(c.copy, id)
		}
		if why != "" {
			c.LeftOut = append(c.LeftOut, LeftOut{id, nameOf(c.copy, id), why})
			return false
		}
		p.Add = append(p.Add, id)
		return true
	}
	for _, id := range c.People.Add {
		add(tallyfy.UserID(memberKey(id)))
	}
	byAddress := map[string]*tallyfy.Member{}
	if len(c.People.AddGuests) > 0 && c.copy != nil {
		for _, m := range c.copy.Items {
			if m.Status != tallyfy.StatusDisabled {
				byAddress[GuestKey(m.Email)] = m
			}
		}
	}
	for _, address := range c.People.AddGuests {
		if m := byAddress[GuestKey(address)]; m == nil {
			p.AddGuests = append(p.AddGuests, strings.TrimSpace(address))
		} else if add(m.ID) && !in[memberKey(m.ID)] {
			c.Joined = append(c.Joined, nameOf(c.copy, m.ID))
		}
	}
	return p
}

// Unfit says why a member cannot be added, "" for one who can.
func Unfit(members *directory.Members, id tallyfy.UserID) string {
	m, ok := members.ByID(id)
	switch {
	case !ok && members.Complete:
		return "there is nobody with this id in the organisation"
	case !ok:
		return "not all members are read yet; try again in a moment"
	case m.IsBot():
		return "a bot can't be added"
	case m.Status == tallyfy.StatusInvited:
		return "has not accepted the invitation yet"
	case m.IsDisabled():
		return "is disabled"
	}
	return ""
}

// Unread reports that somebody may be left out only because not all members are read. That stops an edit that
// merges a group: with the group those people would be lost.
func (c *Edit) Unread() bool {
	return len(c.LeftOut) > 0 && (c.copy == nil || !c.copy.Complete)
}

// Conflict reports that the person has to say which text it is to be.
func (c *Edit) Conflict() bool {
	return (c.NameConflict || c.DescriptionConflict) && c.Undoes == "" && c.Repeats == ""
}

// Nothing reports that the group is as wished already.
func (c *Edit) Nothing() bool {
	return !c.Conflict() && c.Did.Empty() && c.name == c.Group.Name && c.description == c.Group.Description
}

// NeedsDescription reports that the group has no description: Tallyfy takes no change of it without one.
func (c *Edit) NeedsDescription() bool { return strings.TrimSpace(c.description) == "" }

// Others is what others have changed in who is in the group since the person saw it.
func (c *Edit) Others() People {
	if c.Base == nil || c.Group == nil {
		return People{}
	}
	return Between(c.Base.Members, c.Base.Guests, c.Group.Members, c.Group.Guests)
}

// Cover says who would be in the group afterwards to do its work.
type Cover int

// The covers of a group.
const (
	Covered Cover = iota
	OneLeft       // one active member where there were more, and no guest
	NobodyLeft
)

// Cover compares who is in the group afterwards with who is in it now. With it comes the name of the only one who is left.
func (c *Edit) Cover() (Cover, string) {
	if c.Did.Empty() || c.copy == nil {
		return Covered, ""
	}
	working := func(ids []tallyfy.UserID) (list []*tallyfy.Member) {
		for _, id := range ids {
			if m, ok := c.copy.ByID(id); ok && m.CanWork() {
				list = append(list, m)
			}
		}
		return list
	}
	known := c.copy.Count(c.members) + len(c.guests)
	if known == 0 && c.copy.Count(c.Group.Members)+len(c.Group.Guests) > 0 {
		return NobodyLeft, ""
	}
	now, then := working(c.Group.Members), working(c.members)
	if c.copy.Complete && len(c.guests) == 0 && len(then) == 1 && (len(now) > 1 || len(c.Group.Guests) > 0) {
		return OneLeft, nameOf(c.copy, then[0].ID)
	}
	return Covered, ""
}

// Stakes says what the person should know before the edit is carried out, in sentences without numbers,
// because work goes on while somebody reads.
func (c *Edit) Stakes() (list []string) {
	group := names.Isolate(c.Group.DisplayName())
	switch cover, who := c.Cover(); cover {
	case NobodyLeft:
		list = append(list, "Nobody is left in "+group+": work that is assigned to the group reaches no one then.")
	case OneLeft:
		list = append(list, names.Isolate(who)+" is the only active person left in "+group+".")
	}
	if len(c.Did.AddGuests) > 0 {
		switch {
		case !c.Tasks.Checked:
			list = append(list, "The open tasks of "+group+" could not be counted. If there are any, the new guests can work on them.")
		case c.Tasks.Total > 0:
			list = append(list, "Open tasks are assigned to "+group+". The new guests can work on them, too.")
		}
	}
	return list
}

// Unseen reports that the person has to see first what is at stake.
func (c *Edit) Unseen() bool {
	return !c.Sure && slices.ContainsFunc(c.Stakes(), func(stake string) bool { return !strings.Contains(c.Seen, stake) })
}

// Send implements change.Change.
func (c *Edit) Send(ctx context.Context) ([]journal.Subject, error) {
	g, err := c.Client.Groups.Update(ctx, c.Org, c.ID, tallyfy.UpdateGroupRequest{
		Name: c.name, Description: c.description, Members: &c.members, Guests: &c.guests,
	})
	if err != nil {
		return nil, err
	}
	c.Answer = g
	return nil, nil
}

// editFacts is what the check of an edit compares with, and what undoing it needs.
type editFacts struct {
	People
	// Name and Description are before and after; nil where the edit leaves them.
	Name, Description *Text  `json:",omitempty"`
	Undoes, Repeats   string `json:",omitempty"`
	// Called is the group's name in sentences, Result what the edit did.
	Called, Result string
}

func factsOf(e *journal.Entry) (f editFacts, err error) {
	err = json.Unmarshal(e.Plan.Facts, &f)
	return f, err
}

// Undone is the wish that undoes an entry of an edit: the reverse of what it did, to be merged with how the
// group is by then. ok is false for entries of another kind.
func Undone(e *journal.Entry) (wish Edit, ok bool) {
	f, err := factsOf(e)
	if err != nil || e.Kind != GroupEdited && e.Kind != PeopleChanged {
		return Edit{}, false
	}
	back := func(t *Text) *Text {
		if t == nil {
			return nil
		}
		return &Text{Was: t.Yours, Yours: t.Was}
	}
	return Edit{
		ID: tallyfy.ID(e.Subject(journal.Group).ID), Undoes: e.ID,
		People: f.Inverse(), Name: back(f.Name), Description: back(f.Description),
	}, true
}

// Repeated is the wish that applies what others have overtaken of an entry once more. ok is false where
// nothing is lost, and for an entry that was such a repetition itself.
func Repeated(e *journal.Entry) (wish Edit, ok bool) {
	f, err := factsOf(e)
	if err != nil || f.Repeats != "" || !Overtaken(e) {
		return Edit{}, false
	}
	return Edit{
		ID: tallyfy.ID(e.Subject(journal.Group).ID), Repeats: e.ID,
		People: f.People, Name: f.Name, Description: f.Description,
	}, true
}

// Relation is the entry that an edit undoes or repeats, "" for none.
func Relation(e *journal.Entry) (undoes, repeats string) {
	f, _ := factsOf(e)
	return f.Undoes, f.Repeats
}

// Overtaken reports that Tallyfy confirmed an edit and that its check then missed a part of it.
func Overtaken(e *journal.Entry) bool {
	if e.Kind != GroupEdited && e.Kind != PeopleChanged || e.State != journal.Done {
		return false
	}
	for i, l := range e.Plan.Lines {
		if l.Kind != lineKept && e.FindingAt(i).Result == journal.NotAsExpected {
			return true
		}
	}
	return false
}

// Log implements change.Change.
func (c *Edit) Log() []slog.Attr {
	attrs := []slog.Attr{
		slog.String("group", string(c.ID)), groupAttrs("before", c.Group),
		slog.Group("asked", slog.Any("add", c.Did.Add), slog.Any("remove", c.Did.Remove),
			slog.Int("guests_added", len(c.Did.AddGuests)), slog.Int("guests_removed", len(c.Did.RemoveGuests)), slog.String("name", c.name)),
	}
	if c.Answer != nil {
		attrs = append(attrs, groupAttrs("after", c.Answer))
	}
	if about := cmp.Or(c.Undoes, c.Repeats); about != "" {
		attrs = append(attrs, slog.String("entry", about))
	}
	return attrs
}

// SamePeople reports that a later entry of an edit changed what an earlier one changed, too: one of the same
// people in the same group, or the same text.
func SamePeople(earlier, later *journal.Entry) bool {
	before := wishesOf(earlier)
	for group, b := range wishesOf(later) {
		a, ok := before[group]
		if !ok {
			continue
		}
		if a.Name != nil && b.Name != nil || a.Description != nil && b.Description != nil {
			return true
		}
		about := map[string]bool{}
		for _, id := range slices.Concat(a.Add, a.Remove) {
			about[memberKey(id)] = true
		}
		for _, address := range slices.Concat(a.AddGuests, a.RemoveGuests) {
			about[GuestKey(address)] = true
		}
		if slices.ContainsFunc(slices.Concat(b.Add, b.Remove), func(id tallyfy.UserID) bool { return about[memberKey(id)] }) ||
			slices.ContainsFunc(slices.Concat(b.AddGuests, b.RemoveGuests), func(address string) bool { return about[GuestKey(address)] }) {
			return true
		}
	}
	return false
}

// wishesOf is what an entry of an edit changed in each of its groups.
func wishesOf(e *journal.Entry) map[string]editFacts {
	wishes := map[string]editFacts{}
	if f, ok := severalFacts(e); ok {
		for _, g := range f.Groups {
			wishes[string(g.ID)] = editFacts{People: g.People}
		}
	} else if f, err := factsOf(e); err == nil {
		wishes[e.Subject(journal.Group).ID] = f
	}
	return wishes
}

// Moves reports that an entry changes that a member is in a group: with out that the member is not in it any more.
func Moves(e *journal.Entry, group tallyfy.ID, id tallyfy.UserID, out bool) bool {
	f := wishesOf(e)[string(group)]
	if out {
		return slices.Contains(f.Remove, id)
	}
	return slices.Contains(f.Add, id)
}

// KeptTexts says which texts somebody has changed since, so that an edit that undoes or repeats another one
// leaves them; "" for none.
func (c *Edit) KeptTexts() string {
	var list []string
	if c.NameConflict {
		list = append(list, "the name")
	}
	if c.DescriptionConflict {
		list = append(list, "the description")
	}
	if len(list) == 0 {
		return ""
	}
	return "Somebody has changed " + and(list) + " since, so it stays as it is now."
}
