package listing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Member is a member with the groups that the member is in.
type Member struct {
	*tallyfy.Member
	In []*tallyfy.Group
}

// recent is the age up to which a member counts as having joined lately.
const recent = 30 * 24 * time.Hour

// MemberFilters are the filters of members, as of now.
func MemberFilters(now time.Time) []Filter[Member] {
	role := func(r tallyfy.Role) func(Member) bool {
		return func(m Member) bool { return m.Role == r }
	}
	status := func(s tallyfy.Status) func(Member) bool {
		return func(m Member) bool { return m.Status == s && !m.IsBot() }
	}
	return []Filter[Member]{
		{"role", "Role", "Any role", []Value[Member]{
			{"admin", "Administrator", role(tallyfy.RoleAdmin)},
			{"standard", "Standard", role(tallyfy.RoleStandard)},
			{"light", "Light", role(tallyfy.RoleLight)},
		}},
		{"status", "Status", "Any status", []Value[Member]{
			{"active", "Active", status(tallyfy.StatusActive)},
			{"invited", "Invited", status(tallyfy.StatusInvited)},
			{"disabled", "Disabled", status(tallyfy.StatusDisabled)},
			{"bot", "Bot", func(m Member) bool { return m.IsBot() }},
		}},
		{"groups", "Groups", "Any groups", []Value[Member]{
			{"none", "In no group", func(m Member) bool { return len(m.In) == 0 }},
		}},
		{"seen", "Sign-in", "Any sign-in", []Value[Member]{
			{"never", "Never signed in", func(m Member) bool { return m.LastLoginAt.IsZero() }},
		}},
		{"joined", "Joined", "Joined any time", []Value[Member]{
			{"lately", "Joined in the last 30 days", func(m Member) bool {
				return !m.CreatedAt.IsZero() && now.Sub(m.CreatedAt.Time) <= recent
			}},
		}},
	}
}

// MemberOrders are the orders of members. A leading minus reverses one.
var MemberOrders = []Order{
	{"", "Tallyfy's order"},
	{"first_name", "First name"},
	{"-first_name", "First name, from Z"},
	{"last_name", "Last name"},
	{"-last_name", "Last name, from Z"},
	{"email", "Email"},
	{"-email", "Email, from Z"},
	{"-created_at", "Joined last"},
	{"created_at", "Joined first"},
	{"-last_login_at", "Last sign-in, newest"},
	{"last_login_at", "Last sign-in, oldest"},
}

// SortMembers sorts by one of [MemberOrders]. Members without a value come last either way.
func SortMembers(members []Member, order string) {
	field, down := strings.CutPrefix(order, "-")
	switch field {
	case "first_name":
		sortBy(members, down, func(m Member) string { return strings.ToLower(m.FirstName) }, strings.Compare, "")
	case "last_name":
		sortBy(members, down, func(m Member) string { return strings.ToLower(m.LastName) }, strings.Compare, "")
	case "email":
		sortBy(members, down, func(m Member) string { return strings.ToLower(m.Email) }, strings.Compare, "")
	case "created_at":
		sortBy(members, down, func(m Member) time.Time { return m.CreatedAt.Time }, time.Time.Compare, time.Time{})
	case "last_login_at":
		sortBy(members, down, func(m Member) time.Time { return m.LastLoginAt.Time }, time.Time.Compare, time.Time{})
	}
}

// sortBy sorts by a key and keeps the order of equals. Items whose key is none come last.
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
