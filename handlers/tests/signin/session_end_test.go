package signin_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// filledGroup is a form for a new group with something in every field.
func filledGroup(s *sitetest.Site) url.Values {
	return url.Values{
		"name": {"Night watch <b>"}, "description": {"First line\nsecond line"},
		"members": {strconv.Itoa(s.Member("anna.kowalska").ID), strconv.Itoa(s.Member("a.kowalska").ID)},
		"guests":  {"new.guest@example.com, other@example.com"},
	}
}

func TestTokenThatEndsInTheMiddleOfAnyPage(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.SignedIn(t, sitetest.Options{Base: base})
		group, member := s.Group("Operations").ID, strconv.Itoa(s.Member("soren.kjaergaard").ID)
		successor := strconv.Itoa(s.Member("anna.kowalska").ID)
		for _, path := range []string{
			"/members?q=anna&sort=-last_name", "/groups", "/groups?q=a&sort_by=-name&per_page=10&page=2", "/groups/" + group, "/groups/" + group + "/delete",
			"/members/" + member, "/members/" + member + "/remove", "/members/" + member + "/remove/handover?to=" + successor,
			"/members/" + member + "/remove/plan?to=" + successor,
		} {
			s.Sandbox.Fail(sandbox.Fault{Status: http.StatusUnauthorized, Body: `{"message":"The access token has expired."}`})
			old := s.SessionCookies()
			p := s.Get(path)
			assert.Equal(t, http.StatusOK, p.Status, path)
			assert.Equal(t, "Sign in", p.Text("h1"), path)
			assert.Contains(t, p.Text(".notice.warning"), sitetest.EndedNotice, path)
			assert.NotContains(t, p.Text(".notice.warning"), "Nothing was changed", path)
			assert.False(t, p.Has(".account"), path)
			s.Sandbox.ClearFaults()
			assert.False(t, isSignedIn(s, old), path)
			assert.Equal(t, "Sign in", s.Get("/members").Text("h1"), "the ended token is not tried again")
			assert.False(t, s.Get("/signin").Has(".notice"), "the notice is shown once")
			p = s.Get("/signin?" + url.Values{"next": {path}}.Encode()).Form("form:has([name=sandbox])").Submit("")
			assert.Equal(t, path, p.URL)
			assert.Equal(t, http.StatusOK, p.Status, path)
			assert.False(t, p.Has(".notice.warning"), path)
		}
	}
}

func TestFormComesBackToTheSamePerson(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy"})
	typed := filledGroup(s)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized})
	p := s.Post("/groups", typed)
	assert.Equal(t, "/signin?next=%2Fgroups%2Fnew", p.URL)
	assert.Contains(t, p.Text(".notice.warning"), "what you typed is kept")
	assert.NotContains(t, p.Body, "Night watch", "it is not shown before it is known who asks")
	s.Sandbox.ClearFaults()

	p = pasted(s, sandbox.ExpiredToken) // a mistake on the way loses nothing
	p = p.Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("")
	p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("")
	assert.Equal(t, "Groups", p.Text("h1")) // this time the way led over a fresh sign-in page, without next

	p = s.Get("/groups/new")
	f := p.Form("form[action$='/groups']")
	assert.Equal(t, typed.Get("name"), f.Values.Get("name"))
	assert.Equal(t, typed.Get("description"), f.Values.Get("description"))
	assert.ElementsMatch(t, typed["members"], nonEmpty(f.Values["members"]))
	assert.Equal(t, typed.Get("guests"), f.Values.Get("people"))
	assert.Empty(t, s.Get("/groups/new").Form("form[action$='/groups']").Values.Get("name"), "a second time it is a new form")

	writes := 0
	for _, r := range s.Sandbox.Requests() {
		if r.Method != http.MethodGet {
			writes++
		}
	}
	assert.Equal(t, 1, writes, "the refused call and no other")
}

func TestPressedButtonLeadsBackToThePageItWasOn(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	group, member := s.Group("Operations").ID, strconv.Itoa(s.Member("soren.kjaergaard").ID)
	to := strconv.Itoa(s.Member("anna.kowalska").ID)
	for back, path := range map[string]string{
		"/groups/" + group + "/delete":                 "/groups/" + group + "/delete",
		"/members/" + member + "/remove/plan?to=" + to: "/members/" + member + "/remove",
	} {
		s.Sandbox.Fail(sandbox.Fault{Status: http.StatusUnauthorized})
		p := s.Post(path, url.Values{"to": {to}})
		assert.Contains(t, p.Text(".notice.warning"), sitetest.EndedNotice+" Nothing was changed.", path)
		s.Sandbox.ClearFaults()
		assert.Equal(t, back, p.Form("form:has([name=sandbox])").Submit("").URL)
	}
	assert.Equal(t, "active", s.Member("soren.kjaergaard").Status)
	s.Group("Operations")
}

