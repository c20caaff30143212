package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const usersPath = "/organizations/{org}/users"

func TestListMembers(t *testing.T) {
	s := start(t, Options{})
	column := func(query, field string) []any {
		r := admin(t, s, "GET", usersPath+query, "")
		require.Equal(t, http.StatusOK, r.status, r.body)
		return each(r.list(t), func(m map[string]any) any { return m[field] })
	}
	r := admin(t, s, "GET", usersPath, "")
	assert.Len(t, r.list(t), 60)
	assert.EqualValues(t, 9999, r.pagination(t)["per_page"])
	assert.Equal(t, []any{}, r.pagination(t)["links"])
	assert.Len(t, column("?q=anna+kowalska", "id"), 2, "both names together")
	assert.Equal(t, []any{"anna.kowalska@example.com", "a.kowalska@example.com"}, column("?q=A.KOWALSKA@", "email"))
	assert.Len(t, column("?q=بن", "id"), 0)
	assert.Len(t, column("?q=ليلى", "id"), 1)
	assert.Len(t, column("?per_page=7&page=9", "id"), 4)

	up, down := column("?sort=created_at", "created_at"), column("?sort=-created_at", "created_at")
	require.Len(t, up, 60)
	assert.True(t, slices.IsSortedFunc(up, func(a, b any) int { return strings.Compare(a.(string), b.(string)) }))
	assert.Equal(t, up[0], down[59])
	for field := range memberOrders {
		walked := map[any]bool{}
		for page := 1; page <= 9; page++ {
			for _, id := range column(fmt.Sprintf("?sort=-%s&per_page=7&page=%d", field, page), "id") {
				walked[id] = true
			}
		}
		assert.Len(t, walked, 60, "walking by %s misses nobody", field)
	}
	for query, field := range map[string]string{"?sort=shoe_size": "sort", "?sort=-": "sort", "?sort=created_at,id": "sort", "?with=groups,foo": "with", "?sort_by=email": "sort_by", "?per_page=all": "per_page"} {
		r := admin(t, s, "GET", usersPath+query, "")
		assert.Equal(t, http.StatusUnprocessableEntity, r.status, query)
		assert.NotEmpty(t, r.problem(t, field), query)
	}
}

func TestMemberShape(t *testing.T) {
	s := start(t, Options{})
	m := mustMember(t, s, busyUser)
	data := admin(t, s, "GET", userPath(m, ""), "").data(t)
	assert.ElementsMatch(t, []string{
		"id", "email", "username", "first_name", "last_name", "full_name", "profile_pic", "is_active", "last_login_at",
		"activated_at", "created_at", "updated_at", "phone", "job_title", "timezone", "UTC_offset", "role", "status",
		"is_default_admin", "type", "invited_by",
	}, keys(data))
	assert.EqualValues(t, m.ID, data["id"])
	assert.Equal(t, "Standard", data["role"])
	assert.Equal(t, "standard", data["type"])
	assert.Equal(t, "active", data["status"])
	assert.Equal(t, "Søren Kjærgaard", data["full_name"])
	assert.Regexp(t, `\.000000Z$`, data["created_at"])
	assert.Regexp(t, `\d\+00:00$`, data["last_login_at"])

	data = admin(t, s, "GET", userPath(m, "?with="+strings.Join(memberIncludes, ",")), "").data(t)
	groups := objects(t, data["groups"].(map[string]any)["data"].([]any))
	assert.Len(t, groups, len(m.Groups))
	assert.ElementsMatch(t, []string{"id", "name", "logo", "members", "guests"}, keys(groups[0]))
	assert.ElementsMatch(t, []string{"steps_created", "tasks_completed", "processes_launched", "checklists_created", "last_step_created_at"},
		keys(data["stats"].(map[string]any)["data"].(map[string]any)))
	for _, name := range memberIncludes {
		assert.Contains(t, data[name], "data", name)
	}
	invited := admin(t, s, "GET", userPath(mustMember(t, s, "lena.fischbacher"), ""), "").data(t)
	assert.Equal(t, "invited", invited["status"])
	assert.Equal(t, false, invited["is_active"])
	assert.Nil(t, invited["activated_at"])
	for _, id := range []string{"1", "abc", "20513x"} {
		r := admin(t, s, "GET", usersPath+"/"+id, "")
		assert.Equal(t, http.StatusNotFound, r.status)
		assert.Equal(t, "User not found", r.message(t))
	}
}

