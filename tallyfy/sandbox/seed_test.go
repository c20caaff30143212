package sandbox

import (
	"bytes"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func itoa(n int) string { return strconv.Itoa(n) }

func countMembers(s *Server, is func(*member) bool) int {
	n := 0
	for _, m := range s.main.members {
		if is(m) {
			n++
		}
	}
	return n
}

func countGroups(s *Server, is func(*group) bool) int {
	n := 0
	for _, g := range s.main.groups {
		if is(g) {
			n++
		}
	}
	return n
}

func TestSeedPeople(t *testing.T) {
	s := start(t, Options{})
	assert.Len(t, s.Members(), 60)
	for name, c := range map[string]struct {
		want int
		is   func(*member) bool
	}{
		"bots":                   {1, (*member).isBot},
		"invited":                {3, func(m *member) bool { return m.status == statusInvited }},
		"disabled":               {2, func(m *member) bool { return m.status == statusDisabled }},
		"default administrators": {1, func(m *member) bool { return m.defaultAdmin }},
		"joined in 30 days":      {8, func(m *member) bool { return testNow.Sub(m.createdAt) <= 30*day }},
		"activated in 30 days":   {8, func(m *member) bool { return testNow.Sub(m.activatedAt) <= 30*day }},
		"called Anna Kowalska":   {2, func(m *member) bool { return m.fullName() == "Anna Kowalska" }},
		"with an apostrophe":     {4, func(m *member) bool { return strings.Contains(m.fullName(), "'") }},
		"right to left": {2, func(m *member) bool {
			return strings.ContainsFunc(m.firstName, func(r rune) bool { return unicode.In(r, unicode.Arabic, unicode.Hebrew) })
		}},
		"without a zone offset": {0, func(m *member) bool { return utcOffset(m.timezone) == "" }},
		"in the future":         {0, func(m *member) bool { return m.updatedAt.After(testNow) || m.lastLoginAt.After(testNow) }},
	} {
		assert.Equal(t, c.want, countMembers(s, c.is), name)
	}
	for _, role := range []string{roleAdmin, roleStandard, roleLight} {
		assert.Greater(t, countMembers(s, func(m *member) bool { return m.role == role }), 3, role)
	}
	assert.Greater(t, countMembers(s, func(m *member) bool {
		return strings.ContainsFunc(m.fullName(), func(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Latin, r) })
	}), 10, "accents")
	emails := map[string]bool{}
	for _, m := range s.Members() {
		assert.False(t, emails[m.Email], m.Email)
		emails[m.Email] = true
		assert.True(t, strings.HasSuffix(m.Email, "@example.com"))
	}
	me := mustMember(t, s, "maren.dahl")
	assert.Equal(t, roleAdmin, me.Role)
	assert.False(t, me.DefaultAdmin)
	assert.Equal(t, roleStandard, mustMember(t, s, "tomas.herrera").Role)
}

func TestSeedPartsInTheDemo(t *testing.T) {
	s := start(t, Options{})
	busy, solo, idle, left := mustMember(t, s, busyUser), mustMember(t, s, soloUser), mustMember(t, s, idleUser), mustMember(t, s, leftUser)

	assert.Greater(t, len(busy.Groups), 10)
	assert.Greater(t, s.OpenTasks(busy.ID), 25)
	assert.Equal(t, []int{solo.ID}, mustGroup(t, s, "Payroll").Members)
	assert.Empty(t, mustGroup(t, s, "Payroll").Guests)
	assert.Equal(t, []string{mustGroup(t, s, "Everyone at Aldermoor").ID}, idle.Groups)
	for _, task := range s.main.tasks {
		assert.False(t, task.ownedBy(idle.ID))
	}
	assert.Equal(t, statusDisabled, left.Status)
	assert.Positive(t, s.OpenTasks(left.ID))
}

func TestSeedGroups(t *testing.T) {
	s := start(t, Options{})
	assert.Len(t, s.Groups(), 34)
	for name, c := range map[string]struct {
		want int
		is   func(*group) bool
	}{
		"nobody":         {1, func(g *group) bool { return len(g.members) == 0 && len(g.guests) == 0 }},
		"guests only":    {1, func(g *group) bool { return len(g.members) == 0 && len(g.guests) > 0 }},
		"one person":     {1, func(g *group) bool { return len(g.members) == 1 }},
		"everybody":      {1, func(g *group) bool { return len(g.members) == 60 }},
		"script":         {1, func(g *group) bool { return strings.Contains(g.name, "<script>") }},
		"no description": {1, func(g *group) bool { return g.description == "" }},
		"logo missing":   {1, func(g *group) bool { return g.logo != "" && s.main.files[g.logo].missing }},
		"logo":           {25, func(g *group) bool { return g.logo != "" }},
	} {
		assert.Equal(t, c.want, countGroups(s, c.is), name)
	}
	for _, p := range people {
		for key := range strings.FieldsSeq(p.groups) {
			assert.Contains(t, keysOfGroups(), key, p.user)
		}
	}
}

func keysOfGroups() []string {
	return each(groupRows, func(r groupRow) string { return r.key })
}

