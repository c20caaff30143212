package views

import (
	"time"

	"tallyfy-admin/views/components"
)

// A Filter is a menu above a list that narrows it down by something that Tallyfy's own list cannot.
type Filter struct {
	// Name is the parameter in the address.
	Name, Label string
	// Any is the entry that does not narrow down.
	Any     string
	Choices []components.Choice
}

// MemberFilters are the filters of members. A test holds them against those that are carried out.
var MemberFilters = []Filter{
	{"role", "Role", "Any role", []components.Choice{{Value: "admin", Text: "Administrator"}, {Value: "standard", Text: "Standard"}, {Value: "light", Text: "Light"}}},
	{"status", "Status", "Any status", []components.Choice{{Value: "active", Text: "Active"}, {Value: "invited", Text: "Invited"}, {Value: "disabled", Text: "Disabled"}, {Value: "bot", Text: "Bot"}}},
	{"groups", "Groups", "Any groups", []components.Choice{{Value: "none", Text: "In no group"}}},
	{"seen", "Sign-in", "Any sign-in", []components.Choice{{Value: "never", Text: "Never signed in"}}},
	{"joined", "Joined", "Joined any time", []components.Choice{{Value: "lately", Text: "Joined in the last 30 days"}}},
}

// GroupFilters are the filters of groups.
var GroupFilters = []Filter{
	{"people", "People", "Any people", []components.Choice{{Value: "none", Text: "Empty"}, {Value: "one", Text: "One member"}, {Value: "guests", Text: "Guests only"}}},
	{"holds", "Holds", "Whoever is in it", []components.Choice{{Value: "disabled", Text: "Holds disabled people"}}},
}

// A Narrowing is what the filters of a list show: the menus, what each entry would leave, and how old the copy is that they
// are worked out from.
type Narrowing struct {
	Filters []Filter
	// Counts is nil while there is no copy: then the menus have no numbers.
	Counts map[string]map[string]int
	// ReadAt is when the copy was read that the list is from; zero for a list that comes straight from Tallyfy.
	ReadAt time.Time
	// GroupsOnly says that only the names of groups in the rows are from the copy.
	GroupsOnly bool
}

func (n Narrowing) entries(f Filter) []components.Choice {
	entries := []components.Choice{{Text: f.Any}}
	for _, c := range f.Choices {
		if n.Counts != nil {
			c.Text += " (" + Number(n.Counts[f.Name][c.Value]) + ")"
		}
		entries = append(entries, c)
	}
	return entries
}
