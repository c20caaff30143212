package views

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
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
	names := make([]string, shown)
	for i, g := range r.Groups[:shown] {
		names[i] = g.Name
	}
	s := strings.Join(names, ", ")
	if more := len(r.Groups) - shown; more > 0 {
		s += " and " + words.Number(more) + " more"
	}
	return s
}