func TestRemoveLeavesWork(t *testing.T) {
	s := start(t, Options{})
	m, before := mustMember(t, s, busyUser), s.Groups()
	open := s.OpenTasks(m.ID)
	r := admin(t, s, "DELETE", userPath(m, ""), "")
	require.Equal(t, http.StatusOK, r.status, r.body)
	assert.Equal(t, map[string]any{"id": float64(m.ID), "email": m.Email, "first_name": "Søren", "last_name": "Kjærgaard", "role": "Standard", "status": "disabled"}, r.data(t))
	assert.Equal(t, open, s.OpenTasks(m.ID), "open tasks stay")
	after := mustMember(t, s, busyUser)
	assert.Equal(t, statusDisabled, after.Status)
	assert.Empty(t, after.Groups)
	for i, g := range s.Groups() {
		assert.Equal(t, without(before[i].Members, m.ID), g.Members, "only the leaver leaves %s", g.Name)
		assert.Equal(t, before[i].Guests, g.Guests)
	}
	data := admin(t, s, "GET", userPath(m, "?with=groups"), "").data(t)
	assert.Equal(t, "disabled", data["status"])
	assert.Equal(t, false, data["is_active"])
	assert.Equal(t, map[string]any{"data": []any{}}, data["groups"])
	assert.Len(t, admin(t, s, "GET", usersPath, "").list(t), 60, "lists keep the disabled")
	assert.Equal(t, http.StatusOK, admin(t, s, "DELETE", userPath(m, ""), "").status, "again is harmless")

	solo := mustMember(t, s, soloUser)
	require.Equal(t, http.StatusOK, admin(t, s, "DELETE", userPath(solo, ""), "").status)
	assert.Empty(t, mustGroup(t, s, "Payroll").Members, "the group is emptied, not deleted")
}

func TestRemoveReassigns(t *testing.T) {
	s := start(t, Options{})
	from, to := mustMember(t, s, busyUser), mustMember(t, s, "anna.kowalska")
	// What the tasks should be: the leaver's open ones are the successor's, nobody's twice.
	want, shared, completed := 0, 0, 0
	for _, task := range s.main.tasks {
		mine, theirs := task.ownedBy(from.ID), task.ownedBy(to.ID)
		switch {
		case task.status == taskCompleted && mine:
			completed++
		case task.status == taskActive && (mine || theirs):
			want++
			if mine && theirs {
				shared++
			}
		}
	}
	require.Positive(t, shared, "the seed has a task that both own")
	require.Positive(t, completed)
	r := admin(t, s, "DELETE", userPath(from, "?with_reassignment=true&to="+itoa(to.ID)), "")
	require.Equal(t, http.StatusOK, r.status, r.body)
	assert.Zero(t, s.OpenTasks(from.ID))
	assert.Equal(t, want, s.OpenTasks(to.ID))
	done := 0
	for _, task := range s.main.tasks {
		ids := each(task.owners, func(m *member) int { return m.id })
		slices.Sort(ids)
		assert.Equal(t, len(ids), len(slices.Compact(ids)), "owner twice")
		if task.ownedBy(from.ID) {
			done++
		}
	}
	assert.Equal(t, completed, done, "completed tasks stay")
	assert.Equal(t, statusActive, mustMember(t, s, "anna.kowalska").Status)
}

