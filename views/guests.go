package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// GuestList is the list of guests.
type GuestList struct {
	State ListState
	Bar   FilterBar
	Pager Pager
	Rows  []GuestRow
}

// GuestRow is one guest in the list. A guest has no page of its own.
type GuestRow struct {
	ID                   tallyfy.ID
	Name, Email, Company string
	Status               Status
	// Groups are the most telling of the groups, GroupCount is how many there are.
	Groups     []GroupLink
	GroupCount int
	LastAccess time.Time
}

// picture is the guest's initials.
func (r GuestRow) picture() components.AvatarProps {
	return components.AvatarProps{Name: r.Name, Seed: string(r.ID), Person: true}
}

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
