package handlers_test

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
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// address is a route's path with ids of the seed in the place of its parameters.
func (s *site) address(r handlers.RouteRow) string {
	s.t.Helper()
	path := strings.NewReplacer(":group", s.group("Operations").ID, ":member", strconv.Itoa(s.member("soren.kjaergaard").ID),
		":record", strings.Repeat("0", 32)).Replace(r.Path)
	require.NotContains(s.t, path, ":", "a parameter that this test does not know")
	return path
}

func TestNobodySeesAPageWithoutSigningIn(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := newSite(t, siteOptions{base: base})
		walked := 0
		for _, route := range s.app.RouteTable() {
			if !route.SignedIn {
				continue
			}
			walked++
			path, methods := s.address(route)+"?q=a%26b", []string{route.Method}
			if route.Method == http.MethodGet {
				methods = append(methods, http.MethodHead)
			}
			for _, method := range methods {
				p := s.once(s.request(method, path, nil))
				want := url.Values{"next": {path}}
				if method == http.MethodPost {
					want.Set("unsent", "1")
				}
				assert.Equal(t, http.StatusSeeOther, p.status, "%s %s", method, path)
				assert.Equal(t, base+"/signin?"+want.Encode(), p.header.Get("Location"), "%s %s", method, path)
				assert.Empty(t, p.header.Get("Set-Cookie"), "%s %s", method, path)
			}
		}
		assert.Greater(t, walked, 10)
		assert.Empty(t, s.sandbox.Requests())
	}
}

func TestOnlyTheseRoutesAreForEverybody(t *testing.T) {
	var open []string
	for _, r := range newSite(t, siteOptions{}).app.RouteTable() {
		if !r.SignedIn {
			open = append(open, r.Method+" "+r.Path)
		}
	}
	assert.ElementsMatch(t, []string{"GET /", "GET /signin", "POST /signin", "POST /signout", "GET /healthz", "GET /readyz"}, open)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	foreign := map[string]http.Header{
		"another site, by its own word":    {"Sec-Fetch-Site": {"cross-site"}},
		"a neighbour on the same domain":   {"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://other.example"}},
		"another host on plain http":       {"Origin": {"http://evil.example"}},
		"our host with another port":       {"Origin": {"http://127.0.0.1:1"}},
		"a sandboxed frame or a data: URL": {"Origin": {"null"}},
	}
	s := signedIn(t, siteOptions{})
	members, groups := s.sandbox.Members(), s.sandbox.Groups()
	posts := 0
	for _, route := range s.app.RouteTable() {
		if route.Method == http.MethodGet {
			continue
		}
		posts++
		for name, header := range foreign {
			r := s.request(route.Method, s.address(route), url.Values{"name": {"X"}, "description": {"X"}, "to": {"none"}, "token": {"other"}})
			for k, v := range header {
				r.Header[k] = v
			}
			p := s.once(r)
			assert.Equal(t, http.StatusForbidden, p.status, "%s %s", route.Path, name)
			assert.Equal(t, "This form came from another site", p.text("h1"), "%s %s", route.Path, name)
			assert.Empty(t, p.header.Get("Set-Cookie"), "%s %s", route.Path, name)
		}
	}
	assert.Equal(t, 6, posts)
	assert.Empty(t, s.sandbox.Requests())
	assert.Equal(t, members, s.sandbox.Members())
	assert.Equal(t, groups, s.sandbox.Groups())
	assert.Equal(t, http.StatusOK, s.once(s.request(http.MethodGet, "/groups", nil)).status, "still signed in")
}

func TestOwnFormsAreTaken(t *testing.T) {
	s := newSite(t, siteOptions{})
	for name, header := range map[string]http.Header{
		"a browser":               {"Sec-Fetch-Site": {"same-origin"}, "Origin": {s.server.URL}},
		"a browser on plain http": {"Origin": {s.server.URL}},
		"typed by hand":           {"Sec-Fetch-Site": {"none"}},
		"another client":          {},
	} {
		r := s.request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}})
		for k, v := range header {
			r.Header[k] = v
		}
		assert.Equal(t, http.StatusSeeOther, s.once(r).status, name)
	}
}

