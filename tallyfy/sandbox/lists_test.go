package sandbox

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGuests(t *testing.T) {
	s := start(t, Options{})
	const path = "/organizations/{org}/guests"
	r := admin(t, s, "GET", path, "")
	assert.Len(t, r.list(t), 18)
	assert.EqualValues(t, 999, r.pagination(t)["per_page"])
	assert.ElementsMatch(t, []string{"id", "email", "first_name", "last_name", "created_at", "last_accessed_at", "deleted_at", "link", "details"}, keys(r.list(t)[0]))
	assert.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, r.list(t)[0]["created_at"])
	assert.Len(t, admin(t, s, "GET", path+"?q=ERP.example", "").list(t), 2)
	assert.Equal(t, "annika.sjoberg@cert.example.com", admin(t, s, "GET", path+"?sort=email", "").list(t)[0]["email"])
	assert.Equal(t, admin(t, s, "GET", path+"?sort=-email", "").body, admin(t, s, "GET", path+"?sort_by=-email", "").body)
	assert.Equal(t, 422, admin(t, s, "GET", path+"?sort=link", "").status)
	assert.Equal(t, 422, admin(t, s, "GET", path+"?with=groups", "").status)

	for _, email := range []string{"d.kavanagh@audit.example.com", "d.kavanagh%40audit.example.com", "D.Kavanagh%40audit.example.com"} {
		r = admin(t, s, "GET", path+"/"+email, "")
		require.Equal(t, http.StatusOK, r.status, email)
		assert.Equal(t, "Kavanagh & Daughters", r.data(t)["details"].(map[string]any)["company_name"])
	}
	assert.Equal(t, 404, admin(t, s, "GET", path+"/nobody%40example.com", "").status)
}

func TestTasks(t *testing.T) {
	s := start(t, Options{})
	const path = "/organizations/{org}/tasks"
	total := func(query string) int {
		r := admin(t, s, "GET", path+query, "")
		require.Equal(t, http.StatusOK, r.status, r.body)
		return int(r.pagination(t)["total"].(float64))
	}
	busy, ops := mustMember(t, s, busyUser), mustGroup(t, s, "Operations")
	assert.Equal(t, 400, total(""))
	assert.Equal(t, 400, total("?status=active")+total("?status=completed"))
	assert.Equal(t, s.OpenTasks(busy.ID), total("?owners="+itoa(busy.ID)+"&status=active"))
	assert.Equal(t, s.OpenGroupTasks(ops.ID), total("?groups="+ops.ID+"&status=active"))
	assert.Zero(t, total("?owners=1"))
	assert.Zero(t, total("?groups=nope"))
	for _, query := range []string{"?status=late", "?owners=me", "?owners=0", "?owner=1", "?per_page=0"} {
		assert.Equal(t, 422, admin(t, s, "GET", path+query, "").status, query)
	}
	items := admin(t, s, "GET", path+"?per_page=3&owners="+itoa(busy.ID), "").list(t)
	require.Len(t, items, 3)
	assert.Subset(t, keys(items[0]), []string{"id", "title", "status", "run_id", "deadline", "owners"})
	owners := items[0]["owners"].(map[string]any)
	assert.ElementsMatch(t, []string{"users", "guests", "groups"}, keys(owners))
	names := each(objects(t, owners["users"].([]any)), func(u map[string]any) any { return u["full_name"] })
	assert.Contains(t, names, "Søren Kjærgaard")

	seen := map[any]bool{}
	for page := 1; page <= 4; page++ {
		for _, task := range admin(t, s, "GET", path+"?per_page=100&page="+itoa(page), "").list(t) {
			seen[task["id"]] = true
		}
	}
	assert.Len(t, seen, 400)
}

func TestFiles(t *testing.T) {
	s := start(t, Options{})
	g := s.main.groupByName[foldName("Finance")]
	inline := admin(t, s, "GET", "/organizations/{org}/file/"+g.logo, "")
	assert.Equal(t, "image/png", inline.header.Get("Content-Type"))
	assert.True(t, strings.HasPrefix(inline.header.Get("Content-Disposition"), "inline"))
	dl := admin(t, s, "GET", "/organizations/{org}/file/"+g.logo+"/dl", "")
	assert.Equal(t, "image/png", dl.header.Get("Content-Type"))
	assert.True(t, strings.HasPrefix(dl.header.Get("Content-Disposition"), "attachment"))
	assert.Equal(t, inline.body, dl.body)
	assert.Equal(t, 404, admin(t, s, "GET", "/organizations/{org}/file/nope", "").status)
	assert.Equal(t, 401, ask(t, s, "wrong", "GET", "/organizations/{org}/file/"+g.logo, "").status, "a logo needs the token")

	record := admin(t, s, "GET", "/organizations/{org}/assets/"+g.logo, "").data(t)
	assert.ElementsMatch(t, []string{"id", "filename", "version", "uploaded_from", "uploaded_at", "source", "system", "uploaded_to_s3", "subject"}, keys(record))
	assert.Equal(t, map[string]any{"id": g.id, "type": "Group"}, record["subject"])
	missing := s.main.groupByName[foldName("Facilities")]
	assert.Equal(t, 200, admin(t, s, "GET", "/organizations/{org}/assets/"+missing.logo, "").status, "only the bytes are gone")
	assert.Equal(t, 404, admin(t, s, "GET", "/organizations/{org}/file/"+missing.logo+"/dl", "").status)
}

func TestMe(t *testing.T) {
	s := start(t, Options{})
	me := admin(t, s, "GET", "/me", "").data(t)
	assert.Equal(t, adminEmail, me["email"])
	assert.Subset(t, keys(me), []string{"id", "email", "first_name", "last_name", "username", "timezone"})
	orgs := admin(t, s, "GET", "/me/organizations", "").list(t)
	assert.Equal(t, []any{s.OrgID(), s.OtherOrgID()}, each(orgs, func(o map[string]any) any { return o["id"] }))
	orgs = ask(t, s, StandardToken, "GET", "/me/organizations", "").list(t)
	assert.Equal(t, []any{s.OrgID()}, each(orgs, func(o map[string]any) any { return o["id"] }))
	assert.Equal(t, "admin", admin(t, s, "GET", "/organizations/{org}/me", "").data(t)["role"])
	assert.Equal(t, "standard", ask(t, s, StandardToken, "GET", "/organizations/{org}/me", "").data(t)["role"])
}