func TestRemovalRefused(t *testing.T) {
	s := start(t, Options{})
	m := mustMember(t, s, busyUser)
	bot := mustMember(t, s, "assistant.bot")
	for _, c := range []struct {
		path, text string
		status     int
	}{
		{usersPath + "/7", "User not found", 404},
		{usersPath + "/7?with_reassignment=true", "User not found", 404},
		{userPath(bot, ""), "You can't remove a bot user from this organization!", 400},
		{userPath(bot, "?with_reassignment=true"), "You can't remove a bot user from this organization!", 400},
	} {
		r := admin(t, s, "DELETE", c.path, "")
		assert.Equal(t, c.status, r.status, c.path)
		assert.Equal(t, c.text, r.message(t), c.path)
		assert.Equal(t, true, r.object(t)["error"])
	}
	for _, query := range []string{
		"?with_reassignment=true", "?with_reassignment=true&to=", "?with_reassignment=true&to=x", "?with_reassignment=true&to=7",
		"?with_reassignment=1&to=" + itoa(m.ID),                                     // the leaver
		"?with_reassignment=true&to=" + itoa(bot.ID),                                // a bot
		"?with_reassignment=true&to=" + itoa(mustMember(t, s, leftUser).ID),         // disabled
		"?with_reassignment=true&to=" + itoa(mustMember(t, s, "ibrahim.sow").ID),    // invited
		"?to=" + itoa(mustMember(t, s, "anna.kowalska").ID),                         // without the switch
		"?with_reassignment=false&to=" + itoa(mustMember(t, s, "anna.kowalska").ID), // switched off
	} {
		r := admin(t, s, "DELETE", userPath(m, query), "")
		assert.Equal(t, http.StatusUnprocessableEntity, r.status, query)
		assert.NotEmpty(t, r.problem(t, "to"), query)
	}
	r := admin(t, s, "DELETE", userPath(m, "?with_reassignment=yes&to=20513"), "")
	assert.NotEmpty(t, r.problem(t, "with_reassignment"))
	r = admin(t, s, "DELETE", userPath(m, "?reassign=20513"), "")
	assert.NotEmpty(t, r.problem(t, "reassign"))
	assert.Equal(t, m, mustMember(t, s, busyUser), "nothing was written")
}

const defaultAdminText = "Cannot modify the default administrator. Please assign another member as default administrator first."

func TestDefaultAdministrator(t *testing.T) {
	s := start(t, Options{})
	chief, me := mustMember(t, s, "ingrid.solheim"), mustMember(t, s, "maren.dahl")
	r := admin(t, s, "PUT", userPath(chief, "/role"), `{"role":"standard"}`)
	assert.Equal(t, 400, r.status)
	assert.Equal(t, defaultAdminText, r.message(t))

	require.Equal(t, 200, admin(t, s, "DELETE", userPath(chief, ""), "").status, "another administrator is there")
	assert.False(t, mustMember(t, s, "ingrid.solheim").DefaultAdmin)
	assert.True(t, mustMember(t, s, "maren.dahl").DefaultAdmin, "the role is handed over")

	for _, user := range []string{"kwame.asante", "viktor.ionescu"} {
		require.Equal(t, 200, admin(t, s, "PUT", userPath(mustMember(t, s, user), "/role"), `{"role":"light"}`).status)
	}
	for _, rest := range []string{"", "/disable", "?with_reassignment=true"} {
		r = admin(t, s, "DELETE", userPath(me, rest), "")
		assert.Equal(t, map[bool]int{true: 422, false: 400}[rest == "/disable"], r.status, rest)
		assert.Equal(t, defaultAdminText, r.message(t), rest)
	}
	assert.Equal(t, statusActive, mustMember(t, s, "maren.dahl").Status)
}

