package history_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A clock moves only when told to.
type clock struct{ now time.Time }

// watched is a desk whose clock stands at 3 March 2026, 17:20 at the first reading, on Maren's pages.
func watched(t *testing.T) (*desk, *clock) {
	c := &clock{time.Date(2026, 3, 3, 16, 20, 30, 0, time.UTC)}
	return newDesk(t, sitetest.Options{Now: func() time.Time { return c.now }}), c
}

const joined = "joined Payroll between 3 Mar 2026, 17:20 and 4 Mar 2026, 08:05, not through this dashboard."

func TestPagesTellWhatWasChangedElsewhere(t *testing.T) {
	d, c := watched(t)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	c.now = time.Date(2026, 3, 4, 7, 5, 30, 0, time.UTC)
	d.SignIn()
	overview := d.read().Whole(http.StatusOK)
	visit := "section[aria-labelledby=visit]"
	assert.Contains(t, overview.Text(visit), "1 joined a group, since 3 Mar 2026, 17:20.")
	assert.Contains(t, overview.Text(visit), "Noor van der Meer "+strings.Replace(joined, ", not through this dashboard", "", 1))
	for _, path := range []string{d.MemberPath("noor.vandermeer"), d.GroupPath("Payroll")} {
		p := d.Get(path).Whole(http.StatusOK)
		assert.Contains(t, p.Text("section[aria-labelledby=activity]"), "Noor van der Meer "+joined, path)
		assert.Contains(t, p.Text("section[aria-labelledby=activity]"), "Watching since 3 March 2026, 17:20 CET")
		assert.NotContains(t, p.Text("main"), "unchanged")
	}
	assert.NotContains(t, d.Get(d.GroupPath("Finance")).Text("section[aria-labelledby=activity]"), "joined")

	assert.Contains(t, d.Get("/help").Text("main"), "Whoever leaves a group and comes back between two readings is not seen. So a page never says that nothing has changed.")

	p := overview.Form(visit + " form").Submit("Seen").Whole(http.StatusOK)
	assert.Equal(t, "/", p.URL)
	assert.Contains(t, p.Text(visit), "None seen since 4 Mar 2026, 08:05.")
	assert.NotContains(t, p.Text(visit), "Noor")
	c.now = c.now.Add(time.Hour)
	d.read()
	c.now = c.now.Add(time.Minute)
	assert.Contains(t, d.Get("/").Text(visit), "None seen between 4 Mar 2026, 08:05 and 09:05.", "the time is named")
	d.elsewhere("Payroll", "noor.vandermeer", false)
	c.now = c.now.Add(time.Hour)
	assert.Contains(t, d.read().Text(visit), "1 left a group, since 4 Mar 2026, 08:05.")
}

