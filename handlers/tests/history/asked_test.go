package history_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const activityRoute = "/organizations/{org}/activity-feeds"

// shared is a desk as watched makes it, whose clock is Tallyfy's, too.
func shared(t *testing.T) (*desk, *clock) {
	c := &clock{time.Date(2026, 3, 3, 16, 20, 30, 0, time.UTC)}
	now := func() time.Time { return c.now }
	return newDesk(t, sitetest.Options{Now: now, Sandbox: sandbox.Options{Now: now}}), c
}

// feeds is how often Tallyfy's activity was asked.
func (d *desk) feeds() int { return d.Calls(http.MethodGet, "/activity-feeds") }

// event opens the latest change of a kind that was made elsewhere.
func (d *desk) event(kind history.Kind) *sitetest.Page {
	d.t.Helper()
	for e, err := range d.App.History.List(d.t.Context(), history.Filter{Org: d.org()}) {
		require.NoError(d.t, err)
		if e.Kind == kind {
			return d.Get("/activity/elsewhere/" + e.ID).Whole(http.StatusOK)
		}
	}
	require.Fail(d.t, "no such event", kind)
	return nil
}

// ask presses the button.
func ask(p *sitetest.Page) *sitetest.Page {
	p.Site.T.Helper()
	return p.Form("main form").Submit("Ask Tallyfy").Whole(http.StatusOK)
}

const (
	who   = "section[aria-labelledby=who]"
	doubt = "This is Tallyfy's record of the group. It may be about another change in the same time: the dashboard saw what changed, not who changed it."
)

func TestTallyfyIsAskedWhoMadeAChange(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(-time.Hour)
	d.elsewhere("Payroll", "emre.yildiz", false) // before the first reading, which saw him out
	c.now = time.Date(2026, 3, 4, 6, 58, 0, 0, time.UTC)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.elsewhere("Legal", "noor.vandermeer", true)
	c.now = time.Date(2026, 3, 4, 7, 5, 30, 0, time.UTC)
	d.SignIn()
	d.read() // whose page does not wait long for what it read to be compared
	overview := d.Get("/").Whole(http.StatusOK)
	c.now = c.now.Add(time.Hour)
	require.True(t, d.Sandbox.ChangeGroup(d.Group("Payroll").ID, sandbox.GroupChange{Description: "changed later"}))

	link := "a:contains('Ask Tallyfy who: Noor van der Meer " + strings.TrimSuffix(joined, ", not through this dashboard.") + "')"
	for path, list := range map[string]string{"/activity": "#list", d.GroupPath("Payroll"): "section[aria-labelledby=activity]", d.MemberPath("noor.vandermeer"): "section[aria-labelledby=activity]"} {
		assert.Equal(t, 1, d.Get(path).Whole(http.StatusOK).Find(list+" "+link).Length(), path)
	}
	href := overview.Find("section[aria-labelledby=visit] "+link).AttrOr("href", "")
	p := d.Get(href).Whole(http.StatusOK)
	assert.Equal(t, "Noor van der Meer "+joined, p.Text(".lead"))
	assert.Equal(t, []string{
		"This dashboard does not know. Tallyfy keeps a record of its own, which may name somebody.",
		"The button asks Tallyfy for its activity of all groups from 3 Mar 2026 to 4 Mar 2026: one call, or up to 3 where much was done. Nothing of the answer is kept.",
	}, p.Texts(who+" p"))
	assert.Zero(t, d.feeds(), "no page asks by itself")

	d.Sandbox.ClearRequests()
	p = ask(p)
	assert.Equal(t, 1, d.feeds())
	asked := d.Sandbox.Requests()[len(d.Sandbox.Requests())-1]
	assert.Equal(t, "created_after=2026-03-03&created_before=2026-03-04&page=1&per_page=100&type=Group", asked.RawQuery)
	assert.Equal(t, sandbox.AdminToken, asked.Token, "as the person")
	assert.Equal(t, []string{"Tallyfy's activity names Kwame Asante: the group was updated, 4 Mar 2026, 07:58.", "kwame.asante@example.com"}, p.Texts(who+" li div"))
	assert.Contains(t, p.Text(who), doubt)
	assert.NotContains(t, p.Text(who), "Not all entries")
	assert.False(t, p.Has("main form"))
	ask(d.Get(href))
	assert.Equal(t, 2, d.feeds(), "nothing of the answer was kept")
	assert.Contains(t, d.Get("/help").Text("main"), "Tallyfy can be asked: its own record may name somebody")
}

