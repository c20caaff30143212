package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const groupsPath = "/organizations/{org}/groups"

// withGroups replaces the seed's groups by n plain ones, each a day apart.
func withGroups(t *testing.T, n int) *Server {
	t.Helper()
	s := start(t, Options{})
	for _, g := range slices.Clone(s.main.groups) {
		s.main.deleteGroup(g)
	}
	for i := range n {
		s.main.addGroup(&group{
			name: fmt.Sprintf("Group %03d", n-i), members: []int{}, guests: []string{},
			createdAt: testNow.Add(time.Duration(i) * day), updatedAt: testNow.Add(-time.Duration(i) * day),
		})
	}
	return s
}

func TestGroupPages(t *testing.T) {
	for _, n := range []int{0, 1, 10, 11, 100, 101} {
		for _, size := range []int{10, 100} {
			t.Run(fmt.Sprintf("%d by %d", n, size), func(t *testing.T) {
				s := withGroups(t, n)
				path, pages := fmt.Sprintf("%s?per_page=%d&sort_by=name", groupsPath, size), max(1, (n+size-1)/size)
				var names []string
				for number := 1; number <= pages; number++ {
					r := admin(t, s, "GET", path+"&page="+itoa(number), "")
					require.Equal(t, http.StatusOK, r.status)
					p := r.pagination(t)
					for _, g := range r.list(t) {
						names = append(names, g["name"].(string))
					}
					assert.EqualValues(t, n, p["total"])
					assert.EqualValues(t, len(r.list(t)), p["count"])
					assert.EqualValues(t, size, p["per_page"])
					assert.EqualValues(t, number, p["current_page"])
					assert.EqualValues(t, pages, p["total_pages"])
					assertLinks(t, s, p["links"], number, pages)
				}
				assert.Len(t, names, n)
				assert.True(t, slices.IsSorted(names))
				beyond := admin(t, s, "GET", path+"&page="+itoa(pages+1), "")
				assert.Empty(t, beyond.list(t))
				assert.EqualValues(t, pages+1, beyond.pagination(t)["current_page"])
			})
		}
	}
}

// assertLinks follows the links, too.
func assertLinks(t *testing.T, s *Server, links any, number, pages int) {
	t.Helper()
	if pages == 1 {
		assert.Equal(t, []any{}, links)
		return
	}
	object, ok := links.(map[string]any)
	require.True(t, ok)
	require.Len(t, object, 2)
	for name, target := range map[string]int{"previous": number - 1, "next": number + 1} {
		if target < 1 || target > pages {
			assert.Nil(t, object[name], name)
			continue
		}
		path, ok := strings.CutPrefix(object[name].(string), BaseURL)
		require.True(t, ok, object[name])
		assert.EqualValues(t, target, admin(t, s, "GET", path, "").pagination(t)["current_page"])
	}
}

func TestGroupListParameters(t *testing.T) {
	s := start(t, Options{})
	names := func(query string) []string {
		r := admin(t, s, "GET", groupsPath+query, "")
		require.Equal(t, http.StatusOK, r.status, r.body)
		return each(r.list(t), func(g map[string]any) string { return g["name"].(string) })
	}
	assert.Len(t, names(""), 10, "default page")
	assert.Equal(t, "Everyone at Aldermoor", names("")[0], "oldest first")
	assert.Len(t, names("?per_page=1000"), 34, "capped")
	assert.EqualValues(t, 100, admin(t, s, "GET", groupsPath+"?per_page=1000", "").pagination(t)["per_page"])
	assert.Equal(t, []string{"Warehouse Rotterdam"}, names("?q=ROTTERDAM"), "letter case")
	assert.Equal(t, []string{"Warehouse Rotterdam"}, names("?q=Maasvlakte"), "description")
	assert.Empty(t, names("?q=no+such+group"))
	assert.Equal(t, "Archive 2019 Relocation", names("?sort_by=name")[0])
	assert.Equal(t, "Everyone at Aldermoor", names("?sort_by=created_at")[0], "each order is its own")
	assert.Len(t, names("?q=&sort_by=&page=&per_page=&with="), 10, "empty values are absent ones")

	for query, field := range map[string]string{
		"?sort_by=members": "sort_by", "?sort_by=-name": "sort_by", "?per_page=0": "per_page", "?page=x": "page",
		"?page=-1": "page", "?with=members": "with", "?with=assets,": "with", "?sort=name": "sort", "?limit=5": "limit",
	} {
		r := admin(t, s, "GET", groupsPath+query, "")
		assert.Equal(t, http.StatusUnprocessableEntity, r.status, query)
		assert.NotEmpty(t, r.problem(t, field), query)
	}
	assert.Empty(t, names("?page=9223372036854775807&per_page=100"), "no overflow")
}

