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
	// At is the moment: the end of the day; or of the latest reading, if that is of the day. AsRead says so.
	At     time.Time
	AsRead bool
	// Since and Until are the times between which answers are known.
	Since, Until     time.Time
	In, Out, Unknown int
	// Left is how many of those who are out left on the day.
	Left int
	// People are those who were in the group, then those who left on the day, then those of whom it is not known.
	People []PersonAt
	Pager  Pager
	// Remembers says from what all that is known.
	Remembers string
}

// PersonAt is somebody in a group at a moment.
type PersonAt struct {
	ID    tallyfy.UserID // empty for somebody whose account was deleted for good
	Name  string
	Guest string // the address of a guest, "" for members
	In    bool
	Left  bool
	// From and To are the times between which that is so.
	From, To time.Time
}

// back is where the page leads back to: the group as it is now, or what is known of one that is
// gone.
func (v GroupAt) back(u URLs) (text, url string) {
	if v.Gone {
		return "Activity", u.Activity(ActivityState{About: "group " + string(v.ID)})
	}
	return "The group now", u.Group(v.ID)
}

func (m PersonAt) called() string {
	return names.Isolate(cmp.Or(m.Name, "Member "+string(m.ID)))
}

// Beyond says that nothing is known of the moment.
func (v GroupAt) Beyond() bool { return !v.AsRead && (v.At.Before(v.Since) || v.At.After(v.Until)) }

// when is the moment as a heading.
func (v GroupAt) when(c Clock) string {
	if v.AsRead {
		return "As read on " + c.stamp(v.At)
	}
	return "At the end of " + c.in(v.At).Format("2 January 2006, MST")
}

// sum is the three numbers, which add up to everybody who is known.
func (v GroupAt) sum() string {
	text := words.Number(v.In) + " in, " + words.Number(v.Out) + " not in, " + words.Number(v.Unknown) + " not known: " +
		words.Count(v.In+v.Out+v.Unknown, "person", "people") + " in all."
	if v.Left > 0 {
		text += " " + words.Number(v.Left) + " of those not in left that day."
	}
	return text
}

func (v GroupAt) page(u URLs) func(int) string {
	return func(page int) string { return u.GroupOn(v.ID, v.On, page) }
}

// known says between which times somebody was in, left, or came or left.
func (m PersonAt) known(c Clock) string {
	switch {
	case m.In && m.From.Equal(m.To):
		return "found in by this reading"
	case m.In:
		return "in, as far as seen, " + c.Between(m.From, m.To)
	case m.Left:
		return "out from " + c.Day(m.From) + ", " + c.Minute(m.From) + " at the latest"
	}
	return "changed " + c.Between(m.From, m.To)
}
