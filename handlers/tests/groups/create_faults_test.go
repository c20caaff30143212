package groups_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const guestsRoute = "/organizations/{org}/guests"

// typedName has what HTML and Go's own formatting would spoil.
const typedName = `Returns & "Repairs" <b>%d</b>`

// typedForm is a form with something in every field.
func typedForm(s *sitetest.Site) *sitetest.Form {
	s.T.Helper()
	return s.GroupForm(typedName, "line 1\n\n</textarea>").Tick("members", s.ID("maren.dahl")).Tick("members", s.ID("chiara.dangelo")).
		Tick("guests", "mehmet@broker.example.com").TypeGuests("new@x.example,\nOther@x.example")
}

// keptAll asserts that a page has everything of a form that was sent, and that it was sent to Tallyfy so many times.
func keptAll(p *sitetest.Page, sent *sitetest.Form, posts int) *sitetest.Form {
	t := p.Site.T
	t.Helper()
	f := p.GroupForm()
	for _, name := range []string{"name", "description"} {
		assert.Equal(t, sent.Values[name], f.Values[name], name)
	}
	for _, email := range slices.Concat(sent.Values["guests"], strings.FieldsFunc(sent.Values.Get("people"), func(r rune) bool { return strings.ContainsRune(",\n ", r) })) {
		assert.Contains(t, strings.Join(append(f.Values["guests"], f.Values["people"]...), "\n"), email, "chosen, or still in the field")
	}
	assert.ElementsMatch(t, sent.Values["members"], f.Values["members"])
	assert.False(t, p.Has("main script, main b"))
	assert.Equal(t, posts, p.Site.Calls(http.MethodPost, "/groups"), "never repeated")
	assert.Equal(t, posts, p.Site.Writes())
	return f
}

func typedGroupIs(s *sitetest.Site) {
	g := s.Group(typedName)
	assert.Equal(s.T, sandbox.Group{
		ID: g.ID, Name: typedName, Description: "line 1\n\n</textarea>", Members: []int{s.Member("chiara.dangelo").ID, s.Member("maren.dahl").ID},
		Guests: []string{"mehmet@broker.example.com", "new@x.example", "other@x.example"},
	}, g)
}