func TestGroupShape(t *testing.T) {
	s := start(t, Options{})
	g := mustGroup(t, s, "Legal")
	data := admin(t, s, "GET", groupsPath+"/"+g.ID, "").data(t)
	assert.ElementsMatch(t, []string{"id", "name", "description", "logo", "members", "guests", "created_at", "last_updated"}, keys(data))
	assert.Regexp(t, `^[0-9a-f]{32}$`, data["id"])
	assert.Nil(t, data["logo"])
	assert.Equal(t, []any{"oberhuber@counsel.example.com"}, data["guests"])
	assert.Regexp(t, `T\d\d:\d\d:\d\d\.000000Z$`, data["created_at"])
	assert.Regexp(t, `T\d\d:\d\d:\d\d\+00:00$`, data["last_updated"])
	assert.Nil(t, admin(t, s, "GET", groupsPath+"/"+mustGroup(t, s, "Archive 2019 Relocation").ID, "").data(t)["description"])

	logo := mustGroup(t, s, "Finance")
	data = admin(t, s, "GET", groupsPath+"/"+logo.ID+"?with=assets", "").data(t)
	url := data["logo"].(string)
	path, ok := strings.CutPrefix(url, BaseURL)
	require.True(t, ok, url)
	assert.Equal(t, http.StatusOK, admin(t, s, "GET", path, "").status)
	assets := objects(t, data["assets"].(map[string]any)["data"].([]any))
	require.Len(t, assets, 1)
	assert.True(t, strings.HasSuffix(url, "/organizations/"+s.OrgID()+"/file/"+assets[0]["id"].(string)))

	for _, with := range []string{"users", "guests", "x"} {
		r := admin(t, s, "GET", groupsPath+"/"+logo.ID+"?with="+with, "")
		assert.Equal(t, http.StatusUnprocessableEntity, r.status, "%s is an include of the list only", with)
	}
	listed := admin(t, s, "GET", groupsPath+"?q=Month-end&with=users,guests,assets", "").list(t)
	require.Len(t, listed, 1)
	assert.Len(t, listed[0]["users"].(map[string]any)["data"], len(logo.Members))
	assert.Len(t, listed[0]["guests"].(map[string]any)["data"], len(logo.Guests))
	assert.Equal(t, http.StatusNotFound, admin(t, s, "GET", groupsPath+"/nope", "").status)
}

