package handlers_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

const guestsRoute = "/organizations/{org}/guests"

// typedName has what HTML and Go's own formatting would spoil.
const typedName = `Returns & "Repairs" <b>%d</b>`

// typedForm is a form with something in every field.
func (s *site) typedForm() *form {
	s.t.Helper()
	return s.groupForm(typedName, "line 1\n\n</textarea>").tick("members", s.id("maren.dahl")).tick("members", s.id("chiara.dangelo")).
		tick("guests", "mehmet@broker.example.com").typeGuests("new@x.example,\nOther@x.example")
}

// keptAll asserts that a page has everything of a form that was sent, and that it was sent to Tallyfy so many times.
func (p *page) keptAll(sent *form, posts int) *form {
	t := p.site.t
	t.Helper()
	f := p.groupForm()
	for _, name := range []string{"name", "description", "guests"} {
		assert.Equal(t, sent.values[name], f.values[name], name)
	}
	assert.ElementsMatch(t, sent.values["members"], f.values["members"])
	assert.False(t, p.has("main script, main b"))
	assert.Equal(t, posts, p.site.calls(http.MethodPost, "/groups"), "never repeated")
	assert.Equal(t, posts, p.site.writes())
	return f
}

func (s *site) typedGroupIs() {
	g := s.group(typedName)
	assert.Equal(s.t, sandbox.Group{
		ID: g.ID, Name: typedName, Description: "line 1\n\n</textarea>", Members: []int{s.member("chiara.dangelo").ID, s.member("maren.dahl").ID},
		Guests: []string{"mehmet@broker.example.com", "new@x.example", "other@x.example"},
	}, g)
}

func TestCreateRefusedByTallyfy(t *testing.T) {
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
			map[string]string{"name": "N 1. N 2.", "description": "D.", "members": "M.", "guests": "G."},
			"",
		},
		"entries of a list": {
			sandbox.Fault{Status: 422, Body: `{"errors":{"members.0":["Member <b>1</b> is gone."],"guests.1":["No."]}}`},
			422,
			map[string]string{"members": "Member <b>1</b> is gone.", "guests": "No."},
			"",
		},
		"a field that the form lacks": {sandbox.Fault{Status: 422, Body: `{"errors":{"seat_pool":["Full."]}}`}, 422, map[string]string{"name": "Full."}, ""},
		"no field":                    {sandbox.Fault{Status: 422, Body: `{"message":"Not <b>now</b>."}`}, 422, nil, "Tallyfy refused: “Not <b>now</b>.”" + which},
		"no body":                     {sandbox.Fault{Status: 422}, 422, nil, "Tallyfy refused: “The service did not accept what was sent.”" + which},
		"409":                         {sandbox.Fault{Status: 409, Body: `{"message":"Locked."}`}, 422, nil, "Tallyfy refused: “Locked.”" + which},
		"403":                         {sandbox.Fault{Status: 403}, 403, nil, "Tallyfy does not allow this for your account. Changing groups takes the permission to manage groups."},
		"400":                         {sandbox.Fault{Status: 400}, 502, nil, "Tallyfy refused this. It answered 400"},
		"429":                         {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, 429, nil, "Tallyfy asks to slow down. Please try again in 2 minutes."},
		"the hourly limit":            {sandbox.Fault{Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, 429, nil, "Tallyfy asks to slow down."},
	} {
		t.Run(title, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			before := s.state()
			test.fault.Method, test.fault.Route = http.MethodPost, groupsRoute
			f := s.typedForm()
			s.sandbox.Fail(test.fault)
			p := f.submit(createButton).whole(test.status)
			for field, message := range test.fields {
				p.complaint(field, message)
			}
			assert.Len(t, p.texts("[role=alert] a"), len(test.fields))
			if test.problem != "" {
				assert.Contains(t, p.text(".notice.problem"), test.problem)
				assert.True(t, strings.HasSuffix(p.text(".notice.problem"), "The group was not created."))
			}
			again := p.keptAll(f, 1)
			assert.Equal(t, before, s.state())
			assert.False(t, p.has("main a[href^='/groups/']"), "a link to a group that there is not")
			if test.status == http.StatusTooManyRequests {
				assert.Equal(t, test.fault.Header.Get("Retry-After"), p.header.Get("Retry-After"))
				return // the token is held back for longer than a test
			}
			s.sandbox.ClearFaults()
			s.sandbox.ClearRequests()
			again.submit(createButton).whole(http.StatusOK)
			s.group(typedName)
		})
	}
}

