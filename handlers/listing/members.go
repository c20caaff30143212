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
	// Chosen says that the person was chosen on a list.
	Chosen bool
}

const (
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
	return dayStart(now.Year(), now.Month()-time.Month(before), 1, now.Location())
}

// MonthName is a month's value of the filter by the day of joining.
func MonthName(month time.Time) string { return month.Format("2006-01") }

// within keeps those who joined in the last days.
func within(now time.Time, days int) func(Member) bool {
	return func(m Member) bool {
		age := now.Sub(m.CreatedAt.Time)
		return !m.CreatedAt.IsZero() && age >= -clockError && age <= time.Duration(days)*24*time.Hour
	}
}

// joined are the values of the filter by the day of joining.
func joined(now time.Time) []Value[Member] {
	year := dayStart(now.Year(), time.January, 1, now.Location())
	list := []Value[Member]{
		{Name: "7", Text: "last 7 days", Keeps: within(now, 7)},
		{Name: "lately", Text: "last 30 days", Keeps: within(now, 30)},
		{Name: "90", Text: "last 90 days", Keeps: within(now, 90)},
		{Name: "year", Text: "this year", Keeps: func(m Member) bool { return !m.CreatedAt.Before(year) && m.CreatedAt.Year() <= now.Year() }},
		{Name: "before", Text: "before this year", Keeps: func(m Member) bool { return !m.CreatedAt.IsZero() && m.CreatedAt.Before(year) }},
		{Name: "earlier", Text: "more than 14 days ago", Unlisted: true, Keeps: func(m Member) bool {
			return !m.CreatedAt.IsZero() && now.Sub(m.CreatedAt.Time) > patience
		}},
	}
	for before := range Months {
		from, to := Month(now, before), Month(now, before-1)
		list = append(list, Value[Member]{Name: MonthName(from), Text: "in " + from.Format("January 2006"), Unlisted: true, Keeps: func(m Member) bool {
			return !m.CreatedAt.Before(from) && m.CreatedAt.Before(to)
		}})
	}
	return list
}

// longAgo reports whether somebody was last there more than some days ago. Those who never were count from the
// day they joined.
func longAgo(now time.Time, days int, last, joined time.Time) bool {
	if last.IsZero() {
		last = joined
	}
	return !last.IsZero() && now.Sub(last) > time.Duration(days)*24*time.Hour
}

// MemberFilters are the filters of members, as of now. Months and years are those of its time zone.
func MemberFilters(now time.Time) []Filter[Member] {
	role := func(r tallyfy.Role) func(Member) bool {
		return func(m Member) bool { return m.Role == r }
	}
	status := func(s tallyfy.Status) func(Member) bool {
		return func(m Member) bool { return m.Status == s && m.IsPerson() }
	}
	away := func(days int) func(Member) bool {
		return func(m Member) bool { return longAgo(now, days, m.LastLoginAt.Time, m.CreatedAt.Time) }
	}
	return []Filter[Member]{
		{Name: "status", Label: "Status", Tabs: true, Values: []Value[Member]{
			{Text: "People", Keeps: func(m Member) bool { return m.IsPerson() }},
			{Name: "invited", Text: "Invited", Keeps: status(tallyfy.StatusInvited)},
			{Name: "disabled", Text: "Disabled", Keeps: func(m Member) bool { return !m.IsBot() && m.IsDisabled() }},
			{Name: "bot", Text: "Bots", Keeps: func(m Member) bool { return m.IsBot() }},
			{Name: "all", Text: "All", Keeps: func(Member) bool { return true }},
			{Name: "active", Text: "active", Keeps: status(tallyfy.StatusActive), Unlisted: true},
		}},
		{Name: "role", Label: "Role", Any: "any", Values: []Value[Member]{
			{Name: "admin", Text: "Administrator", Keeps: role(tallyfy.RoleAdmin)},
			{Name: "standard", Text: "Standard", Keeps: role(tallyfy.RoleStandard)},
			{Name: "light", Text: "Light", Keeps: role(tallyfy.RoleLight)},
			{Name: "full", Text: "Administrator or Standard", Unlisted: true, Keeps: func(m Member) bool {
				return m.Role == tallyfy.RoleAdmin || m.Role == tallyfy.RoleStandard
			}},
		}},
		{Name: "groups", Label: "Groups", Any: "any", Values: []Value[Member]{
			{Name: "none", Text: "none", Keeps: func(m Member) bool { return len(m.In) == 0 }},
			{Name: "everybody", Text: "only the group of everybody", Keeps: func(m Member) bool {
				return len(m.In) > 0 && m.Shared == len(m.In)
			}},
		}},
		{Name: "seen", Label: "Sign-in", Any: "any", Values: []Value[Member]{
			{Name: "never", Text: "never", Keeps: func(m Member) bool { return m.LastLoginAt.IsZero() }},
			{Name: "30", Text: "none for 30 days", Keeps: away(30)},
			{Name: "90", Text: "none for 90 days", Keeps: away(90)},
			{Name: "180", Text: "none for 180 days", Keeps: away(180)},
		}},
		{Name: "joined", Label: "Joined", Any: "any time", Values: joined(now)},
		{Name: "chosen", Label: "Chosen", Any: "any", Values: []Value[Member]{
			{Name: "yes", Text: "yes", Keeps: func(m Member) bool { return m.Chosen }, Unlisted: true},
		}},
	}
}

// MemberOrders are the fields that members can be sorted by, with a minus before them the other way round.
var MemberOrders = []string{"last_name", "first_name", "email", "role", "groups", "created_at", "last_login_at"}

// SortMembers sorts by one of [MemberOrders]. Members without a value come last either way, and equals stay
// as they stand.
func SortMembers(members []Member, order string) {
	field, down := SplitOrder(order)
	switch field {
	case "first_name":
		sortBy(members, down, func(m Member) string { return nameKey(m.FirstName) }, strings.Compare, "")
	case "last_name":
		sortBy(members, down, func(m Member) string { return nameKey(m.LastName) }, strings.Compare, "")
	case "email":
		sortBy(members, down, func(m Member) string { return nameKey(m.Email) }, strings.Compare, "")
	case "role":
		sortBy(members, down, func(m Member) int { return slices.Index(roles, m.Role) }, cmp.Compare, -1)
	case "groups":
		sortBy(members, down, func(m Member) int { return len(m.In) }, cmp.Compare, -1)
	case "created_at":
		sortBy(members, down, func(m Member) time.Time { return m.CreatedAt.Time }, time.Time.Compare, time.Time{})
	case "last_login_at":
		sortBy(members, down, func(m Member) time.Time { return m.LastLoginAt.Time }, time.Time.Compare, time.Time{})
	}
}

// roles are in the order in which a list is sorted by them.
var roles = []tallyfy.Role{tallyfy.RoleAdmin, tallyfy.RoleStandard, tallyfy.RoleLight}

// nameKey is a text's place in the order of names, "" for one that shows nothing.
func nameKey(s string) string {
	if !tallyfy.Visible(s) {
		return ""
	}
	return names.Key(s)
}

// sortBy sorts by a key. Equals stay as they stand. Items whose key is none come last.
func sortBy[T any, K comparable](items []T, down bool, key func(T) K, compare func(a, b K) int, none K) {
	type keyed struct {
		key  K
		item T
	}
	list := make([]keyed, len(items))
	for i, item := range items {
		list[i] = keyed{key(item), item}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		if a.key == none || b.key == none {
			return cmp.Compare(rank(a.key == none), rank(b.key == none))
		}
		if down {
			return compare(b.key, a.key)
		}
		return compare(a.key, b.key)
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
