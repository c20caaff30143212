package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

func TestNextPageIsOneOfThisSite(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy", "/m"} {
		s := newSite(t, siteOptions{base: base})
		for next, want := range map[string]string{
			"":                              "/groups",
			"/members":                      "/members",
			"/groups?q=a%26b&page=2":        "/groups?q=a%26b&page=2",
			"/groups/a%2Fb":                 "/groups/a%2Fb",
			"/groups?q=//evil.example":      "/groups?q=//evil.example",
			"/groups?q=..%2F..":             "/groups?q=..%2F..",
			"/groups?q=" + `a\b`:            "/groups?q=" + `a\b`,
			"/signin?next=%2Fsignin":        "/groups",
			"//evil.example":                "/groups",
			"//evil.example/groups":         "/groups",
			"///evil.example":               "/groups",
			`/\evil.example`:                "/groups",
			`\/evil.example`:                "/groups",
			`\\evil.example`:                "/groups",
			`/groups\..\..\evil`:            "/groups",
			"/%5Cevil.example":              "/groups",
			"/%2Fevil.example":              "/groups",
			"%2F%2Fevil.example":            "/groups",
			"https://evil.example":          "/groups",
			"https:/evil.example":           "/groups",
			"https:evil.example":            "/groups",
			"HTTPS://evil.example/groups":   "/groups",
			"http:///evil.example":          "/groups",
			"javascript:alert(1)":           "/groups",
			"data:text/html,x":              "/groups",
			"evil.example":                  "/groups",
			"@evil.example":                 "/groups",
			".evil.example":                 "/groups",
			":8080/groups":                  "/groups",
			" //evil.example":               "/groups",
			"/\t/evil.example":              "/groups",
			"/\n/evil.example":              "/groups",
			"\t//evil.example":              "/groups",
			"/groups\r\nSet-Cookie: a=b":    "/groups",
			"/groups\x00":                   "/groups",
			"/groups\x7f":                   "/groups",
			"/..//evil.example":             "/groups",
			"/../../other/app":              "/groups",
			"/%2e%2e/%2E%2E/other":          "/groups",
			"/./groups":                     "/groups",
			"/%zz":                          "/groups",
			"?next=x":                       "/groups",
			"/" + strings.Repeat("x", 3000): "/groups",
			s.server.URL + "/groups":        "/groups",
			strings.TrimPrefix(s.server.URL, "http:") + "/groups": "/groups",
		} {
			p := s.once(s.request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}, "next": {next}}))
			require.Equal(t, http.StatusSeeOther, p.status)
			assert.Equal(t, base+want, p.header.Get("Location"), "next %q under %q", next, base)
			assert.Len(t, p.header.Values("Set-Cookie"), 1)
			shown := s.get("/signin?" + url.Values{"next": {next}}.Encode())
			kept := shown.form("form:has([name=token])").values.Get("next")
			if want == "/groups" {
				assert.True(t, kept == "" || strings.HasPrefix(kept, "/signin"), "next %q in the form", next)
			} else {
				assert.Equal(t, want, kept)
			}
		}
	}
}

func TestSignInLeadsBackToThePageFirstAskedFor(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := newSite(t, siteOptions{base: base})
		const asked = "/groups?q=a&sort_by=-name&per_page=10&page=2"
		p := s.get(asked)
		assert.Equal(t, "Sign in", p.text("h1"))
		assert.False(t, p.has(".notice"), "somebody who comes for the first time has lost nothing")
		// A mistake in between does not lose the way.
		p = p.form("form:has([name=token])").set("token", "wrong").submit("")
		require.Equal(t, http.StatusUnprocessableEntity, p.status)
		p = p.form("form:has([name=sandbox])").submit("")
		assert.Equal(t, asked, p.url)
		assert.Equal(t, "a", p.form("form[role=search]").values.Get("q"))
	}
}

func TestSessionIDChangesAtSignIn(t *testing.T) {
	s := newSite(t, siteOptions{noButton: true})
	choice := s.signInWith(sandbox.AdminToken) // a session that waits for the organisation
	before := s.sessionCookies()
	require.Len(t, before, 1)
	choice.form("form:has([name=organization])").set("organization", s.sandbox.OrgID()).submit("")
	after := s.sessionCookies()
	require.Len(t, after, 1)
	assert.NotEqual(t, before[0].Value, after[0].Value)
	assert.False(t, s.isSignedIn(before), "who knew the id before knows nothing now")
	assert.True(t, s.isSignedIn(after))
}

func TestPlantedCookieIsNotTakenUp(t *testing.T) {
	s := newSite(t, siteOptions{})
	u, err := url.Parse(s.server.URL)
	require.NoError(t, err)
	planted := []*http.Cookie{{Name: "ta_session", Value: "chosen-by-an-attacker", Path: "/"}}
	s.client.Jar.SetCookies(u, planted)
	s.signIn()
	assert.False(t, s.isSignedIn(planted))
	assert.NotEqual(t, planted[0].Value, s.sessionCookies()[0].Value)
}

func TestCookieOfTheSession(t *testing.T) {
	for base, path := range map[string]string{"": "/", "/tools/tallyfy": "/tools/tallyfy/"} {
		s := newSite(t, siteOptions{base: base})
		p := s.once(s.request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		c, err := http.ParseSetCookie(p.header.Get("Set-Cookie"))
		require.NoError(t, err)
		assert.True(t, c.HttpOnly)
		assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
		assert.Equal(t, path, c.Path)
		assert.Empty(t, c.Domain)
		assert.NotContains(t, p.header.Get("Set-Cookie"), sandbox.AdminToken)
		assert.Less(t, len(c.Value), 200, "an id and no data")
	}
}

func TestSignOutEndsTheSessionOnTheServer(t *testing.T) {
	s := signedIn(t, siteOptions{})
	old := s.sessionCookies()
	require.True(t, s.isSignedIn(old))
	p := s.get("/groups").form(".account form").submit("Sign out")
	assert.Equal(t, "/signin", p.url)
	assert.Empty(t, s.sessionCookies(), "the browser forgets it, too")
	assert.False(t, s.isSignedIn(old))
	assert.Equal(t, "Sign in", s.get("/groups").text("h1"))
}

func TestSignOutOfNobody(t *testing.T) {
	s := newSite(t, siteOptions{})
	p := s.post("/signout", url.Values{})
	assert.Equal(t, http.StatusOK, p.status)
	assert.Equal(t, "/signin", p.url)
	p = s.get("/signout")
	assert.Equal(t, http.StatusMethodNotAllowed, p.status, "a link or a picture cannot sign anybody out")
}

func TestSigningInAsSomebodyElse(t *testing.T) {
	s := signedIn(t, siteOptions{})
	admin := s.sessionCookies()
	p := s.signInWith(sandbox.StandardToken)
	assert.Equal(t, "Groups", p.text("h1"))
	assert.Contains(t, p.text(".account .who"), "Tomás Herrera")
	assert.False(t, s.isSignedIn(admin), "the first session is over")

	// A token that is refused leaves the session as it was.
	p = s.signInWith(sandbox.ExpiredToken)
	assert.Equal(t, http.StatusUnprocessableEntity, p.status)
	assert.Contains(t, s.get("/groups").text(".account .who"), "Tomás Herrera")
}

func TestHomeLeadsWhereItIsUseful(t *testing.T) {
	s := newSite(t, siteOptions{})
	assert.Equal(t, "/signin", s.get("/").url)
	s.signIn()
	assert.Equal(t, "/groups", s.get("/").url)
}
