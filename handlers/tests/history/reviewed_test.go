package history_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// Ordinary pages and the receipt say that somebody was reviewed, and what was seen to change since. Nothing is said where
// nothing was seen: that is not "unchanged".
func TestPagesSayWhatChangedSinceAReview(t *testing.T) {
	d, c := watched(t)
	c.now = time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)
	d.SignIn()
	d.read()
	assert.NotContains(t, d.Get(d.GroupPath("Payroll")).Facts(), "Not reviewed", "nobody was reviewed at all")
	queue := d.Get("/reviews/new").Form("main form").Set("name", "Joiners").Tick("who", "text").
		Set("text", d.Member("noor.vandermeer").Email+"\n"+d.Member("soren.kjaergaard").Email).Submit("Start the review").Whole(http.StatusOK)
	step := queue.Follow("Go on at person 1")
	for range 2 {
		step = step.Form("main form[data-form]").Set("note", "fine").Submit("Looks right").Whole(http.StatusOK)
	}
	receipt := func() string { return d.Get(queue.URL + "/receipt").Whole(http.StatusOK).Text("main") }
	noor := d.MemberPath("noor.vandermeer")
	const group = "Operations" // Søren's
	require.Contains(t, d.Group(group).Members, d.Member("soren.kjaergaard").ID)
	fact := func(path string) string { return d.Get(path).Whole(http.StatusOK).Facts()["Reviewed"] }
	assert.Contains(t, fact(noor), "4 Mar 2026 by Maren Dahl")
	assert.Contains(t, fact(d.GroupPath(group)), "4 Mar 2026")
	assert.NotContains(t, fact(noor)+fact(d.GroupPath(group))+receipt(), "changed since")
	left := d.Get(d.GroupPath("Payroll")).Whole(http.StatusOK).Facts()["Not reviewed"]
	assert.Equal(t, "1 member: Chiara D'AngeloReviews of the last 400 days count.", left)

	// Between the last reading and the next one lies the review: whether it came after it is not known.
	d.elsewhere("Payroll", "noor.vandermeer", true)
	c.now = c.now.Add(time.Hour)
	d.read()
	assert.Contains(t, fact(noor), "Groups changed then or since")
	assert.Contains(t, receipt(), "1 person changed then or since, as far as seen.")
	c.now = c.now.Add(time.Hour)
	d.read()
	d.elsewhere("Payroll", "noor.vandermeer", false)
	d.elsewhere(group, "noor.vandermeer", true)
	d.elsewhere(group, "soren.kjaergaard", false)
	c.now = c.now.AddDate(0, 0, 1)
	d.SignIn()
	d.read()
	assert.Contains(t, fact(noor), "Groups changed since")
	assert.Contains(t, fact(d.GroupPath(group)), "2 people changed since")
	assert.Contains(t, receipt(), "2 people changed since, as far as seen.")
	assert.Len(t, d.Get(queue.URL+"/receipt").Texts("li.receipt-person a:contains('Groups changed since')"), 2)
	assert.Contains(t, d.Get(queue.URL+".csv").Body, "Groups changed since")
	timeline := d.Get(noor).Follow("Groups changed since").Whole(http.StatusOK)
	assert.True(t, strings.HasSuffix(timeline.URL, "?about=member+"+d.ID("noor.vandermeer")+"&from=2026-03-04"), timeline.URL)
	assert.Len(t, timeline.Texts("#list .rows li"), 3, "from that day on")
	for _, path := range []string{noor, d.GroupPath(group), queue.URL + "/receipt"} {
		assert.NotContains(t, strings.ToLower(d.Get(path).Text("main")), "unchanged")
	}
	assert.Empty(t, fact(d.GroupPath("Payroll")), "nobody of it was reviewed")

	// Others cannot open a review, and are not told of it.
	tomas := d.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	assert.NotContains(t, tomas.Get(d.GroupPath(group)).Text("main"), "Reviewed")
	assert.NotContains(t, tomas.Get(d.GroupPath("Payroll")).Facts(), "Not reviewed")
}
