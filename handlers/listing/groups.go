package listing

import (
	"math"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Group is a group with the number of its members that are in the organisation, and of those that are
// disabled, that can work (active, and no bots), and of whom nothing could be read. Tallyfy leaves the ids
// of people who were deleted in its groups.
type Group struct {
	*tallyfy.Group
	Present, Disabled, Working, Unknown int
}

// people is how many people are in the group, guests included.
func (g Group) people() int { return g.Present + len(g.Guests) }

// people keeps groups of so many people.
func people(least, most int) func(Group) bool {
	return func(g Group) bool { return g.people() >= least && g.people() <= most }
}

// GroupFilters are the filters of groups.
func GroupFilters() []Filter[Group] {
	return []Filter[Group]{
		{"people", "People", "Any people", []Value[Group]{
			{"none", "Empty", func(g Group) bool { return g.Present == 0 && len(g.Guests) == 0 }},
			{"one", "One member", func(g Group) bool { return g.Present == 1 }},
			{"guests", "Guests only", func(g Group) bool { return g.Present == 0 && len(g.Guests) > 0 }},
		}},
		{"holds", "Holds", "Whoever is in it", []Value[Group]{
			{"disabled", "Holds disabled people", func(g Group) bool { return g.Disabled > 0 }},
			{"one", "Held up by one person", func(g Group) bool { return g.Working == 1 && g.Unknown == 0 }},
		}},
		{"size", "Size", "Any size", []Value[Group]{
			{"1", "1 person", people(1, 1)},
			{"2-5", "2 to 5 people", people(2, 5)},
			{"6-10", "6 to 10 people", people(6, 10)},
			{"11-25", "11 to 25 people", people(11, 25)},
			{"26-100", "26 to 100 people", people(26, 100)},
			{"more", "More than 100 people", people(101, math.MaxInt)},
		}},
	}
}

// GroupOrders are the orders of groups. Tallyfy documents no way to reverse them.
var GroupOrders = []Order{
	{"", "Tallyfy's order"},
	{"name", "Name"},
	{"created_at", "Created"},
	{"updated_at", "Updated"},
}

// SortGroups sorts by one of [GroupOrders]. Equals stand in the order of their ids.
func SortGroups(groups []Group, order string) {
	id := func(g Group) string { return string(g.ID) }
	switch order {
	case "name":
		sortBy(groups, false, func(g Group) string { return nameKey(g.DisplayName()) }, strings.Compare, "", id)
	case "created_at":
		sortBy(groups, false, func(g Group) time.Time { return g.CreatedAt.Time }, time.Time.Compare, time.Time{}, id)
	case "updated_at":
		sortBy(groups, false, func(g Group) time.Time { return g.LastUpdated.Time }, time.Time.Compare, time.Time{}, id)
	}
}
