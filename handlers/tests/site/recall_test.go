package site_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// recalling is a site that has been used for a while and keeps what its pages read.
func recalling(t *testing.T) *sitetest.Site {
	t.Helper()
	s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Hour})
	s.Get("/groups?people=none").Whole(http.StatusOK) // reads the copies
	s.Sandbox.ClearRequests()
	return s
}

// asked is how many calls a page takes.
func asked(s *sitetest.Site, open func() *sitetest.Page) int {
	s.T.Helper()
	s.Sandbox.ClearRequests()
	open().Whole(http.StatusOK)
	return len(s.Sandbox.Requests())
}

func TestTheWayBackCostsNothing(t *testing.T) {
	t.Parallel()
	s := recalling(t)
	get := func(path string) func() *sitetest.Page { return func() *sitetest.Page { return s.Get(path) } }
	for _, c := range []struct {
		path  string
		calls int
	}{
		{"/groups", 0}, // signing in has shown it
		{"/groups?page=2", 1},
		{s.GroupPath("Operations"), 2},
		{"/groups?page=2", 0},
		{s.DeletePath("Operations"), 1}, // the logo, which a browser has asked for already
		{"/members", 0},                 // from the copy
		{s.MemberPath("soren.kjaergaard"), 2},
		{s.RemovePath("soren.kjaergaard"), 1}, // the guests, whom nobody has asked for yet
		{s.RemovePath("soren.kjaergaard") + "/handover", 0},
		{s.PlanPath("soren.kjaergaard", "priya.raghunathan"), 1}, // who takes over is read anew
		{"/members", 0},
	} {
		assert.Equal(t, c.calls, asked(s, get(c.path)), c.path)
	}
	reload := s.Request(http.MethodGet, "/groups", nil)
	reload.Header.Set("Cache-Control", "max-age=0") // as browsers do
	assert.Equal(t, 1, asked(s, func() *sitetest.Page { return s.Do(reload) }))

	other := s.As(t)
	other.Post("/signin", url.Values{"token": {sandbox.StandardToken}})
	assert.Equal(t, 1, asked(s, func() *sitetest.Page { return other.Get("/groups?page=2") }), "an answer belongs to the token that asked")
}

func TestAChangeIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	s := recalling(t)
	other := s.As(t)
	other.Post("/signin", url.Values{"token": {sandbox.StandardToken}})
	look := func(has string, want bool) {
		t.Helper()
		for _, site := range []*sitetest.Site{s, other} {
			assert.Equal(t, want, site.Get("/groups?per_page=100").Has("a.name:contains('"+has+"')"))
		}
	}
	look("Night watch", false)
	s.GroupForm("Night watch", "Who looks after the yard at night.").Submit("Create the group").Whole(http.StatusOK)
	look("Night watch", true)
	p := s.Get(s.DeletePath("Night watch")).Form("main form").Submit("Delete Night watch")
	require.Equal(t, "/groups", p.URL)
	look("Night watch", false)

	s.Get(s.MemberPath("chiara.dangelo")).Whole(http.StatusOK)
	assert.Contains(t, s.Get("/members?q=chiara").Text("tbody"), "Chiara")
	s.Remove("chiara.dangelo", "leave").Whole(http.StatusOK)
	assert.False(t, s.Get("/members?q=chiara").Has("tbody"))
	assert.Contains(t, s.Get("/members?status=disabled&q=chiara").Text("tbody"), "Disabled")
	assert.Contains(t, s.Get(s.MemberPath("chiara.dangelo")).Text("main"), "Disabled")
}

// What a change is checked against is read anew, however new the page is that it was decided on.
func TestAChangeIsCheckedAgainstWhatIsNow(t *testing.T) {
	t.Parallel()
	s := recalling(t)
	s.Get(s.MemberPath("chiara.dangelo")).Whole(http.StatusOK)
	plan := s.Get(s.PlanPath("chiara.dangelo", "leave"))
	s.Disable("chiara.dangelo")
	p := plan.Form("main form").Submit("")
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.Empty(t, s.Removals())

	form := s.Get(s.DeletePath("Legal")).Form("main form")
	s.Elsewhere(http.MethodPut, "/groups/"+s.Group("Legal").ID, `{"description":"d","members":[]}`)
	p = form.Submit("Delete Legal")
	assert.Equal(t, http.StatusConflict, p.Status)
	assert.True(t, s.Exists("Legal"))
}

// Rows that were read without their groups, because a copy had them, are of no use without the copy.
func TestMembersKeepTheirGroupsWhenTheCopyIsGone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Hour, Sandbox: sandbox.Options{Members: 1200}}) // one group has them all
	s.Get("/groups?people=none").Whole(http.StatusOK)
	for _, when := range []string{"with the copy", "without it"} {
		assert.NotContains(t, s.Get("/members").Whole(http.StatusOK).Text("tbody"), "not known", when)
		s.App.Directory = directory.New(directory.Options{})
	}
}

// The change itself has just been checked when its receipt opens. From then on a receipt looks again.
func TestAReceiptLooksAgainLater(t *testing.T) {
	t.Parallel()
	s := recalling(t)
	p := s.Remove("chiara.dangelo", "leave").Whole(http.StatusOK)
	look := func() *sitetest.Page { return s.Get(p.URL) }
	assert.Zero(t, asked(s, look))
	again := asked(s, func() *sitetest.Page { return p.Follow("Check again") })
	assert.Positive(t, again)
	now := s.App.Now
	s.App.Now = func() time.Time { return now().Add(2 * time.Hour) }
	assert.Equal(t, again, asked(s, look))
}

func TestNoAnswerIsNotKept(t *testing.T) {
	t.Parallel()
	s := recalling(t)
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: 500, Times: 1})
	assert.Contains(t, s.Get(s.GroupPath("Operations")).Text("main"), "Not checked")
	assert.NotContains(t, s.Get(s.GroupPath("Operations")).Text("main"), "Not checked")
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: 200, Body: `{"data":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"},{"id":"5"}]}`, Times: 1})
	assert.Contains(t, s.Get(s.GroupPath("Payroll")).Text("main"), "Not checked", "five of nobody knows how many")
	assert.NotContains(t, s.Get(s.GroupPath("Payroll")).Text("main"), "Not checked")
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Status: 500})
	assert.Equal(t, http.StatusBadGateway, s.Get("/groups?page=2").Status)
	s.Sandbox.ClearFaults()
	assert.Equal(t, http.StatusOK, s.Get("/groups?page=2").Status)
}

// The memory is for many small answers.
func TestALargeGroupIsNotKept(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Hour, Sandbox: sandbox.Options{Members: 1200}})
	var ids []string
	for _, m := range s.Sandbox.Members()[:1001] {
		ids = append(ids, strconv.Itoa(m.ID))
	}
	for people, again := range map[int]int{1000: 0, 1001: 1} {
		s.Elsewhere(http.MethodPut, s.GroupPath("Legal"), `{"name":"Legal","description":"x","guests":[],"members":[`+strings.Join(ids[:people], ",")+`]}`)
		open := func() *sitetest.Page { return s.Get(s.GroupPath("Legal")) }
		reload := s.Request(http.MethodGet, s.GroupPath("Legal"), nil)
		reload.Header.Set("Cache-Control", "no-cache")
		s.Do(reload).Whole(http.StatusOK)
		assert.Equal(t, again, asked(s, open), "with %d people", people)
	}
}
