package groups_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A refusal was certainly not carried out, and is said to be one.
func TestDeleteThatTallyfyRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
		title  string
	}{
		"400":              {sandbox.Fault{Status: 400}, 502, "Tallyfy refused this"},
		"403":              {sandbox.Fault{Status: 403}, 403, "Tallyfy does not allow this for your account"},
		"405":              {sandbox.Fault{Status: 405}, 502, "Tallyfy refused this"},
		"409":              {sandbox.Fault{Status: 409}, 502, "Tallyfy refused this"},
		"422":              {sandbox.Fault{Status: 422}, 502, "Tallyfy refused this"},
		"429":              {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, 429, "Tallyfy asks to slow down"},
		"the hourly limit": {sandbox.Fault{Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, 429, "Tallyfy asks to slow down"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			path := s.DeletePath("Works Council")
			f := s.Get(path).Form("main form")
			before := s.State()
			test.fault.Method, test.fault.Route = http.MethodDelete, sitetest.GroupRoute
			s.Sandbox.Fail(test.fault)
			p := f.Submit("").Whole(test.status)
			assert.Equal(t, test.title, p.Text("h1"))
			assert.Contains(t, s.Log.String(), p.Text(".notice code"), "the request that was refused")
			assert.NotContains(t, p.Body, "secret.php")
			assert.Len(t, s.Removals(), 1)
			assert.Equal(t, before, s.State())
			s.Sandbox.ClearFaults()
			switch {
			case test.status == 429:
				assert.Contains(t, p.Text(".lead"), "Nothing was changed.")
				assert.Equal(t, path, p.Link("Try again"))
				return // the token is held back for longer than a test
			case test.status == 403:
				assert.Contains(t, p.Text(".lead"), "permission to manage groups")
			default:
				assert.Equal(t, path, p.Link("Try again"))
			}
			assert.Equal(t, "Done. Works Council was deleted. Receipt", s.Get(path).Form("main form").Submit("").Text(".notice"))
		})
	}
}

// Tallyfy's reason stands on the page that asked, with the question still there.
func TestDeleteThatTallyfyRefusesWithAReason(t *testing.T) {
	t.Parallel()
	const rule = "Tallyfy refused: “Groups that own a running process cannot be changed.” Nothing was deleted."
	for name, test := range map[string]struct {
		fault sandbox.Fault
		says  string
	}{
		"400":                          {sandbox.Fault{Status: 400, Body: `{"message":"Not <b>today</b>."}`}, "Tallyfy refused: “Not <b>today</b>.” Nothing was deleted."},
		"409":                          {sandbox.Fault{Status: 409, Body: `{"error":"Locked."}`}, "Tallyfy refused: “Locked.” Nothing was deleted."},
		"422 with fields":              {sandbox.Fault{Status: 422, Body: `{"message":"No.","errors":{"id":["Bad."]}}`}, "Tallyfy refused: “No. Bad.” Nothing was deleted."},
		"422 without a message":        {sandbox.Fault{Answer: sandbox.OtherField}, "Tallyfy refused: “This organization cannot have more groups.” Nothing was deleted."},
		"a rule":                       {sandbox.Fault{Answer: sandbox.Rule}, rule},
		"a rule with marks":            {sandbox.Fault{Answer: sandbox.RuleInHTML}, rule},
		"a limit of the plan":          {sandbox.Fault{Answer: sandbox.PlanLimitIn}, "Tallyfy refused: “Your plan allows 5 groups.” (code TRIAL_LIMIT_REACHED_5_G). Nothing was deleted."},
		"a 401 of another kind":        {sandbox.Fault{Answer: sandbox.SAMLOff}, "Tallyfy refused: “Saml Is Not Enabled In this Organization”. Nothing was deleted."},
		"200 with an object":           {sandbox.Fault{Answer: sandbox.OKButRefused}, "Tallyfy refused: “This cannot be done now.” (code NOT_NOW). Nothing was deleted."},
		"200 with a text":              {sandbox.Fault{Answer: sandbox.OKButText}, "Tallyfy refused: “Not now”. Nothing was deleted."},
		"200 with success false":       {sandbox.Fault{Answer: sandbox.OKButNoSuccess}, "Tallyfy refused this and gave no reason. Nothing was deleted."},
		"200 with an error and a list": {sandbox.Fault{Answer: sandbox.OKButData}, "Tallyfy refused: “This cannot be done now.” (code NOT_NOW). Nothing was deleted."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.DeletePath("Payroll")).Form("main form").Set("phrase", "Payroll")
			before := s.State()
			test.fault.Method, test.fault.Route = http.MethodDelete, sitetest.GroupRoute
			s.Sandbox.Fail(test.fault)
			p := f.Submit("").Whole(http.StatusConflict)
			assert.Equal(t, "Delete Payroll?", p.Text("h1"))
			assert.Contains(t, p.Text(".notice"), test.says)
			assert.Contains(t, s.Log.String(), p.Text(".notice code"), "the request that was refused")
			assert.Len(t, s.Removals(), 1)
			assert.Equal(t, before, s.State())
			assert.Contains(t, s.Log.String(), `"change":"group.delete","result":"refused"`)
			s.Sandbox.ClearFaults()
			again := p.Form("main form")
			assert.Equal(t, "Payroll", again.Values.Get("phrase"), "what was typed is kept")
			assert.Equal(t, "Done. Payroll was deleted. Receipt", again.Submit("").Text(".notice"))
		})
	}
}

