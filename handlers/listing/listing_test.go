package listing

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ago(days int) tallyfy.Time { return tallyfy.Time{Time: now.AddDate(0, 0, -days)} }

func someMembers() []Member {
	member := func(id, role, status, kind string, joined, seen tallyfy.Time, groups int) Member {
		return Member{Member: &tallyfy.Member{
			ID: tallyfy.UserID(id), FirstName: id, Role: tallyfy.Role(role), Status: tallyfy.Status(status), Type: kind, CreatedAt: joined, LastLoginAt: seen, IsActive: status == "active",
		}, In: make([]*tallyfy.Group, groups)}
	}
	list := []Member{
		member("ann", "admin", "active", "standard", ago(400), ago(1), 3),
		member("bob", "standard", "active", "standard", ago(29), tallyfy.Time{}, 0),
		member("cyd", "standard", "invited", "standard", ago(30), tallyfy.Time{}, 1),
		member("dee", "light", "disabled", "standard", ago(31), ago(9), 0),
		member("eve", "standard", "active", "bot", tallyfy.Time{}, tallyfy.Time{}, 2),
	}
	list[0].Shared, list[2].Shared = 1, 1
	return list
}

func ids(members []Member) (list []string) {
	for _, p := range members {
		list = append(list, string(p.ID))
	}
	return list
}

func TestFiltersKeepWhatTheySay(t *testing.T) {
	for _, test := range []struct {
		address string
		want    []string
	}{
		{"", []string{"ann", "bob", "cyd"}},
		{"status=all", []string{"ann", "bob", "cyd", "dee", "eve"}},
		{"role=standard", []string{"bob", "cyd"}},
		{"status=all&role=standard", []string{"bob", "cyd", "eve"}},
		{"status=active", []string{"ann", "bob"}},
		{"status=bot", []string{"eve"}},
		{"status=disabled", []string{"dee"}},
		{"groups=none&status=all", []string{"bob", "dee"}},
		{"seen=never&status=all", []string{"bob", "cyd", "eve"}},
		{"seen=30", nil},
		{"seen=30&status=all", nil},
		{"joined=lately", []string{"bob", "cyd"}},
		{"joined=7", nil},
		{"joined=90", []string{"bob", "cyd"}},
		{"joined=year", []string{"bob", "cyd"}},
		{"joined=before", []string{"ann"}},
		{"joined=earlier", []string{"ann", "bob", "cyd"}},
		{"joined=2026-10&status=all", []string{"bob", "cyd", "dee"}},
		{"joined=2026-11", nil},
		{"joined=2025-11", []string{"ann", "bob", "cyd"}},
		{"role=full&status=all", []string{"ann", "bob", "cyd", "eve"}},
		{"groups=everybody", []string{"cyd"}},
		{"groups=none&seen=never&role=standard", []string{"bob"}},
		{"role=light&status=active", nil},
		{"role=emperor&status=&other=1", []string{"ann", "bob", "cyd"}},
	} {
		address, err := url.ParseQuery(test.address)
		require.NoError(t, err)
		filters := MemberFilters(now)
		kept, _ := Apply(someMembers(), filters, Select(filters, address))
		assert.Equal(t, test.want, ids(kept), test.address)
		assert.Equal(t, test.want, ids(Keep(someMembers(), filters, Select(filters, address))), test.address)
	}
}

// A count is a promise: choosing the value shows that many.
func TestCountsComeTrue(t *testing.T) {
	filters := MemberFilters(now)
	starts := []Selection{{}, {"role": "standard"}, {"role": "standard", "seen": "never"}, {"status": "active", "groups": "none"}, {"role": "light", "status": "active"}}
	for _, start := range starts {
		_, counts := Apply(someMembers(), filters, start)
		for _, f := range filters {
			for _, v := range f.Values {
				if v.Unlisted && start[f.Name] != v.Name {
					assert.Zero(t, counts[f.Name][v.Name], "what is not in the menu needs no number")
					continue
				}
				then := Selection{f.Name: v.Name}
				for name, value := range start {
					if name != f.Name {
						then[name] = value
					}
				}
				kept, _ := Apply(someMembers(), filters, then)
				assert.Len(t, kept, counts[f.Name][v.Name], "%v, then %s=%s", start, f.Name, v.Name)
			}
		}
	}
}

