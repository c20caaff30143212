package history

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/tallyfy"
)

// An ownChange is a change that was made here, or may have been, between two readings.
type ownChange struct {
	*journal.Entry
	end time.Time
	// sure says that it was made, applied that its moves are in the state that the reading is compared with.
	sure, applied bool
	moves         []move
	created       []move // into the group that it created
}

// A move puts a member or a guest into a group, or takes one out.
type move struct {
	group tallyfy.ID
	who   tallyfy.UserID
	in    bool
}

// ownChanges are those since the reading before, oldest first.
type ownChanges struct {
	list []ownChange
	// underWay says that one was under way during the reading: who was in what then is not known exactly.
	underWay bool
}

// slack is how far the clocks of two replicas may be apart for a change of the one to explain what the other read.
const slack = time.Minute

// own reads the changes that were made here between the reading before and the end of this one.
func (h *History) own(ctx context.Context, s stream, from time.Time, o observed) (changed ownChanges, err error) {
	for e, err := range h.journal.List(ctx, journal.Filter{Org: s.org, From: from.Add(-slack - change.SendTime), To: o.ended.Add(slack)}) {
		if err != nil {
			return changed, err
		}
		if e.NotMade() || e.Unreadable {
			continue
		}
		c := ownChange{Entry: e, end: e.At, sure: e.State == journal.Done && !membership.Overtaken(e) || e.CarriedOut(), moves: movesOf(e)}
		c.created = movesIn(tallyfy.ID(e.Subject(journal.Group).ID), membership.CreatedWith(e))
		switch {
		case e.Outcome != nil && e.State == journal.Done:
			c.end = e.Outcome.At
		case e.CarriedOut():
			c.end = e.Check.At
		case change.UnderWay(e, h.now()):
			c.end = e.At.Add(change.SendTime)
		}
		c.end = roundUp(c.end)
		changed.underWay = changed.underWay || e.At.Before(o.ended) && c.end.After(o.began)
		changed.list = append(changed.list, c)
	}
	slices.Reverse(changed.list)
	return changed, nil
}

// movesOf is what an entry did to who is in which group, or wanted to do.
func movesOf(e *journal.Entry) (list []move) {
	if wish, ok := membership.Undone(e); ok {
		list = movesIn(wish.ID, wish.People.Inverse())
	}
	if wish, ok := membership.AllUndone(e); ok {
		for _, g := range wish.Groups {
			list = append(list, movesIn(g.ID, g.People.Inverse())...)
		}
	}
	return list
}

// movesIn are the moves of one group.
func movesIn(group tallyfy.ID, did membership.People) (list []move) {
	for _, who := range did.Add {
		list = append(list, move{group, who, true})
	}
	for _, who := range did.Remove {
		list = append(list, move{group, who, false})
	}
	for _, address := range did.AddGuests {
		list = append(list, move{group, GuestKey(address), true})
	}
	for _, address := range did.RemoveGuests {
		list = append(list, move{group, GuestKey(address), false})
	}
	return list
}

// membersOnly drops the moves of guests.
func (c ownChanges) membersOnly() {
	for i := range c.list {
		c.list[i].moves = slices.DeleteFunc(c.list[i].moves, func(m move) bool { return addressOf(m.who) != "" })
	}
}

// apply makes the events of what was certainly done here after the reading before, and the state that it left.
func (c ownChanges) apply(before *state, r row) (events []*Event, then *state) {
	if len(c.list) == 0 {
		return nil, before
	}
	then = &state{Members: before.Members, Guests: before.Guests, Groups: maps.Clone(before.Groups)}
	for i := range c.list {
		own := &c.list[i]
		if own.applied = own.sure && !own.At.Before(r.ended); !own.applied {
			continue
		}
		for _, m := range own.moves {
			e := Event{Kind: Left, Group: m.group, Member: m.who, After: own.At, By: own.end, Entry: own.ID, Details: Details{In: then.Groups[m.group].Name}}
			if m.in {
				e.Kind = Joined
			}
			if !then.set(m.group, m.who, m.in) {
				if _, there := then.Groups[m.group]; !there || own.State != journal.Done {
					continue
				}
				// It was so at the reading before, and not when this change was made.
				undone := e
				undone.Kind, undone.Entry = reverse[e.Kind], ""
				undone.After, undone.By = own.after(r.began, c.list, m), own.At
				events = append(events, &undone)
			}
			events = append(events, &e)
		}
	}
	return events, then
}