// What was done to a member, and what the answer does not name.
func TestTallyfyIsAskedOfMembers(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(time.Hour)
	noor, chiara := d.ID("noor.vandermeer"), d.ID("chiara.dangelo")
	d.Elsewhere("DELETE", "/users/"+chiara+"/disable", "")
	d.Elsewhere("PUT", "/users/"+noor+"/role", `{"role":"admin"}`)
	d.Elsewhere("POST", "/users/invite", `{"email":"new@example.com","first_name":"New","last_name":"Person","role":"light","message":"Hello"}`)
	c.now = c.now.Add(time.Hour)
	d.read()

	p := ask(d.event(history.StatusChanged))
	assert.Equal(t, []string{"Tallyfy's activity names Maren Dahl: the member was disabled, 3 Mar 2026, 18:20.", "maren.dahl@example.com"}, p.Texts(who+" li div"))
	assert.Contains(t, p.Text(who), "This is Tallyfy's record of the member.")
	assert.Equal(t, []string{"Tallyfy's activity names Maren Dahl: the member was invited, 3 Mar 2026, 18:20.", "maren.dahl@example.com"}, ask(d.event(history.MemberNew)).Texts(who+" li div"))

	p = ask(d.event(history.Left))
	assert.Contains(t, p.Text(who), "Tallyfy's activity names nobody for this between 3 Mar 2026, 17:20 and 19:20.")
	assert.Contains(t, p.Text(who), "A member who is disabled or removed leaves all groups.")
	assert.Contains(t, p.Text(who), doubt)

	// Roles are not in it.
	calls := d.feeds()
	p = d.event(history.RoleChanged)
	assert.Contains(t, p.Text(who), "Tallyfy's activity does not have changes of roles.")
	assert.False(t, p.Has("main form"))
	p = d.Get(p.URL + "?ask=yes").Whole(http.StatusOK)
	assert.Contains(t, p.Text(who), "does not have changes of roles")
	assert.NotContains(t, p.Text(who), "names nobody")
	assert.Equal(t, calls, d.feeds())
	row := d.Get("/activity").Find("#list li:contains('role changed')")
	assert.Equal(t, 1, row.Length())
	assert.Zero(t, row.Find("a:contains('Ask Tallyfy who')").Length())
}

// A guest who joins a group changes the group; one who is added does nothing that Tallyfy's
// activity has.
func TestTallyfyIsAskedOfGuestsInGroups(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	d.readGuests()
	require.True(t, d.Sandbox.ChangeGroup(d.Group("Payroll").ID, sandbox.GroupChange{AddGuests: []string{"d.kavanagh@audit.example.com"}}))
	d.Elsewhere("POST", "/guests", `{"email":"lin@tyres.example.com","first_name":"Lin"}`)
	d.readGuests()
	assert.Contains(t, ask(d.event(history.Joined)).Text(who+" li"), "Tallyfy's activity names Kwame Asante: the group was updated, ")
	assert.Contains(t, d.event(history.GuestNew).Text(who), "does not have guests who were added or removed")
	assert.Zero(t, d.Get("/activity").Find("#list li:contains('became a guest') a:contains('Ask Tallyfy who')").Length())
	assert.Equal(t, 1, d.Get("/guests/d.kavanagh@audit.example.com").Find("section[aria-labelledby=activity] a:contains('Ask Tallyfy who')").Length())
}

// However much was done, few pages are read, and that there is more is said.
func TestTallyfyIsAskedWithFewCalls(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	for range 300 {
		require.True(t, d.Sandbox.ChangeGroup(d.Group("Legal").ID, sandbox.GroupChange{}))
	}
	c.now = c.now.Add(time.Hour)
	d.read()
	p := ask(d.event(history.Joined))
	assert.Equal(t, 3, d.feeds())
	assert.Contains(t, p.Text(who), "The entries that could be looked at name nobody for this between 3 Mar 2026, 17:20 and 19:20.")
	assert.NotContains(t, p.Text(who), "Tallyfy's activity names nobody", "it names somebody in an entry that was not looked at")
	assert.Contains(t, p.Text(who), "Not all entries of Tallyfy's activity from 3 Mar 2026 to 4 Mar 2026 could be looked at, so somebody may be named in the others.")
}

func TestAnAnswerOfTallyfysThatCannotBeReadLeavesThePage(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	page := d.event(history.Joined)
	for name, f := range map[string]struct {
		fault sandbox.Fault
		says  string
	}{
		"not permitted":    {sandbox.Fault{Status: 403, Body: `{"error":true,"message":"Forbidden."}`}, "Tallyfy's activity could not be read. Tallyfy does not allow this for your account."},
		"a rule":           {sandbox.Fault{Answer: sandbox.Rule}, "Tallyfy's activity could not be read. Tallyfy does not allow this. Tallyfy refused: “"},
		"not there":        {sandbox.Fault{Status: 404, Body: `{"error":true,"message":"API endpoint not found"}`}, "Tallyfy's activity could not be read: Tallyfy does not have it where its documentation says."},
		"other parameters": {sandbox.Fault{Answer: sandbox.FieldsOnly}, "Tallyfy's activity could not be read. Tallyfy refused this."},
		"a problem":        {sandbox.Fault{Status: 500}, "Tallyfy's activity could not be read. Tallyfy has a problem."},
		"no list":          {sandbox.Fault{Status: 200, Body: `{"data":{"id":1}}`}, "Tallyfy's activity could not be read. Tallyfy's answer could not be read."},
		"HTML":             {sandbox.Fault{Status: 200, Body: `<html>`}, "Tallyfy's activity could not be read. Tallyfy's answer could not be read."},
	} {
		f.fault.Route = activityRoute
		d.Sandbox.Fail(f.fault)
		p := ask(page)
		assert.Contains(t, p.Text(who), f.says, name)
		assert.Equal(t, page.Text(".lead"), p.Text(".lead"), name)
		assert.NotContains(t, p.Text(who), "names nobody", name)
		assert.Contains(t, d.Log.String(), "activity not read", name)
		d.Sandbox.ClearFaults()
		assert.Contains(t, p.Form("main form").Submit("Ask again").Whole(http.StatusOK).Text(who), "names Kwame Asante", name)
	}
	d.Sandbox.Fail(sandbox.Fault{Route: activityRoute, Answer: sandbox.TokenUnknown, Times: 1})
	assert.Equal(t, "Sign in", page.Form("main form").Submit("Ask Tallyfy").Text("h1"), "what a 401 says is about the person")
}

