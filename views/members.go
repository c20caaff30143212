package views

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// MemberSorts are the orders that members can be listed in. A leading minus turns one round.
var MemberSorts = []components.Choice{
	{Value: "", Text: "Tallyfy's order"},
	{Value: "first_name", Text: "First name"},
	{Value: "-first_name", Text: "First name, from Z"},
	{Value: "last_name", Text: "Last name"},
	{Value: "-last_name", Text: "Last name, from Z"},
	{Value: "email", Text: "Email"},
	{Value: "-email", Text: "Email, from Z"},
	{Value: "-created_at", Text: "Joined last"},
	{Value: "created_at", Text: "Joined first"},
	{Value: "-last_login_at", Text: "Last sign-in, newest"},
	{Value: "last_login_at", Text: "Last sign-in, oldest"},
}

// MemberList is the list of members.
type MemberList struct {
	List      List
	Narrowing Narrowing
	Range     Range
	Rows      []MemberRow
}

// MemberRow is one member in the list.
type MemberRow struct {
	ID          tallyfy.UserID
	Name, Email string
	Role        string
	Status      Status
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
		s += " and " + Number(more) + " more"
	}
	return s
}
