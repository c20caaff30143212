package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/tallyfy/sandbox"
)

// exists reports whether Tallyfy still has the group.
func (s *site) exists(name string) bool { _, ok := s.sandbox.GroupByName(name); return ok }

// A refusal was certainly not carried out, and is said to be one.
func TestDeleteThatTallyfyRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
		title  string
	}{
		"400":              {sandbox.Fault{Status: 400, Body: `{"message":"secret.php"}`}, 502, "Tallyfy refused this"},
		"403":              {sandbox.Fault{Status: 403}, 403, "Tallyfy does not allow this for your account"},
		"405":              {sandbox.Fault{Status: 405}, 502, "Tallyfy refused this"},
		"409":              {sandbox.Fault{Status: 409}, 502, "Tallyfy refused this"},
		"422":              {sandbox.Fault{Status: 422, Body: `{"message":"No.","errors":{"id":["Bad."]}}`}, 502, "Tallyfy refused this"},
		"429":              {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, 429, "Tallyfy asks to slow down"},
		"the hourly limit": {sandbox.Fault{Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, 429, "Tallyfy asks to slow down"},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			path := s.deletePath("Works Council")
			f := s.get(path).form("main form")
			before := s.state()
			test.fault.Method, test.fault.Route = http.MethodDelete, groupRoute
			s.sandbox.Fail(test.fault)
			p := f.submit("").whole(test.status)
			assert.Equal(t, test.title, p.text("h1"))
			assert.Contains(t, p.texts("main code"), p.header.Get("X-Request-Id"))
			assert.NotContains(t, p.body, "secret.php")
			assert.Len(t, s.removals(), 1)
			assert.Equal(t, before, s.state())
			s.sandbox.ClearFaults()
			switch {
			case test.status == 429:
				assert.Contains(t, p.text(".lead"), "Nothing was changed.")
				assert.Equal(t, path, p.link("Try again"))
				return // the token is held back for longer than a test
			case test.status == 403:
				assert.Contains(t, p.text(".lead"), "permission to manage groups")
			default:
				assert.Equal(t, path, p.link("Try again"))
			}
			assert.Equal(t, "Done. Works Council was deleted.", s.get(path).form("main form").submit("").text(".notice"))
		})
	}
}

// Without a confirmation it may or may not have happened: it is looked up, and never repeated.
func TestDeleteWithoutAnAnswer(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"500":               {Status: 500, Body: `{"message":"secret.php"}`},
		"502":               {Status: 502, Body: "<html>Bad Gateway</html>"},
		"503":               {Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		"504":               {Status: 504},
		"a time-out":        {Hang: true},
		"broken at once":    {Abort: true},
		"a page of a proxy": {Status: 200, Body: "<html>Sign in to the proxy</html>"},
		"a redirect":        {Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}},
	} {
		for _, done := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", carried out", false: ", not carried out"}[done], func(t *testing.T) {
				s := signedIn(t, siteOptions{attempt: 300 * time.Millisecond})
				fault.Method, fault.Route, fault.Execute = http.MethodDelete, groupRoute, done
				s.sandbox.Fail(fault)
				before := s.state()
				p := s.get(s.deletePath("Payroll")).form("main form").set("phrase", "Payroll").submit("")
				assert.Len(t, s.removals(), 1)
				assert.Equal(t, 1, s.writes())
				assert.NotContains(t, p.body, "secret.php")
				assert.Contains(t, s.log.String(), "change not confirmed")
				if done {
					p.whole(http.StatusOK)
					assert.Equal(t, "/groups", p.url)
					assert.Equal(t, "Done. Tallyfy didn't confirm the deletion, but Payroll is gone.", p.text(".notice"))
					assert.False(t, s.exists("Payroll"))
					return
				}
				p.whole(http.StatusBadGateway)
				assert.Equal(t, "Delete Payroll?", p.text("h1"))
				assert.Contains(t, p.text(".notice"), "Tallyfy didn't confirm the deletion, and Payroll is still there. It may still be deleted: look again in a minute")
				assert.Equal(t, before, s.state())
				s.sandbox.ClearFaults()
				f := p.form("main form")
				assert.Equal(t, "Payroll", f.values.Get("phrase"), "what was typed is kept")
				assert.Equal(t, "Done. Payroll was deleted.", f.submit("").whole(http.StatusOK).text(".notice"))
			})
		}
	}
}

// Broken in the middle of its answer: the deletion has none, so an error's body is what breaks off.
func TestDeleteWhoseAnswerBreaksOff(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: groupRoute, Execute: true, Status: 200, Body: `{"data":{"id":"x","name":"y"}}`, Abort: true, AbortAfter: 9})
	p := s.get(s.deletePath("Works Council")).form("main form").submit("").whole(http.StatusOK)
	assert.False(t, s.exists("Works Council"))
	assert.Len(t, s.removals(), 1)
	assert.Contains(t, p.text(".notice"), "Works Council")
}