// A confirmation is no proof either: the group is looked for before it is called deleted.
func TestDeleteIsLookedUpBeforeItIsCalledDone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer, look sandbox.Fault
		status       int
		title, says  string
	}{
		"confirmed, and still there": {
			sandbox.Fault{Status: 204},
			sandbox.Fault{},
			502, "Delete Works Council?",
			"Tallyfy said that Works Council is deleted, but still has it. Look again in a minute; if it stays so, ask Tallyfy's support.",
		},
		"confirmed, and cannot be looked up": {
			sandbox.Fault{Execute: true}, sandbox.Fault{Status: 500}, 200, "Groups", "Please note. Tallyfy said that Works Council is deleted. It could not be checked.",
		},
		"confirmed, and the look is refused": {
			sandbox.Fault{Execute: true}, sandbox.Fault{Answer: sandbox.Rule}, 200, "Groups", "Please note. Tallyfy said that Works Council is deleted. It could not be checked.",
		},
		"refused, and gone": {
			sandbox.Fault{Answer: sandbox.OKButText, Execute: true}, sandbox.Fault{}, 200, "Groups", "Done. Tallyfy refused: “Not now”. But Works Council is gone.",
		},
		"refused, and cannot be looked up": {
			sandbox.Fault{Answer: sandbox.OKButText}, sandbox.Fault{Status: 500}, 502, "It is not known whether Works Council was deleted", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.DeletePath("Works Council")).Form("main form")
			test.answer.Method, test.answer.Route = http.MethodDelete, sitetest.GroupRoute
			s.Sandbox.Fail(test.answer)
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Times: 1}) // the look before
			test.look.Method, test.look.Route = http.MethodGet, sitetest.GroupRoute
			s.Sandbox.Fail(test.look)
			p := f.Submit("").Whole(test.status)
			assert.Equal(t, test.title, p.Text("h1"))
			assert.Contains(t, p.Text(".notice"), test.says)
			assert.Len(t, s.Removals(), 1)
		})
	}
}

