package views

import (
	"cmp"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GroupAt is who was in a group at a moment.
type GroupAt struct {
	ID   tallyfy.ID
	Name string
	// Gone says that the group is not there any more.
	Gone bool
	// On is the day as it was asked for, Message what is wrong with it.
	On, Message string
	// At is the moment: the end of the day.
	At time.Time
	// Since and Until are the times between which answers are known.
	Since, Until     time.Time
	In, Out, Unknown int
	// People are those who were in the group, then those of whom it is not known.
	People []PersonAt
	Pager  Pager
	// Remembers says from what all that is known.
	Remembers string
}

// PersonAt is somebody in a group at a moment.
type PersonAt struct {
	ID   tallyfy.UserID // empty for somebody whose account was deleted for good
	Name string
	In   bool
	// From and To are the times between which that is so.
	From, To time.Time
}

func (m PersonAt) called() string {
	return names.Isolate(cmp.Or(m.Name, "Member "+string(m.ID)))
}

// beyond says that nothing is known of the moment.
func (v GroupAt) beyond() bool { return v.At.Before(v.Since) || v.At.After(v.Until) }

// sum is the three numbers, which add up to everybody who is known.
func (v GroupAt) sum() string {
	return words.Number(v.In) + " in, " + words.Number(v.Out) + " not in, " + words.Number(v.Unknown) + " not known: " +
		words.Count(v.In+v.Out+v.Unknown, "person", "people") + " in all."
}

func (v GroupAt) page(u URLs) func(int) string {
	return func(page int) string { return u.GroupOn(v.ID, v.On, page) }
}
