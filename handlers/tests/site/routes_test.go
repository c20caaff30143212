// Package site_test holds what is true of the whole site: who may see which route, headers, sub-paths, error pages, weight.
package site_test

import (
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// address is a route's path with ids of the seed in the place of its parameters.
func address(s *sitetest.Site, r handlers.Route) string {
	s.T.Helper()
	path := strings.NewReplacer(":group", s.Group("Operations").ID, ":member", strconv.Itoa(s.Member("soren.kjaergaard").ID),
		":guest", "bram@tyres.example.com", ":bulk", "x", ":job", "x", ":review", "x", ":record", strings.Repeat("0", 32), ":entry", "00000000-0000-7000-8000-000000000000", ":event", "00000000-0000-7000-8000-000000000000").Replace(r.Path)
	require.NotContains(s.T, path, ":", "a parameter that this test does not know")
	return path
}

func TestNobodySeesAPageWithoutSigningIn(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.New(t, sitetest.Options{Base: base})
		walked := 0
		for _, route := range s.App.Routes() {
			if !route.SignedIn {
				continue
			}
			walked++
			path, methods := address(s, route)+"?q=a%26b", []string{route.Method}
			if route.Method == http.MethodGet {
				methods = append(methods, http.MethodHead)
			}
			for _, method := range methods {
				p := s.Once(s.Request(method, path, nil))
				want := url.Values{"next": {path}}
				if method == http.MethodPost {
					want.Set("unsent", "1")
				}
				assert.Equal(t, http.StatusSeeOther, p.Status, "%s %s", method, path)
				assert.Equal(t, base+"/signin?"+want.Encode(), p.Header.Get("Location"), "%s %s", method, path)
				assert.Empty(t, p.Header.Get("Set-Cookie"), "%s %s", method, path)
			}
		}
		assert.Greater(t, walked, 10)
		assert.Empty(t, s.Sandbox.Requests())
	}
}

func TestOnlyTheseRoutesAreForEverybody(t *testing.T) {
	t.Parallel()
	var open []string
	for _, r := range sitetest.New(t, sitetest.Options{}).App.Routes() {
		if !r.SignedIn {
			open = append(open, r.Method+" "+r.Path)
		}
	}
	assert.ElementsMatch(t, []string{
		"GET /signin", "POST /signin", "POST /signout",
		"GET /signin/tallyfy", "GET /signin/answer", "POST /signin/answer", "GET /healthz", "GET /readyz",
	}, open)
}

func TestOwnFormsAreTaken(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	for name, header := range map[string]http.Header{
		"a browser":               {"Sec-Fetch-Site": {"same-origin"}, "Origin": {s.Server.URL}},
		"a browser on plain http": {"Origin": {s.Server.URL}},
		"typed by hand":           {"Sec-Fetch-Site": {"none"}},
		"another client":          {},
	} {
		r := s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}})
		for k, v := range header {
			r.Header[k] = v
		}
		assert.Equal(t, http.StatusSeeOther, s.Once(r).Status, name)
	}
}

