package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// MemberList is the list of members.
type MemberList struct {
	State ListState
	Bar   FilterBar
	Pager Pager
	Rows  []MemberRow
	// Selection is who is chosen. It has no kinds for somebody who may do nothing with them.
	Selection Selection
}

// MemberRow is one member in the list.
type MemberRow struct {
	Person
	// Groups are the most telling of the groups, GroupCount is how many there are. GroupsKnown is false when
	// Tallyfy left them out.
	Groups            []GroupLink
	GroupCount        int
	GroupsKnown       bool
	Joined, LastLogin time.Time
	Chosen            bool
}

// GroupLink is a group by name. LogoVersion is empty for one without a logo.
type GroupLink struct {
	ID                tallyfy.ID
	Name, LogoVersion string
}

// picture is the group's logo, or its initials.
func (l GroupLink) picture(u URLs) components.AvatarProps {
	return GroupRow{ID: l.ID, Name: l.Name, LogoVersion: l.LogoVersion}.picture(u)
}

// NamedGroups is how many groups a row of the list names before it counts the rest.
const NamedGroups = 2

// groupNames names the first groups and counts the rest.
func (r MemberRow) groupNames() string {
	shown := min(NamedGroups, len(r.Groups))
	list := make([]string, shown)
	for i, g := range r.Groups[:shown] {
		list[i] = g.Name
	}
	return names.Some(list, r.GroupCount-shown)
}

// stale is from how many days without a sign-in on a row says so.
const stale = 90

// lastSeen words the last sign-in. late says that it is long ago.
func (c Clock) lastSeen(t time.Time) (ago string, late bool) {
	return c.DaysAgo(t), c.Now.Sub(t) > stale*24*time.Hour
}
