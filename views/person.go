package views

import (
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// A Person is a member as every screen names one.
type Person struct {
	ID                tallyfy.UserID
	Name, Email, Role string
	Status            Status
}

// picture is the person's initials.
func (p Person) picture() components.AvatarProps {
	return components.AvatarProps{Name: p.Name, Seed: string(p.ID), Person: true}
}

// Status is a member's state in words, with the badge that marks it.
type Status struct{ Text, Badge string }

// MemberStatus words the state of a member.
func MemberStatus(m *tallyfy.Member) Status {
	switch {
	case m.IsDisabled():
		return Status{Text: "Disabled", Badge: "bad"}
	case m.IsBot():
		return Status{Text: "Bot"}
	case m.Status == tallyfy.StatusActive:
		return Status{Text: "Active", Badge: "good"}
	case m.Status == tallyfy.StatusInvited:
		return Status{Text: "Invited", Badge: "warn"}
	default:
		return Status{Text: names.Neutral(string(m.Status))}
	}
}