func TestActivityShowsBothAndTellsThemApart(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	d.Get(d.GroupPath("Finance")+"/people?find=noor").Form("main form[data-form]").Tick("add", d.ID("noor.vandermeer")).Submit("Save").Whole(http.StatusOK)
	d.elsewhere("Payroll", "noor.vandermeer", false)
	d.read()
	p := d.Get("/activity").Whole(http.StatusOK)
	rows := p.Texts("#list .rows li .split > :first-child")
	require.Len(t, rows, 3)
	assert.Contains(t, rows[0], "Elsewhere Noor van der Meer left Payroll")
	assert.Contains(t, rows[1], "Maren Dahl added Noor van der Meer to Finance.")
	assert.NotContains(t, rows[1], "Elsewhere")
	assert.Contains(t, rows[2], "Elsewhere Noor van der Meer joined Payroll")

	for query, want := range map[string]int{
		"made=elsewhere": 2, "made=here": 1, "what=group.people": 3, "made=elsewhere&what=group.people": 2, "made=elsewhere&what=member.disable": 0, "outcome=done": 1, "made=elsewhere&outcome=done": 0, "q=joined": 1, "q=noor": 3,
		"about=" + url.QueryEscape("group "+d.Group("Payroll").ID): 2, "about=" + url.QueryEscape("member "+d.ID("noor.vandermeer")): 3,
		"to=2026-03-02": 0, "from=2026-03-02": 3, "made=nowhere": 3,
	} {
		assert.Len(t, d.Get("/activity?"+query).Texts("#list .rows li"), want, query)
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(d.Get("/activity.csv?"+query).Body, "\ufeff"))).ReadAll()
		require.NoError(t, err)
		assert.Len(t, records, want+1, "the file has exactly the rows of the view: %s", query)
	}

	assert.NotContains(t, p.Text("#list"), "is not known")
	for _, query := range []string{"outcome=done", "who=" + d.ID("maren.dahl"), "made=elsewhere&outcome=done"} {
		assert.Contains(t, d.Get("/activity?"+query).Text("#list"), "Who changed something elsewhere, and how that ended, is not known", query)
	}
	assert.NotContains(t, d.Get("/activity?made=here&outcome=done").Text("#list"), "is not known")

	// Others see their own changes only.
	tomas := d.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	assert.NotContains(t, tomas.Get("/activity?made=elsewhere").Text("main"), "Noor")
	assert.NotContains(t, tomas.Get(d.GroupPath("Payroll")).Text("section[aria-labelledby=activity]"), "Noor")
	assert.Zero(t, tomas.Get("/").Find("section[aria-labelledby=visit]").Length())
	tomas.Get(d.GroupPath("Payroll") + "?on=2026-03-03").Whole(http.StatusForbidden)
	tomas.Get(d.GroupPath("Payroll") + "/people.csv?on=2026-03-03").Whole(http.StatusForbidden)
}

// Each page goes on where the one before ended, whatever the changes are.
func TestActivityTurnsPages(t *testing.T) {
	d, c := watched(t)
	for i := range 60 {
		c.now = c.now.Add(time.Minute)
		d.elsewhere("Payroll", "noor.vandermeer", i%2 == 0)
		d.read()
	}
	p := d.Get("/activity").Whole(http.StatusOK)
	seen := p.Texts("#list .rows li")
	require.Len(t, seen, 50)
	seen = append(seen, p.Follow("Next").Whole(http.StatusOK).Texts("#list .rows li")...)
	require.Len(t, seen, 60)
	for i := range 59 {
		assert.NotEqual(t, seen[i], seen[i+1])
	}
}

func TestWhoWasInAGroupOnADay(t *testing.T) {
	d, c := watched(t)
	before := len(d.Group("Payroll").Members)
	c.now = time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	d.SignIn()
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	c.now = time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	d.SignIn()
	d.read()
	path := d.GroupPath("Payroll")
	d.Sandbox.ClearRequests()
	for on, want := range map[string]struct{ in, unknown int }{"2026-03-03": {before, 1}, "2026-03-04": {before, 1}, "2026-03-05": {before + 1, 0}, "2026-03-08": {before + 1, 0}} {
		p := d.Get(path + "?on=" + on).Whole(http.StatusOK)
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(d.Get(path+"/people.csv?on="+on).Body, "\ufeff"))).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, []string{"Name", "Id", "state", "known_from", "known_to", "At (UTC)"}, records[0])
		counts := map[string]int{}
		for _, r := range records[1:] {
			counts[r[2]]++
			assert.NotEmpty(t, r[3])
			assert.NotEmpty(t, r[4])
		}
		assert.Equal(t, want.in, counts["in"], on)
		assert.Equal(t, want.unknown, counts["not known"], on)
		assert.Len(t, records, 1+counts["in"]+counts["out"]+counts["not known"])
		assert.Contains(t, p.Text("main"), fmt.Sprintf("%d in, %d not in, %d not known: %d people in all.", counts["in"], counts["out"], counts["not known"], len(records)-1))
		assert.Len(t, p.Texts("main .rows li"), want.in+want.unknown)
	}
	for _, r := range d.Sandbox.Requests() {
		assert.True(t, strings.HasSuffix(r.Path, "/me"), "nothing is read but who asks for a file: %s", r.Path)
	}
	assert.Contains(t, d.Get(path+"?on=2026-02-01").Text("main"), "what was before is not known")

	p := d.Get(path + "?on=1+March").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main"), "“1 March” is not a day.")
	assert.Equal(t, "1 March", p.Find("#field-on").AttrOr("value", ""))
	d.Get(path + "/people.csv?on=1+March").Whole(http.StatusUnprocessableEntity)
	d.Get("/groups/ffffffffffffffffffffffffffffffff?on=2026-03-04").Whole(http.StatusNotFound)

	// A group that is gone is remembered, without asking for it.
	d.Elsewhere("DELETE", "/groups/"+d.Group("Payroll").ID, "")
	c.now = c.now.Add(time.Hour)
	d.read()
	p = d.Get(path + "?on=2026-03-08").Whole(http.StatusOK)
	assert.Equal(t, "Who was in Payroll", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "The group is not there any more.")
	assert.Len(t, p.Texts("main .rows li"), before+1)
}

