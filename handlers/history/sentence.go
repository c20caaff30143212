package history

import (
	"cmp"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// Short is the event in words without where it was made.
func (e *Event) Short(when string) string { return e.what() + " " + when + "." }

// Sentence is the event in words. when says between which times it happened: "Bo joined Finance between 3 Mar 2026, 17:20
// and 18:05, not through this dashboard."
func (e *Event) Sentence(when string) string {
	return e.what() + " " + when + ", not through this dashboard."
}

func (e *Event) what() string {
	who := names.Isolate(cmp.Or(e.Guest, e.Who, "Member "+string(e.Member)))
	if e.Guest == "" && strings.HasPrefix(string(e.Member), guestPrefix) { // it cannot be opened
		who = "A guest"
	}
	if e.Member == "" {
		who = "Somebody whose account was deleted for good"
	}
	in := names.Isolate(cmp.Or(e.In, "the group "+string(e.Group)))
	switch e.Kind {
	case Joined:
		return who + " joined " + in
	case Left:
		return who + " left " + in
	case GroupNew:
		return "The group " + in + " was created"
	case GroupRenamed:
		return "The group " + names.Isolate(e.Was) + " was renamed to " + names.Isolate(e.Is)
	case GroupGone:
		return "The group " + in + " was deleted"
	case MemberNew:
		return who + " became a member"
	case MemberGone:
		return who + " was taken off the list of members"
	case GuestNew:
		return who + " became a guest"
	case GuestGone:
		return who + " was removed from the guests"
	case RoleChanged:
		return who + "'s role changed from " + roleWord(e.Was) + " to " + roleWord(e.Is)
	}
	switch {
	case e.Is == string(tallyfy.StatusDisabled):
		return who + " was disabled"
	case e.Was == string(tallyfy.StatusDisabled) && e.Is == string(tallyfy.StatusActive):
		return who + " was enabled again"
	case e.Was == string(tallyfy.StatusInvited) && e.Is == string(tallyfy.StatusActive):
		return who + " accepted the invitation"
	}
	return who + "'s status changed from " + word(e.Was) + " to " + word(e.Is)
}

func roleWord(role string) string { return word(names.Role(tallyfy.Role(role))) }

// word is a word of Tallyfy's that is not known here.
func word(text string) string { return names.Isolate(cmp.Or(names.Neutral(text), "none")) }

// counted are the kinds in words: one event, and several.
var counted = map[Kind][2]string{
	Joined:        {"joined a group", "joined groups"},
	Left:          {"left a group", "left groups"},
	GroupNew:      {"new group", "new groups"},
	GroupRenamed:  {"renamed group", "renamed groups"},
	GroupGone:     {"deleted group", "deleted groups"},
	MemberNew:     {"new member", "new members"},
	MemberGone:    {"member gone", "members gone"},
	GuestNew:      {"new guest", "new guests"},
	GuestGone:     {"guest gone", "guests gone"},
	RoleChanged:   {"changed role", "changed roles"},
	StatusChanged: {"changed status", "changed statuses"},
}

// Counted is a number of events of a kind in words; many says that there are several.
func (k Kind) Counted(many bool) string {
	if many {
		return counted[k][1]
	}
	return counted[k][0]
}

// Kinds are all kinds, in the order in which they are counted.
var Kinds = []Kind{MemberNew, MemberGone, StatusChanged, RoleChanged, GuestNew, GuestGone, GroupNew, GroupGone, GroupRenamed, Joined, Left}
