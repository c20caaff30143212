package handlers_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

const endedNotice = "Your sign-in with Tallyfy has ended."

// filledGroup is a form for a new group with something in every field.
func (s *site) filledGroup() url.Values {
	return url.Values{
		"name": {"Night watch <b>"}, "description": {"First line\nsecond line"},
		"members": {strconv.Itoa(s.member("anna.kowalska").ID), strconv.Itoa(s.member("a.kowalska").ID)},
		"guests":  {"new.guest@example.com, other@example.com"},
	}
}

func TestTokenThatEndsInTheMiddleOfAnyPage(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := signedIn(t, siteOptions{base: base})
		group, member := s.group("Operations").ID, strconv.Itoa(s.member("soren.kjaergaard").ID)
		successor := strconv.Itoa(s.member("anna.kowalska").ID)
		for _, path := range []string{
			"/members?q=anna&sort=-last_name", "/groups", "/groups?q=a&sort_by=-name&per_page=10&page=2", "/groups/" + group, "/groups/" + group + "/delete",
			"/members/" + member, "/members/" + member + "/remove", "/members/" + member + "/remove/handover?to=" + successor,
			"/members/" + member + "/remove/plan?to=" + successor,
		} {
			s.sandbox.Fail(sandbox.Fault{Status: http.StatusUnauthorized, Body: `{"message":"The access token has expired."}`})
			old := s.sessionCookies()
			p := s.get(path)
			assert.Equal(t, http.StatusOK, p.status, path)
			assert.Equal(t, "Sign in", p.text("h1"), path)
			assert.Contains(t, p.text(".notice.warning"), endedNotice, path)
			assert.NotContains(t, p.text(".notice.warning"), "Nothing was changed", path)
			assert.False(t, p.has(".account"), path)
			s.sandbox.ClearFaults()
			assert.False(t, s.isSignedIn(old), path)
			assert.Equal(t, "Sign in", s.get("/members").text("h1"), "the ended token is not tried again")
			assert.False(t, s.get("/signin").has(".notice"), "the notice is shown once")
			p = s.get("/signin?" + url.Values{"next": {path}}.Encode()).form("form:has([name=sandbox])").submit("")
			assert.Equal(t, path, p.url)
			assert.Equal(t, http.StatusOK, p.status, path)
			assert.False(t, p.has(".notice.warning"), path)
		}
	}
}

func TestFormComesBackToTheSamePerson(t *testing.T) {
	s := signedIn(t, siteOptions{base: "/tools/tallyfy"})
	typed := s.filledGroup()
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized})
	p := s.post("/groups", typed)
	assert.Equal(t, "/signin?next=%2Fgroups%2Fnew", p.url)
	assert.Contains(t, p.text(".notice.warning"), "what you typed is kept")
	assert.NotContains(t, p.body, "Night watch", "it is not shown before it is known who asks")
	s.sandbox.ClearFaults()

	p = s.pasted(sandbox.ExpiredToken) // a mistake on the way loses nothing
	p = p.form("form:has([name=token])").set("token", sandbox.AdminToken).submit("")
	p = p.form("form:has([name=organization])").set("organization", s.sandbox.OrgID()).submit("")
	assert.Equal(t, "Groups", p.text("h1")) // this time the way led over a fresh sign-in page, without next

	p = s.get("/groups/new")
	f := p.form("form[action$='/groups']")
	assert.Equal(t, typed.Get("name"), f.values.Get("name"))
	assert.Equal(t, typed.Get("description"), f.values.Get("description"))
	assert.ElementsMatch(t, typed["members"], nonEmpty(f.values["members"]))
	assert.Contains(t, nonEmpty(f.values["guests"]), typed.Get("guests"))
	assert.Empty(t, s.get("/groups/new").form("form[action$='/groups']").values.Get("name"), "a second time it is a new form")

	writes := 0
	for _, r := range s.sandbox.Requests() {
		if r.Method != http.MethodGet {
			writes++
		}
	}
	assert.Equal(t, 1, writes, "the refused call and no other")
}

func TestPressedButtonLeadsBackToThePageItWasOn(t *testing.T) {
	s := signedIn(t, siteOptions{})
	group, member := s.group("Operations").ID, strconv.Itoa(s.member("soren.kjaergaard").ID)
	to := strconv.Itoa(s.member("anna.kowalska").ID)
	for back, path := range map[string]string{
		"/groups/" + group + "/delete":                 "/groups/" + group + "/delete",
		"/members/" + member + "/remove/plan?to=" + to: "/members/" + member + "/remove",
	} {
		s.sandbox.Fail(sandbox.Fault{Status: http.StatusUnauthorized})
		p := s.post(path, url.Values{"to": {to}})
		assert.Contains(t, p.text(".notice.warning"), endedNotice+" Nothing was changed.", path)
		s.sandbox.ClearFaults()
		assert.Equal(t, back, p.form("form:has([name=sandbox])").submit("").url)
	}
	assert.Equal(t, "active", s.member("soren.kjaergaard").Status)
	s.group("Operations")
}