func TestCreateRefusedByTallyfy(t *testing.T) {
	t.Parallel()
	const which = " It did not say which field is wrong. The group was not created."
	for title, test := range map[string]struct {
		fault   sandbox.Fault
		status  int
		fields  map[string]string
		problem string
	}{
		"each field": {
			sandbox.Fault{Status: 422, Body: `{"errors":{"name":["N 1.","N 2."],"description":["D."],"members":["M."],"guests":"G."}}`},
			422,
			map[string]string{"name": "N 1. N 2.", "description": "D.", "people": "M. G."},
			"",
		},
		"entries of a list": {
			sandbox.Fault{Status: 422, Body: `{"errors":{"members.0":["Member <b>1</b> is gone."],"guests.1":["No."]}}`},
			422,
			map[string]string{"people": "Member <b>1</b> is gone. No."},
			"",
		},
		"a field that the form lacks": {sandbox.Fault{Status: 422, Body: `{"errors":{"seat_pool":["Full."]}}`}, 422, nil, "Problem. Tallyfy refused: “Full.” The group was not created."},
		"such a field beside another": {
			sandbox.Fault{Status: 422, Body: `{"message":"Invalid.","errors":{"name":"N.","seat_pool":["Full."]}}`},
			422,
			map[string]string{"name": "N."},
			"Problem. Tallyfy refused: “Full.” The group was not created.",
		},
		"fields without a message, nested": {
			sandbox.Fault{Answer: sandbox.FieldsOnly}, 422, map[string]string{"description": "The description is too long.", "people": "Member 9 is unknown."}, "",
		},
		"no full seat": {
			sandbox.Fault{Answer: sandbox.SeatsFull},
			422, nil,
			"Problem. Tallyfy refused: “Your organization has reached its committed full seat limit.” (code SEAT_POOL_EXHAUSTED, full seats).",
		},
		"a limit of the plan":            {sandbox.Fault{Answer: sandbox.PlanLimit}, 422, nil, "Problem. Tallyfy refused: “Your plan allows 5 groups.” (code TRIAL_LIMIT_REACHED_5_G). The group was not created."},
		"a limit of the plan, nested":    {sandbox.Fault{Answer: sandbox.PlanLimitIn}, 422, nil, "Problem. Tallyfy refused: “Your plan allows 5 groups.” (code TRIAL_LIMIT_REACHED_5_G). The group was not created."},
		"402 without a text":             {sandbox.Fault{Status: 402}, 502, nil, "Tallyfy refused this. It answered 402"},
		"a rule":                         {sandbox.Fault{Answer: sandbox.Rule}, 422, nil, "Problem. Tallyfy refused: “Groups that own a running process cannot be changed.” The group was not created."},
		"a rule with marks":              {sandbox.Fault{Answer: sandbox.RuleInHTML}, 422, nil, "Problem. Tallyfy refused: “Groups that own a running process cannot be changed.”" + which},
		"403 that names no rule":         {sandbox.Fault{Status: 403, Body: `{"message":"You are not authorized to perform this action."}`}, 403, nil, "Changing groups takes the permission to manage groups."},
		"a 401 about the organisation":   {sandbox.Fault{Answer: sandbox.SAMLOff}, 422, nil, "Problem. Tallyfy refused: “Saml Is Not Enabled In this Organization”. The group was not created."},
		"200 with an error":              {sandbox.Fault{Answer: sandbox.OKButRefused}, 422, nil, "Problem. Tallyfy refused: “This cannot be done now.” (code NOT_NOW). The group was not created."},
		"200 with an error that is text": {sandbox.Fault{Answer: sandbox.OKButText}, 422, nil, "Problem. Tallyfy refused: “Not now”. The group was not created."},
		"200 with success false":         {sandbox.Fault{Answer: sandbox.OKButNoSuccess}, 422, nil, "Problem. Tallyfy refused this and gave no reason. The group was not created."},
		"no field":                       {sandbox.Fault{Status: 422, Body: `{"message":"Not <b>now</b>."}`}, 422, nil, "Tallyfy refused: “Not <b>now</b>.”" + which},
		"no body":                        {sandbox.Fault{Status: 422}, 422, nil, "Problem. Tallyfy refused this and gave no reason. The group was not created."},
		"409":                            {sandbox.Fault{Status: 409, Body: `{"message":"Locked."}`}, 422, nil, "Tallyfy refused: “Locked.”" + which},
		"403":                            {sandbox.Fault{Status: 403}, 403, nil, "Tallyfy does not allow this for your account. Changing groups takes the permission to manage groups."},
		"400":                            {sandbox.Fault{Status: 400}, 502, nil, "Tallyfy refused this. It answered 400"},
		"429":                            {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, 429, nil, "Tallyfy asks to slow down. Please try again in 2 minutes."},
		"the hourly limit":               {sandbox.Fault{Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, 429, nil, "Tallyfy asks to slow down."},
		"the hourly limit, nested":       {sandbox.Fault{Answer: sandbox.HourlyCapIn}, 429, nil, "Tallyfy says: “You've reached the limit for group creation. Please try again later.” Please try again in up to an hour."},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := s.State()
			test.fault.Method, test.fault.Route = http.MethodPost, sitetest.GroupsRoute
			f := typedForm(s)
			s.Sandbox.Fail(test.fault)
			p := f.Submit(createButton).Whole(test.status)
			for field, message := range test.fields {
				complaint(p, field, message)
			}
			assert.Len(t, p.Texts("[role=alert] a"), len(test.fields))
			if test.problem != "" {
				assert.Contains(t, p.Text(".notice.problem"), test.problem)
				assert.Contains(t, p.Text(".notice.problem"), "The group was not created.")
			}
			again := keptAll(p, f, 1)
			assert.Equal(t, before, s.State())
			assert.False(t, p.Has("main a[href^='/groups/']"), "a link to a group that there is not")
			if test.status == http.StatusTooManyRequests {
				assert.Equal(t, test.fault.Header.Get("Retry-After"), p.Header.Get("Retry-After"))
				return // the token is held back for longer than a test
			}
			s.Sandbox.ClearFaults()
			s.Sandbox.ClearRequests()
			again.Submit(createButton).Whole(http.StatusOK)
			s.Group(typedName)
		})
	}
}

// An answer of success that tells of a failure is a refusal, and no proof: the group is looked for.
func TestCreateRefusedAndDoneAllTheSame(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := typedForm(s)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Answer: sandbox.OKButText, Execute: true})
	p := f.Submit(createButton).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main .notice"), "Tallyfy refused: “Not now”. But there is now a group with this name, most likely this one: "+typedName)
	keptAll(p, f, 1)
	assert.Equal(t, typedName, p.Follow(typedName).Text("h1"))
	assert.Contains(t, s.Get("/groups?q=Repairs").Texts("tbody .name"), typedName)

	s = sitetest.SignedIn(t, sitetest.Options{})
	f = typedForm(s)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Answer: sandbox.OKButText})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupsRoute, Status: 500})
	p = f.Submit(createButton).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main .notice"), "Tallyfy refused: “Not now”. The group may or may not have been created.")
}

