package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// GroupSorts are the orders that Tallyfy can list groups in; it documents no way to turn one round.
var GroupSorts = []components.Choice{{Value: "", Text: "Tallyfy's order"}, {Value: "name", Text: "Name"}, {Value: "created_at", Text: "Created"}, {Value: "updated_at", Text: "Updated"}}

// GroupList is the list of groups.
type GroupList struct {
	List      List
	Narrowing Narrowing
	Range     Range
	Rows      []GroupRow
}

// GroupRow is one group in the list.
type GroupRow struct {
	ID                tallyfy.ID
	Name, Description string
	// LogoVersion changes with the logo; empty for a group without one.
	LogoVersion      string
	Members, Guests  int
	Created, Updated time.Time
}

// picture is the group's logo, or its initials.
func (r GroupRow) picture(u URLs, large bool) components.AvatarProps {
	props := components.AvatarProps{Name: r.Name, Seed: string(r.ID), Large: large}
	if r.LogoVersion != "" {
		props.Image = u.GroupLogo(r.ID, r.LogoVersion)
	}
	return props
}

// GroupPage is one group.
type GroupPage struct {
	GroupRow
	BackURL string
	List    People
	// MemberRange and GuestRange say which part of each list is in People and GuestList.
	MemberRange, GuestRange PeopleRange
	People                  []GroupMember
	// PeopleNote says why names are missing, if some are.
	PeopleNote string
	GuestList  []string
	Tasks      OpenTasks
}

// GroupMember is a person in a group. Known is false for an id that Tallyfy's list of members does not have.
type GroupMember struct {
	ID          tallyfy.UserID
	Name, Email string
	Role        string
	Status      Status
	Known       bool
}

// OpenTasks is what is known about the open tasks of a person or a group.
type OpenTasks struct {
	// Checked is false when Tallyfy did not answer; then nothing else is known.
	Checked bool
	Total   int
	Sample  []TaskLine
}

// sentence counts the tasks before the sample.
func (t OpenTasks) sentence() string {
	s := Count(t.Total, "open task", "open tasks")
	if len(t.Sample) < t.Total {
		s += ", the first " + Number(len(t.Sample))
	}
	return s + ":"
}

// TaskLine is a task in a sample.
type TaskLine struct {
	Title    string
	Deadline time.Time
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
		return Status{Text: string(m.Status)}
	}
}

// RoleWord is the role as Tallyfy's own pages write it.
func RoleWord(r tallyfy.Role) string {
	switch r {
	case tallyfy.RoleAdmin:
		return "Administrator"
	case tallyfy.RoleStandard:
		return "Standard"
	case tallyfy.RoleLight:
		return "Light"
	default:
		return string(r)
	}
}

// GroupForm is the form for a new group: what was typed and chosen, and what is wrong with it.
type GroupForm struct {
	Name, Description string
	Members           MemberPicker
	Guests            GuestPicker
	Errors            map[string]string
	// ExistingName and ExistingURL lead to the group that already has the name, if that is what is wrong.
	ExistingName, ExistingURL string
	// Notice stands above the form, for what concerns no single field.
	Notice *Notice
}

// MemberPicker chooses several members. Those chosen come first and stay, whatever is searched for.
type MemberPicker struct {
	Query  string
	Chosen []PickedMember
	Found  []PickedMember
	// Matching is how many fit the search and are not chosen; Found may be fewer.
	Matching int
	// Note says what is not complete, if anything.
	Note string
}

// PickedMember is an entry of a picker.
type PickedMember struct {
	ID          tallyfy.UserID
	Name, Email string
	Role        string
	Status      Status
}

// GuestPicker chooses existing guests and takes new addresses.
type GuestPicker struct {
	Query    string
	Chosen   []PickedGuest
	Found    []PickedGuest
	Matching int
	// Typed is the text of the field for new addresses.
	Typed string
	Note  string
}

// PickedGuest is an existing guest in the picker.
type PickedGuest struct{ Email, Name string }

// Problems lists the messages of the form in the order of its fields.
func (f GroupForm) Problems() []components.Problem {
	var list []components.Problem
	for _, name := range []string{"name", "description", "members", "guests"} {
		if text := f.Errors[name]; text != "" {
			list = append(list, components.Problem{Name: name, Text: text})
		}
	}
	return list
}

// GroupDeletion is the page that asks before a group is deleted.
type GroupDeletion struct {
	ID           tallyfy.ID
	Name         string
	LogoVersion  string
	Consequences []string
	Tasks        OpenTasks
	// Seen stands for what the page said; a deletion is refused when the group has changed since.
	Seen    string
	Problem string
	// RequestID finds the problem's cause in the log.
	RequestID string
	// Phrase is what has to be typed first, the group's name: only where open tasks would lose their group. Typed and
	// PhraseError are what was typed instead.
	Phrase, Typed, PhraseError string
}

// phraseHint says what to type and why.
func (v GroupDeletion) phraseHint() string {
	if v.Tasks.Checked {
		return "It is asked for because open tasks are given to this group: " + v.Phrase
	}
	return "It is asked for because open tasks may be given to this group: " + v.Phrase
}