func keys(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestCreateGroup(t *testing.T) {
	s := start(t, Options{})
	a, b := mustMember(t, s, "maren.dahl"), mustMember(t, s, "tomas.herrera")
	r := admin(t, s, "POST", groupsPath, fmt.Sprintf(
		`{"name":" Returns ","description":"What comes back","members":[%d,%d,%d],"guests":["New.Guest@example.org","new.guest@example.org"]}`, a.ID, b.ID, a.ID))
	require.Equal(t, http.StatusCreated, r.status, r.body)
	g := mustGroup(t, s, "returns")
	assert.Equal(t, g.ID, r.data(t)["id"])
	assert.Equal(t, Group{ID: g.ID, Name: "Returns", Description: "What comes back", Members: []int{a.ID, b.ID}, Guests: []string{"new.guest@example.org"}}, g)
	assert.Contains(t, mustMember(t, s, "maren.dahl").Groups, g.ID)
	assert.Equal(t, http.StatusOK, admin(t, s, "GET", "/organizations/{org}/guests/new.guest%40example.org", "").status, "a new guest is known")
	assert.Len(t, admin(t, s, "GET", groupsPath+"?q=comes+back", "").list(t), 1, "searchable")

	r = admin(t, s, "POST", groupsPath, `{"name":"Bare","description":"x"}`)
	require.Equal(t, http.StatusCreated, r.status)
	assert.Equal(t, []any{}, r.data(t)["members"])
	assert.Equal(t, []any{}, r.data(t)["guests"])
}

func TestGroupBodiesRefused(t *testing.T) {
	s := start(t, Options{})
	long := strings.Repeat("ß", 201)
	before := s.Groups()
	target := mustGroup(t, s, "Marketing")
	for _, c := range []struct {
		body, field, text string
		post, put         bool
	}{
		{`{"description":"x"}`, "name", "required", true, false},
		{`{"name":null,"description":"x"}`, "name", "required", true, true},
		{`{"name":"  ","description":"x"}`, "name", "required", true, true},
		{`{"name":7,"description":"x"}`, "name", "must be a string", true, true},
		{`{"name":"` + long + `","description":"x"}`, "name", "200 characters", true, true},
		{`{"name":"PAYROLL","description":"x"}`, "name", "The name has already been taken.", true, true},
		{`{"name":"New"}`, "description", "required", true, true},
		{`{"name":"New","description":""}`, "description", "required", true, true},
		{`{"name":"New","description":" \n"}`, "description", "required", true, true},
		{`{"name":"New","description":["x"]}`, "description", "must be a string", true, true},
		{`{"name":"New","description":"x","members":[1]}`, "members", "not in this organization", true, true},
		{`{"name":"New","description":"x","members":["20513"]}`, "members", "array of integers", true, true},
		{`{"name":"New","description":"x","members":[20513.5]}`, "members", "array of integers", true, true},
		{`{"name":"New","description":"x","members":[null]}`, "members", "array of integers", true, true},
		{`{"name":"New","description":"x","members":null}`, "members", "array of integers", true, true},
		{`{"name":"New","description":"x","members":20513}`, "members", "array of integers", true, true},
		{`{"name":"New","description":"x","guests":["not an email"]}`, "guests", "valid email", true, true},
		{`{"name":"New","description":"x","guests":["Jo <jo@example.org>"]}`, "guests", "valid email", true, true},
		{`{"name":"New","description":"x","guests":["jo@localhost"]}`, "guests", "valid email", true, true},
		{`{"name":"New","description":"x","guests":[""]}`, "guests", "valid email", true, true},
		{`{"name":"New","description":"x","guests":[7]}`, "guests", "array of email", true, true},
		{`{"name":"New","description":"x","logo":"x"}`, "logo", "not known", true, true},
		{`{"Name":"New","name":"New","description":"x"}`, "Name", "not known", true, true},
	} {
		for _, try := range []struct {
			on           bool
			method, path string
		}{{c.post, "POST", groupsPath}, {c.put, "PUT", groupsPath + "/" + target.ID}} {
			if !try.on {
				continue
			}
			r := admin(t, s, try.method, try.path, c.body)
			assert.Equal(t, http.StatusUnprocessableEntity, r.status, "%s %s", try.method, c.body)
			assert.Contains(t, r.problem(t, c.field), c.text, "%s %s", try.method, c.body)
		}
	}
	for _, body := range []string{`{"name":`, `[]`, `null`, `"x"`, `{} {}`} {
		assert.Equal(t, http.StatusBadRequest, admin(t, s, "POST", groupsPath, body).status, body)
	}
	assert.Equal(t, http.StatusUnprocessableEntity, admin(t, s, "POST", groupsPath, "").status)
	assert.Equal(t, before, s.Groups(), "nothing was written")
	assert.Equal(t, http.StatusCreated, admin(t, s, "POST", groupsPath, `{"name":"`+long[:400]+`","description":"x"}`).status, "200 characters")
}

func TestUpdateGroupReplacesLists(t *testing.T) {
	now := testNow
	s := start(t, Options{Now: func() time.Time { return now }})
	now = now.Add(time.Hour)
	g, m := mustGroup(t, s, "Finance"), mustMember(t, s, idleUser)
	path := groupsPath + "/" + g.ID
	require.NotEmpty(t, g.Guests)

	r := admin(t, s, "PUT", path, `{"description":"New words"}`)
	require.Equal(t, http.StatusCreated, r.status)
	assert.Equal(t, "2026-11-20T10:30:00+00:00", r.data(t)["last_updated"])
	after := mustGroup(t, s, "Finance")
	assert.Equal(t, "New words", after.Description)
	assert.Equal(t, g.Members, after.Members, "an absent list stays")
	assert.Equal(t, g.Guests, after.Guests)

	require.Equal(t, http.StatusCreated, admin(t, s, "PUT", path, fmt.Sprintf(`{"name":"FINANCE","description":"x","members":[%d]}`, m.ID)).status)
	after = mustGroup(t, s, "finance")
	assert.Equal(t, "FINANCE", after.Name, "its own name is not taken")
	assert.Equal(t, []int{m.ID}, after.Members)
	assert.Equal(t, g.Guests, after.Guests)
	assert.Contains(t, mustMember(t, s, idleUser).Groups, g.ID)
	assert.NotContains(t, mustMember(t, s, "esi.mensah").Groups, g.ID)

	require.Equal(t, http.StatusCreated, admin(t, s, "PUT", path, `{"name":"Money","description":"x","members":[],"guests":[]}`).status)
	after = mustGroup(t, s, "Money")
	assert.Empty(t, after.Members)
	assert.Empty(t, after.Guests)
	_, found := s.GroupByName("Finance")
	assert.False(t, found)
	assert.Len(t, admin(t, s, "GET", groupsPath+"?q=money", "").list(t), 1, "search follows")
	assert.Equal(t, http.StatusNotFound, admin(t, s, "PUT", groupsPath+"/nope", `{"description":"x"}`).status)
	listed := admin(t, s, "GET", groupsPath+"?sort_by=updated_at&per_page=100", "").list(t)
	assert.Equal(t, "Money", listed[33]["name"], "the order follows a change")
}

func TestDeleteGroup(t *testing.T) {
	s := start(t, Options{})
	g := mustGroup(t, s, "Operations")
	admin(t, s, "GET", groupsPath+"?sort_by=name", "") // an order is in the cache
	require.Positive(t, s.OpenGroupTasks(g.ID))
	r := admin(t, s, "DELETE", groupsPath+"/"+g.ID, "")
	assert.Equal(t, http.StatusNoContent, r.status)
	assert.Empty(t, r.body)
	assert.Equal(t, http.StatusNotFound, admin(t, s, "GET", groupsPath+"/"+g.ID, "").status)
	assert.Equal(t, http.StatusNotFound, admin(t, s, "DELETE", groupsPath+"/"+g.ID, "").status)
	assert.Len(t, s.Members(), 60, "nobody's account is touched")
	assert.NotContains(t, mustMember(t, s, busyUser).Groups, g.ID)
	assert.EqualValues(t, 33, admin(t, s, "GET", groupsPath+"?sort_by=name", "").pagination(t)["total"])
	assert.Zero(t, s.OpenGroupTasks(g.ID))
	assert.Equal(t, http.StatusCreated, admin(t, s, "POST", groupsPath, `{"name":"Operations","description":"again"}`).status, "the name is free")
	assert.NotEqual(t, g.ID, mustGroup(t, s, "Operations").ID, "ids are never used twice")
}

func FuzzGroupBody(f *testing.F) {
	for _, body := range []string{`{"name":"a","description":"b","members":[20513],"guests":["a@example.org"]}`, `{"members":[1e2,-0]}`, `{"guests":[null]}`, `{"name":{}}`, `[`} {
		f.Add(body)
	}
	s := start(f, Options{})
	f.Fuzz(func(t *testing.T, body string) {
		c := &call{body: []byte(body), org: s.main}
		in, refusal := c.fields("name", "description", "members", "guests")
		if refusal != nil {
			return
		}
		name, members, guests := in.groupName(s.main, nil), in.members(s.main, nil), in.guests()
		if len(in.problems) > 0 {
			return
		}
		assert.NotEmpty(t, strings.TrimSpace(name))
		for _, id := range deref(members) {
			assert.NotNil(t, s.main.memberByID[id])
		}
		for _, email := range deref(guests) {
			assert.True(t, isEmail(email), email)
		}
		assert.True(t, json.Valid([]byte(body)))
	})
}

func deref[T any](p *[]T) []T {
	if p == nil {
		return nil
	}
	return *p
}