// What the latest reading had is known, also when it is the only one. A later moment is not.
func TestWhoIsInAGroupToday(t *testing.T) {
	d, c := watched(t)
	path, today := d.GroupPath("Payroll"), func() string { return c.now.Format(time.DateOnly) }
	in := len(d.Group("Payroll").Members)
	on := func(day string) *sitetest.Page { return d.Get(path + "?on=" + day).Whole(http.StatusOK) }
	p := on(today())
	assert.Equal(t, "As read on 3 March 2026, 17:20 CET", p.Text("#people"))
	assert.Contains(t, p.Text("main"), fmt.Sprintf("%d in, ", in))
	assert.Contains(t, p.Text("main"), " 0 not known: ")
	assert.Contains(t, p.Text("main"), "That is the latest reading. What was changed elsewhere since is not known.")
	assert.Len(t, p.Texts("main .rows li"), in)
	assert.Contains(t, p.Texts("main .rows li")[0], "found in by this reading")
	assert.Equal(t, in, strings.Count(d.Get(path+"/people.csv?on="+today()).Body, ",in,2026-03-03 16:20:"))

	c.now = time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	d.SignIn()
	d.read()
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	p = on(today())
	assert.Contains(t, p.Text("main"), fmt.Sprintf("%d in, ", in+1))
	assert.Contains(t, p.Text("main .rows li:contains('Noor')"), "In Noor van der Meer found in by this reading")
	c.now = c.now.Add(time.Hour)
	d.elsewhere("Payroll", "noor.vandermeer", false)
	d.read()
	p = on(today())
	assert.Equal(t, "As read on 5 March 2026, 12:00 CET", p.Text("#people"))
	assert.Contains(t, p.Text("main"), fmt.Sprintf("%d in, ", in))
	assert.Contains(t, p.Text("main"), "1 of those not in left that day.")
	assert.Contains(t, p.Text("main .rows li:contains('Noor')"), "Left that day Noor van der Meer out from 5 Mar 2026, 12:00 at the latest")
	p = on("2026-03-04")
	assert.Equal(t, "At the end of 4 March 2026, CET", p.Text("#people"))
	assert.NotContains(t, p.Text("main"), "left that day")

	c.now = c.now.AddDate(0, 0, 1)
	d.SignIn()
	p = on(today())
	assert.Contains(t, p.Text("main"), "0 in, 0 not in, ")
	assert.Contains(t, p.Text("main"), "The latest reading is of 5 March 2026, 11:59 CET: what was changed elsewhere since is not known.")
	assert.Empty(t, p.Texts("main .rows li"))
	p = d.Get(path + "?on=2026-03-07").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-on"), "That day is still to come.")
	p = d.Get(d.GroupPath("Payroll")).Form("form.look-back").Submit("Show").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-on"), "Choose a day.")
}
