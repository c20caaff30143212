package signin_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// atTallyfy follows the start of a sign-in to Tallyfy and lets the dashboard in, or not, as a browser would. It gives what the
// answer's page would hand over.
func atTallyfy(s *sitetest.Site, next, decision string) url.Values {
	s.T.Helper()
	start := s.Once(s.Request(http.MethodGet, "/signin/tallyfy?"+url.Values{"next": {next}}.Encode(), nil))
	require.Equal(s.T, http.StatusSeeOther, start.Status)
	there, err := url.Parse(start.Header.Get("Location"))
	require.NoError(s.T, err)
	require.Equal(s.T, s.Tallyfy.URL, there.Scheme+"://"+there.Host)
	form := there.Query()
	require.Equal(s.T, s.Server.URL+s.Base+"/signin/answer", form.Get("redirect_uri"))
	form.Set("person", "maren.dahl@example.com")
	form.Set("decision", decision)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.PostForm(s.Tallyfy.URL+"/oauth/authorize", form)
	require.NoError(s.T, err)
	defer answer.Body.Close()
	require.Equal(s.T, http.StatusSeeOther, answer.StatusCode)
	page, fragment, _ := strings.Cut(answer.Header.Get("Location"), "#")
	require.Equal(s.T, s.Server.URL+s.Base+"/signin/answer", page)
	given, err := url.ParseQuery(fragment)
	require.NoError(s.T, err)
	return given
}

// handOver sends what the page's script sends.
func handOver(s *sitetest.Site, given url.Values) *sitetest.Page {
	s.T.Helper()
	f := s.Get("/signin/answer").Form("form[data-answer]")
	for name := range f.Values {
		f.Set(name, given.Get(name))
	}
	r := s.Request(http.MethodPost, strings.TrimPrefix(s.Get("/signin/answer").Find("form[data-answer]").AttrOr("action", ""), s.Base), f.Values)
	r.Header.Set("Origin", s.Server.URL)
	return s.Do(r)
}

func TestSignInWithTallyfy(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.New(t, sitetest.Options{Base: base, OAuth: true, NoButton: true})
		assert.Equal(t, base+"/signin/tallyfy?next=%2Fmembers%3Fq%3Da", s.Get("/members?q=a").Find("a:contains('Sign in with Tallyfy')").AttrOr("href", ""))
		given := atTallyfy(s, "/members?q=a", "allow")
		p := handOver(s, given)
		p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
		assert.Equal(t, "Members", p.Text("h1"))
		assert.Equal(t, "/members?q=a", p.URL)
		assert.Contains(t, p.Text(".account"), "Maren Dahl")
		in6Months := time.Now().Add(15778800 * time.Second).In(s.Zone())
		assert.Contains(t, p.Text(".account"), "Tallyfy sign-in ends "+in6Months.Format("2 Jan 2006"))
		last := s.Sandbox.Requests()[len(s.Sandbox.Requests())-1]
		assert.Equal(t, given.Get("access_token"), last.Token, "the person's own token is used")
	}
}

func TestAnAnswerOfTallyfysIsTakenOnceAndByItsOwnBrowser(t *testing.T) {
	const notHere = "This sign-in was not started in this browser"
	for name, c := range map[string]struct {
		change func(given url.Values)
		other  bool // another browser hands it over
		twice  bool
		want   string
	}{
		"another browser":   {other: true, want: notHere},
		"another state":     {change: func(v url.Values) { v.Set("state", strings.Repeat("A", 120)) }, want: notHere},
		"a changed state":   {change: func(v url.Values) { v.Set("state", v.Get("state")[1:]+v.Get("state")[:1]) }, want: notHere},
		"no state":          {change: func(v url.Values) { v.Del("state") }, want: notHere},
		"handed over twice": {twice: true, want: "has been used already"},
		"no token":          {change: func(v url.Values) { v.Del("access_token") }, want: "held no token"},
		"another type":      {change: func(v url.Values) { v.Set("token_type", "mac") }, want: "held no token"},
		"no token's shape":  {change: func(v url.Values) { v.Set("access_token", "a b\nc") }, want: "held no token"},
		"an error":          {change: func(v url.Values) { v.Set("error", "server_error") }, want: "Tallyfy could not sign you in."},
		"an unknown token":  {change: func(v url.Values) { v.Set("access_token", "made.up.token") }, want: "Tallyfy rejected this token."},
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.New(t, sitetest.Options{OAuth: true})
			given := atTallyfy(s, "", "allow")
			if c.change != nil {
				c.change(given)
			}
			s.Sandbox.ClearRequests()
			if c.other {
				s = s.As(t)
			}
			if c.twice {
				handOver(s, given)
				s.Sandbox.ClearRequests()
			}
			p := handOver(s, given)
			assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
			assert.Equal(t, "Sign in", p.Text("h1"))
			assert.Contains(t, p.Text("main"), c.want)
			if name != "an unknown token" && !c.twice {
				assert.Empty(t, s.Sandbox.Requests(), "Tallyfy is not asked about it")
			}
			assert.Equal(t, "Sign in", s.Get("/groups").Text("h1"), "nobody is signed in")
		})
	}
}