// reverse is what undoes a move.
var reverse = map[Kind]Kind{Joined: Left, Left: Joined}

// after is the end of the last change before this one that moved the same person, or the beginning of the reading
// before.
func (c ownChange) after(t time.Time, list []ownChange, m move) time.Time {
	for _, other := range list {
		if other.sure && other.end.After(t) && !other.end.After(c.At) && slices.ContainsFunc(other.moves, func(o move) bool { return o.group == m.group && o.who == m.who }) {
			t = other.end
		}
	}
	return t
}

// explain finds the change that was made here and did what an event says. What it did by itself was done between
// its own times. What only goes with it may have happened before.
func (c ownChanges) explain(e *Event, o observed) {
	for _, own := range slices.Backward(c.list) {
		explained, itself := own.explains(e, o)
		if !explained {
			continue
		}
		e.Entry = own.ID
		if itself && own.sure && own.At.After(e.After) && own.end.Before(e.By) {
			e.After, e.By = own.At, own.end
		}
		return
	}
	for _, own := range c.list {
		// Nobody was in a group before it was created, and the entry of that does not say who came
		// later.
		if e.Kind == Joined && own.Kind == membership.GroupCreated && own.Subject(journal.Group).ID == string(e.Group) && own.At.Before(e.By) {
			e.Part, e.After = false, later(e.After, own.At)
		}
	}
	// What was done here to the same person in the same group came before.
	e.After = ownChange{Entry: &journal.Entry{At: e.By}}.after(e.After, c.list, move{group: e.Group, who: e.Member})
}

// about reports that a subject of the change has the id.
func (c ownChange) about(kind journal.SubjectKind, id string) bool {
	return id != "" && slices.ContainsFunc(c.AllSubjects(), func(s journal.Subject) bool { return s.Kind == kind && s.ID == id })
}

// explains reports that a change may have done what an event says, and whether that is what it is for.
func (c ownChange) explains(e *Event, o observed) (explained, itself bool) {
	ofGroup, ofMember := c.about(journal.Group, string(e.Group)), c.about(journal.Member, string(e.Member))
	address := addressOf(e.Member)
	ofGuest := address != "" && membership.GuestKey(c.Subject(journal.Guest).Email) == address
	ends := c.Kind == removal.MemberRemoved || c.Kind == lifecycle.Disabled || c.Kind == lifecycle.DeletedForGood
	switch e.Kind {
	case Joined, Left:
		did := move{e.Group, e.Member, e.Kind == Joined}
		if slices.Contains(c.moves, did) {
			return !c.applied, true
		}
		return slices.Contains(c.created, did) || !did.in && (c.Kind == membership.GroupDeleted && ofGroup || ends && ofMember || c.Kind == lifecycle.GuestRemoved && ofGuest), false
	case GuestNew: // who is put into a group becomes one
		added := c.Kind == lifecycle.GuestAdded && ofGuest
		return added || slices.ContainsFunc(slices.Concat(c.moves, c.created), func(m move) bool { return m.who == e.Member && m.in }), added
	case GuestGone:
		return c.Kind == lifecycle.GuestRemoved && ofGuest, true
	case GroupNew:
		return c.Kind == membership.GroupCreated && ofGroup, true
	case GroupGone:
		return c.Kind == membership.GroupDeleted && ofGroup, true
	case GroupRenamed:
		wish, ok := membership.Undone(c.Entry)
		return ok && string(wish.ID) == string(e.Group) && wish.Name != nil && wish.Name.Was == e.Is, true
	case MemberNew:
		return c.Kind == lifecycle.Invited && (ofMember || c.invited(e.Member, o)), true
	case MemberGone:
		return ends && ofMember, true
	case RoleChanged:
		role, ok := lifecycle.RoleGiven(c.Entry)
		return ofMember && (ok && string(role) == e.Is || c.Kind == lifecycle.BroughtBack), ok
	case StatusChanged:
		disabled := e.Is == string(tallyfy.StatusDisabled)
		return ofMember && (disabled && ends || !disabled && c.Kind == lifecycle.BroughtBack), true
	}
	return false, false
}

// invited reports that the change invited somebody, whose id Tallyfy's answer may not have said.
func (c ownChange) invited(id tallyfy.UserID, o observed) bool {
	m := o.member(id)
	return m != nil && m.Email != "" && strings.EqualFold(m.Email, c.Subject(journal.Member).Email)
}
