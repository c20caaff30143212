package history

import (
	"slices"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Reading is a complete reading that has just ended: of all members, of all groups, or of all guests.
type Reading struct {
	Org tallyfy.ID
	// By is whose token it was.
	By tallyfy.UserID
	// List says which it is. The items may not be changed.
	Members []*tallyfy.Member
	Groups  []*tallyfy.Group
	Guests  []*tallyfy.Guest
	// Took is the time from its beginning to its end.
	Took time.Duration
}

// observed is a reading with its times.
type observed struct {
	Reading
	began, ended time.Time
}

// list is the list of a stream that was read.
func (o *observed) list() string {
	switch {
	case o.Members != nil:
		return membersList
	case o.Guests != nil:
		return guestsList
	}
	return groupsList
}

// state makes the state of the list that was read. GuestsSince is that of a first reading.
func (o *observed) state() *state {
	switch o.list() {
	case membersList:
		return membersOf(o.Members)
	case guestsList:
		return guestsOf(o.Guests)
	}
	s := groupsOf(o.Groups)
	s.GuestsSince = o.ended
	return s
}

// member finds one in a list of members; nil if there is none.
func (o *observed) member(id tallyfy.UserID) *tallyfy.Member {
	if i := slices.IndexFunc(o.Members, func(m *tallyfy.Member) bool { return m.ID == id }); i >= 0 {
		return o.Members[i]
	}
	return nil
}

// same reports that a list holds the very items that the state was made of.
func (l *last) same(o observed) bool {
	switch o.list() {
	case membersList:
		return l.members != nil && slices.Equal(l.members, o.Members)
	case guestsList:
		return l.guests != nil && slices.Equal(l.guests, o.Guests)
	}
	return l.groups != nil && slices.Equal(l.groups, o.Groups)
}

func (l *last) keep(o observed) {
	l.members, l.groups, l.guests = o.Members, o.Groups, o.Guests
}