// A browser that keeps its cookie, or a copy of it, cannot use an answer again either.
func TestAnAnswerOfTallyfysIsTakenOnceWhateverTheCookieSays(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	given := atTallyfy(s, "", "allow")
	var kept []*http.Cookie
	at, err := url.Parse(s.Server.URL + "/signin/answer")
	require.NoError(t, err)
	for _, c := range s.Client.Jar.Cookies(at) {
		if c.Name == "ta_signin" {
			kept = append(kept, &http.Cookie{Name: c.Name, Value: c.Value, Path: "/signin"})
		}
	}
	require.Len(t, kept, 1)
	assert.Equal(t, "Choose an organisation", handOver(s, given).Text("h1"))
	again := s.As(t)
	again.Client.Jar.SetCookies(at, kept)
	p := handOver(again, given)
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, p.Text("main"), "has been used already")
}

func TestTheStartOfASignInStaysInTheBrowser(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{OAuth: true, Base: "/tools/tallyfy"})
	answer := s.Once(s.Request(http.MethodGet, "/signin/tallyfy?next=/groups", nil)).Header.Get("Set-Cookie")
	for _, part := range []string{"ta_signin=", "Path=/tools/tallyfy/signin;", "Max-Age=900", "HttpOnly", "SameSite=Strict"} {
		assert.Contains(t, answer, part)
	}
	assert.NotContains(t, answer, "Secure", "it would be lost on plain http")
	assert.NotContains(t, answer, "ta_session", "nobody can fill the database by following a link")
	assert.Equal(t, answer, s.Once(s.Request(http.MethodGet, "/signin/tallyfy?next=/groups", nil)).Header.Get("Set-Cookie"), "one cookie for all tabs")
	assert.NotEqual(t, answer, s.As(t).Once(s.Request(http.MethodGet, "/signin/tallyfy?next=/groups", nil)).Header.Get("Set-Cookie"))
}

// A state is good for a quarter of an hour, and says nothing to Tallyfy.
func TestTheStateOfASignInIsSealedAndTimed(t *testing.T) {
	now := time.Now()
	s := sitetest.New(t, sitetest.Options{OAuth: true, Now: func() time.Time { return now }})
	state := func() string {
		start, err := url.Parse(s.Once(s.Request(http.MethodGet, "/signin/tallyfy?next=/members?q=dahl", nil)).Header.Get("Location"))
		require.NoError(t, err)
		return start.Query().Get("state")
	}
	assert.NotEqual(t, state(), state())
	assert.NotContains(t, state(), "dahl")
	for age, want := range map[time.Duration]string{14 * time.Minute: "Choose an organisation", 16 * time.Minute: "Sign in", -time.Hour: "Sign in"} {
		given := atTallyfy(s, "/members", "allow")
		now = now.Add(age)
		assert.Equal(t, want, handOver(s, given).Text("h1"), age)
	}
}

// Case 40: whichever tab ends first, both end well.
func TestTwoTabsSignInWithTallyfy(t *testing.T) {
	for name, order := range map[string][]int{"the older first": {0, 1}, "the newer first": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.New(t, sitetest.Options{OAuth: true, NoButton: true})
			pages := []string{"/groups?q=a", "/members?q=b"}
			given := []url.Values{atTallyfy(s, pages[0], "allow"), atTallyfy(s, pages[1], "allow")}
			for _, tab := range order {
				p := handOver(s, given[tab])
				require.Equal(t, "Choose an organisation", p.Text("h1"), tab)
				p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
				assert.Equal(t, pages[tab], p.URL)
				assert.Contains(t, p.Text(".account"), "Maren Dahl")
			}
		})
	}
}

// Case 41: the choice of the organisation in one tab, after another tab has signed in, or has begun to.
func TestAChoiceAfterAnotherTabSignedIn(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{NoButton: true})
	choice := s.SignInWith(sandbox.AdminToken).Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID())
	s.SignInWith(sandbox.StandardToken)
	p := choice.Submit("")
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Equal(t, "You signed in meanwhile as Tomás Herrera", p.Text("h1"))
	assert.Equal(t, "/groups", p.Link("Continue"))
	assert.Contains(t, s.Get("/groups").Text(".account .who"), "Tomás Herrera", "who is signed in stays")

	s = sitetest.New(t, sitetest.Options{NoButton: true})
	choice = s.SignInWith(sandbox.AdminToken).Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Set("for", "999")
	p = choice.Submit("")
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Contains(t, p.Text("main"), "In another tab you have begun to sign in as Maren Dahl.")
	p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	assert.Equal(t, "Groups", p.Text("h1"))
}

