package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// A refusal was certainly not carried out: it is said, the choice is kept, and the button can be pressed again.
func TestARemovalThatTallyfyRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
		title  string
		says   string
	}{
		"a bot after all":           {sandbox.Fault{Status: 400, Body: `{"error":true,"message":"You can't remove a bot user from this organization!"}`}, 409, "Plan", "You can't remove a bot user from this organization!"},
		"the default administrator": {sandbox.Fault{Status: 400, Body: `{"message":"Cannot modify the default administrator. Please assign another member as default administrator first."}`}, 409, "Plan", "Cannot modify the default administrator. Please assign another member as default administrator first."},
		"markup":                    {sandbox.Fault{Status: 400, Body: `{"message":"Not \"Jane\" <b>now</b>"}`}, 409, "Plan", "Not \"Jane\" <b>now</b>"},
		"400 without a reason":      {sandbox.Fault{Status: 400}, 409, "Plan", ""},
		"403":                       {sandbox.Fault{Status: 403}, 403, "Tallyfy does not allow this for your account", ""},
		"404":                       {sandbox.Fault{Status: 404, Body: `{"message":"User not found"}`}, 409, "Plan", "User not found"},
		"409":                       {sandbox.Fault{Status: 409, Body: `{"message":"Try later.","code":"LOCKED"}`}, 409, "Plan", "Try later."},
		"422 with fields":           {sandbox.Fault{Status: 422, Body: `{"message":"The given data was invalid.","errors":{"to":["The selected to is invalid."]}}`}, 409, "Plan", "The given data was invalid."},
		"422 without fields":        {sandbox.Fault{Status: 422, Body: `{"message":"No."}`}, 409, "Plan", "No."},
		"429":                       {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, 429, "Tallyfy asks to slow down", ""},
		"the hourly limit":          {sandbox.Fault{Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, 429, "Tallyfy asks to slow down", ""},
		"405":                       {sandbox.Fault{Status: 405}, 502, "Tallyfy refused this", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			before := s.state()
			test.fault.Method, test.fault.Route = http.MethodDelete, userRoute
			f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
			s.sandbox.Fail(test.fault)
			p := f.submit("").whole(test.status)
			assert.Equal(t, test.title, p.text("h1"))
			assert.Len(t, s.removals(), 1)
			assert.Equal(t, 1, s.writes())
			assert.Equal(t, before, s.state())
			assert.False(t, p.has("main script, main b"))
			s.sandbox.ClearFaults()
			switch {
			case test.title == "Plan":
				assert.Contains(t, p.text("[role=alert]"), "Stopped before anything was done. Tallyfy refused: “"+test.says)
				assert.Equal(t, f.values.Get("to"), p.form("main form").values.Get("to"))
				p = p.form("main form").submit("")
			case test.status == http.StatusTooManyRequests:
				assert.Equal(t, s.planPath("chiara.dangelo", "siobhan.obrien"), p.link("Try again"))
				assert.Contains(t, p.text(".lead"), "Nothing was changed.")
				return // the token is held back for longer than a test
			case p.link("Try again") != "":
				p = p.follow("Try again").form("main form").submit("")
			default:
				p = f.submit("")
			}
			assert.Equal(t, "Confirmed", p.receipt()[chiaraAccess])
			assert.Len(t, s.removals(), 2)
		})
	}
}