func TestLastActiveAdministrator(t *testing.T) {
	s := start(t, Options{})
	self := fmt.Sprintf("/organizations/%s/users/%d", s.OtherOrgID(), mustMember(t, s, "maren.dahl").ID)
	for _, path := range []string{self, self + "/disable"} {
		r := admin(t, s, "DELETE", path, "")
		assert.Equal(t, map[bool]int{true: 400, false: 422}[path == self], r.status)
		assert.Equal(t, "The last active administrator cannot be removed.", r.message(t))
	}
	assert.Equal(t, 400, admin(t, s, "PUT", self+"/role", `{"role":"light"}`).status)
	// With the other one back, it goes.
	chief := fmt.Sprintf("/organizations/%s/users/%d", s.OtherOrgID(), mustMember(t, s, "ingrid.solheim").ID)
	require.Equal(t, 200, admin(t, s, "PUT", chief+"/enable", "").status)
	assert.Equal(t, 200, admin(t, s, "DELETE", self, "").status)
}

func TestRemovingYourselfEndsAccess(t *testing.T) {
	s := start(t, Options{})
	require.Equal(t, 200, admin(t, s, "DELETE", userPath(mustMember(t, s, "maren.dahl"), ""), "").status)
	assert.Equal(t, 403, admin(t, s, "GET", groupsPath, "").status)
	assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status, "the account lives on")
	orgs := admin(t, s, "GET", "/me/organizations", "").list(t)
	require.Len(t, orgs, 1)
	assert.Equal(t, s.OtherOrgID(), orgs[0]["id"])
}

func TestDisableEnableDelete(t *testing.T) {
	s := start(t, Options{})
	m := mustMember(t, s, "emre.yildiz")
	r := admin(t, s, "DELETE", userPath(m, "/delete"), "")
	assert.Equal(t, 422, r.status)
	assert.Equal(t, "Please disable the user before deletion.", r.message(t))
	r = admin(t, s, "DELETE", userPath(mustMember(t, s, "assistant.bot"), "/disable"), "")
	assert.Equal(t, 422, r.status)
	assert.Equal(t, "Bot users cannot be disabled.", r.message(t))
	r = admin(t, s, "PUT", userPath(mustMember(t, s, "assistant.bot"), "/enable"), "")
	assert.Equal(t, 422, r.status)
	assert.Equal(t, "Bot users cannot be edited.", r.message(t))

	require.Equal(t, 200, admin(t, s, "DELETE", userPath(m, "/disable"), "").status)
	disabled := mustMember(t, s, "emre.yildiz")
	assert.Equal(t, statusDisabled, disabled.Status)
	assert.Empty(t, disabled.Groups, "disabling takes people out of their groups")
	require.Equal(t, "active", admin(t, s, "PUT", userPath(m, "/enable"), "").data(t)["status"])
	assert.Equal(t, 422, admin(t, s, "PUT", userPath(mustMember(t, s, "ibrahim.sow"), "/enable"), "").status, "invited")
	assert.Equal(t, 422, admin(t, s, "PUT", userPath(m, "/enable"), `{"seat":1}`).status)

	assert.ElementsMatch(t, m.Groups, mustMember(t, s, "emre.yildiz").Groups, "and enabling puts them back")

	require.True(t, s.DisableInPlace(m.ID))
	deleted := admin(t, s, "DELETE", userPath(m, "/delete"), "").data(t)
	assert.Equal(t, "Yıldız(Deleted)", deleted["last_name"])
	assert.Equal(t, m.Email+".deleted."+itoa(m.ID), deleted["email"])
	assert.Equal(t, 404, admin(t, s, "GET", userPath(m, ""), "").status)
	assert.Len(t, s.Members(), 59)
	assert.Contains(t, mustGroup(t, s, "Fleet and Drivers").Members, m.ID, "the id no longer resolves")
	assert.Equal(t, 200, admin(t, s, "GET", groupsPath+"?with=users&per_page=100", "").status)
	fleet := mustGroup(t, s, "Fleet and Drivers")
	keep := fmt.Sprintf(`{"description":"x","members":[%d]}`, m.ID)
	assert.Equal(t, 201, admin(t, s, "PUT", groupsPath+"/"+fleet.ID, keep).status, "a group may keep it")
	assert.Equal(t, []int{m.ID}, mustGroup(t, s, "Fleet and Drivers").Members)
	assert.Equal(t, 422, admin(t, s, "PUT", groupsPath+"/"+mustGroup(t, s, "Payroll").ID, keep).status, "and no other one may get it")
	assert.Equal(t, 404, admin(t, s, "PUT", userPath(m, "/enable"), "").status)
	for _, rest := range []string{"/disable", "/delete", ""} {
		assert.Equal(t, 404, admin(t, s, "DELETE", userPath(m, rest), "").status, rest)
	}
}