func TestUnknownPathsAndWrongMethodsHaveAPage(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := newSite(t, siteOptions{base: base})
		for range 2 { // anonymous, then signed in
			for _, path := range []string{"/nowhere", "/groups/1/2/3", "/signin/x", "/members/1/remove/x", "/Groups", "/groups/", "/.env", "/groups%2Fnew"} {
				p := s.once(s.request(http.MethodGet, path, nil))
				assert.Equal(t, http.StatusNotFound, p.status, path)
				assert.Equal(t, "There is no such page", p.text("h1"), path)
				assert.Equal(t, p.header.Get("X-Request-Id"), p.text("main code"), path)
			}
			for method, path := range map[string]string{
				http.MethodDelete: "/groups", http.MethodPut: "/members", http.MethodPatch: "/signin", http.MethodPost: "/healthz", http.MethodGet: "/signout",
			} {
				p := s.once(s.request(method, path, nil))
				assert.Equal(t, http.StatusMethodNotAllowed, p.status, path)
				assert.Equal(t, "This page can't be used that way", p.text("h1"), path)
				assert.NotEmpty(t, p.header.Get("Allow"), path)
				assert.NotContains(t, p.header.Get("Allow"), method)
			}
			s.signIn()
		}
	}
	s := newSite(t, siteOptions{base: "/tools/tallyfy"})
	for _, path := range []string{"/", "/groups", "/tools", "/tools/", "/tools/tallyfyx/groups"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+path, nil)
		require.NoError(t, err)
		p := s.once(r)
		assert.Equal(t, http.StatusNotFound, p.status, path)
		link, _ := p.Find("main a").Attr("href")
		assert.Equal(t, "/tools/tallyfy/", link, path)
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for _, route := range s.app.RouteTable() {
		if route.Method != http.MethodGet {
			continue
		}
		path := s.address(route)
		get, head := s.once(s.request(http.MethodGet, path, nil)), s.once(s.request(http.MethodHead, path, nil))
		assert.Equal(t, get.status, head.status, path)
		assert.Equal(t, get.header.Get("Content-Type"), head.header.Get("Content-Type"), path)
		assert.Equal(t, get.header.Get("Location"), head.header.Get("Location"), path)
	}
	answer, err := s.client.Do(s.request(http.MethodHead, "/groups", nil))
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Empty(t, body)
}

func TestEveryAddressThatViewsMakeReachesARoute(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := signedIn(t, siteOptions{base: base})
		urls := reflect.ValueOf(views.URLs{Base: base})
		arguments := map[reflect.Type]any{
			reflect.TypeFor[tallyfy.ID]():     s.group("Operations").ID,
			reflect.TypeFor[tallyfy.UserID](): strconv.Itoa(s.member("anna.kowalska").ID),
			reflect.TypeFor[string]():         "some text?&/",
			reflect.TypeFor[views.List]():     views.List{SortKey: "sort", Query: "a&b", PerPage: views.DefaultPageSize},
		}
		for i := range urls.NumMethod() {
			name := urls.Type().Method(i).Name
			if name == "Local" { // takes a path, makes none
				continue
			}
			var in []reflect.Value
			for a := range urls.Method(i).Type().Ins() {
				in = append(in, reflect.ValueOf(arguments[a]).Convert(a))
			}
			address := urls.Method(i).Call(in)[0].String()
			require.True(t, strings.HasPrefix(address, base+"/"), "%s: %s", name, address)
			p := s.once(s.request(http.MethodGet, strings.TrimPrefix(address, base), nil))
			assert.NotEqual(t, "There is no such page", p.text("h1"), "%s: %s", name, address)
			assert.Less(t, p.status, 500, "%s: %s", name, address)
		}
	}
}
