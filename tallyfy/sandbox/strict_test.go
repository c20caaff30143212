package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeadersAreNeeded(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		name, header, value string
		status              int
	}{
		{"no token", "Authorization", "", 401},
		{"unknown token", "Authorization", "Bearer nobody", 401},
		{"another scheme", "Authorization", "Basic " + AdminToken, 401},
		{"expired token", "Authorization", "Bearer " + ExpiredToken, 401},
		{"no client", "X-Tallyfy-Client", "", 401},
		{"another client", "X-Tallyfy-Client", "Browser", 401},
		{"no Accept", "Accept", "", 401},
		{"another Accept", "Accept", "text/html", 401},
		{"anything", "Accept", "*/*", 401},
		{"several", "Accept", "text/html, application/json;q=0.9", 201},
		{"no Content-Type", "Content-Type", "", 401},
		{"a form", "Content-Type", "application/x-www-form-urlencoded", 400},
		{"with a charset", "Content-Type", "application/json; charset=utf-8", 201},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, s, AdminToken, "POST", groupsPath, `{"name":"`+c.name+`","description":"x"}`)
			req.Header.Del(c.header)
			if c.value != "" {
				req.Header.Set(c.header, c.value)
			}
			r := send(t, s, req)
			assert.Equal(t, c.status, r.status)
			assert.NotContains(t, r.body, AdminToken)
			_, created := s.GroupByName(c.name)
			assert.Equal(t, c.status == 201, created)
		})
	}
}

func TestRoutesAreStrict(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/nope", 404, ""},
		{"GET", "/me/", 404, ""},
		{"GET", groupsPath + "/", 404, ""},
		{"GET", "/organizations//groups", 404, ""},
		{"GET", "/organizations/{org}/roles", 404, ""},
		{"PUT", usersPath + "/invite", 405, "DELETE, GET, POST"}, // reads as a member called invite, too
		{"PATCH", groupsPath, 405, "GET, POST"},
		{"HEAD", groupsPath, 405, "GET, POST"},
		{"POST", "/me", 405, "GET"},
		{"GET", usersPath + "/1/enable", 405, "PUT"},
	} {
		r := admin(t, s, c.method, c.path, "")
		assert.Equal(t, c.status, r.status, "%s %s", c.method, c.path)
		assert.Equal(t, c.allow, r.header.Get("Allow"), "%s %s", c.method, c.path)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/v2/me", nil))
	assert.Equal(t, 401, w.Code, "headers come first")
}

// TestPermissions walks the route table, so that a new row cannot forget them.
func TestPermissions(t *testing.T) {
	for _, route := range routes {
		s := start(t, Options{})
		m, g := mustMember(t, s, "emre.yildiz"), mustGroup(t, s, "Finance")
		path := strings.NewReplacer("{user}", itoa(m.ID), "{group}", g.ID, "{file_id}", s.main.groupByID[g.ID].logo,
			"{asset_id}", s.main.groupByID[g.ID].logo, "{email}", "mehmet@broker.example.com").Replace(route.pattern)
		before := s.Members()
		r := ask(t, s, StandardToken, route.method, path, "")
		if route.method == "GET" && !strings.HasSuffix(route.pattern, "{user}") {
			assert.Equal(t, 200, r.status, "%s %s", route.method, path)
		} else {
			assert.Equal(t, 403, r.status, "%s %s", route.method, path)
		}
		assert.Equal(t, before, s.Members())
		assert.Equal(t, 401, ask(t, s, ExpiredToken, route.method, path, "").status, "%s %s", route.method, path)
		if strings.Contains(path, "{org}") {
			for _, org := range []string{s.OtherOrgID(), "nope"} {
				r := ask(t, s, StandardToken, route.method, strings.ReplaceAll(path, "{org}", org), "")
				assert.Equal(t, 403, r.status, "%s %s", route.method, path)
			}
			assert.Equal(t, 403, admin(t, s, route.method, strings.ReplaceAll(path, "{org}", "nope"), "").status)
		}
	}
	s := start(t, Options{})
	assert.Equal(t, 200, admin(t, s, "GET", "/organizations/"+s.OtherOrgID()+"/groups", "").status)
	assert.Equal(t, 404, admin(t, s, "GET", "/organizations/"+s.OtherOrgID()+"/groups/"+mustGroup(t, s, "Finance").ID, "").status, "organisations are apart")
}