func TestGroupFilters(t *testing.T) {
	group := func(name string, members, guests, disabled, working int) Group {
		return Group{
			Group:   &tallyfy.Group{Name: name, Members: make([]tallyfy.UserID, members), Guests: make([]string, guests)},
			Present: members, Disabled: disabled, Working: working,
		}
	}
	groups := []Group{
		group("empty", 0, 0, 0, 0), group("one", 1, 2, 0, 1), group("guests", 0, 2, 0, 0), group("many", 5, 0, 1, 4), group("left", 3, 4, 2, 1),
		group("crowd", 90, 10, 0, 90), group("all", 90, 11, 0, 90),
		{Group: &tallyfy.Group{Name: "ghosts", Members: make([]tallyfy.UserID, 3), Guests: make([]string, 1)}},
		{Group: &tallyfy.Group{Name: "unread", Members: make([]tallyfy.UserID, 7)}, Present: 7, Working: 1, Unknown: 6},
	}
	for value, want := range map[string][]string{
		"people=none": {"empty"}, "people=one": {"one"}, "people=guests": {"guests", "ghosts"}, "people=disabled": {"many", "left"}, "holds=one": {"one", "left"},
		"size=1": {"ghosts"}, "size=2-5": {"one", "guests", "many"}, "size=6-10": {"left", "unread"}, "size=11-25": nil, "size=26-100": {"crowd"}, "size=more": {"all"},
	} {
		address, err := url.ParseQuery(value)
		require.NoError(t, err)
		filters := GroupFilters()
		var names []string
		for _, g := range Keep(groups, filters, Select(filters, address)) {
			names = append(names, g.Name)
		}
		assert.Equal(t, want, names, value)
	}
}

// A month begins and ends at midnight where the person is.
func TestMonthsAreThoseOfTheZone(t *testing.T) {
	east := time.FixedZone("UTC+13", 13*60*60)
	late := tallyfy.Time{Time: time.Date(2026, 10, 31, 12, 0, 0, 0, time.UTC)} // 1 November, 01:00
	members := []Member{{Member: &tallyfy.Member{ID: "1", CreatedAt: late}}}
	for value, want := range map[string]int{"2026-11": 1, "2026-10": 0} {
		assert.Len(t, Keep(members, MemberFilters(now.In(east)), Selection{"joined": value, "status": "all"}), want, value)
		assert.Len(t, Keep(members, MemberFilters(now), Selection{"joined": value, "status": "all"}), 1-want, value)
	}
	assert.Equal(t, "2026-02", MonthName(Month(time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), 1)), "no month is left out on a 31st")
}

func TestEverybody(t *testing.T) {
	var members []*tallyfy.Member
	var all []tallyfy.UserID
	for i := range 20 {
		m := &tallyfy.Member{ID: tallyfy.UserID(rune('a' + i)), Status: tallyfy.StatusActive, IsActive: true}
		if i >= 10 {
			m.Status, m.IsActive = tallyfy.StatusDisabled, false
		}
		members, all = append(members, m), append(all, m.ID)
	}
	groups := []*tallyfy.Group{
		{ID: "all", Members: all},
		{ID: "nine of ten", Members: all[:9]},
		{ID: "eight of ten", Members: all[:8]},
		{ID: "mostly disabled", Members: all[5:]},
		{ID: "empty"},
	}
	assert.Equal(t, map[tallyfy.ID]bool{"all": true, "nine of ten": true}, Everybody(members, groups))
	assert.Empty(t, Everybody(members[1:], groups), "in a small team everybody is everywhere")
	assert.Empty(t, Everybody(nil, groups))
}

