package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GuestList is the list of guests.
type GuestList struct {
	State ListState
	Bar   FilterBar
	Pager Pager
	Rows  []GuestRow
	// Selection is who is chosen. It has no kinds for somebody who may do nothing with them.
	Selection Selection
}

// GuestRow is one guest in the list.
type GuestRow struct {
	ID                   tallyfy.ID
	Name, Email, Company string
	Status               Status
	// Groups are the most telling of the groups, GroupCount is how many there are.
	Groups     []GroupLink
	GroupCount int
	LastAccess time.Time
	Chosen     bool
}

// picture is the guest's initials.
func (r GuestRow) picture() components.AvatarProps {
	return components.AvatarProps{Name: r.Name, Seed: string(r.ID), Person: true}
}

// GuestPage is one guest.
type GuestPage struct {
	GuestRow
	BackURL string
	Added   time.Time
	// GroupsKnown is false where the groups are not all read.
	GroupsKnown bool
	// KnownBy are the members who know the guest.
	KnownBy []GroupMember
	// NamesNote says that names of them may be missing, if so.
	NamesNote string
	Tasks     OpenTasks
	Activity  RecentActivity
}

// GuestContacts is the form for who knows a guest.
type GuestContacts struct {
	Guest GuestRow
	// KnownBy are those who know the guest, chosen where they are not to any more.
	KnownBy []PickedPerson
	// Add is the text of the field for further ones.
	Add    string
	Errors map[string]string
	Notice *Notice
	// Note says that not all members are known, if so.
	Note, Press string
}

// Title is the heading of the form.
func (v GuestContacts) Title() string { return "Who knows " + names.Isolate(v.Guest.Name) }

// GuestHandover hands the guests whom a member knows over to somebody. The first lines are a plan where To was chosen.
type GuestHandover struct {
	Head   RemovalHead
	Guests []GuestRow
	// Emails are the addresses of those whom the plan is about.
	Emails []string
	// To is the choice, Error its message.
	To, Error string
	Lines     []string
	// More is how many guests are left for another time.
	More              int
	Notice            *Notice
	Note, Press, Seen string
}

// Title is the heading of the page.
func (v GuestHandover) Title() string { return "Guests whom " + names.Isolate(v.Head.Name) + " knows" }

// GuestStatus words the state of a guest. The ordinary one has no badge.
func GuestStatus(g *tallyfy.Guest) Status {
	switch status := g.Status(); status {
	case "", "active":
		return Status{Text: "Active", Badge: "good"}
	case "deleted":
		return Status{Text: "Deleted", Badge: "bad"}
	case "disabled":
		return Status{Text: "Disabled", Badge: "bad"}
	default:
		return Status{Text: names.Neutral(status)}
	}
}

// theseGroups names the groups of the button that takes the guest out of them.
func (v GuestPage) theseGroups() string {
	if len(v.Groups) == 1 {
		return "this group"
	}
	return "these " + words.Count(len(v.Groups), "group", "groups")
}
