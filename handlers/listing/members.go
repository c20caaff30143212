package listing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Member is a member with the groups that the member is in. Shared is how many of them are groups of
// everybody, see [Everybody].
type Member struct {
	*tallyfy.Member
	In     []*tallyfy.Group
	Shared int
}

const (
	// recent is the age up to which a member counts as having joined lately.
	recent = 30 * 24 * time.Hour
	// patience is the age from which a member counts as having joined a while ago: an invitation that is
	// older is hardly accepted any more.
	patience = 14 * 24 * time.Hour
	// clockError is how far Tallyfy's clock may be ahead of ours: a later date is none to go by.
	clockError = 24 * time.Hour
	// Months is how many months can be chosen from, the current one included.
	Months = 12
)

// Month is the beginning of a month in the time zone of now, some months before the current one.
func Month(now time.Time, before int) time.Time {
	return time.Date(now.Year(), now.Month()-time.Month(before), 1, 0, 0, 0, 0, now.Location())
}

// MonthName is a month's value of the filter by the day of joining.
func MonthName(month time.Time) string { return month.Format("2006-01") }

// joined are the values of the filter by the day of joining.
func joined(now time.Time) []Value[Member] {
	list := []Value[Member]{
		{"lately", "Joined in the last 30 days", func(m Member) bool {
			age := now.Sub(m.CreatedAt.Time)
			return !m.CreatedAt.IsZero() && age >= -clockError && age <= recent
		}},
		{"earlier", "Joined more than 14 days ago", func(m Member) bool {
			return !m.CreatedAt.IsZero() && now.Sub(m.CreatedAt.Time) > patience
		}},
	}
	for before := range Months {
		from, to := Month(now, before), Month(now, before-1)
		list = append(list, Value[Member]{MonthName(from), "Joined in " + from.Format("Jan 2006"), func(m Member) bool {
			return !m.CreatedAt.Before(from) && m.CreatedAt.Before(to)
		}})
	}
	return list
}

// MemberFilters are the filters of members, as of now. Months are those of its time zone.
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
			{"full", "Administrator or Standard", func(m Member) bool {
				return m.Role == tallyfy.RoleAdmin || m.Role == tallyfy.RoleStandard
			}},
		}},
		{"status", "Status", "Any status", []Value[Member]{
			{"active", "Active", status(tallyfy.StatusActive)},
			{"invited", "Invited", status(tallyfy.StatusInvited)},
			{"disabled", "Disabled", status(tallyfy.StatusDisabled)},
			{"bot", "Bot", func(m Member) bool { return m.IsBot() }},
		}},
		{"groups", "Groups", "Any groups", []Value[Member]{
			{"none", "In no group", func(m Member) bool { return len(m.In) == 0 }},
			{"everybody", "Only in the group of everybody", func(m Member) bool {
				return len(m.In) > 0 && m.Shared == len(m.In)
			}},
		}},
		{"seen", "Sign-in", "Any sign-in", []Value[Member]{
			{"never", "Never signed in", func(m Member) bool { return m.LastLoginAt.IsZero() }},
		}},
		{"joined", "Joined", "Joined any time", joined(now)},
	}
}

// ByName words the order of a list of members from a copy where none is chosen.
const ByName = "Name"

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

// SortMembers sorts by one of [MemberOrders]. Members without a value come last either way, and equals stand
// in the order of their ids.
func SortMembers(members []Member, order string) {
	id := func(m Member) string { return string(m.ID) }
	field, down := strings.CutPrefix(order, "-")
	switch field {
	case "first_name":
		sortBy(members, down, func(m Member) string { return nameKey(m.FirstName) }, strings.Compare, "", id)
	case "last_name":
		sortBy(members, down, func(m Member) string { return nameKey(m.LastName) }, strings.Compare, "", id)
	case "email":
		sortBy(members, down, func(m Member) string { return nameKey(m.Email) }, strings.Compare, "", id)
	case "created_at":
		sortBy(members, down, func(m Member) time.Time { return m.CreatedAt.Time }, time.Time.Compare, time.Time{}, id)
	case "last_login_at":
		sortBy(members, down, func(m Member) time.Time { return m.LastLoginAt.Time }, time.Time.Compare, time.Time{}, id)
	}
}

// nameKey is a text's place in the order of names, "" for one that shows nothing.
func nameKey(s string) string {
	if !tallyfy.Visible(s) {
		return ""
	}
	return names.Key(s)
}

// sortBy sorts by a key, and equals by their ids. Items whose key is none come last.
func sortBy[T any, K comparable](items []T, down bool, key func(T) K, compare func(a, b K) int, none K, id func(T) string) {
	type keyed struct {
		key  K
		item T
	}
	list := make([]keyed, len(items))
	for i, item := range items {
		list[i] = keyed{key(item), item}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		c := compare(a.key, b.key)
		if down {
			c = -c
		}
		if a.key == none || b.key == none {
			c = cmp.Compare(rank(a.key == none), rank(b.key == none))
		}
		return cmp.Or(c, strings.Compare(id(a.item), id(b.item)))
	})
	for i, k := range list {
		items[i] = k.item
	}
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}
