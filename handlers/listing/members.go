package listing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Person is a member with the groups that the member is in.
type Person struct {
	*tallyfy.Member
	In []*tallyfy.Group
}

// The dimensions of members and their values, as they stand in the address.
const (
	Role   = "role"   // admin, standard, light
	Status = "status" // active, invited, disabled, bot
	InNone = "groups" // none
	Seen   = "seen"   // never
	Joined = "joined" // lately
)

// Lately is how long somebody counts as new.
const Lately = 30 * 24 * time.Hour

// MemberDimensions are the filters for members as of now.
func MemberDimensions(now time.Time) []Dimension[Person] {
	role := func(r tallyfy.Role) Value[Person] {
		return Value[Person]{string(r), func(p Person) bool { return p.Role == r }}
	}
	status := func(s tallyfy.Status) Value[Person] {
		return Value[Person]{string(s), func(p Person) bool { return p.Status == s && !p.IsBot() }}
	}
	return []Dimension[Person]{
		{Role, []Value[Person]{role(tallyfy.RoleAdmin), role(tallyfy.RoleStandard), role(tallyfy.RoleLight)}},
		{Status, []Value[Person]{
			status(tallyfy.StatusActive), status(tallyfy.StatusInvited), status(tallyfy.StatusDisabled),
			{"bot", func(p Person) bool { return p.IsBot() }},
		}},
		{InNone, []Value[Person]{{"none", func(p Person) bool { return len(p.In) == 0 }}}},
		{Seen, []Value[Person]{{"never", func(p Person) bool { return p.LastLoginAt.IsZero() }}}},
		{Joined, []Value[Person]{{"lately", func(p Person) bool {
			return !p.CreatedAt.IsZero() && now.Sub(p.CreatedAt.Time) <= Lately
		}}}},
	}
}

// SortMembers puts members in one of the orders that Tallyfy's list knows: a field, with a minus for the other way round. Those
// that have nothing in the field come last either way. Without an order they stay as they are.
func SortMembers(people []Person, order string) {
	field, down := strings.CutPrefix(order, "-")
	switch field {
	case "first_name":
		sortBy(people, down, func(p Person) string { return strings.ToLower(p.FirstName) }, strings.Compare, "")
	case "last_name":
		sortBy(people, down, func(p Person) string { return strings.ToLower(p.LastName) }, strings.Compare, "")
	case "email":
		sortBy(people, down, func(p Person) string { return strings.ToLower(p.Email) }, strings.Compare, "")
	case "created_at":
		sortBy(people, down, func(p Person) time.Time { return p.CreatedAt.Time }, time.Time.Compare, time.Time{})
	case "last_login_at":
		sortBy(people, down, func(p Person) time.Time { return p.LastLoginAt.Time }, time.Time.Compare, time.Time{})
	}
}

// sortBy sorts by a key, keeping the order of equals; items whose key is none come last.
func sortBy[T any, K comparable](items []T, down bool, key func(T) K, compare func(a, b K) int, none K) {
	slices.SortStableFunc(items, func(a, b T) int {
		x, y := key(a), key(b)
		switch {
		case x == none || y == none:
			return cmp.Compare(rank(x == none), rank(y == none))
		case down:
			return compare(y, x)
		}
		return compare(x, y)
	})
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}