// Without an answer it may or may not have happened: it is read back, and never repeated.
func TestCreateWithoutAnAnswer(t *testing.T) {
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
				s := signedIn(t, siteOptions{attempt: 300 * time.Millisecond})
				before := s.state()
				s.get("/groups?people=none")
				f := s.typedForm()
				fault.Method, fault.Route, fault.Execute = http.MethodPost, groupsRoute, outcome != "not carried out" && fault.AbortAfter == 0
				s.sandbox.Fail(fault)
				if outcome == "not known" {
					s.sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: groupsRoute, Status: 500})
				}
				p := f.submit(createButton).whole(http.StatusBadGateway)
				again := p.keptAll(f, 1)
				assert.Contains(t, s.log.String(), "change not confirmed")
				s.sandbox.ClearFaults()
				said := p.text("main .notice")
				switch outcome {
				case "carried out":
					assert.Contains(t, said, "answer did not arrive, but there is now a group with this name, most likely this one: "+typedName)
					s.typedGroupIs()
					assert.Equal(t, "/groups/"+s.group(typedName).ID, p.link(typedName))
					assert.Equal(t, typedName, p.follow(typedName).text("h1"))
					assert.Contains(t, s.get("/groups?q=Repairs&holds=").texts("tbody .name"), typedName)
					again.submit(createButton).whole(http.StatusUnprocessableEntity).complaint("name", "The name has already been taken.")
				case "not carried out":
					assert.Contains(t, said, "Tallyfy did not answer, and there is no group with this name yet. It may still appear")
					assert.Empty(t, p.link(typedName))
					assert.Equal(t, before, s.state())
					again.submit(createButton).whole(http.StatusOK)
					s.typedGroupIs()
				default:
					assert.Contains(t, said, "The group may or may not have been created. Look at the list of groups")
					assert.Empty(t, p.link(typedName))
				}
			})
		}
	}
}

// The copy that the filters work on may lack the group, if its creation was not confirmed.
func TestCreateNotConfirmedIsInTheFilteredList(t *testing.T) {
	s := signedIn(t, siteOptions{})
	const list = "/groups?people=none&per_page=100"
	require.NotContains(t, s.get(list).texts("tbody .name"), "Unconfirmed")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: groupsRoute, Status: 500, Execute: true})
	s.groupForm("Unconfirmed", "d").submit(createButton).whole(http.StatusBadGateway)
	assert.Contains(t, s.get(list).texts("tbody .name"), "Unconfirmed")
}

// A group that had the name before is no sign that anything was created.
func TestCreateWithoutAnAnswerAndWithATakenName(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.groupForm("payroll", "d")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: groupsRoute, Status: 500})
	p := f.submit(createButton).whole(http.StatusBadGateway)
	assert.Contains(t, p.text("main .notice"), "There is a group with this name, but it is older, so nothing was created now: Payroll")
}

// The group that has the name is found among others that the search finds before it.
func TestCreateFindsTheNamesakeBehindManyOthers(t *testing.T) {
	s := signedIn(t, siteOptions{sandbox: sandbox.Options{Groups: 400}})
	s.elsewhere(http.MethodPost, "/groups", `{"name":"Looks","description":"d"}`)
	p := s.groupForm("looks", "d").submit(createButton).whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "/groups/"+s.group("Looks").ID, p.link("Looks"))
}