// mayBeAlive reports whether a call with that fault may still be carried out, so that a second one waits.
func mayBeAlive(fault string) bool {
	return slices.Contains([]string{"502", "504", "a time-out", "broken at once"}, fault)
}

// waits asserts that a second creation is not sent beside the first, and that nothing typed is lost.
func waits(again *sitetest.Form) {
	s := again.Page.Site
	s.T.Helper()
	p := again.Submit(createButton).Whole(http.StatusConflict)
	assert.Contains(s.T, p.Text("main .notice"), "A group of this name is being created right now. It was sent at ")
	assert.Equal(s.T, typedName, p.Form("form[data-form]").Values.Get("name"))
	assert.Equal(s.T, 1, s.Calls(http.MethodPost, "/groups"))
}

// Without an answer it may or may not have happened: it is read back, and never repeated.
func TestCreateWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for title, fault := range map[string]sandbox.Fault{
		"500":               {Status: 500, Body: `{"message":"Server Error"}`},
		"502":               {Status: 502, Body: "<html>Bad Gateway</html>"},
		"503":               {Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		"504":               {Status: 504},
		"a time-out":        {Hang: true},
		"broken at once":    {Abort: true},
		"garbage":           {Status: 200, Body: `{"data":{"id":`},
		"nothing":           {Status: 201, Body: `{"data":{}}`},
		"a page of a proxy": {Status: 200, Body: "<html>Sign in to the proxy</html>"},
		"a redirect":        {Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}},
		"half an answer":    {Abort: true, AbortAfter: 30}, // which can only come of what was done
	} {
		for _, outcome := range []string{"carried out", "not carried out", "not known"} {
			if fault.AbortAfter > 0 && outcome == "not carried out" {
				continue
			}
			t.Run(title+", "+outcome, func(t *testing.T) {
				t.Parallel()
				fault := fault // a copy: the other outcomes run beside this one
				s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(fault)})
				before := s.State()
				s.Get("/groups?people=none")
				f := typedForm(s)
				fault.Method, fault.Route, fault.Execute = http.MethodPost, sitetest.GroupsRoute, outcome != "not carried out" && fault.AbortAfter == 0
				s.Sandbox.Fail(fault)
				if outcome == "not known" {
					s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupsRoute, Status: 500})
				}
				p := f.Submit(createButton).Whole(http.StatusBadGateway)
				again := keptAll(p, f, 1)
				assert.Contains(t, s.Log.String(), "change not confirmed")
				s.Sandbox.ClearFaults()
				said := p.Text("main .notice")
				switch outcome {
				case "carried out":
					assert.Contains(t, said, "answer did not arrive, but there is now a group with this name, most likely this one: "+typedName)
					typedGroupIs(s)
					assert.Equal(t, "/groups/"+s.Group(typedName).ID, p.Link(typedName))
					assert.Equal(t, typedName, p.Follow(typedName).Text("h1"))
					assert.Contains(t, s.Get("/groups?q=Repairs&holds=").Texts("tbody .name"), typedName)
					if mayBeAlive(title) {
						waits(again)
					} else {
						complaint(again.Submit(createButton).Whole(http.StatusUnprocessableEntity), "name", "The name has already been taken.")
					}
				case "not carried out":
					assert.Contains(t, said, "Tallyfy did not answer, and there is no group with this name yet. It may still appear")
					assert.Empty(t, p.Link(typedName))
					assert.Equal(t, before, s.State())
					if mayBeAlive(title) {
						waits(again)
					} else {
						again.Submit(createButton).Whole(http.StatusOK)
						typedGroupIs(s)
					}
				default:
					assert.Contains(t, said, "The group may or may not have been created. Look at the list of groups")
					assert.Empty(t, p.Link(typedName))
				}
			})
		}
	}
}

// The copy that the filters work on may lack the group, if its creation was not confirmed.
func TestCreateNotConfirmedIsInTheFilteredList(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	const list = "/groups?people=none&per_page=100"
	require.NotContains(t, s.Get(list).Texts("tbody .name"), "Unconfirmed")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Status: 500, Execute: true})
	s.GroupForm("Unconfirmed", "d").Submit(createButton).Whole(http.StatusBadGateway)
	assert.Contains(t, s.Get(list).Texts("tbody .name"), "Unconfirmed")
}