// Texts of Tallyfy's are texts, and an entry that names nobody by name says what it has.
func TestWhatTallyfysActivitySaysIsText(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	c.now = c.now.Add(time.Hour)
	d.read()
	page, group := d.event(history.Joined), d.Group("Payroll").ID
	for body, want := range map[string][]string{
		`"verb":["updated"],"actor":[{"full_name":"<b>עומר</b> \u202eHaddad","email":"o@x.example"}]`:   {"Tallyfy's activity names \u2068<b>עומר</b> Haddad\u2069: the group was updated, 3 Mar 2026, 18:50.", "o@x.example"},
		`"verb":"updated","actor":{"email":"o@x.example"}`:                                              {"Tallyfy's activity names o@x.example: the group was updated, 3 Mar 2026, 18:50."},
		`"verb":["updated"],"actor":[],"actor_type":["user"],"actor_id":[` + d.ID("emre.yildiz") + `]`:  {"Tallyfy's activity names Emre Yıldız: the group was updated, 3 Mar 2026, 18:50."},
		`"verb":["updated"],"actor":null,"actor_type":"guest","actor_id":"` + d.ID("emre.yildiz") + `"`: {"Tallyfy's activity names nobody: the group was updated, 3 Mar 2026, 18:50."},
		`"verb":["<i>paint\u202eed</i>"],"actor":[{"first_name":"Omar"}]`:                               {"Tallyfy's activity names Omar: Tallyfy writes “<i>painted</i>” of the group, 3 Mar 2026, 18:50."},
	} {
		d.Sandbox.Fail(sandbox.Fault{
			Route: activityRoute, Times: 1, Status: 200, Header: http.Header{"Content-Type": {"application/json"}},
			Body: fmt.Sprintf(`{"data":[{"id":1,"auditable_id":%q,"created_at":"2026-03-03T17:50:00Z",%s}]}`, group, body),
		})
		p := ask(page)
		assert.Equal(t, want, p.Texts(who+" li div"), body)
		assert.False(t, p.Has("main b, main i"))
		assert.NotContains(t, p.Body, "\u202e")
	}
	d.Sandbox.Fail(sandbox.Fault{Route: activityRoute, Times: 1, Status: 200, Body: `{"data":[{"id":1,"verb":"updated","created_at":null}]}`, Header: http.Header{"Content-Type": {"application/json"}}})
	assert.Contains(t, ask(page).Text(who), "Not all entries of Tallyfy's activity", "what tells whether it is about this is missing")
}

func TestOnlyAdministratorsAsk(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	path := d.event(history.Joined).URL
	tomas := d.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	calls := d.feeds()
	for _, query := range []string{"", "?ask=yes"} {
		p := tomas.Get(path + query).Whole(http.StatusForbidden)
		assert.Equal(t, "Only administrators see what was changed elsewhere", p.Text("h1"))
		assert.NotContains(t, p.Text("main"), "Payroll")
	}
	assert.Zero(t, tomas.Get(d.GroupPath("Payroll")).Find("a:contains('Ask Tallyfy who')").Length())

	for _, id := range []string{"00000000-0000-7000-8000-000000000000", "x", "undo"} {
		p := d.Get("/activity/elsewhere/" + id + "?ask=yes").Whole(http.StatusNotFound)
		assert.Equal(t, "There is no such change", p.Text("h1"), id)
		assert.Equal(t, "/activity", p.Link("Activity"))
	}
	d.Post("/organisations", url.Values{"organization": {d.Sandbox.OtherOrgID()}})
	d.Org = d.Sandbox.OtherOrgID()
	d.Get(path + "?ask=yes").Whole(http.StatusNotFound)
	assert.Equal(t, calls, d.feeds(), "nobody is asked")
}

// Whoever is not in the organisation any more sees nothing of it, the event included.
func TestWhoIsShutOutGetsNoAnswer(t *testing.T) {
	d, c := shared(t)
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	page := d.event(history.Joined)
	d.Elsewhere(http.MethodDelete, "/users/"+d.ID("maren.dahl"), "")
	p := page.Form("main form").Submit("Ask Tallyfy").Whole(http.StatusForbidden)
	assert.Equal(t, "Tallyfy does not let you in here", p.Text("h1"))
	assert.NotContains(t, p.Text("main"), "Payroll")
}
