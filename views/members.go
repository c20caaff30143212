package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// MemberList is the list of members.
type MemberList struct {
	State ListState
	Bar   FilterBar
	Pager Pager
	Rows  []MemberRow
}

// MemberRow is one member in the list.
type MemberRow struct {
	Person
	// GroupsKnown is false when Tallyfy left the groups out.
	Groups            []GroupLink
	GroupsKnown       bool
	Joined, LastLogin time.Time
}

// GroupLink is a group by name.
type GroupLink struct {
	ID   tallyfy.ID
	Name string
}

// MemberPage is one member.
type MemberPage struct {
	MemberRow
	BackURL      string
	JobTitle     string
	Phone        string
	Timezone     string
	DefaultAdmin bool
	Self         bool
	Tasks        OpenTasks
	Activity     RecentActivity
}

// shownGroups is how many groups a row of the list names before it counts the rest.
const shownGroups = 3

// groupNames names the first groups and counts the rest.
func (r MemberRow) groupNames() string {
	shown := min(shownGroups, len(r.Groups))
	list := make([]string, shown)
	for i, g := range r.Groups[:shown] {
		list[i] = g.Name
	}
	more := ""
	if n := len(r.Groups) - shown; n > 0 {
		more = words.Number(n) + " more"
	}
	return names.Some(list, more)
}
