package overview

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ago(days int) tallyfy.Time { return tallyfy.Time{Time: now.AddDate(0, 0, -days)} }

// member is an active one who is in a group, changed by what a test is about.
func member(name string, change func(*listing.Member)) listing.Member {
	m := listing.Member{Member: &tallyfy.Member{
		ID: tallyfy.UserID(name), FullName: name, Role: tallyfy.RoleStandard, Status: tallyfy.StatusActive, IsActive: true, CreatedAt: ago(500), LastLoginAt: ago(1),
	}, In: make([]*tallyfy.Group, 2)}
	if change != nil {
		change(&m)
	}
	return m
}

func group(name string, members int, change func(*listing.Group)) listing.Group {
	g := listing.Group{Group: &tallyfy.Group{ID: tallyfy.ID(name), Name: name, Members: make([]tallyfy.UserID, members)}, Present: members, Working: members}
	if change != nil {
		change(&g)
	}
	return g
}

func admin(m *listing.Member) { m.Role = tallyfy.RoleAdmin }
func invited(m *listing.Member) {
	m.Status, m.CreatedAt, m.LastLoginAt = tallyfy.StatusInvited, ago(15), tallyfy.Time{}
}
func light(m *listing.Member)    { m.Role = tallyfy.RoleLight }
func disabled(m *listing.Member) { m.Status, m.IsActive = tallyfy.StatusDisabled, false }

// finding is the one with these filters.
func finding(v Overview, of List, chosen listing.Selection) Finding {
	for _, f := range v.Findings {
		if f.List == of && maps.Equal(f.Chosen, chosen) {
			return f
		}
	}
	return Finding{}
}

func TestFindings(t *testing.T) {
	noGroup := func(m *listing.Member) { m.In = nil }
	for name, test := range map[string]struct {
		o      Organisation
		list   List
		chosen listing.Selection
		n      int
		text   string
		state  State
	}{
		"groups nobody is in": {
			Organisation{Groups: []listing.Group{group("a", 0, nil), group("b", 0, nil), group("c", 1, nil)}},
			Groups,
			listing.Selection{"people": "none"},
			2, "groups nobody is in", Attention,
		},
		"one person": {
			Organisation{Groups: []listing.Group{group("a", 1, nil), group("b", 2, nil)}},
			Groups,
			listing.Selection{"holds": "one"},
			1, "group held up by one person", Attention,
		},
		"disabled people": {
			Organisation{Groups: []listing.Group{group("a", 2, func(g *listing.Group) { g.Disabled = 1 })}},
			Groups,
			listing.Selection{"people": "disabled"},
			1, "group with disabled people", Attention,
		},
		"all is well": {
			Organisation{Groups: []listing.Group{group("a", 2, nil)}},
			Groups,
			listing.Selection{"people": "disabled"},
			0, "groups with disabled people", Fine,
		},
		"none of those that could be read": {
			Organisation{Groups: []listing.Group{group("a", 2, nil)}, GroupsShort: true},
			Groups,
			listing.Selection{"people": "none"},
			0, "groups nobody is in", Unknown,
		},
		"nobody disabled, of those who could be read": {
			Organisation{Groups: []listing.Group{group("a", 2, func(g *listing.Group) { g.Unknown = 1 })}, MembersShort: true},
			Groups,
			listing.Selection{"people": "disabled"},
			0, "groups with disabled people", Unknown,
		},
		"some of those that could be read": {
			Organisation{Groups: []listing.Group{group("a", 0, nil)}, GroupsShort: true},
			Groups,
			listing.Selection{"people": "none"},
			1, "group nobody is in", Attention,
		},
		"no group": {
			Organisation{Members: []listing.Member{member("a", noGroup), member("b", noGroup), member("c", func(m *listing.Member) { noGroup(m); disabled(m) })}},
			Members,
			listing.Selection{"groups": "none", "status": "active"},
			2, "active people in no group", Attention,
		},
		"no group, but not all groups are known": {
			Organisation{Members: []listing.Member{member("a", noGroup)}, GroupsShort: true},
			Members,
			listing.Selection{"groups": "none", "status": "active"},
			1, "active person in no group", Unknown,
		},
		"only the group of everybody": {
			Organisation{Members: []listing.Member{member("a", func(m *listing.Member) { m.Shared = 2 }), member("b", func(m *listing.Member) { m.Shared = 1 })}},
			Members,
			listing.Selection{"groups": "everybody", "status": "active"},
			1, "active person only in the group of everybody", Attention,
		},
		"never signed in": {
			Organisation{Members: []listing.Member{member("a", func(m *listing.Member) { m.LastLoginAt = tallyfy.Time{} }), member("b", invited)}},
			Members,
			listing.Selection{"seen": "never", "status": "active"},
			1, "active person never signed in", Attention,
		},
		"old invitations": {
			Organisation{Members: []listing.Member{member("a", invited), member("b", func(m *listing.Member) { invited(m); m.CreatedAt = ago(14) })}},
			Members,
			listing.Selection{"joined": "earlier", "status": "invited"},
			1, "invitation older than 14 days", Attention,
		},
		"one administrator": {
			Organisation{Members: []listing.Member{member("a", admin), member("b", func(m *listing.Member) { admin(m); disabled(m) })}},
			Members,
			listing.Selection{"role": "admin", "status": "active"},
			1, "active administrator, and nobody to stand in", Attention,
		},
		"two administrators": {
			Organisation{Members: []listing.Member{member("a", admin), member("b", admin)}, MembersShort: true},
			Members,
			listing.Selection{"role": "admin", "status": "active"},
			2, "active administrators", Fine,
		},
		"one administrator of those that could be read": {
			Organisation{Members: []listing.Member{member("a", admin)}, MembersShort: true},
			Members,
			listing.Selection{"role": "admin", "status": "active"},
			1, "active administrator, and nobody to stand in", Unknown,
		},
	} {
		test.o.Now = now
		f := finding(Of(test.o), test.list, test.chosen)
		assert.Equal(t, test.n, f.N, name)
		assert.Equal(t, test.text, f.Text, name)
		assert.Equal(t, test.state, f.State, name)
		if f.State == Unknown {
			assert.Empty(t, f.Names, name)
		}
	}
}