// A group that had the name before is no sign that anything was created.
func TestCreateWithoutAnAnswerAndWithATakenName(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.GroupForm("payroll", "d")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Status: 500})
	p := f.Submit(createButton).Whole(http.StatusBadGateway)
	assert.Contains(t, p.Text("main .notice"), "There is a group with this name, but it is older, so nothing was created now: Payroll")
}

// The group that has the name is found among others that the search finds before it.
func TestCreateFindsTheNamesakeBehindManyOthers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Groups: 400}})
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Looks","description":"d"}`)
	p := s.GroupForm("looks", "d").Submit(createButton).Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "/groups/"+s.Group("Looks").ID, p.Link("Looks"))
}

func TestCreateWithATakenNameLeadsToItsGroup(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.GroupForm("night shift <SCRIPT>alert('hi')</script> & weekend ", "d")
	p := f.Submit(createButton).Whole(http.StatusUnprocessableEntity)
	complaint(p, "name", "The name has already been taken.")
	keptAll(p, f, 1)
	name := s.Group("Night Shift <script>alert('hi')</script> & Weekend").Name
	assert.Equal(t, "The group that has it: "+name, p.Text("form[data-form] .small:has(a)"))
	assert.Equal(t, name, p.Follow(name).Text("h1"))
}

// Two presses of the button, as without script, make one group, and both end on it.
func TestCreateSentTwiceCreatesOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := len(s.Sandbox.Groups())
	f := typedForm(s)
	pages := make([]*sitetest.Page, 2)
	var both sync.WaitGroup
	for i := range pages {
		r := f.Prepare(createButton)
		both.Go(func() { pages[i] = s.Do(r) })
	}
	both.Wait()
	typedGroupIs(s)
	for _, p := range append(pages, f.Submit(createButton)) {
		assert.Equal(t, "/groups/"+s.Group(typedName).ID, p.Whole(http.StatusOK).URL)
	}
	assert.Len(t, s.Sandbox.Groups(), before+1)
	assert.Equal(t, 1, s.Calls(http.MethodPost, "/groups"))
}

func TestCreateWhenTheSignInHasEnded(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := typedForm(s)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Status: 401, Times: 1})
	p := f.Submit(createButton).Whole(http.StatusOK)
	assert.Equal(t, "Sign in", p.Text("h1"))
	assert.Contains(t, p.Text(".notice"), "Nothing was changed, and what you typed is kept.")
	p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "/groups/new", p.URL)
	keptAll(p, f, 1).Submit(createButton).Whole(http.StatusOK)
	typedGroupIs(s)
}

func TestCreateWhilePeopleCannotBeRead(t *testing.T) {
	t.Parallel()
	for title, fault := range map[string]sandbox.Fault{
		"403": {Status: 403}, "429": {Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, "500": {Status: 500}, "a time-out": {Hang: true},
		"broken": {Abort: true}, "half an answer": {Abort: true, AbortAfter: 50}, "garbage": {Status: 200, Body: "<html>"},
	} {
		for _, route := range []string{sitetest.UsersRoute, guestsRoute} {
			t.Run(title+" at "+route, func(t *testing.T) {
				t.Parallel()   // for the client waits before it asks again
				fault := fault // a copy: the other route's test runs beside this one
				s := sitetest.SignedIn(t, sitetest.Options{Attempt: sitetest.AttemptFor(fault)})
				fault.Method, fault.Route = http.MethodGet, route
				s.Sandbox.Fail(fault)
				f := s.GroupForm(typedName, "d").Search("new@x.example").Search("")
				output := f.Page.Text(peopleOutput)
				if route == sitetest.UsersRoute {
					assert.Contains(t, output, ". Tallyfy did not give all members: somebody may be missing.")
				} else {
					assert.Contains(t, output, "The existing guests could not be read. Their addresses can be typed.")
				}
				for _, wrong := range []string{"no other match", "nobody"} {
					assert.NotContains(t, output, wrong, "what was not read is not known to be empty")
				}
				if title == "429" {
					return // the token is held back
				}
				// As if chosen while they could be read.
				f.Values["members"], f.Values["guests"] = []string{s.ID("maren.dahl")}, []string{"mehmet@broker.example.com", "new@x.example"}
				p := f.Submit("Search or add").Whole(http.StatusOK)
				assert.NotRegexp(t, "no other match|nobody", p.Text("[data-results]"))
				g := keptAll(p, f, 0).Submit(createButton).Whole(http.StatusOK)
				assert.Contains(t, g.Text(".notice.done"), "was created, with 1 member and 2 guests, and checked. Receipt")
			})
		}
	}
}