func TestDeleteOfWhichNothingIsKnown(t *testing.T) {
	for name, after := range map[string]sandbox.Fault{"500": {Status: 500}, "403": {Status: 403}, "garbage": {Status: 200, Body: "<html>"}} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			f := s.get(s.deletePath("Works Council")).form("main form")
			s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: groupRoute, Execute: true, Status: 502})
			s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: groupRoute, Times: 1}) // the look before
			after.Method, after.Route = http.MethodGet, groupRoute
			s.sandbox.Fail(after)
			p := f.submit("").whole(http.StatusBadGateway)
			assert.Equal(t, "It is not known whether Works Council was deleted", p.text("h1"))
			assert.Contains(t, p.text(".lead"), "Please don't repeat it")
			assert.Equal(t, "/groups", p.link("All groups"))
			assert.Empty(t, p.link("Try again"))
			assert.Len(t, s.removals(), 1)
		})
	}
}

// A sign-in that ends between the two is no proof that nothing was changed.
func TestDeleteNotConfirmedBeforeTheSignInEnded(t *testing.T) {
	s := signedIn(t, siteOptions{})
	path := s.deletePath("Works Council")
	f := s.get(path).form("main form")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: groupRoute, Execute: true, Status: 502})
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: groupRoute, Times: 1}) // the look before
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: groupRoute, Status: 401, Times: 1})
	p := f.submit("").whole(http.StatusOK)
	assert.Equal(t, "Sign in", p.text("h1"))
	assert.Contains(t, p.text(".notice"), "it may or may not have been made")
	assert.NotContains(t, p.text(".notice"), "Nothing was changed")
	p = p.form("form:has([name=sandbox])").submit("").whole(http.StatusOK)
	assert.Contains(t, p.text(".notice"), "That group is already gone.")
	assert.Len(t, s.removals(), 1)
}

// What fails before the deletion is sent has changed nothing.
func TestDeleteThatDoesNotGetAsFarAsTheCall(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
	}{
		"403": {sandbox.Fault{Status: 403}, 403}, "429": {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, 429},
		"500": {sandbox.Fault{Status: 500}, 502}, "a time-out": {sandbox.Fault{Hang: true}, 504}, "broken": {sandbox.Fault{Abort: true}, 502},
		"garbage": {sandbox.Fault{Status: 200, Body: "x"}, 502},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{attempt: 150 * time.Millisecond})
			path := s.deletePath("Works Council")
			f := s.get(path).form("main form")
			test.fault.Method, test.fault.Route = http.MethodGet, groupRoute
			s.sandbox.Fail(test.fault)
			p := f.submit("").whole(test.status)
			assert.Zero(t, s.writes())
			assert.True(t, s.exists("Works Council"))
			if test.status != 403 {
				assert.Equal(t, path, p.link("Try again"))
			}
		})
	}
}

// Whichever call finds out that the sign-in has ended: nothing is deleted, and the way back is the page.
func TestDeleteWhoseSignInHasEnded(t *testing.T) {
	for method, sent := range map[string]int{http.MethodGet: 0, http.MethodDelete: 1} {
		t.Run(method, func(t *testing.T) {
			s := signedIn(t, siteOptions{base: "/tools/tallyfy"})
			path := s.deletePath("Payroll")
			f := s.get(path).form("main form").set("phrase", "Payroll")
			s.sandbox.Fail(sandbox.Fault{Method: method, Route: groupRoute, Times: 1, Status: 401, Body: `{"message":"Unauthenticated."}`})
			p := f.submit("").whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.text("h1"))
			assert.Contains(t, p.text(".notice"), "sign-in with Tallyfy has ended. Nothing was changed.")
			assert.Len(t, s.removals(), sent)
			assert.True(t, s.exists("Payroll"))
			p = p.form("form:has([name=sandbox])").submit("").whole(http.StatusOK)
			assert.Equal(t, path, p.url)
			assert.Equal(t, "Done. Payroll was deleted.", p.form("main form").set("phrase", "Payroll").submit("").text(".notice"))
		})
	}
}

func TestDeleteTakesThePermission(t *testing.T) {
	s := newSite(t, siteOptions{})
	s.signInWith(sandbox.StandardToken)
	s.sandbox.ClearRequests()
	p := s.get(s.deletePath("Works Council")).whole(http.StatusOK).form("main form").submit("").whole(http.StatusForbidden)
	assert.Equal(t, "Tallyfy does not allow this for your account", p.text("h1"))
	assert.Contains(t, p.text(".lead"), "Changing groups takes the permission to manage groups.")
	assert.Equal(t, p.header.Get("X-Request-Id"), p.texts("main code")[0])
	assert.Len(t, s.removals(), 1)
	assert.True(t, s.exists("Works Council"))
}