// Without a confirmation it may or may not have happened: it is looked up, and never repeated.
func TestDeleteWithoutAnAnswer(t *testing.T) {
	t.Parallel()
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
				t.Parallel()
				fault := fault // a copy: the other outcomes run beside this one
				s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(fault)})
				fault.Method, fault.Route, fault.Execute = http.MethodDelete, sitetest.GroupRoute, done
				s.Sandbox.Fail(fault)
				before := s.State()
				p := s.Get(s.DeletePath("Payroll")).Form("main form").Set("phrase", "Payroll").Submit("")
				assert.Len(t, s.Removals(), 1)
				assert.Equal(t, 1, s.Writes())
				assert.NotContains(t, p.Body, "secret.php")
				assert.Contains(t, s.Log.String(), "change not confirmed")
				if done {
					p.Whole(http.StatusOK)
					assert.Equal(t, "/groups", p.URL)
					assert.Equal(t, "Done. Tallyfy didn't confirm the deletion, but Payroll is gone. Receipt", p.Text(".notice"))
					assert.False(t, s.Exists("Payroll"))
					return
				}
				p.Whole(http.StatusBadGateway)
				assert.Equal(t, "Delete Payroll?", p.Text("h1"))
				assert.Contains(t, p.Text(".notice"), "Tallyfy didn't confirm the deletion, and Payroll is still there. It may still be deleted: look again in a minute")
				assert.Equal(t, before, s.State())
				s.Sandbox.ClearFaults()
				f := p.Form("main form")
				assert.Equal(t, "Payroll", f.Values.Get("phrase"), "what was typed is kept")
				if mayBeAlive(name) {
					p = f.Submit("").Whole(http.StatusConflict)
					assert.Contains(t, p.Text("main"), "This group is being deleted right now It was sent at ")
					assert.Len(t, s.Removals(), 1)
					return
				}
				assert.Equal(t, "Done. Payroll was deleted. Receipt", f.Submit("").Whole(http.StatusOK).Text(".notice"))
			})
		}
	}
}

// Broken in the middle of its answer: the deletion has none, so an error's body is what breaks off.
func TestDeleteWhoseAnswerBreaksOff(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Execute: true, Status: 200, Body: `{"data":{"id":"x","name":"y"}}`, Abort: true, AbortAfter: 9})
	p := s.Get(s.DeletePath("Works Council")).Form("main form").Submit("").Whole(http.StatusOK)
	assert.False(t, s.Exists("Works Council"))
	assert.Len(t, s.Removals(), 1)
	assert.Contains(t, p.Text(".notice"), "Works Council")
}

// That there is no such group, a moment after it was read, is looked up: it may be an answer of something in between.
func TestDeleteOfAGroupThatIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	missing := sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Status: 404, Times: 1}
	t.Run("and is there", func(t *testing.T) {
		s := sitetest.SignedIn(t, sitetest.Options{})
		s.Sandbox.Fail(missing)
		before := s.State()
		p := s.Get(s.DeletePath("Payroll")).Form("main form").Set("phrase", "Payroll").Submit("").Whole(http.StatusBadGateway)
		assert.Equal(t, "Delete Payroll?", p.Text("h1"))
		assert.Contains(t, p.Text(".notice"), "Tallyfy answered that there is no such group, but Payroll is still there. Nothing was deleted.")
		assert.Contains(t, s.Log.String(), p.Text(".notice code"), "the request that was refused")
		assert.Len(t, s.Removals(), 1)
		assert.Equal(t, before, s.State())
		f := p.Form("main form")
		assert.Equal(t, "Payroll", f.Values.Get("phrase"), "what was typed is kept")
		assert.Equal(t, "Done. Payroll was deleted. Receipt", f.Submit("").Whole(http.StatusOK).Text(".notice"))
	})
	t.Run("and cannot be looked up", func(t *testing.T) {
		s := sitetest.SignedIn(t, sitetest.Options{})
		f := s.Get(s.DeletePath("Works Council")).Form("main form")
		s.Sandbox.Fail(missing)
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Times: 1}) // the look before
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Status: 500})
		p := f.Submit("").Whole(http.StatusBadGateway)
		assert.Equal(t, "It is not known whether Works Council was deleted", p.Text("h1"))
	})
}

func TestDeleteOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]sandbox.Fault{"500": {Status: 500}, "403": {Status: 403}, "garbage": {Status: 200, Body: "<html>"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.DeletePath("Works Council")).Form("main form")
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Execute: true, Status: 502})
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Times: 1}) // the look before
			after.Method, after.Route = http.MethodGet, sitetest.GroupRoute
			s.Sandbox.Fail(after)
			p := f.Submit("").Whole(http.StatusBadGateway)
			assert.Equal(t, "It is not known whether Works Council was deleted", p.Text("h1"))
			assert.Contains(t, p.Text(".lead"), "Please don't repeat it")
			assert.Equal(t, "/groups", p.Link("All groups"))
			assert.Empty(t, p.Link("Try again"))
			assert.Len(t, s.Removals(), 1)
		})
	}
}

// A sign-in that ends between the two is no proof that nothing was changed.
func TestDeleteNotConfirmedBeforeTheSignInEnded(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.DeletePath("Works Council")
	f := s.Get(path).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Execute: true, Status: 502})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Times: 1}) // the look before
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupRoute, Status: 401, Times: 1})
	p := f.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Sign in", p.Text("h1"))
	assert.Contains(t, p.Text(".notice"), "it may or may not have been made")
	assert.NotContains(t, p.Text(".notice"), "Nothing was changed")
	p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "That group is already gone.")
	assert.Len(t, s.Removals(), 1)
}

// What fails before the deletion is sent has changed nothing.
func TestDeleteThatDoesNotGetAsFarAsTheCall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
	}{
		"403": {sandbox.Fault{Status: 403}, 403}, "429": {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, 429},
		"500": {sandbox.Fault{Status: 500}, 502}, "a time-out": {sandbox.Fault{Hang: true}, 504}, "broken": {sandbox.Fault{Abort: true}, 502},
		"garbage": {sandbox.Fault{Status: 200, Body: "x"}, 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(test.fault)})
			path := s.DeletePath("Works Council")
			f := s.Get(path).Form("main form")
			test.fault.Method, test.fault.Route = http.MethodGet, sitetest.GroupRoute
			s.Sandbox.Fail(test.fault)
			p := f.Submit("").Whole(test.status)
			assert.Zero(t, s.Writes())
			assert.True(t, s.Exists("Works Council"))
			if test.status != 403 {
				assert.Equal(t, path, p.Link("Try again"))
			}
		})
	}
}

// Whichever call finds out that the sign-in has ended: nothing is deleted, and the way back is the page.
func TestDeleteWhoseSignInHasEnded(t *testing.T) {
	t.Parallel()
	for method, sent := range map[string]int{http.MethodGet: 0, http.MethodDelete: 1} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy"})
			path := s.DeletePath("Payroll")
			f := s.Get(path).Form("main form").Set("phrase", "Payroll")
			s.Sandbox.Fail(sandbox.Fault{Method: method, Route: sitetest.GroupRoute, Times: 1, Status: 401, Body: `{"message":"Unauthenticated."}`})
			p := f.Submit("").Whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.Text("h1"))
			assert.Contains(t, p.Text(".notice"), "sign-in with Tallyfy has ended. Nothing was changed.")
			assert.Len(t, s.Removals(), sent)
			assert.True(t, s.Exists("Payroll"))
			p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
			assert.Equal(t, path, p.URL)
			assert.Equal(t, "Done. Payroll was deleted. Receipt", p.Form("main form").Set("phrase", "Payroll").Submit("").Text(".notice"))
		})
	}
}

func TestDeleteTakesThePermission(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	s.Sandbox.ClearRequests()
	p := s.Get(s.DeletePath("Works Council")).Whole(http.StatusOK).Form("main form").Submit("").Whole(http.StatusForbidden)
	assert.Equal(t, "Tallyfy does not allow this for your account", p.Text("h1"))
	assert.Contains(t, p.Text(".lead"), "Changing groups takes the permission to manage groups.")
	assert.Equal(t, p.Header.Get("X-Request-Id"), p.Texts("main code")[0])
	assert.Len(t, s.Removals(), 1)
	assert.True(t, s.Exists("Works Council"))
}
