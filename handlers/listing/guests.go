package listing

import (
	"cmp"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Guest is a guest with the groups that the guest is in.
type Guest struct {
	*tallyfy.Guest
	In []*tallyfy.Group
	// Chosen says that the guest was chosen on a list.
	Chosen bool
}

// GuestFilters are the filters of guests, as of now.
func GuestFilters(now time.Time) []Filter[Guest] {
	away := func(days int) func(Guest) bool {
		return func(g Guest) bool { return longAgo(now, days, g.LastAccessedAt.Time, g.CreatedAt.Time) }
	}
	return []Filter[Guest]{
		{Name: "groups", Label: "Groups", Tabs: true, Values: []Value[Guest]{
			{Text: "All", Keeps: func(Guest) bool { return true }},
			{Name: "none", Text: "In no group", Keeps: func(g Guest) bool { return len(g.In) == 0 }},
		}},
		{Name: "seen", Label: "Last access", Any: "any", Values: []Value[Guest]{
			{Name: "never", Text: "never", Keeps: func(g Guest) bool { return g.LastAccessedAt.IsZero() }},
			{Name: "30", Text: "none for 30 days", Keeps: away(30)},
			{Name: "90", Text: "none for 90 days", Keeps: away(90)},
			{Name: "180", Text: "none for 180 days", Keeps: away(180)},
		}},
		{Name: "chosen", Label: "Chosen", Any: "any", Values: []Value[Guest]{
			{Name: "yes", Text: "yes", Keeps: func(g Guest) bool { return g.Chosen }, Unlisted: true},
		}},
	}
}

// GuestOrders are the fields that guests can be sorted by.
var GuestOrders = []string{"name", "email", "company", "groups", "last_accessed_at"}

// SortGuests sorts by one of [GuestOrders]. Guests without a value come last either way, and equals stay as
// they stand.
func SortGuests(guests []Guest, order string) {
	field, down := SplitOrder(order)
	switch field {
	case "name":
		sortBy(guests, down, func(g Guest) string { return nameKey(g.Name()) }, strings.Compare, "")
	case "email":
		sortBy(guests, down, func(g Guest) string { return nameKey(g.Email) }, strings.Compare, "")
	case "company":
		sortBy(guests, down, func(g Guest) string { return nameKey(g.Company()) }, strings.Compare, "")
	case "groups":
		sortBy(guests, down, func(g Guest) int { return len(g.In) }, cmp.Compare, -1)
	case "last_accessed_at":
		sortBy(guests, down, func(g Guest) time.Time { return g.LastAccessedAt.Time }, time.Time.Compare, time.Time{})
	}
}