func TestSortMembers(t *testing.T) {
	for order, want := range map[string][]string{
		"":               {"ann", "bob", "cyd", "dee", "eve"},
		"unknown":        {"ann", "bob", "cyd", "dee", "eve"},
		"-first_name":    {"eve", "dee", "cyd", "bob", "ann"},
		"created_at":     {"ann", "dee", "cyd", "bob", "eve"}, // nothing known comes last
		"-created_at":    {"bob", "cyd", "dee", "ann", "eve"},
		"-last_login_at": {"ann", "dee", "bob", "cyd", "eve"},
	} {
		members := someMembers()
		SortMembers(members, order)
		assert.Equal(t, want, ids(members), order)
	}
}

func TestEveryOrderSortsEitherWay(t *testing.T) {
	a := tallyfy.Member{FirstName: "A", LastName: "A", Email: "a", Role: tallyfy.RoleAdmin, CreatedAt: ago(1), LastLoginAt: ago(1)}
	b := tallyfy.Member{FirstName: "B", LastName: "B", Email: "b", Role: tallyfy.RoleLight, CreatedAt: ago(2), LastLoginAt: ago(2)}
	for _, field := range MemberOrders {
		up := []Member{{Member: &a}, {Member: &b, In: make([]*tallyfy.Group, 1)}}
		other, down := []Member{up[1], up[0]}, []Member{up[0], up[1]}
		SortMembers(up, field)
		SortMembers(other, field)
		assert.Equal(t, up, other, field)
		SortMembers(down, "-"+field)
		assert.Equal(t, []Member{up[1], up[0]}, down, "-"+field)
	}
	g, h := tallyfy.Group{Name: "A", CreatedAt: ago(1), LastUpdated: ago(1)}, tallyfy.Group{Name: "B", Guests: []string{"x"}, CreatedAt: ago(2), LastUpdated: ago(2)}
	for _, field := range GroupOrders {
		up := []Group{{Group: &g}, {Group: &h, Present: 1}}
		other, down := []Group{up[1], up[0]}, []Group{up[0], up[1]}
		SortGroups(up, field)
		SortGroups(other, field)
		assert.Equal(t, up, other, field)
		SortGroups(down, "-"+field)
		assert.Equal(t, []Group{up[1], up[0]}, down, "-"+field)
	}
}

// Nobody who has joined a while ago and never signed in is left out of those who have not for a while.
func TestNoSignInForAWhile(t *testing.T) {
	members := []Member{
		{Member: &tallyfy.Member{ID: "never, for long", CreatedAt: ago(100)}},
		{Member: &tallyfy.Member{ID: "never, and new", CreatedAt: ago(10)}},
		{Member: &tallyfy.Member{ID: "long ago", CreatedAt: ago(400), LastLoginAt: ago(91)}},
		{Member: &tallyfy.Member{ID: "lately", CreatedAt: ago(400), LastLoginAt: ago(89)}},
		{Member: &tallyfy.Member{ID: "nothing known"}},
	}
	for value, want := range map[string][]string{
		"30": {"never, for long", "long ago", "lately"}, "90": {"never, for long", "long ago"}, "180": nil,
	} {
		assert.Equal(t, want, ids(Keep(members, MemberFilters(now), Selection{"seen": value, "status": "all"})), value)
	}
}

func TestEveryEntryOfAMenuHasWords(t *testing.T) {
	assertWords(t, MemberFilters(now))
	assertWords(t, GroupFilters())
}

func assertWords[T any](t *testing.T, filters []Filter[T]) {
	t.Helper()
	for _, f := range filters {
		assert.NotEmpty(t, f.Label)
		assert.Equal(t, f.Tabs, f.Any == "")
		assert.Equal(t, f.Tabs, f.Values[0].Name == "")
		for _, v := range f.Values {
			assert.NotEmpty(t, v.Text, f.Name)
		}
	}
}

// A date in the future is none to go by.
func TestNobodyJoinsInTheFuture(t *testing.T) {
	for days, want := range map[int]int{-2: 0, -365: 0, 0: 1, 5: 1, 31: 0} {
		m := tallyfy.Member{CreatedAt: tallyfy.Time{Time: now.AddDate(0, 0, -days).Add(-time.Minute)}}
		kept, _ := Apply([]Member{{Member: &m}}, MemberFilters(now), Selection{"joined": "lately", "status": "all"})
		assert.Len(t, kept, want, "%d days ago", days)
	}
}
