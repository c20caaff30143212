package removal_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// line is the line of a receipt that holds a text.
func line(p *sitetest.Page, text string) string {
	p.Site.T.Helper()
	for _, l := range p.Texts("ol.plan > li") {
		if strings.Contains(l, text) {
			return l
		}
	}
	require.Fail(p.Site.T, "no such line", text)
	return ""
}

// clocked is a site with a clock, the sandbox's too, whose tasks take that long to move.
func clocked(t *testing.T, handOver time.Duration) (s *sitetest.Site, pass func(time.Duration)) {
	t.Helper()
	var now atomic.Int64
	now.Store(time.Now().Unix())
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	s = sitetest.SignedIn(t, sitetest.Options{Now: clock, Sandbox: sandbox.Options{Now: clock, HandOver: handOver}})
	return s, func(d time.Duration) { now.Add(int64(d / time.Second)) }
}

const moved = "All their open tasks are reassigned to"

// Tallyfy may take a while to move what it has said to move.
func TestAHandOverThatIsStillGoingOn(t *testing.T) {
	s, pass := clocked(t, time.Minute)
	tasks := s.Sandbox.OpenTasks(s.Member("soren.kjaergaard").ID)
	require.Greater(t, tasks, 20)
	p := s.Remove("soren.kjaergaard", "siobhan.obrien").Whole(http.StatusOK)
	for _, seconds := range []int{0, 3, 30} {
		pass(time.Duration(seconds) * time.Second)
		p = p.Follow("Check again").Whole(http.StatusOK)
		open := s.Sandbox.OpenTasks(s.Member("soren.kjaergaard").ID)
		said := fmt.Sprintf("%d of %d moved so far, look again.", tasks-open, tasks)
		assert.Contains(t, line(p, moved), "Still going on "+said)
		assert.Contains(t, summary(p), "Søren Kjærgaard is removed. The work is still being moved: "+said)
		assert.NotContains(t, p.Text("main"), "ot as expected")
		assert.True(t, p.Has("a.button.primary[href$='?check=again']"), "one press looks again")
	}
	assert.Contains(t, s.Get("/activity").Text("main"), "Still going on at ")
	pass(time.Minute)
	p = p.Follow("Check again")
	assert.Contains(t, line(p, moved), " Confirmed ")
	assert.Contains(t, summary(p), "Done. Søren Kjærgaard is removed from")
	assert.Len(t, s.Removals(), 1)
}

// Ten minutes are enough, unless the number still falls.
func TestAHandOverThatHasStopped(t *testing.T) {
	s, pass := clocked(t, 100*time.Hour)
	p := s.Remove("soren.kjaergaard", "siobhan.obrien")
	check := func(after time.Duration) string {
		pass(after)
		p = p.Follow("Check again").Whole(http.StatusOK)
		return line(p, moved)
	}
	assert.Contains(t, check(9*time.Minute), "0 of ")
	assert.Contains(t, check(time.Minute), "Not as expected", "ten minutes later nothing has moved")
	assert.Contains(t, check(6*time.Hour), "Still going on", "it moves after all")
	assert.Contains(t, check(9*time.Minute), "Still going on", "it has moved within ten minutes")
	assert.Contains(t, check(time.Minute), "Not as expected", "and has stopped")
}

// Between the last look and the call somebody else removes the member: Tallyfy does not have them any more.
func TestAMemberWhoWasRemovedAlready(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := "/users/" + s.ID("chiara.dangelo")
	form := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Times: 1, Meanwhile: func() {
		s.Disable("chiara.dangelo")
		s.Elsewhere(http.MethodDelete, path+"/delete", "")
	}})
	p := form.Submit("")
	assert.Equal(t, "Confirmed", receiptOf(p)[chiaraAccess])
	assert.Regexp(t, `Chiara D'Angelo was removed already\. Nothing was done by this press of the button\. 2 points are not as expected\.`, summary(p))
	assert.Contains(t, p.Text("main"), "Asked for by Maren Dahl")
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl wanted to remove Chiara D'Angelo and give the work to Siobhán O'Brien. It was done already.")
	assert.Equal(t, p.URL, form.Submit("").URL, "the same button leads to the same receipt")
	assert.NotContains(t, s.Get("/members?role=standard&per_page=100").Text("main"), "Chiara", "no copy from before")
}

// A 404 that is not about the member is a refusal like any other.
func TestA404ForAMemberWhoIsThere(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get(s.PlanPath("chiara.dangelo", "leave")).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Times: 1, Answer: sandbox.NoSuchMember})
	p := form.Submit("").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("[role=alert]"), "Tallyfy refused: “User not found”")
	assert.Equal(t, "Confirmed", receiptOf(p.Form("main form").Submit(""))[chiaraAccess])
}