// Without an answer it may or may not have happened: it is read back, and never repeated.
func TestARemovalWithoutAnAnswer(t *testing.T) {
	const (
		wasDone    = "Done. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 line of the plan could not be checked."
		wasNotDone = "Problem. Tallyfy didn't confirm the removal, and Chiara D'Angelo is still active. It may still be under way: check again in a minute before you repeat it."
	)
	for name, fault := range map[string]sandbox.Fault{
		"500":               {Status: 500, Body: `{"message":"Server Error"}`},
		"502":               {Status: 502, Body: "<html>Bad Gateway</html>"},
		"503":               {Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		"504":               {Status: 504},
		"a time-out":        {Hang: true},
		"broken at once":    {Abort: true},
		"a page of a proxy": {Status: 200, Body: "<html>Sign in to the proxy</html>"},
		"a redirect":        {Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}},
		"half an answer":    {Abort: true, AbortAfter: 30}, // which can only come of what was done
	} {
		for _, done := range []bool{true, false} {
			if fault.AbortAfter > 0 && !done {
				continue
			}
			t.Run(name+map[bool]string{true: ", carried out", false: ", not carried out"}[done], func(t *testing.T) {
				s := signedIn(t, siteOptions{attempt: 300 * time.Millisecond})
				before := s.state()
				fault.Method, fault.Route, fault.Execute = http.MethodDelete, userRoute, done && fault.AbortAfter == 0
				s.sandbox.Fail(fault)
				f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
				p := f.submit("")
				said := p.receipt()
				require.Len(t, s.removals(), 1)
				want := map[string]string{
					chiaraAccess: "Confirmed", chiaraLeaves: "Confirmed", chiaraEmptied: "Confirmed", moves("Siobhán O'Brien", "siobhan.obrien"): "Confirmed",
					steps("Siobhán O'Brien"): "Could not check", chiaraAccount: "Confirmed",
					"Siobhán O'Brien does not join Payroll, Finance and People and Culture.": "Confirmed",
				}
				if !done {
					for _, line := range []string{chiaraAccess, chiaraLeaves, chiaraEmptied, moves("Siobhán O'Brien", "siobhan.obrien"), chiaraAccount} {
						want[line] = "Not as expected"
					}
					assert.Equal(t, before, s.state())
				}
				assert.Equal(t, want, said)
				if done {
					assert.Equal(t, wasDone, p.summary())
				} else {
					assert.Equal(t, wasNotDone, p.summary())
				}
				s.sandbox.ClearFaults()
				assert.Equal(t, p.url, f.submit("").url, "the same button leads to the same receipt")
				p.follow("Check again").receipt()
				assert.Len(t, s.removals(), 1, "and is never a second call")
				assert.Contains(t, s.log.String(), "change not confirmed")
			})
		}
	}
}

func TestARemovalThatIsAnsweredWithNothing(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: userRoute, Status: 204, Execute: true, Times: 1})
	assert.Equal(t, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 line of the plan could not be checked.", s.press("chiara.dangelo", "leave").summary())

	// An answer is no proof.
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: userRoute, Status: 204})
	p := s.press("esi.mensah", "leave")
	assert.Contains(t, p.summary(), "Tallyfy said that Esi Mensah is removed, but still lists Esi Mensah as active.")
	assert.Equal(t, "Active", p.text(".headline .badge"))
}

// Whichever call finds out that the sign-in has ended: nothing is sent, and the plan comes back with its choice.
func TestARemovalWhoseSignInHasEnded(t *testing.T) {
	for name, test := range map[string]struct {
		method, route string
		after         int // calls on that route that still work
		sent          int
	}{
		"at the leaver":    {http.MethodGet, userRoute, 0, 0},
		"at the successor": {http.MethodGet, userRoute, 1, 0},
		"at the removal":   {http.MethodDelete, userRoute, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			before := s.state()
			path := s.planPath("chiara.dangelo", "siobhan.obrien")
			f := s.get(path).form("main form")
			for range test.after {
				s.sandbox.Fail(sandbox.Fault{Method: test.method, Route: test.route, Times: 1})
			}
			s.sandbox.Fail(sandbox.Fault{Method: test.method, Route: test.route, Times: 1, Status: 401, Body: `{"message":"Unauthenticated."}`})
			p := f.submit("").whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.text("h1"))
			assert.Contains(t, p.text(".notice"), "sign-in with Tallyfy has ended. Nothing was changed")
			assert.Len(t, s.removals(), test.sent)
			assert.Equal(t, before, s.state())
			p = p.form("form:has([name=sandbox])").submit("").whole(http.StatusOK)
			assert.Equal(t, path, p.url)
			assert.Equal(t, "Confirmed", p.form("main form").submit("").receipt()[moves("Siobhán O'Brien", "siobhan.obrien")])
			assert.Len(t, s.removals(), test.sent+1)
		})
	}
}

// What fails before the removal is sent is a page that says that nothing was changed, and leads back to the plan.
func TestARemovalThatDoesNotGetAsFarAsTheCall(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
	}{
		"500": {sandbox.Fault{Status: 500}, http.StatusBadGateway}, "a time-out": {sandbox.Fault{Hang: true}, http.StatusGatewayTimeout},
		"broken": {sandbox.Fault{Abort: true}, http.StatusBadGateway}, "garbage": {sandbox.Fault{Status: 200, Body: "x"}, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{attempt: 150 * time.Millisecond})
			path := s.planPath("chiara.dangelo", "leave")
			f := s.get(path).form("main form")
			test.fault.Method, test.fault.Route = http.MethodGet, userRoute
			s.sandbox.Fail(test.fault)
			p := f.submit("").whole(test.status)
			assert.Contains(t, p.text(".lead"), "Trying again is safe")
			assert.Zero(t, s.writes())
			s.sandbox.ClearFaults()
			assert.Equal(t, path, p.link("Try again"))
			f.submit("").receipt() // the lock was given back
		})
	}
}
