package listing

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Group is a group with the number of its members that are in the organisation, and of those that are
// disabled. Tallyfy leaves the ids of people who were deleted in its groups.
type Group struct {
	*tallyfy.Group
	Present, Disabled int
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
