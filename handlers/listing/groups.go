package listing

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Team is a group with what is known about its people.
type Team struct {
	*tallyfy.Group
	// Disabled is how many of its members are disabled.
	Disabled int
}

// The dimensions of groups, as they stand in the address.
const (
	People = "people" // none, one, guests
	Holds  = "holds"  // disabled
)

// GroupDimensions are the filters for groups.
func GroupDimensions() []Dimension[Team] {
	return []Dimension[Team]{
		{People, []Value[Team]{
			{"none", func(t Team) bool { return len(t.Members) == 0 && len(t.Guests) == 0 }},
			{"one", func(t Team) bool { return len(t.Members) == 1 }},
			{"guests", func(t Team) bool { return len(t.Members) == 0 && len(t.Guests) > 0 }},
		}},
		{Holds, []Value[Team]{{"disabled", func(t Team) bool { return t.Disabled > 0 }}}},
	}
}

// SortGroups puts groups in one of the orders that Tallyfy's list knows. Without one they stay as they are.
func SortGroups(teams []Team, order string) {
	switch order {
	case "name":
		sortBy(teams, false, func(t Team) string { return strings.ToLower(t.Name) }, strings.Compare, "")
	case "created_at":
		sortBy(teams, false, func(t Team) time.Time { return t.CreatedAt.Time }, time.Time.Compare, time.Time{})
	case "updated_at":
		sortBy(teams, false, func(t Team) time.Time { return t.LastUpdated.Time }, time.Time.Compare, time.Time{})
	}
}