// The page after a change says that it was made; so does the sign-in page in its place, without saying to a stranger what it was.
func TestTokenThatEndsRightAfterAChange(t *testing.T) {
	for name, test := range map[string]struct {
		before func(s *sitetest.Site) // the button is pressed
		want   string
	}{
		"deleted":      {func(*sitetest.Site) {}, sitetest.EndedNotice + " Your last change was made before that. Sign in again to go on where you were."},
		"already gone": {func(s *sitetest.Site) { s.Elsewhere(http.MethodDelete, s.GroupPath("Works Council"), "") }, sitetest.EndedNotice + " Sign in again to go on where you were."},
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.DeletePath("Works Council")).Form("main form")
			test.before(s)
			require.Equal(t, "/groups", s.Once(f.Prepare("")).Header.Get("Location"))
			require.False(t, s.Exists("Works Council"))
			s.Sandbox.Fail(sandbox.Fault{Status: http.StatusUnauthorized})
			p := s.Get("/groups")
			assert.Contains(t, p.Text(".notice"), test.want)
			assert.NotContains(t, p.Body, "Works Council", "somebody else may look at it")
			s.Sandbox.ClearFaults()
			assert.False(t, p.Form("form:has([name=sandbox])").Submit("").Has(".notice"))
		})
	}
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
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized, Times: 1})
	signIn := s.Post("/groups", filledGroup(s)).Form("form:has([name=sandbox])")
	assert.Equal(t, "/groups/new", s.Once(signIn.Prepare("")).Header.Get("Location"))
	s.Once(s.Request(http.MethodHead, "/groups/new", nil)) // does not take it away
	f := s.Get("/groups/new").Form("form[action='/groups']")
	assert.Equal(t, "Night watch <b>", f.Values.Get("name"))
	p := f.Submit("Create the group")
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Len(t, s.Group("Night watch <b>").Members, 2)
}

func TestFormIsNotShownToAnybodyElse(t *testing.T) {
	for name, other := range map[string]func(s *sitetest.Site){
		"another person": func(s *sitetest.Site) { s.SignInWith(sandbox.StandardToken) },
		"another organisation": func(s *sitetest.Site) {
			s.SignInWith(sandbox.AdminToken).Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
			s.Org = s.Sandbox.OtherOrgID()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.SignedIn(t, sitetest.Options{})
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnauthorized, Times: 1})
			s.Post("/groups", filledGroup(s))
			other(s)
			p := s.Get("/groups/new")
			require.Equal(t, "New group", p.Text("h1"))
			assert.NotContains(t, p.Body, "Night watch")
			assert.NotContains(t, p.Body, "new.guest@example.com")
			s.SignIn()
			assert.NotContains(t, s.Get("/groups/new").Body, "Night watch", "nor kept for later")
		})
	}
}

func TestParallelRequestsAtTheEndOfATokenLoseNothingTyped(t *testing.T) {
	for _, formFirst := range []bool{true, false} {
		demo, err := sandbox.New(sandbox.Options{})
		require.NoError(t, err)
		g := &sitetest.Gate{Next: demo.Transport(), Method: http.MethodGet, Suffix: "/groups", Arrived: make(chan struct{}), Open: make(chan struct{})}
		if !formFirst {
			g.Method = http.MethodPost
		}
		s := sitetest.New(t, sitetest.Options{Transport: g})
		s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		demo.Fail(sandbox.Fault{Status: http.StatusUnauthorized})

		read, write := s.Request(http.MethodGet, "/groups", nil), s.Request(http.MethodPost, "/groups", filledGroup(s))
		first, second := write, read
		if !formFirst {
			first, second = read, write
		}
		// The slower request arrives first, with the session still whole, and is answered last.
		done := make(chan struct{})
		go func() {
			defer close(done)
			answer, err := s.Client.Do(second)
			if assert.NoError(t, err) {
				answer.Body.Close()
				assert.Equal(t, "/signin", answer.Request.URL.Path)
			}
		}()
		<-g.Arrived
		assert.Equal(t, "Sign in", s.Do(first).Text("h1"))
		close(g.Open)
		<-done

		demo.ClearFaults()
		s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
		f := s.Get("/groups/new").Form("form[action='/groups']")
		assert.Equal(t, "Night watch <b>", f.Values.Get("name"), "form first: %v", formFirst)
	}
}

func TestFormOfAnEndedSessionIsRefusedAndLeadsBack(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy"})
	form := s.Get("/groups/new").Form("form[action$='/groups']").Set("name", "Too late").Set("description", "x")
	late := form.Prepare("Create the group")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s.Client.Jar = jar // as after eight hours
	s.Sandbox.ClearRequests()
	p := s.Do(late)
	assert.Equal(t, "Sign in", p.Text("h1"))
	assert.Contains(t, p.Text(".notice.warning"), "nothing was done. What you typed is kept")
	assert.Empty(t, s.SessionCookies(), "nobody gets a session for nothing")
	assert.Empty(t, s.Sandbox.Requests())
	asked := p
	p = asked.Form("form:has([name=sandbox])").Submit("")
	assert.Equal(t, "/groups/new", p.URL)
	assert.Equal(t, "Too late", p.Find("#field-name").AttrOr("value", ""))
	assert.Equal(t, "x", strings.TrimSpace(p.Text("#field-description")))
	assert.Empty(t, s.Get("/groups/new").Find("#field-name").AttrOr("value", ""), "it is shown once")

	s.Client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	p = asked.Form("form:has([name=token])").Set("token", sandbox.StandardToken).Submit("")
	assert.Equal(t, "/groups/new", p.URL)
	assert.Empty(t, p.Find("#field-name").AttrOr("value", ""), "somebody else's text is not shown")

	s.Client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	r := s.Request(http.MethodPost, "/groups", url.Values{})
	r.Header.Set("Referer", "https://evil.example/tools/tallyfy/groups/new")
	assert.Equal(t, "/tools/tallyfy/signin?next=%2Fgroups&unsent=1", s.Once(r).Header.Get("Location"))
}
