package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const activityPath = "/organizations/{org}/activity-feeds"

// told is an entry in short: who did what to what.
func told(entry map[string]any) string {
	actor := entry["actor"].([]any)[0].(map[string]any)
	return actor["full_name"].(string) + " " + entry["verb"].([]any)[0].(string) + " " + entry["type"].([]any)[0].(string) + " " + entry["auditable_id"].(string)
}

func TestActivityNamesWhoChangedWhat(t *testing.T) {
	now := testNow
	s := start(t, Options{Now: func() time.Time { return now }})
	assert.Empty(t, admin(t, s, "GET", activityPath, "").list(t), "nothing at the start")
	noor, finance, legal := mustMember(t, s, "noor.vandermeer"), mustGroup(t, s, "Finance"), mustGroup(t, s, "Legal")
	do := func(token, method, path, body string) reply {
		t.Helper()
		now = now.Add(time.Minute)
		r := ask(t, s, token, method, path, body)
		require.Less(t, r.status, 300, r.body)
		return r
	}
	made := do(AdminToken, "POST", groupsPath, `{"name":"Crew","description":"x"}`).data(t)["id"].(string)
	do(ColleagueToken, "PUT", groupsPath+"/"+finance.ID, `{"description":"x"}`)
	do(AdminToken, "DELETE", groupsPath+"/"+made, "")
	invited := itoa(int(do(AdminToken, "POST", usersPath+"/invite", `{"email":"new@example.com","first_name":"New","last_name":"Person","role":"light","message":"Hello"}`).data(t)["id"].(float64)))
	require.True(t, s.AcceptInvitation("new@example.com"))
	do(ColleagueToken, "DELETE", userPath(noor, "/disable"), "")
	do(AdminToken, "PUT", userPath(noor, "/enable"), "")
	do(AdminToken, "DELETE", userPath(noor, ""), "")
	require.True(t, s.ChangeGroup(finance.ID, GroupChange{Name: "Money"}))
	require.True(t, s.DeleteGroup(legal.ID))

	do(AdminToken, "PUT", userPath(mustMember(t, s, "emre.yildiz"), "/role"), `{"role":"light"}`)
	do(AdminToken, "POST", "/organizations/{org}/guests", `{"email":"g@partner.example.com"}`)
	assert.Equal(t, 422, admin(t, s, "PUT", groupsPath+"/"+finance.ID, `{"name":"Money"}`).status)

	var got []string
	for _, entry := range admin(t, s, "GET", activityPath, "").list(t) {
		got = append(got, told(entry))
	}
	assert.Equal(t, []string{
		"Kwame Asante deleted Group " + legal.ID, "Kwame Asante updated Group " + finance.ID,
		"Maren Dahl disabled User " + itoa(noor.ID), "Maren Dahl enabled User " + itoa(noor.ID), "Kwame Asante disabled User " + itoa(noor.ID),
		"New Person invite-accepted User " + invited, "Maren Dahl invited User " + invited,
		"Maren Dahl deleted Group " + made, "Kwame Asante updated Group " + finance.ID, "Maren Dahl created Group " + made,
	}, got, "no roles, no guests, and nothing that was refused")
	for query, want := range map[string]int{
		"?type=Group": 5, "?type=User": 5, "?type=Task": 0, "?verb=updated": 2, "?type=User&verb=updated": 0, "?sort=created_at": 10, "?per_page=3": 3, "?per_page=4&page=3": 2,
		"?actor_id=" + itoa(mustMember(t, s, "kwame.asante").ID): 4, "?actor_email=Kwame.Asante@example.com": 4, "?actor_type=guest": 0, "?source=Webhook": 0, "?source=Member&actor_type=user": 10,
	} {
		assert.Len(t, admin(t, s, "GET", activityPath+query, "").list(t), want, query)
	}
	assert.Equal(t, "Maren Dahl created Group "+made, told(admin(t, s, "GET", activityPath+"?sort=created_at", "").list(t)[0]))
	assert.EqualValues(t, 20, admin(t, s, "GET", activityPath, "").pagination(t)["per_page"])
	assert.EqualValues(t, 100, admin(t, s, "GET", activityPath+"?per_page=500", "").pagination(t)["per_page"], "capped without a word")

	// Others see what they may see: groups, and themselves.
	assert.Len(t, ask(t, s, StandardToken, "GET", activityPath, "").list(t), 5)
	assert.Empty(t, ask(t, s, StandardToken, "GET", activityPath+"?type=User", "").list(t))
	do(AdminToken, "PUT", userPath(mustMember(t, s, "tomas.herrera"), "/enable"), "")
	assert.Len(t, ask(t, s, StandardToken, "GET", activityPath+"?type=User", "").list(t), 1)
}