func TestNotBeingLetInSaysSo(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{OAuth: true})
	p := handOver(s, atTallyfy(s, "/members", "deny"))
	assert.Equal(t, http.StatusUnprocessableEntity, p.Status)
	assert.Contains(t, p.Text(".notice"), "Tallyfy did not let the dashboard in")
	assert.Equal(t, "/signin/tallyfy?next=%2Fmembers", p.Find("a:contains('Sign in with Tallyfy')").AttrOr("href", ""), "the page to go to is not lost")
}

func TestWithoutAClientThereIsNoWayToTallyfy(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	assert.NotContains(t, s.Get("/signin").Body, "Sign in with Tallyfy")
	assert.Equal(t, http.StatusNotFound, s.Get("/signin/tallyfy").Status)
	assert.Equal(t, http.StatusNotFound, s.Get("/signin/answer").Status)
	assert.Equal(t, http.StatusNotFound, s.Post("/signin/answer", url.Values{"access_token": {sandbox.AdminToken}}).Status)
}

// What was typed when the session had ended goes along on the way to Tallyfy and back, too.
func TestWhatWasTypedIsKeptOnTheWayToTallyfy(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{OAuth: true})
	typed := s.GroupForm("Night watch", "Who looks after the yard at night.")
	s.Post("/signout", nil)
	p := typed.Submit("Create the group")
	require.Equal(t, http.StatusUnauthorized, p.Status)
	kept := p.Find("[data-tallyfy]").AttrOr("data-tallyfy", "")
	require.NotEmpty(t, kept)
	assert.Equal(t, "/signin/tallyfy?next=%2Fgroups%2Fnew", p.Link("Sign in with Tallyfy"))
	assert.Empty(t, s.SessionCookies(), "nothing of a stranger's is kept")

	given := atTallyfy(s, "/groups/new", "allow")
	given.Set("typed", kept) // as the pages' script does: see the browser's tests
	p = handOver(s, given)
	p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	assert.Equal(t, "/groups/new", p.URL)
	assert.Equal(t, "Night watch", p.Find("#field-name").AttrOr("value", ""))
	assert.False(t, s.Exists("Night watch"), "it waits for the button")
}

func TestTheEndOfATokenIsShownBeforeItComes(t *testing.T) {
	for left, want := range map[time.Duration]struct {
		text  string
		stand bool
	}{
		30 * 24 * time.Hour: {"2 Jan 2006", false},
		10 * 24 * time.Hour: {"2 Jan 2006", true},
		5 * time.Hour:       {"2 Jan 2006, 15:04", true},
	} {
		s := sitetest.New(t, sitetest.Options{OAuth: true, Sandbox: sandbox.Options{TokenLife: left}})
		p := handOver(s, atTallyfy(s, "", "allow"))
		p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
		ends := p.Find(".account p:contains('Tallyfy sign-in ends')")
		require.Equal(t, 1, ends.Length())
		at, err := time.Parse(time.RFC3339, ends.Find("time").AttrOr("datetime", ""))
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now().Add(left), at, time.Minute)
		assert.Equal(t, at.In(s.Zone()).Format(want.text), ends.Find("time").Text())
		assert.Equal(t, want.stand, ends.HasClass("soon"), fmt.Sprint(left))
	}
}

// The page says what this is for. Where Tallyfy's sign-in is there, the token stands behind it, and open for whoever is busy with it.
func TestTheTokenComesSecondWhereTallyfysSignInIsThere(t *testing.T) {
	for _, with := range []bool{false, true} {
		s := sitetest.New(t, sitetest.Options{OAuth: with, NoButton: true})
		p := s.Get("/signin")
		assert.Contains(t, p.Text(".lead"), "See who is in which group of your Tallyfy organisation")
		assert.Equal(t, with, p.Has("main .with-script a[href*='/signin/tallyfy']"), "script shows it")
		assert.Equal(t, with, p.Has("details:not([open]) [name=token]"))
		p = p.Form("form:has([name=token])").Set("token", "made.up.token").Submit("")
		assert.Contains(t, p.Text("#error-token"), "Tallyfy rejected this token.")
		assert.Equal(t, with, p.Has("details[open] [name=token]"), "with its mistake in sight")
	}
}