func nonEmpty(values []string) (kept []string) {
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			kept = append(kept, v)
		}
	}
	return kept
}

func TestFormGoesToTheWayBackDirectly(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized, Times: 1})
	p := s.post("/groups", s.filledGroup()).form("form:has([name=sandbox])").submit("")
	assert.Equal(t, "/groups/new", p.url)
	f := p.form("form[action='/groups']")
	assert.Equal(t, "Night watch <b>", f.values.Get("name"))
	p = f.submit("Create the group")
	assert.Equal(t, http.StatusOK, p.status)
	assert.Len(t, s.group("Night watch <b>").Members, 2)
}

func TestFormIsNotShownToAnybodyElse(t *testing.T) {
	for name, other := range map[string]func(s *site){
		"another person": func(s *site) { s.signInWith(sandbox.StandardToken) },
		"another organisation": func(s *site) {
			s.signInWith(sandbox.AdminToken).form("form:has([name=organization])").set("organization", s.sandbox.OtherOrgID()).submit("")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			s.sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized, Times: 1})
			s.post("/groups", s.filledGroup())
			other(s)
			p := s.get("/groups/new")
			require.Equal(t, "New group", p.text("h1"))
			assert.NotContains(t, p.body, "Night watch")
			assert.NotContains(t, p.body, "new.guest@example.com")
			s.signIn()
			assert.NotContains(t, s.get("/groups/new").body, "Night watch", "nor kept for later")
		})
	}
}

// gate holds the calls of a route back until it is opened.
type gate struct {
	next    http.RoundTripper
	method  string
	suffix  string
	arrived chan struct{}
	open    chan struct{}
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == g.method && strings.HasSuffix(r.URL.Path, g.suffix) {
		close(g.arrived)
		<-g.open
	}
	return g.next.RoundTrip(r)
}

func TestParallelRequestsAtTheEndOfATokenLoseNothingTyped(t *testing.T) {
	for _, formFirst := range []bool{true, false} {
		demo, err := sandbox.New(sandbox.Options{})
		require.NoError(t, err)
		g := &gate{next: demo.Transport(), method: http.MethodGet, suffix: "/groups", arrived: make(chan struct{}), open: make(chan struct{})}
		if !formFirst {
			g.method = http.MethodPost
		}
		s := newSite(t, siteOptions{transport: g})
		s.once(s.request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		demo.Fail(sandbox.Fault{Status: http.StatusUnauthorized})

		read, write := s.request(http.MethodGet, "/groups", nil), s.request(http.MethodPost, "/groups", s.filledGroup())
		first, second := write, read
		if !formFirst {
			first, second = read, write
		}
		// The slower request arrives first, with the session still whole, and is answered last.
		done := make(chan struct{})
		go func() {
			defer close(done)
			answer, err := s.client.Do(second)
			if assert.NoError(t, err) {
				answer.Body.Close()
				assert.Equal(t, "/signin", answer.Request.URL.Path)
			}
		}()
		<-g.arrived
		assert.Equal(t, "Sign in", s.do(first).text("h1"))
		close(g.open)
		<-done

		demo.ClearFaults()
		s.once(s.request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		f := s.get("/groups/new").form("form[action='/groups']")
		assert.Equal(t, "Night watch <b>", f.values.Get("name"), "form first: %v", formFirst)
	}
}

func TestFormOfAnEndedSessionIsRefusedAndLeadsBack(t *testing.T) {
	s := signedIn(t, siteOptions{base: "/tools/tallyfy"})
	form := s.get("/groups/new").form("form[action$='/groups']").set("name", "Too late").set("description", "x")
	late := form.prepare("Create the group")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s.client.Jar = jar // as after eight hours
	s.sandbox.ClearRequests()
	p := s.do(late)
	assert.Equal(t, "Sign in", p.text("h1"))
	assert.Contains(t, p.text(".notice.warning"), "nothing was done. What you typed is kept")
	assert.Empty(t, s.sessionCookies(), "nobody gets a session for nothing")
	assert.Empty(t, s.sandbox.Requests())
	asked := p
	p = asked.form("form:has([name=sandbox])").submit("")
	assert.Equal(t, "/groups/new", p.url)
	assert.Equal(t, "Too late", p.Find("#field-name").AttrOr("value", ""))
	assert.Equal(t, "x", strings.TrimSpace(p.text("#field-description")))
	assert.Empty(t, s.get("/groups/new").Find("#field-name").AttrOr("value", ""), "it is shown once")

	s.client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	p = asked.form("form:has([name=token])").set("token", sandbox.StandardToken).submit("")
	assert.Equal(t, "/groups/new", p.url)
	assert.Empty(t, p.Find("#field-name").AttrOr("value", ""), "somebody else's text is not shown")

	s.client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	r := s.request(http.MethodPost, "/groups", url.Values{})
	r.Header.Set("Referer", "https://evil.example/tools/tallyfy/groups/new")
	assert.Equal(t, "/tools/tallyfy/signin?next=%2Fgroups&unsent=1", s.once(r).header.Get("Location"))
}