func TestSeedGuestsAndTasks(t *testing.T) {
	s := start(t, Options{})
	assert.Len(t, s.main.guests, 18)
	assert.Len(t, s.main.tasks, 400)
	shared, ofGroups, completed := 0, 0, 0
	for _, task := range s.main.tasks {
		assert.NotContains(t, task.title, "{")
		assert.True(t, len(task.owners)+len(task.groups) > 0, task.title)
		seen := map[int]bool{}
		for _, m := range task.owners {
			assert.False(t, seen[m.id], "owner twice")
			seen[m.id] = true
		}
		if len(task.owners) > 1 {
			shared++
		}
		if len(task.groups) > 0 {
			ofGroups++
		}
		if task.status == taskCompleted {
			completed++
		}
	}
	assert.Greater(t, shared, 30)
	assert.Greater(t, ofGroups, 30)
	assert.Greater(t, completed, 100)
	for _, g := range s.Groups() {
		for _, email := range g.Guests {
			assert.NotNil(t, s.main.guestBy[email], email)
		}
	}
	for key := range titles {
		assert.Contains(t, keysOfGroups(), key)
	}
}

func TestTwoStartsAreEqual(t *testing.T) {
	size := Options{Groups: 60, Members: 90}
	a, b := start(t, size), start(t, size)
	for _, path := range []string{
		"/me", "/me/organizations", "/organizations/{org}/me",
		"/organizations/{org}/groups?per_page=100&with=assets,users,guests",
		"/organizations/{org}/users?with=groups,stats", "/organizations/{org}/guests",
		"/organizations/{org}/tasks?per_page=100&page=1", "/organizations/{org}/tasks?per_page=100&page=4",
	} {
		assert.Equal(t, admin(t, a, "GET", path, "").body, admin(t, b, "GET", path, "").body, path)
	}
	later := start(t, Options{Now: func() time.Time { return testNow.AddDate(0, 1, 0) }})
	assert.Equal(t, a.OrgID(), later.OrgID())
	assert.Equal(t, mustGroup(t, a, "Payroll").ID, mustGroup(t, later, "Payroll").ID)
	assert.Equal(t, 30*day, later.main.members[5].createdAt.Sub(a.main.members[5].createdAt), "dates follow the clock")
}

func TestSizes(t *testing.T) {
	for _, o := range []Options{{Groups: 33}, {Members: 59}, {Groups: -1}, {Latency: -1}} {
		_, err := New(o)
		assert.Error(t, err, "%+v", o)
	}
	s := start(t, Options{Groups: 500, Members: 200})
	assert.Len(t, s.Groups(), 500)
	assert.Len(t, s.Members(), 200)
	assert.Len(t, mustGroup(t, s, "Everyone at Aldermoor").Members, 200)
	assert.Equal(t, start(t, Options{}).Members()[59].ID, s.Members()[59].ID, "the seed's come first")
	assert.Len(t, mustGroup(t, s, "Payroll").Members, 1)
	assert.Len(t, mustMember(t, s, idleUser).Groups, 1)
	assert.Equal(t, 8, countMembers(s, func(m *member) bool { return testNow.Sub(m.createdAt) <= 30*day }))
	names, ids := map[string]bool{}, map[string]bool{}
	for _, g := range s.Groups() {
		assert.False(t, names[foldName(g.Name)] || ids[g.ID], g.Name)
		names[foldName(g.Name)], ids[g.ID] = true, true
	}
	for _, m := range s.Members() {
		for _, id := range m.Groups {
			assert.Contains(t, s.main.groupByID[id].members, m.ID, "the index agrees with the groups")
		}
	}
}

func TestSeedJoiners(t *testing.T) {
	s := start(t, Options{Joiners: true})
	assert.Len(t, s.Members(), 73)
	groups := func(user string) (list []string) {
		for _, id := range mustMember(t, s, user).Groups {
			list = append(list, s.main.groupByID[id].name)
		}
		return list
	}
	assert.Equal(t, []string{"Everyone at Aldermoor", "Operations", "Fleet and Drivers", "Peak Season Task Force"}, groups("tobias.renner"))
	assert.Equal(t, []string{"Operations"}, groups("ines.carvalho"))
	assert.Len(t, groups("aaliyah.rahman"), 7)
	assert.Empty(t, groups("beatriz.sa"))
	assert.Equal(t, roleAdmin, mustMember(t, s, "milan.horvat").Role)
	assert.Equal(t, statusDisabled, mustMember(t, s, "vera.lindholm").Status)
	assert.Equal(t, statusInvited, mustMember(t, s, "kofi.owusu").Status)
	assert.Equal(t, []string{"Everyone at Aldermoor", "Operations", "Fleet and Drivers"}, groups("hana.kucerova"))
	guest, _ := s.MemberByEmail("pawel@temp.example.com")
	assert.Contains(t, mustGroup(t, s, "Peak Season Task Force").Guests, guest.Email, "a guest who became a member")
	assert.Len(t, mustGroup(t, s, "Payroll").Members, 1)
	assert.Len(t, start(t, Options{Joiners: true, Members: 200, Groups: 100}).Members(), 213)
}

func TestLogos(t *testing.T) {
	s := start(t, Options{})
	seen := map[string]string{}
	for _, g := range s.main.groups {
		if g.logo == "" {
			continue
		}
		r := admin(t, s, "GET", "/organizations/{org}/file/"+g.logo, "")
		if s.main.files[g.logo].missing {
			assert.Equal(t, http.StatusNotFound, r.status)
			continue
		}
		require.Equal(t, http.StatusOK, r.status)
		img, err := png.Decode(bytes.NewReader([]byte(r.body)))
		require.NoError(t, err)
		assert.Equal(t, logoSize, img.Bounds().Dx())
		assert.Equal(t, logoSize, img.Bounds().Dy())
		assert.Empty(t, seen[r.body], "%s looks like another group", g.name)
		seen[r.body] = g.name
	}
}
