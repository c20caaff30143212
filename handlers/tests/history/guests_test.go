package history_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// readGuests lets the list of guests read everything anew, and the overview after it, by which it is
// known that the reader is an administrator.
func (d *desk) readGuests() {
	d.t.Helper()
	d.read()
	r := d.Request("GET", "/guests?refresh=1", nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	d.Do(r).Whole(http.StatusOK)
	d.read()
}

// A guest's page, Activity and who was in a group tell of guests, from what pages read anyway.
func TestGuestsAreRemembered(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	d.readGuests()
	const kavanagh, path = "d.kavanagh@audit.example.com", "/guests/d.kavanagh@audit.example.com"
	calls := d.Calls(http.MethodGet, "/guests")
	d.readGuests()
	each := d.Calls(http.MethodGet, "/guests") - calls
	require.True(t, d.Sandbox.ChangeGroup(d.Group("Payroll").ID, sandbox.GroupChange{AddGuests: []string{kavanagh}}))
	d.Elsewhere("POST", "/guests", `{"email":"lin@tyres.example.com","first_name":"Lin"}`)
	d.readGuests()
	assert.Equal(t, each, d.Calls(http.MethodGet, "/guests")-calls-each, "nothing is read for it")

	p := d.Get(path).Whole(http.StatusOK)
	assert.Contains(t, p.Text("section[aria-labelledby=activity]"), kavanagh+" joined Payroll")
	assert.Contains(t, p.Text("section[aria-labelledby=activity]"), "Watching since")
	about := p.Follow("All changes").Whole(http.StatusOK)
	require.Len(t, about.Texts("#list .rows li"), 1)
	assert.Contains(t, about.Text("#list .rows li"), "Elsewhere "+kavanagh+" joined Payroll")
	assert.Contains(t, about.Text("main"), "About: "+kavanagh)
	added := d.Get("/activity").Find("#list .rows a:contains('lin@tyres.example.com became a guest')")
	assert.Equal(t, 1, added.Length())
	assert.Contains(t, added.AttrOr("href", ""), "/guests/lin@tyres.example.com")
	overview := d.Get("/").Text("section[aria-labelledby=visit]")
	assert.Contains(t, overview, "1 new guest, 1 joined a group")

	assert.Contains(t, d.Get("/activity.csv").Body, ",elsewhere: joined,"+kavanagh+"; Payroll,; "+d.Group("Payroll").ID+",")
	today := d.App.Now().In(d.Zone()).Format("2006-01-02")
	row := d.Get(d.GroupPath("Payroll") + "?on=" + today).Whole(http.StatusOK).Find("main .rows li:contains('" + kavanagh + "')")
	assert.Equal(t, 1, row.Length())
	assert.Contains(t, row.Find("a").AttrOr("href", ""), path)
	assert.Contains(t, d.Get(d.GroupPath("Payroll")+"/people.csv?on="+today).Body, kavanagh+",,in,")

	// Others see what was done here only.
	tomas := d.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	assert.NotContains(t, tomas.Get(path).Text("main"), "joined Payroll")
}

// A review marks who was a guest before, as far as that was seen.
func TestAReviewMarksWhoWasAGuest(t *testing.T) {
	d := newDesk(t, sitetest.Options{Sandbox: sandbox.Options{Joiners: true}})
	start := func() *sitetest.Page {
		return d.Get("/reviews/new").Form("main form").Set("name", "Joiners").Tick("who", "text").
			Set("text", "pawel@temp.example.com"+"\n"+d.Member("ines.carvalho").Email).Submit("Start the review").Whole(http.StatusOK)
	}
	d.readGuests()
	q := start()
	assert.Equal(t, 1, q.Find("tbody tr:contains('Was a guest')").Length())
	assert.Contains(t, q.Follow("Paweł Zieliński").Text("header.page-header"), "Was a guest")
	assert.NotContains(t, q.Follow("Inês Carvalho").Text("main"), "Was a guest")
}

// Who was a guest under the address of an account that is deleted for good is taken out, too.
func TestErasedPeopleAreTakenOutAsGuests(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	m := d.Member("noor.vandermeer")
	require.True(t, d.Sandbox.ChangeGroup(d.Group("Payroll").ID, sandbox.GroupChange{AddGuests: []string{m.Email}}))
	d.Disable("noor.vandermeer")
	d.read()
	events := func() []string { return d.Get("/activity?made=elsewhere").Texts("#list .rows li") }
	require.Contains(t, events()[0]+events()[len(events())-1], m.Email)
	d.Get(d.MemberPath("noor.vandermeer")+"/delete").Form("main form").Set("phrase", m.Email).Submit("")
	d.read()
	for _, text := range events() {
		assert.NotContains(t, text, m.Email)
	}
}
