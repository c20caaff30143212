package members_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// days are the deadlines of the tasks on a page, as it writes them; the far future for none.
func days(t *testing.T, p *sitetest.Page) (list []time.Time) {
	t.Helper()
	for _, text := range p.Texts(".tasks .due") {
		_, day, ok := strings.Cut(text, "due ")
		at, err := time.Parse("2 Jan 2006", day)
		if !ok {
			at = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		} else {
			require.NoError(t, err)
		}
		list = append(list, at)
	}
	return list
}

// The page of a person shows the tasks that are due first, and the list has all of them, late ones first and said.
func TestTasksOfAMemberByDeadline(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	open := s.Sandbox.OpenTasks(s.Member("soren.kjaergaard").ID)
	require.Greater(t, open, 10)
	few := s.Get(s.MemberPath("soren.kjaergaard"))
	all := few.Follow(fmt.Sprintf("All %d open tasks", open)).Whole(http.StatusOK)
	assert.Equal(t, s.MemberPath("soren.kjaergaard")+"/tasks", all.URL)
	assert.Equal(t, "Open tasks of Søren Kjærgaard", all.Text("h1"))
	assert.Equal(t, s.MemberPath("soren.kjaergaard"), all.Link("Søren Kjærgaard"))
	rows := all.Texts(".tasks li")
	assert.Len(t, rows, open)
	assert.Equal(t, rows[:5], few.Texts(".tasks li"))
	assert.True(t, slices.IsSortedFunc(days(t, all), time.Time.Compare), "%v", rows)

	late := 0
	for i, at := range days(t, all) {
		if at.Before(time.Now().Truncate(24 * time.Hour)) {
			late++
			assert.Regexp(t, `\d days? late due `, rows[i], "in words, not by colour alone")
		}
	}
	require.NotZero(t, late)
	assert.GreaterOrEqual(t, len(all.Texts(".tasks .overdue")), late)
	assert.Equal(t, fmt.Sprintf("%d open tasks, %d late", open, len(all.Texts(".tasks .overdue"))), all.Text(".page-title .note"))
}

// Of more tasks than one call brings each page costs a call, and says that its order is its own.
func TestManyTasksHavePages(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.MemberPath("soren.kjaergaard") + "/tasks"
	rows := make([]string, 100)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":"t%d","title":"Task %d","deadline":"2020-01-01T09:00:00Z"}`, i, i)
	}
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: 200, Body: `{"data":[` + strings.Join(rows, ",") + `],"meta":{"pagination":{"total":250}}}`})
	p := s.Get(path).Whole(http.StatusOK)
	assert.Equal(t, "250 open tasks, 100 late among the 100 that Tallyfy gave first", p.Text(".page-title .note"))
	assert.Contains(t, p.Text("main"), "Each page is sorted by deadline.")
	assert.Equal(t, "1–100 of 250", p.Text(".pager .position"))
	s.Sandbox.ClearRequests()
	p = p.Follow("Next").Whole(http.StatusOK)
	assert.Equal(t, path+"?page=2", p.URL)
	start, _ := p.Find(".tasks").Attr("start")
	assert.Equal(t, "101", start)
	requests := slices.DeleteFunc(s.Sandbox.Requests(), func(r sandbox.Request) bool { return !strings.HasSuffix(r.Path, "/tasks") })
	require.Len(t, requests, 1)
	assert.Contains(t, requests[0].RawQuery, "&page=2&per_page=100")

	group, guest := s.GroupPath("Finance"), "/guests/bram@tyres.example.com"
	for path, asks := range map[string]string{group: "groups=" + s.Group("Finance").ID, guest: "guests=bram%40tyres.example.com"} {
		p := s.Get(path).Follow("All 250 open tasks").Whole(http.StatusOK)
		assert.Equal(t, path+"/tasks", p.URL)
		assert.Len(t, p.Texts(".tasks li"), 100)
		assert.Equal(t, "1–100 of 250", p.Text(".pager .position"))
		assert.Equal(t, path, p.Link(p.Text(".breadcrumb a")))
		s.Sandbox.ClearRequests()
		assert.Equal(t, "101–200 of 250", p.Follow("Next").Whole(http.StatusOK).Text(".pager .position"))
		asked := s.Sandbox.Requests()[slices.IndexFunc(s.Sandbox.Requests(), func(r sandbox.Request) bool { return strings.HasSuffix(r.Path, "/tasks") })]
		assert.Contains(t, asked.RawQuery, asks)
	}

	s.Sandbox.ClearFaults()
	for _, path := range []string{group, guest} {
		assert.Equal(t, s.Get(path+"/tasks").Texts(".tasks li"), s.Get(path+"/tasks?page=99").Whole(http.StatusOK).Texts(".tasks li"), "past the end it is still theirs")
	}
	assert.Equal(t, "Open tasks of Søren Kjærgaard", s.Get(path+"?page=99").Whole(http.StatusOK).Text("h1"))
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: 500})
	assert.Contains(t, s.Get(path+"?page=2").Whole(http.StatusOK).Text("main"), "Not checked The open tasks could not be counted.")
}

// Two people with one name are told apart wherever one of them is meant.
func TestPageOfANamesake(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/members?role=admin")
	for _, who := range []string{"anna.kowalska", "soren.kjaergaard"} {
		p := s.Get(s.MemberPath(who)).Whole(http.StatusOK)
		want := p.Text("h1")
		assert.Equal(t, who == "anna.kowalska", strings.HasSuffix(want, " ("+who+"@example.com)"), want)
		assert.Contains(t, p.Text("title"), want)
		tasks := s.Get(s.MemberPath(who) + "/tasks").Whole(http.StatusOK)
		assert.Equal(t, want, tasks.Text(".breadcrumb a"))
	}
}
