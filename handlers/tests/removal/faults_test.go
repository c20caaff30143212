package removal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A refusal was certainly not carried out: it is said, the choice is kept, and the button can be pressed again.
func TestARemovalThatTallyfyRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
		title  string
		says   string
	}{
		"a bot after all":           {sandbox.Fault{Status: 400, Body: `{"error":true,"message":"You can't remove a bot user from this organization!"}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “You can't remove a bot user from this organization!"},
		"the default administrator": {sandbox.Fault{Status: 400, Body: `{"message":"Cannot modify the default administrator. Please assign another member as default administrator first."}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Cannot modify the default administrator. Please assign another member as default administrator first."},
		"markup":                    {sandbox.Fault{Status: 400, Body: `{"message":"Not \"Jane\" <b>now</b>"}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Not \"Jane\" <b>now</b>"},
		"400 without a reason":      {sandbox.Fault{Status: 400}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused this and gave no reason."},
		"403":                       {sandbox.Fault{Status: 403}, 403, "Tallyfy does not allow this for your account", ""},
		"404":                       {sandbox.Fault{Status: 404, Body: `{"message":"User not found"}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “User not found"},
		"409":                       {sandbox.Fault{Status: 409, Body: `{"message":"Try later.","code":"LOCKED"}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Try later."},
		"422 with fields":           {sandbox.Fault{Status: 422, Body: `{"message":"The given data was invalid.","errors":{"to":["The selected to is invalid."]}}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “The given data was invalid. The selected to is invalid.”"},
		"422 without fields":        {sandbox.Fault{Status: 422, Body: `{"message":"No."}`}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “No."},
		"429":                       {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, 429, "Tallyfy asks to slow down", ""},
		"the hourly limit":          {sandbox.Fault{Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, 429, "Tallyfy asks to slow down", ""},
		"the hourly limit, nested":  {sandbox.Fault{Answer: sandbox.HourlyCapIn}, 429, "Tallyfy asks to slow down", ""},
		"405":                       {sandbox.Fault{Status: 405}, 502, "Tallyfy refused this", ""},
		"fields without a message":  {sandbox.Fault{Answer: sandbox.FieldsOnly}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “The description is too long. Member 9 is unknown.”"},
		"a rule":                    {sandbox.Fault{Answer: sandbox.Rule}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Groups that own a running process cannot be changed.”"},
		"a rule with marks":         {sandbox.Fault{Answer: sandbox.RuleInHTML}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Groups that own a running process cannot be changed.”"},
		"a seat":                    {sandbox.Fault{Answer: sandbox.SeatsLight}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Your organization has reached its committed light seat limit.” (code SEAT_POOL_EXHAUSTED, light seats)."},
		"a limit of the plan":       {sandbox.Fault{Answer: sandbox.PlanLimit}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Your plan allows 5 groups.” (code TRIAL_LIMIT_REACHED_5_G)."},
		"a 401 of another kind":     {sandbox.Fault{Answer: sandbox.SAMLOff}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Saml Is Not Enabled In this Organization”."},
		"200 with an object":        {sandbox.Fault{Answer: sandbox.OKButRefused}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “This cannot be done now.” (code NOT_NOW)."},
		"200 with a text":           {sandbox.Fault{Answer: sandbox.OKButText}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused: “Not now”."},
		"200 with success false":    {sandbox.Fault{Answer: sandbox.OKButNoSuccess}, 409, "Remove Chiara D'Angelo: the plan", "Tallyfy refused this and gave no reason."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := s.State()
			test.fault.Method, test.fault.Route = http.MethodDelete, sitetest.UserRoute
			f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
			s.Sandbox.Fail(test.fault)
			p := f.Submit("").Whole(test.status)
			assert.Equal(t, test.title, p.Text("h1"))
			assert.Len(t, s.Removals(), 1)
			assert.Equal(t, 1, s.Writes())
			assert.Equal(t, before, s.State())
			assert.False(t, p.Has("main script, main b"))
			s.Sandbox.ClearFaults()
			switch {
			case strings.HasSuffix(test.title, "the plan"):
				assert.Contains(t, p.Text("[role=alert]"), "Stopped before anything was done. "+test.says)
				assert.Equal(t, f.Values.Get("to"), p.Form("main form").Values.Get("to"))
				p = p.Form("main form").Submit("")
			case test.status == http.StatusTooManyRequests:
				assert.Equal(t, s.PlanPath("chiara.dangelo", "siobhan.obrien"), p.Link("Try again"))
				assert.Contains(t, p.Text(".lead"), "Nothing was changed.")
				return // the token is held back for longer than a test
			case p.Link("Try again") != "":
				p = p.Follow("Try again").Form("main form").Submit("")
			default:
				p = f.Submit("")
			}
			assert.Equal(t, "Confirmed", receiptOf(p)[chiaraAccess])
			assert.Len(t, s.Removals(), 2)
		})
	}
}

// Without an answer it may or may not have happened: it is read back, and never repeated.
func TestARemovalWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	const (
		wasDone    = "Done. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 of 7 points could not be checked."
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
				t.Parallel()
				fault := fault // a copy: the other outcomes run beside this one
				s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(fault)})
				before := s.State()
				fault.Method, fault.Route, fault.Execute = http.MethodDelete, sitetest.UserRoute, done && fault.AbortAfter == 0
				s.Sandbox.Fail(fault)
				f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
				p := f.Submit("")
				said := receiptOf(p)
				require.Len(t, s.Removals(), 1)
				want := map[string]string{
					chiaraAccess: "Confirmed", chiaraLeaves: "Confirmed", chiaraEmptied: "Confirmed", moves("Siobhán O'Brien", "siobhan.obrien"): "Confirmed",
					steps("Siobhán O'Brien"): "Could not check", chiaraAccount: "Confirmed",
					notAdded("Siobhán O'Brien"): "Confirmed",
				}
				if !done {
					for _, line := range []string{chiaraAccess, chiaraLeaves, chiaraEmptied, moves("Siobhán O'Brien", "siobhan.obrien"), chiaraAccount} {
						want[line] = "Not as expected"
					}
					assert.Equal(t, before, s.State())
				}
				assert.Equal(t, want, said)
				if done {
					assert.Equal(t, wasDone, summary(p))
				} else {
					assert.Equal(t, wasNotDone, summary(p))
				}
				s.Sandbox.ClearFaults()
				assert.Equal(t, p.URL, f.Submit("").URL, "the same button leads to the same receipt")
				receiptOf(p.Follow("Check again"))
				assert.Len(t, s.Removals(), 1, "and is never a second call")
				assert.Contains(t, s.Log.String(), "change not confirmed")
			})
		}
	}
}

// An answer of success that tells of a failure is a refusal, and no proof: the member is looked at.
func TestARemovalRefusedAndDoneAllTheSame(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Answer: sandbox.OKButText, Execute: true})
	assert.Equal(t, "Done. Tallyfy refused: “Not now”. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 of 6 points could not be checked.", summary(s.Remove("chiara.dangelo", "leave")))
	assert.Len(t, s.Removals(), 1)
}

func TestARemovalThatIsAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Status: 204, Execute: true, Times: 1})
	assert.Equal(t, "Done. Chiara D'Angelo is removed from Aldermoor Logistics. 1 of 6 points could not be checked.", summary(s.Remove("chiara.dangelo", "leave")))

	// An answer is no proof.
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Status: 204})
	p := s.Remove("esi.mensah", "leave")
	assert.Contains(t, summary(p), "Tallyfy said that Esi Mensah is removed, but still lists them as active.")
	assert.Equal(t, "Active", p.Text(".headline .badge"))
}

// Whichever call finds out that the sign-in has ended: nothing is sent, and the plan comes back with its choice.
func TestARemovalWhoseSignInHasEnded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, route string
		after         int // calls on that route that still work
		sent          int
	}{
		"at the leaver":    {http.MethodGet, sitetest.UserRoute, 0, 0},
		"at the successor": {http.MethodGet, sitetest.UserRoute, 1, 0},
		"at the removal":   {http.MethodDelete, sitetest.UserRoute, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := s.State()
			path := s.PlanPath("chiara.dangelo", "siobhan.obrien")
			f := s.Get(path).Form("main form")
			for range test.after {
				s.Sandbox.Fail(sandbox.Fault{Method: test.method, Route: test.route, Times: 1})
			}
			s.Sandbox.Fail(sandbox.Fault{Method: test.method, Route: test.route, Times: 1, Status: 401, Body: `{"message":"Unauthenticated."}`})
			p := f.Submit("").Whole(http.StatusOK)
			assert.Equal(t, "Sign in", p.Text("h1"))
			assert.Contains(t, p.Text(".notice"), "sign-in with Tallyfy has ended. Nothing was changed")
			assert.Len(t, s.Removals(), test.sent)
			assert.Equal(t, before, s.State())
			p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
			assert.Equal(t, path, p.URL)
			assert.Equal(t, "Confirmed", receiptOf(p.Form("main form").Submit(""))[moves("Siobhán O'Brien", "siobhan.obrien")])
			assert.Len(t, s.Removals(), test.sent+1)
		})
	}
}

// What fails before the removal is sent is a page that says that nothing was changed, and leads back to the plan.
func TestARemovalThatDoesNotGetAsFarAsTheCall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  sandbox.Fault
		status int
	}{
		"500": {sandbox.Fault{Status: 500}, http.StatusBadGateway}, "a time-out": {sandbox.Fault{Hang: true}, http.StatusGatewayTimeout},
		"broken": {sandbox.Fault{Abort: true}, http.StatusBadGateway}, "garbage": {sandbox.Fault{Status: 200, Body: "x"}, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(test.fault)})
			path := s.PlanPath("chiara.dangelo", "leave")
			f := s.Get(path).Form("main form")
			test.fault.Method, test.fault.Route = http.MethodGet, sitetest.UserRoute
			s.Sandbox.Fail(test.fault)
			p := f.Submit("").Whole(test.status)
			assert.Contains(t, p.Text(".lead"), "Trying again is safe")
			assert.Zero(t, s.Writes())
			s.Sandbox.ClearFaults()
			assert.Equal(t, path, p.Link("Try again"))
			receiptOf(f.Submit("")) // the lock was given back
		})
	}
}
