package handlers_test

import (
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

const fileRoute = "/organizations/{org}/file/{file_id}"

// logoOf is the address of the logo that the list shows for a group.
func (s *site) logoOf(name string) string {
	s.t.Helper()
	src, ok := s.get("/groups?q=" + url.QueryEscape(name)).Find("tbody img").First().Attr("src")
	require.True(s.t, ok, "no logo of %s in the list", name)
	s.sandbox.ClearRequests()
	return strings.TrimPrefix(src, s.base)
}

// picture asserts what every answer of a logo's address has, and that nothing of a page is in it.
func (p *page) picture(contentType string) *page {
	t := p.site.t
	t.Helper()
	assert.Equal(t, http.StatusOK, p.status)
	assert.Equal(t, contentType, p.header.Get("Content-Type"))
	assert.Equal(t, "nosniff", p.header.Get("X-Content-Type-Options"))
	assert.Equal(t, []string{"default-src 'none'; sandbox"}, p.header.Values("Content-Security-Policy"))
	assert.Contains(t, strings.Join(p.header.Values("Vary"), ", "), "Cookie")
	assert.NotContains(t, p.header.Get("Cache-Control"), "public")
	assert.Empty(t, p.header.Values("Set-Cookie"))
	assert.NotContains(t, p.body, "<html")
	return p
}

// initials asserts that an answer is drawn initials, and whether they stand for good.
func (p *page) initials(letters string, caching string) {
	p.site.t.Helper()
	p.picture("image/svg+xml")
	assert.Equal(p.site.t, letters, p.text("svg text"))
	assert.Equal(p.site.t, caching, p.header.Get("Cache-Control"))
	assert.Empty(p.site.t, p.header.Get("ETag"))
}

func TestLogoIsStreamedWithTheToken(t *testing.T) {
	s := signedIn(t, siteOptions{base: "/tools/tallyfy"})
	p := s.get("/groups?q=finance")
	assert.Len(t, s.sandbox.Requests(), 1)
	src, _ := p.Find("tbody img").Attr("src")
	src = strings.TrimPrefix(src, s.base)
	require.Regexp(t, `^/groups/[0-9a-f]{32}/logo\?v=[0-9a-f]{12}$`, src)

	p = s.get(src).picture("image/png")
	config, err := png.DecodeConfig(strings.NewReader(p.body))
	require.NoError(t, err)
	assert.Equal(t, 128, config.Width)
	assert.Equal(t, "private, max-age=604800, immutable", p.header.Get("Cache-Control"))
	requests := s.sandbox.Requests()
	require.Len(t, requests, 2, "the list, then the file: where it is was known from the list")
	assert.Contains(t, requests[1].Path, "/file/")
	assert.Equal(t, sandbox.AdminToken, requests[1].Token)

	again := s.get(src).picture("image/png")
	assert.Equal(t, p.body, again.body)
	assert.Len(t, s.sandbox.Requests(), 2, "kept")

	// Without the version, or with another, it must be asked for again.
	for _, other := range []string{"", "?v=0123456789ab", "?v="} {
		address, _, _ := strings.Cut(src, "?")
		assert.Equal(t, "private, no-cache", s.get(address+other).picture("image/png").header.Get("Cache-Control"))
	}

	etag := p.header.Get("ETag")
	require.NotEmpty(t, etag)
	r := s.request(http.MethodGet, src, nil)
	r.Header.Set("If-None-Match", etag)
	same := s.do(r)
	assert.Equal(t, http.StatusNotModified, same.status)
	assert.Empty(t, same.body)
	assert.Equal(t, etag, same.header.Get("ETag"))
	assert.Contains(t, same.header.Values("Vary"), "Cookie")
	r = s.request(http.MethodGet, src, nil)
	r.Header.Set("If-None-Match", `"0123"`)
	assert.Equal(t, p.body, s.do(r).body)
}

func TestLogoWithoutTheListTakesTwoCalls(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.get(s.groupPath("First Aiders") + "/logo").picture("image/png") // not on the list's first page, which signing in shows
	assert.Len(t, s.sandbox.Requests(), 2)
}

func TestLogoThatIsMissingIsInitials(t *testing.T) {
	s := signedIn(t, siteOptions{})
	src := s.logoOf("Facilities")
	for range 2 {
		s.get(src).initials("F", "private, max-age=300")
	}
	assert.Len(t, s.sandbox.Requests(), 1, "that there is none is kept too")

	s.get(s.groupPath("Works Council")+"/logo").initials("WC", "private, max-age=300")
	s.get("/groups/"+strings.Repeat("0", 32)+"/logo").initials("?", "no-store")
	const night = "Night Shift <script>alert('hi')</script> & Weekend"
	p := s.get(s.groupPath(night) + "/logo")
	p.initials("NW", "private, max-age=300")
	assert.False(t, p.has("script"))
	assert.Equal(t, 1, strings.Count(p.body, "<text"))
	s.elsewhere(http.MethodPut, s.groupPath("Legal"), `{"name":"<i>&amp; \"\u003c/text>","description":"x"}`)
	p = s.get("/groups/" + s.group(`<i>&amp; "</text>`).ID + "/logo")
	assert.Equal(t, 1, strings.Count(p.body, "</text>"))
	assert.False(t, p.has("svg i"))
}

// It is only a picture: whatever fails, no session ends, no page is shown and nothing is kept.
func TestLogoSurvivesTallyfy(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"401": {Status: 401}, "403": {Status: 403}, "422": {Status: 422}, "429": {Status: 429, Header: http.Header{"Retry-After": {"1"}}}, "500": {Status: 500, Body: "secret.php"}, "502": {Status: 502},
		"time-out": {Hang: true}, "broken": {Abort: true}, "a redirect": {Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/x.png"}}},
	} {
		for _, route := range []string{groupRoute, fileRoute} {
			t.Run(name+route, func(t *testing.T) {
				t.Parallel()
				s := signedIn(t, siteOptions{attempt: 100 * time.Millisecond})
				letters, address := "?", s.groupPath("First Aiders")+"/logo" // not on the list's first page
				if route == fileRoute {
					letters, address = "F", s.logoOf("Finance")
				}
				fault := fault
				fault.Route, fault.Method = route, http.MethodGet
				if name == "429" {
					fault.Body = `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`
				}
				s.sandbox.Fail(fault)
				s.get(address).initials(letters, "no-store")
				assert.NotContains(t, s.get(address).body, "secret")
				assert.NotContains(t, s.log.String(), `"request failed"`)
				s.sandbox.ClearFaults()
				if name == "429" {
					return // the token is held back for longer than a test
				}
				assert.Equal(t, "Groups", s.get("/groups").whole(http.StatusOK).text("h1"), "still signed in")
				s.get(address).picture("image/png")
			})
		}
	}
	s := signedIn(t, siteOptions{})
	for body, contentType := range map[string]string{
		"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>": "image/svg+xml", "<html><script>": "image/png", "GIF89a": "image/gif",
	} {
		src := s.logoOf("Finance")
		s.sandbox.Fail(sandbox.Fault{Route: fileRoute, Times: 1, Status: 200, Body: body, Header: http.Header{"Content-Type": {contentType}}})
		p := s.get(src)
		p.initials("F", "private, max-age=300")
		assert.False(t, p.has("script"), "not by what it is called")
	}
}

func TestLogoNeedsASignIn(t *testing.T) {
	s := signedIn(t, siteOptions{})
	src := s.logoOf("Finance")
	s.get(src).picture("image/png")
	s.sandbox.ClearRequests()
	other := s.as(t)
	assert.Equal(t, "/signin", other.get(src).url[:7])
	assert.Empty(t, s.sandbox.Requests())
}

// What one token has read is not shown to another, and neither is a place where a logo was.
func TestLogoIsNotSharedBetweenSessions(t *testing.T) {
	s := signedIn(t, siteOptions{})
	src := s.logoOf("First Aiders") // not on the list's first page, which signing in shows
	s.get(src).picture("image/png")
	other := s.as(t)
	other.signInWith(sandbox.StandardToken)
	s.sandbox.ClearRequests()
	s.sandbox.Fail(sandbox.Fault{Route: fileRoute, Status: 403})
	other.get(src).initials("FA", "no-store")
	requests := s.sandbox.Requests()
	require.Len(t, requests, 2, "asks for the group and the file itself")
	for _, r := range requests {
		assert.Equal(t, sandbox.StandardToken, r.Token)
	}
	s.get(src).picture("image/png")
	assert.Len(t, s.sandbox.Requests(), 2)
}