// TestNothingUnknownIsTaken walks the route table, too.
func TestNothingUnknownIsTaken(t *testing.T) {
	for _, route := range routes {
		s := start(t, Options{})
		m, g := mustMember(t, s, "emre.yildiz"), mustGroup(t, s, "Finance")
		if strings.HasSuffix(route.pattern, "/delete") {
			m = mustMember(t, s, leftUser) // anybody else is refused for another reason
		}
		path := strings.NewReplacer("{user}", itoa(m.ID), "{group}", g.ID, "{file_id}", s.main.groupByID[g.ID].logo,
			"{asset_id}", s.main.groupByID[g.ID].logo, "{email}", "mehmet@broker.example.com").Replace(route.pattern)
		members, groups := s.Members(), s.Groups()
		r := admin(t, s, route.method, path+"?odd=1", "")
		assert.Equal(t, 422, r.status, "%s %s", route.method, path)
		assert.Contains(t, r.body, `"odd"`, "%s %s", route.method, path)
		if route.method != "GET" {
			r = admin(t, s, route.method, path, `{"odd":1}`)
			assert.Equal(t, 422, r.status, "%s %s", route.method, path)
			assert.Contains(t, r.body, `"odd"`, "%s %s", route.method, path)
		}
		assert.Equal(t, members, s.Members())
		assert.Equal(t, groups, s.Groups())
	}
}

func TestRequestID(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct{ sent, want string }{
		{"abc-123_X.9", "^abc-123_X.9$"},
		{"", `^sandbox-\d{8}$`},
		{"has space", `^sandbox-\d{8}$`},
		{"<b>", `^sandbox-\d{8}$`},
		{strings.Repeat("a", 65), `^sandbox-\d{8}$`},
	} {
		for _, path := range []string{"/me", "/nope"} {
			req := request(t, s, AdminToken, "GET", path, "")
			req.Header.Set("X-Request-Id", c.sent)
			assert.Regexp(t, c.want, send(t, s, req).header.Get("X-Request-Id"))
		}
	}
	s.Fail(Fault{Status: 503})
	assert.NotEmpty(t, admin(t, s, "GET", "/me", "").header.Get("X-Request-Id"))
}

func TestErrorsAreJSON(t *testing.T) {
	s := start(t, Options{})
	r := admin(t, s, "GET", "/nope", "")
	assert.Equal(t, "application/json", r.header.Get("Content-Type"))
	assert.Equal(t, map[string]any{"error": true, "message": "Endpoint not found."}, r.object(t))
	r = admin(t, s, "POST", groupsPath, `{}`)
	assert.ElementsMatch(t, []string{"message", "errors"}, keys(r.object(t)))
}

func TestRequestsAreRecorded(t *testing.T) {
	s := start(t, Options{})
	admin(t, s, "GET", groupsPath+"?q=a%20b", "")
	admin(t, s, "POST", groupsPath, `{"name":"X"}`)
	got := s.Requests()
	require.Len(t, got, 2)
	assert.Equal(t, "/organizations/"+s.OrgID()+"/groups", got[0].Path)
	assert.Equal(t, "q=a%20b", got[0].RawQuery)
	assert.Equal(t, AdminToken, got[0].Token)
	assert.Equal(t, 200, got[0].Status)
	assert.Equal(t, "POST", got[1].Method)
	assert.JSONEq(t, `{"name":"X"}`, string(got[1].Body))
	assert.Equal(t, 422, got[1].Status)
	assert.Empty(t, got[1].Header.Get("Authorization"))
	assert.Equal(t, "APIClient", got[1].Header.Get("X-Tallyfy-Client"))
	got[0].Header.Set("X-Tallyfy-Client", "changed")
	assert.Equal(t, "APIClient", s.Requests()[0].Header.Get("X-Tallyfy-Client"), "copies")
	s.ClearRequests()
	assert.Empty(t, s.Requests())
	for range maxLogged + 1 {
		req := httptest.NewRequest(http.MethodGet, "/api/me", nil)
		s.ServeHTTP(httptest.NewRecorder(), req)
	}
	assert.LessOrEqual(t, len(s.Requests()), maxLogged)
}

func TestBodyTooLarge(t *testing.T) {
	s := start(t, Options{})
	assert.Equal(t, 413, admin(t, s, "POST", groupsPath, `{"name":"`+strings.Repeat("a", maxBody)+`"}`).status)
}

// FuzzTarget sends any path and query: the answer is one of the contract's, never a panic.
func FuzzTarget(f *testing.F) {
	s := start(f, Options{})
	org := "/organizations/" + s.OrgID()
	for _, target := range []string{
		"/me", org + "/groups?page=9223372036854775807&per_page=99999999999", org + "/users?sort=-&with=,", org + "/tasks?owners=1e3",
		org + "/guests/%zz", org + "/guests/%2F%2e%2e", "//", org + "/groups?q=%ff%00;a=b", org + "/file/..%2f..",
		org + "/activity-feeds?type=Group&created_after=2026-02-30",
	} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		r, err := http.NewRequest(http.MethodGet, BaseURL+target, nil)
		if err != nil {
			return
		}
		r.RequestURI = r.URL.RequestURI()
		r.Header.Set("Authorization", "Bearer "+AdminToken)
		r.Header.Set("Accept", "application/json")
		r.Header.Set("X-Tallyfy-Client", "APIClient")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		assert.Contains(t, []int{200, 403, 404, 422}, w.Code)
	})
}
