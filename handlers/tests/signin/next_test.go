package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestNextPageIsOneOfThisSite(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy", "/m"} {
		s := sitetest.New(t, sitetest.Options{Base: base})
		for next, want := range map[string]string{
			"":                              "/",
			"/members":                      "/members",
			"/groups?q=a%26b&page=2":        "/groups?q=a%26b&page=2",
			"/groups/a%2Fb":                 "/groups/a%2Fb",
			"/groups?q=//evil.example":      "/groups?q=//evil.example",
			"/groups?q=..%2F..":             "/groups?q=..%2F..",
			"/groups?q=" + `a\b`:            "/groups?q=" + `a\b`,
			"/signin?next=%2Fsignin":        "/",
			"//evil.example":                "/",
			"//evil.example/groups":         "/",
			"///evil.example":               "/",
			`/\evil.example`:                "/",
			`\/evil.example`:                "/",
			`\\evil.example`:                "/",
			`/groups\..\..\evil`:            "/",
			"/%5Cevil.example":              "/",
			"/%2Fevil.example":              "/",
			"%2F%2Fevil.example":            "/",
			"https://evil.example":          "/",
			"https:/evil.example":           "/",
			"https:evil.example":            "/",
			"HTTPS://evil.example/groups":   "/",
			"http:///evil.example":          "/",
			"javascript:alert(1)":           "/",
			"data:text/html,x":              "/",
			"evil.example":                  "/",
			"@evil.example":                 "/",
			".evil.example":                 "/",
			":8080/groups":                  "/",
			" //evil.example":               "/",
			"/\t/evil.example":              "/",
			"/\n/evil.example":              "/",
			"\t//evil.example":              "/",
			"/groups\r\nSet-Cookie: a=b":    "/",
			"/groups\x00":                   "/",
			"/groups\x7f":                   "/",
			"/..//evil.example":             "/",
			"/../../other/app":              "/",
			"/%2e%2e/%2E%2E/other":          "/",
			"/./groups":                     "/",
			"/%zz":                          "/",
			"?next=x":                       "/",
			"/" + strings.Repeat("x", 3000): "/",
			s.Server.URL + "/groups":        "/",
			strings.TrimPrefix(s.Server.URL, "http:") + "/groups": "/",
		} {
			p := s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}, "next": {next}}))
			require.Equal(t, http.StatusSeeOther, p.Status)
			assert.Equal(t, base+want, p.Header.Get("Location"), "next %q under %q", next, base)
			assert.Len(t, p.Header.Values("Set-Cookie"), 1)
			shown := s.Get("/signin?" + url.Values{"next": {next}}.Encode())
			kept := shown.Form("form:has([name=token])").Values.Get("next")
			if want == "/" {
				assert.True(t, kept == "" || strings.HasPrefix(kept, "/signin"), "next %q in the form", next)
			} else {
				assert.Equal(t, want, kept)
			}
		}
	}
}

func TestSignInLeadsBackToThePageFirstAskedFor(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.New(t, sitetest.Options{Base: base})
		const asked = "/groups?q=a&sort_by=-name&per_page=10&page=2"
		p := s.Get(asked)
		assert.Equal(t, "Sign in", p.Text("h1"))
		assert.False(t, p.Has(".notice"), "somebody who comes for the first time has lost nothing")
		// A mistake in between does not lose the way.
		p = p.Form("form:has([name=token])").Set("token", "wrong").Submit("")
		require.Equal(t, http.StatusUnprocessableEntity, p.Status)
		p = p.Form("form:has([name=sandbox])").Submit("")
		assert.Equal(t, asked, p.URL)
		assert.Equal(t, "a", p.Form("main form[role=search]").Values.Get("q"))
	}
}

func TestSessionIDChangesAtSignIn(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{NoButton: true})
	choice := s.SignInWith(sandbox.AdminToken) // a session that waits for the organisation
	before := s.SessionCookies()
	require.Len(t, before, 1)
	choice.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	after := s.SessionCookies()
	require.Len(t, after, 1)
	assert.NotEqual(t, before[0].Value, after[0].Value)
	assert.False(t, isSignedIn(s, before), "who knew the id before knows nothing now")
	assert.True(t, isSignedIn(s, after))
}

func TestPlantedCookieIsNotTakenUp(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	u, err := url.Parse(s.Server.URL)
	require.NoError(t, err)
	planted := []*http.Cookie{{Name: "ta_session", Value: "chosen-by-an-attacker", Path: "/"}}
	s.Client.Jar.SetCookies(u, planted)
	s.SignIn()
	assert.False(t, isSignedIn(s, planted))
	assert.NotEqual(t, planted[0].Value, s.SessionCookies()[0].Value)
}

func TestCookieOfTheSession(t *testing.T) {
	for base, path := range map[string]string{"": "/", "/tools/tallyfy": "/tools/tallyfy/"} {
		s := sitetest.New(t, sitetest.Options{Base: base})
		p := s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		c, err := http.ParseSetCookie(p.Header.Get("Set-Cookie"))
		require.NoError(t, err)
		assert.True(t, c.HttpOnly)
		assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
		assert.Equal(t, path, c.Path)
		assert.Empty(t, c.Domain)
		assert.NotContains(t, p.Header.Get("Set-Cookie"), sandbox.AdminToken)
		assert.Less(t, len(c.Value), 200, "an id and no data")
	}
}

func TestSignOutEndsTheSessionOnTheServer(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	old := s.SessionCookies()
	require.True(t, isSignedIn(s, old))
	p := s.Get("/groups").Form(".account form").Submit("Sign out")
	assert.Equal(t, "/signin", p.URL)
	assert.Empty(t, s.SessionCookies(), "the browser forgets it, too")
	assert.False(t, isSignedIn(s, old))
	assert.Equal(t, "Sign in", s.Get("/groups").Text("h1"))
}

func TestSignOutOfNobody(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	p := s.Post("/signout", url.Values{})
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, "/signin", p.URL)
	p = s.Get("/signout")
	assert.Equal(t, http.StatusMethodNotAllowed, p.Status, "a link or a picture cannot sign anybody out")
}

func TestSigningInAsSomebodyElse(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	admin := s.SessionCookies()
	p := s.SignInWith(sandbox.StandardToken)
	assert.Equal(t, "Groups", p.Text("h1"))
	assert.Contains(t, p.Text(".account .who"), "Tomás Herrera")
	assert.False(t, isSignedIn(s, admin), "the first session is over")

	// A token that is refused leaves the session as it was.
	p = s.SignInWith(sandbox.ExpiredToken)
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, s.Get("/groups").Text(".account .who"), "Tomás Herrera")
}

func TestHomeLeadsWhereItIsUseful(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	assert.Equal(t, "/signin?next=%2F", s.Get("/").URL)
	s.SignIn()
	assert.Equal(t, "Overview", s.Get("/").Text("h1"))
}
