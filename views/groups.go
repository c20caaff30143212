package views

import (
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// GroupList is the list of groups.
type GroupList struct {
	State ListState
	Bar   FilterBar
	Pager Pager
	Rows  []GroupRow
	// Selection is which are chosen. It has no kinds for somebody who may do nothing with them.
	Selection Selection
}

// most is how many members the largest of the groups shown has.
func (v GroupList) most() (n int) {
	for i := range v.Rows {
		n = max(n, v.Rows[i].Members)
	}
	return n
}

// GroupRow is one group in the list.
type GroupRow struct {
	ID                tallyfy.ID
	Name, Description string
	// LogoVersion changes with the logo. It is empty for a group without one.
	LogoVersion      string
	Members, Guests  int
	Created, Updated Moment
	Chosen           bool
}

// picture is the group's logo, or its initials.
func (r GroupRow) picture(u URLs) components.AvatarProps {
	props := components.AvatarProps{Name: r.Name, Seed: string(r.ID)}
	if r.LogoVersion != "" {
		props.Image = u.GroupLogo(r.ID, r.LogoVersion)
	}
	return props
}

func orNone(s string) string {
	if !tallyfy.Visible(s) {
		return "none"
	}
	return s
}