func TestUnknownPathsAndWrongMethodsHaveAPage(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.New(t, sitetest.Options{Base: base})
		for range 2 { // anonymous, then signed in
			for _, path := range []string{"/nowhere", "/groups/1/2/3", "/signin/x", "/members/1/remove/x", "/Groups", "/groups/", "/.env", "/groups%2Fnew"} {
				p := s.Once(s.Request(http.MethodGet, path, nil))
				assert.Equal(t, http.StatusNotFound, p.Status, path)
				assert.Equal(t, "Page not found", p.Text("h1"), path)
				assert.Equal(t, p.Header.Get("X-Request-Id"), p.Text("main code"), path)
			}
			for method, path := range map[string]string{
				http.MethodDelete: "/groups", http.MethodPut: "/members", http.MethodPatch: "/signin", http.MethodPost: "/healthz", http.MethodGet: "/signout",
			} {
				p := s.Once(s.Request(method, path, nil))
				assert.Equal(t, http.StatusMethodNotAllowed, p.Status, path)
				assert.Equal(t, "This page can't be used that way", p.Text("h1"), path)
				assert.NotEmpty(t, p.Header.Get("Allow"), path)
				assert.NotContains(t, p.Header.Get("Allow"), method)
			}
			s.SignIn()
		}
	}
	s := sitetest.New(t, sitetest.Options{Base: "/tools/tallyfy"})
	for _, path := range []string{"/", "/groups", "/tools", "/tools/", "/tools/tallyfyx/groups"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Server.URL+path, nil)
		require.NoError(t, err)
		p := s.Once(r)
		assert.Equal(t, http.StatusNotFound, p.Status, path)
		link, _ := p.Find("main a").Attr("href")
		assert.Equal(t, s.Server.URL+"/tools/tallyfy/", link, "a proxy that takes the sub-path away would lead from /tools/tallyfy/ to here again")
		assert.Contains(t, p.Text("main"), "You asked for "+strings.TrimPrefix(s.Server.URL, "http://")+path+", but this dashboard is at "+s.Server.URL+"/tools/tallyfy/.")
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, route := range s.App.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		path := address(s, route)
		get, head := s.Once(s.Request(http.MethodGet, path, nil)), s.Once(s.Request(http.MethodHead, path, nil))
		assert.Equal(t, get.Status, head.Status, path)
		assert.Equal(t, get.Header.Get("Content-Type"), head.Header.Get("Content-Type"), path)
		assert.Equal(t, get.Header.Get("Location"), head.Header.Get("Location"), path)
	}
	answer, err := s.Client.Do(s.Request(http.MethodHead, "/groups", nil))
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Empty(t, body)
}

func TestEveryAddressThatViewsMakeReachesARoute(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.SignedIn(t, sitetest.Options{Base: base, OAuth: true})
		urls := reflect.ValueOf(views.URLs{Base: base, Org: tallyfy.ID(s.Sandbox.OrgID())})
		arguments := map[reflect.Type]any{
			reflect.TypeFor[tallyfy.ID]():          s.Group("Operations").ID,
			reflect.TypeFor[[]tallyfy.ID]():        []tallyfy.ID{"a", "b"},
			reflect.TypeFor[tallyfy.UserID]():      strconv.Itoa(s.Member("anna.kowalska").ID),
			reflect.TypeFor[[]tallyfy.ID]():        []tallyfy.ID{"a", "b"},
			reflect.TypeFor[string]():              "some text?&/",
			reflect.TypeFor[bool]():                true,
			reflect.TypeFor[int]():                 2,
			reflect.TypeFor[views.ListState]():     views.ListState{OrderKey: "sort", Query: "a&b", PerPage: views.DefaultPageSize},
			reflect.TypeFor[views.AccessState]():   views.AccessState{Groups: []tallyfy.ID{"a", "b"}, Like: "a&b", Page: 2},
			reflect.TypeFor[views.ActivityState](): views.ActivityState{Who: "20552", Query: "a&b", Before: "x"},
			reflect.TypeFor[views.PeopleState]():   views.PeopleState{Query: "a&b", MemberPage: 2, From: "q=c&page=2"},
		}
		for i := range urls.NumMethod() {
			name := urls.Type().Method(i).Name
			if name == "Local" || name == "Below" || name == "In" { // take a path or make none
				continue
			}
			var in []reflect.Value
			for a := range urls.Method(i).Type().Ins() {
				in = append(in, reflect.ValueOf(arguments[a]).Convert(a))
			}
			address := urls.Method(i).Call(in)[0].String()
			require.True(t, strings.HasPrefix(address, base+"/"), "%s: %s", name, address)
			p := s.Once(s.Request(http.MethodGet, strings.TrimPrefix(address, base), nil))
			assert.NotEqual(t, "Page not found", p.Text("h1"), "%s: %s", name, address)
			assert.Less(t, p.Status, 500, "%s: %s", name, address)
		}
	}
}
