package listing

import (
	"cmp"
	"math"
	"slices"
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
	// Chosen says that the group was chosen on a list.
	Chosen bool
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
		{Name: "people", Label: "People", Tabs: true, Values: []Value[Group]{
			{Text: "All", Keeps: func(Group) bool { return true }},
			{Name: "none", Text: "Nobody in it", Keeps: func(g Group) bool { return g.Present == 0 && len(g.Guests) == 0 }},
			{Name: "one", Text: "One person", Keeps: func(g Group) bool { return g.Present == 1 }},
			{Name: "guests", Text: "Guests only", Keeps: func(g Group) bool { return g.Present == 0 && len(g.Guests) > 0 }},
			{Name: "disabled", Text: "With disabled people", Keeps: func(g Group) bool { return g.Disabled > 0 }},
		}},
		{Name: "size", Label: "Size", Any: "any", Values: []Value[Group]{
			{Name: "1", Text: "1 person", Keeps: people(1, 1)},
			{Name: "2-5", Text: "2 to 5 people", Keeps: people(2, 5)},
			{Name: "6-10", Text: "6 to 10 people", Keeps: people(6, 10)},
			{Name: "11-25", Text: "11 to 25 people", Keeps: people(11, 25)},
			{Name: "26-100", Text: "26 to 100 people", Keeps: people(26, 100)},
			{Name: "more", Text: "More than 100 people", Keeps: people(101, math.MaxInt)},
		}},
		{Name: "holds", Label: "Held up by", Any: "anybody", Values: []Value[Group]{
			{Name: "one", Text: "one active person", Keeps: func(g Group) bool { return g.Working == 1 && g.Unknown == 0 }},
		}},
		{Name: "chosen", Label: "Chosen", Any: "any", Values: []Value[Group]{
			{Name: "yes", Text: "yes", Keeps: func(g Group) bool { return g.Chosen }, Unlisted: true},
		}},
	}
}

// GroupOrders are the fields that groups can be sorted by. Tallyfy knows the first three, and documents no
// way to reverse them.
var GroupOrders = []string{"name", "created_at", "updated_at", "members", "guests"}

// SortedByTallyfy reports whether Tallyfy's own list of groups has an order.
func SortedByTallyfy(order string) bool {
	return order == "" || slices.Contains(GroupOrders[:3], order)
}

// SortGroups sorts by one of [GroupOrders]. Equals stay as they stand.
func SortGroups(groups []Group, order string) {
	field, down := SplitOrder(order)
	switch field {
	case "name":
		sortBy(groups, down, func(g Group) string { return nameKey(g.DisplayName()) }, strings.Compare, "")
	case "created_at":
		sortBy(groups, down, func(g Group) time.Time { return g.CreatedAt.Time }, time.Time.Compare, time.Time{})
	case "updated_at":
		sortBy(groups, down, func(g Group) time.Time { return g.LastUpdated.Time }, time.Time.Compare, time.Time{})
	case "members":
		sortBy(groups, down, func(g Group) int { return g.Present }, cmp.Compare, -1)
	case "guests":
		sortBy(groups, down, func(g Group) int { return len(g.Guests) }, cmp.Compare, -1)
	}
}