// Enabling puts a removed member back where they were, beside those who have come meanwhile, and not into
// a group that is gone.
func TestEnablingGivesTheGroupsBack(t *testing.T) {
	s := start(t, Options{})
	m, other := mustMember(t, s, "emre.yildiz"), mustMember(t, s, idleUser)
	require.Greater(t, len(m.Groups), 1)
	require.Equal(t, 200, admin(t, s, "DELETE", userPath(m, ""), "").status)
	assert.Empty(t, mustMember(t, s, "emre.yildiz").Groups)
	require.True(t, s.ChangeGroup(m.Groups[0], GroupChange{Add: []int{other.ID}}))
	require.True(t, s.DeleteGroup(m.Groups[1]))
	require.Equal(t, 200, admin(t, s, "PUT", userPath(m, "/enable"), "").status)
	assert.ElementsMatch(t, append([]string{m.Groups[0]}, m.Groups[2:]...), mustMember(t, s, "emre.yildiz").Groups)
	assert.Contains(t, mustMember(t, s, idleUser).Groups, m.Groups[0])
}

// Another administrator changes what is named, and leaves the rest.
func TestAnotherAdministrator(t *testing.T) {
	s := start(t, Options{})
	g, m := mustGroup(t, s, "Finance"), mustMember(t, s, idleUser)
	s.Fail(Fault{Method: "PUT", Route: "/organizations/{org}/groups/{group}", Times: 1, Meanwhile: func() {
		assert.True(t, s.ChangeGroup(g.ID, GroupChange{
			Name: "Money", Add: []int{m.ID}, Remove: g.Members[:1], AddGuests: []string{"New@x.example"}, RemoveGuests: g.Guests[:1],
		}))
	}})
	require.Equal(t, 201, admin(t, s, "PUT", groupsPath+"/"+g.ID, `{"description":"Mine"}`).status)
	after := mustGroup(t, s, "Money")
	assert.Equal(t, "Mine", after.Description)
	assert.Equal(t, append(g.Members[1:], m.ID), after.Members)
	assert.Equal(t, append(g.Guests[1:], "new@x.example"), after.Guests)
	assert.Len(t, s.Requests(), 1, "it is no request of anybody's here")
	assert.False(t, s.ChangeGroup("nope", GroupChange{}))
	assert.False(t, s.DeleteGroup("nope"))
}

func TestChangeRole(t *testing.T) {
	s := start(t, Options{})
	m := mustMember(t, s, "tomas.herrera")
	r := admin(t, s, "PUT", userPath(m, "/role"), `{"role":"light"}`)
	require.Equal(t, 200, r.status)
	assert.Equal(t, "Light", r.data(t)["role"])
	for _, body := range []string{`{"role":"Admin"}`, `{"role":"owner"}`, `{"role":""}`, `{"role":1}`, `{}`, `{"role":"light","x":1}`} {
		assert.Equal(t, 422, admin(t, s, "PUT", userPath(m, "/role"), body).status, body)
	}
	assert.Equal(t, roleLight, mustMember(t, s, "tomas.herrera").Role)
	assert.Equal(t, 404, admin(t, s, "PUT", usersPath+"/1/role", `{"role":"light"}`).status)
}