func TestActivityDaysAreIncluded(t *testing.T) {
	now := testNow
	s := start(t, Options{Now: func() time.Time { return now }})
	for _, day := range []string{"2026-03-03T23:59:59Z", "2026-03-04T00:00:00Z", "2026-03-05T23:59:59Z", "2026-03-06T00:00:00Z"} {
		now, _ = time.Parse(time.RFC3339, day)
		require.True(t, s.ChangeGroup(mustGroup(t, s, "Finance").ID, GroupChange{Description: day}))
	}
	for query, want := range map[string]int{
		"?created_after=2026-03-04": 3, "?created_before=2026-03-04": 2, "?created_after=2026-03-04&created_before=2026-03-05": 2,
		"?created_after=2026-03-04&created_before=2026-03-04": 1, "?created_after=2026-03-07": 0, "?created_after=": 4,
	} {
		assert.Len(t, admin(t, s, "GET", activityPath+query, "").list(t), want, query)
	}
}

func TestActivityIsStrict(t *testing.T) {
	s := start(t, Options{})
	for _, query := range []string{
		"?type=Groups", "?type=group", "?verb=changed", "?actor_type=Member", "?source=user", "?actor_id=me", "?created_after=4+March", "?created_before=2026-03-04T00:00:00Z",
		"?sort=id", "?page=0", "?per_page=0", "?entity_type=group", "?group=1",
	} {
		r := admin(t, s, "GET", activityPath+query, "")
		assert.Equal(t, 422, r.status, query)
	}
	assert.Equal(t, 405, admin(t, s, "POST", activityPath, "{}").status)
	assert.Equal(t, 404, admin(t, s, "GET", activityPath+"/1", "").status)
}

func TestActivityShape(t *testing.T) {
	s := start(t, Options{})
	require.True(t, s.ChangeGroup(mustGroup(t, s, "Finance").ID, GroupChange{Name: "Money"}))
	entry := admin(t, s, "GET", activityPath, "").list(t)[0]
	for _, name := range []string{"verb", "source", "actor_type", "actor_id", "type", "actor"} {
		assert.Len(t, entry[name], 1, "%s is a list of one", name)
	}
	for _, name := range []string{"description", "field", "old_value", "text", "references"} {
		assert.Equal(t, []any{}, entry[name], name)
	}
	assert.Equal(t, `App\Models\Group`, entry["auditable_type"])
	assert.Equal(t, "2026-11-20T09:30:00.000000Z", entry["created_at"])
	assert.Equal(t, s.OrgID(), entry["organization_id"])
	assert.ElementsMatch(t, []string{"email", "username", "first_name", "last_name", "full_name", "profile_pic"}, keys(entry["actor"].([]any)[0].(map[string]any)))
}

func TestActivityIsBounded(t *testing.T) {
	s := start(t, Options{})
	g := mustGroup(t, s, "Finance")
	for range mostActivity + 1 {
		s.ChangeGroup(g.ID, GroupChange{})
	}
	total := int(admin(t, s, "GET", activityPath, "").pagination(t)["total"].(float64))
	assert.LessOrEqual(t, total, mostActivity)
	assert.Greater(t, total, mostActivity/2)
}
