package views

import (
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// MemberGroups is the form for the groups of one member.
type MemberGroups struct {
	ID tallyfy.UserID
	// Called is the name, with the address where somebody else looks the same.
	Called string
	// Barred says why the member can be added to no group, "" for one who can.
	Barred string
	// GroupPicker offers the groups to add the member to.
	GroupPicker
	// Who searches the colleagues.
	Who string
	// Like is the colleague whose groups are offered, nil for all groups. Candidates are whom to choose.
	Like       *Person
	Candidates []Person
	// WhoNote says what became of the search for a colleague.
	WhoNote string
	// Leaving are the member's groups that the colleague is not in; LeaveToo says that they are to be left.
	Leaving  []GroupLink
	LeaveToo bool
	// In are the groups that the member is in.
	In     []PickedGroup
	Errors map[string]string
	Notice *Notice
	// Base names the groups as the page shows them, Press identifies the press of the button.
	Base, Press string
}

// PickedGroup is a group with a box to tick. Why says what speaks for it.
type PickedGroup struct {
	GroupLink
	Why    string
	Chosen bool
}

// Title is the title of the page.
func (v MemberGroups) Title() string { return "Groups of " + v.Called }

// joinLegend stands above the groups to add.
func (v MemberGroups) joinLegend() string {
	if v.Like == nil {
		return "Add to groups"
	}
	return "Groups of " + names.Isolate(v.Like.Name) + " that " + v.Called + " is not in"
}

// offer says what the list of groups to add shows.
func (v MemberGroups) offer() string {
	if v.Like != nil && len(v.Offered) == 0 && v.Find == "" {
		return strings.TrimSpace(v.Called + " is in every group of " + names.Isolate(v.Like.Name) + ". " + v.Note)
	}
	return v.summary()
}

// GroupPicker is a list to choose groups from, with a search.
type GroupPicker struct {
	// Find is what was searched for.
	Find string
	// Offered are the groups: those chosen first. Found is how many of the others are shown, Matching how many there are in
	// all that fit the search.
	Offered         []PickedGroup
	Found, Matching int
	// Note says what may be missing, "" for nothing.
	Note string
}

// summary says what the list shows.
func (v GroupPicker) summary() string {
	s := ""
	switch {
	case v.Matching == 0 && v.Note != "":
	case v.Matching == 0 && v.Find != "":
		s = "No other group matches “" + names.Isolate(v.Find) + "”."
	case v.Matching == 0:
		s = "There is no other group to choose."
	default:
		s = showing(v.Found, v.Matching, "group", "groups")
	}
	return strings.TrimSpace(s + " " + v.Note)
}

// leaveText is the label of the box that also leaves groups.
func (v MemberGroups) leaveText() string {
	list := make([]string, len(v.Leaving))
	for i, g := range v.Leaving {
		list[i] = g.Name
	}
	return "Also leave " + words.Count(len(list), "group", "groups") + " that " + names.Isolate(v.Like.Name) + " is not in: " + names.List(list)
}

// A GroupsReview is the page that shows what is at stake before groups are changed.
type GroupsReview struct {
	Title, BackText, BackURL string
	// Action is where the form is sent to, Fields what it holds besides the frame's own.
	Action string
	Fields []HiddenField
	// Lines are what will be so afterwards, Warnings what is at stake, Notes everything else to know.
	Lines, Warnings, Notes []string
	// Groups are how many people are in each of several groups, Sizes the sentence of one alone.
	Groups []GroupSizes
	Sizes  string
	// Tasks are the open tasks of the group, shown where there are some.
	Tasks               OpenTasks
	Button, Seen, Press string
	Notice              *Notice
	// Error is the message of the box to tick.
	Error string
}

// A HiddenField is what a form sends along unseen.
type HiddenField struct{ Name, Value string }

// GroupSizes is how many people are in a group before and after a change.
type GroupSizes struct{ Name, Before, After string }