func TestCreateWithATakenNameLeadsToItsGroup(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.groupForm("night shift <SCRIPT>alert('hi')</script> & weekend ", "d")
	p := f.submit(createButton).whole(http.StatusUnprocessableEntity)
	p.complaint("name", "The name has already been taken.")
	p.keptAll(f, 1)
	name := s.group("Night Shift <script>alert('hi')</script> & Weekend").Name
	assert.Equal(t, "The group that has it: "+name, p.text("form[data-form] .small:has(a)"))
	assert.Equal(t, name, p.follow(name).text("h1"))
}

func TestCreateSentTwiceCreatesOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	before := len(s.sandbox.Groups())
	f := s.typedForm()
	var statuses sync.Map
	var both sync.WaitGroup
	for _, r := range []*http.Request{f.prepare(createButton), f.prepare(createButton)} {
		both.Go(func() {
			answer, err := s.client.Do(r)
			if assert.NoError(t, err) {
				_ = answer.Body.Close()
				statuses.Store(answer.StatusCode, true)
			}
		})
	}
	both.Wait()
	for _, status := range []int{http.StatusOK, http.StatusUnprocessableEntity} {
		_, got := statuses.Load(status)
		assert.True(t, got, status)
	}
	s.typedGroupIs()
	p := f.submit(createButton).whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "/groups/"+s.group(typedName).ID, p.link(typedName))
	assert.Len(t, s.sandbox.Groups(), before+1)
}

func TestCreateWhenTheSignInHasEnded(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.typedForm()
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Route: groupsRoute, Status: 401, Times: 1})
	p := f.submit(createButton).whole(http.StatusOK)
	assert.Equal(t, "Sign in", p.text("h1"))
	assert.Contains(t, p.text(".notice"), "Nothing was changed, and what you typed is kept.")
	p = p.form("form:has([name=sandbox])").submit("").whole(http.StatusOK)
	assert.Equal(t, "/groups/new", p.url)
	p.keptAll(f, 1).submit(createButton).whole(http.StatusOK)
	s.typedGroupIs()
}

func TestCreateWhilePeopleCannotBeRead(t *testing.T) {
	for title, fault := range map[string]sandbox.Fault{
		"403": {Status: 403}, "429": {Status: 429, Body: `{"message":"x","code":"RATE_LIMIT_EXCEEDED"}`}, "500": {Status: 500}, "a time-out": {Hang: true},
		"broken": {Abort: true}, "half an answer": {Abort: true, AbortAfter: 50}, "garbage": {Status: 200, Body: "<html>"},
	} {
		for _, route := range []string{usersRoute, guestsRoute} {
			t.Run(title+" at "+route, func(t *testing.T) {
				t.Parallel() // for the client waits before it asks again
				s := signedIn(t, siteOptions{attempt: 200 * time.Millisecond})
				fault.Method, fault.Route = http.MethodGet, route
				s.sandbox.Fail(fault)
				f := s.groupForm(typedName, "d").typeGuests("new@x.example").search("member_q", "")
				members, guests := f.page.text("[data-results=members] output"), f.page.text("fieldset:has([name=guests])")
				if route == usersRoute {
					assert.Equal(t, "0 members chosen. Tallyfy did not give all members: somebody may be missing.", members)
				} else {
					assert.Contains(t, guests, "The existing guests could not be read. Their addresses can be typed.")
				}
				for _, wrong := range []string{"No match", "Nobody"} {
					assert.NotContains(t, members+guests, wrong, "what was not read is not known to be empty")
				}
				if title == "429" {
					return // the token is held back
				}
				// As if chosen while they could be read.
				f.values["members"], f.values["guests"] = []string{s.id("maren.dahl")}, []string{"mehmet@broker.example.com", "new@x.example"}
				p := f.submit("Search").whole(http.StatusOK)
				assert.NotRegexp(t, "No match|Nobody", p.text("[data-results]"))
				g := p.keptAll(f, 0).submit(createButton).whole(http.StatusOK)
				assert.Contains(t, g.text(".notice.done"), "was created, with 1 member and 2 guests.")
			})
		}
	}
}