func TestSeatsOfInvitations(t *testing.T) {
	v := Of(Organisation{Now: now, Members: []listing.Member{
		member("a", invited), member("b", func(m *listing.Member) { invited(m); admin(m) }), member("c", func(m *listing.Member) { invited(m); light(m) }), member("d", light),
	}})
	f := finding(v, Members, listing.Selection{"joined": "earlier", "status": "invited"})
	assert.Equal(t, []string{"a", "b"}, f.Names)
	assert.Equal(t, []Seat{
		{"full seats", Count{2, Members, listing.Selection{"joined": "earlier", "status": "invited", "role": "full"}}},
		{"light seat", Count{1, Members, listing.Selection{"joined": "earlier", "status": "invited", "role": "light"}}},
	}, f.Seats)
}

func TestNumbers(t *testing.T) {
	members := []listing.Member{
		member("ann", admin), member("bob", nil), member("cyd", light), member("dee", disabled), member("eve", func(m *listing.Member) { invited(m) }),
		member("bot", func(m *listing.Member) { m.Type = "bot" }), member("odd", func(m *listing.Member) { m.Role = "emperor" }),
	}
	for i, m := range members[:6] {
		m.CreatedAt = ago(25 + i) // bot joined last
	}
	groups := []listing.Group{
		group("a", 0, nil), group("b", 1, nil), group("c", 5, nil), group("d", 101, nil),
		group("e", 0, func(g *listing.Group) { g.Guests = make([]string, 6) }),
	}
	v := Of(Organisation{Members: members, Groups: groups, Now: now})
	assert.Equal(t, 7, v.Members.N)
	assert.Equal(t, 5, v.Groups.N)
	assert.Equal(t, 4, v.New.N, "without the disabled one and the bot")
	var newest []string
	for _, m := range v.Newest {
		newest = append(newest, m.Name())
	}
	assert.Equal(t, []string{"ann", "bob", "cyd", "eve"}, newest, "latest first")

	sizes := map[string]int{}
	sum := 0
	for _, s := range v.Sizes {
		sizes[s.Text], sum = s.N, sum+s.N
	}
	assert.Equal(t, map[string]int{
		"Nobody": 1, "1 person": 1, "2 to 5 people": 1, "6 to 10 people": 1, "11 to 25 people": 0, "26 to 100 people": 0, "More than 100 people": 1,
	}, sizes)
	assert.Equal(t, v.Groups.N, sum, "each group is in one size")

	var statuses []int
	for _, c := range v.Statuses {
		statuses = append(statuses, c.N)
	}
	assert.Equal(t, []int{4, 1, 1}, statuses)
	all := v.Bots.N + v.Other
	for _, r := range v.Roles {
		all += r.N
	}
	assert.Equal(t, []int{1, 1}, []int{v.Bots.N, v.Other})
	assert.Equal(t, v.Members.N, all, "nobody is left out")

	months := map[string]int{}
	for _, m := range v.Joined {
		if m.N > 0 {
			months[listing.MonthName(m.From)] = m.N
		}
	}
	assert.Len(t, v.Joined, listing.Months)
	assert.Equal(t, map[string]int{"2026-10": 6}, months)
	assert.Equal(t, "2025-12", listing.MonthName(v.Joined[0].From), "the oldest first")
}

func TestAnOrganisationOfNobody(t *testing.T) {
	v := Of(Organisation{Now: now})
	assert.Zero(t, v.Members.N)
	assert.Empty(t, v.Newest)
	assert.Equal(t, Attention, v.Findings[len(v.Findings)-1].State, "no administrator")
}
