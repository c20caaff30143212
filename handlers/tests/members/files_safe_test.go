package members_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// newGroup makes a group in Tallyfy itself.
func newGroup(s *sitetest.Site, name, description string, members ...int) sandbox.Group {
	s.T.Helper()
	body, err := json.Marshal(map[string]any{"name": name, "description": description, "members": append([]int{}, members...)})
	require.NoError(s.T, err)
	s.Elsewhere(http.MethodPost, "/groups", string(body))
	return s.Group(name)
}

func TestFileNamesAreSafeWhateverAGroupIsCalled(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for name, want := range map[string]string{
		`Night "shift"; x=../../etc`: "night-shift-x-etc-aldermoor-logistics",
		"Line\r\nSet-Cookie: a=b":    "line-set-cookie-a-b-aldermoor-logistics",
		"ליאור":                      "aldermoor-logistics",
		"Zoë & Søn":                  "zoe-s-n-aldermoor-logistics",
		strings.Repeat("long ", 39):  strings.TrimSuffix(strings.Repeat("long-", 16), "-"),
	} {
		g := newGroup(s, strings.TrimSpace(name), "For a test.")
		p := s.Get("/groups/" + g.ID + "/people.csv")
		assert.Empty(t, file(p, "Kind", "Name", "Email", "Role", "Status", "Id"))
		assert.Equal(t, `attachment; filename="`+want+time.Now().Format("-2006-01-02")+`.csv"`, p.Header.Get("Content-Disposition"))
		assert.NotContains(t, p.Header.Values("Set-Cookie"), "a=b")
	}
}

func TestAStandardMemberMayTakeFiles(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	anonymous := s.Get("/members.csv?role=light")
	assert.Equal(t, "/signin?next="+url.QueryEscape("/members.csv?role=light"), anonymous.URL)
	s.SignInWith(sandbox.StandardToken)
	assert.Len(t, memberRows(s.Get("/members.csv")), 57)
	assert.Len(t, groupRows(s.Get("/groups.csv")), 34)
	assert.Len(t, file(s.Get("/groups/"+s.Group(everybody).ID+"/people.csv"), "Kind", "Name", "Email", "Role", "Status", "Id"), 60)
}

func TestAFileThatTakesLongSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 1500}, Directory: directory.Options{Wait: time.Millisecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Delay: 100 * time.Millisecond})
	g := s.Group(everybody)
	for path, back := range map[string]string{"/groups/" + g.ID + "/people.csv": "/groups/" + g.ID, "/members.csv?role=light&page=2": "/members?page=2&role=light", "/groups.csv": "/groups"} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.Equal(t, "Preparing the file", p.Text("h1"), path)
		assert.Equal(t, "2", p.Header.Get("Refresh"), path)
		assert.Contains(t, p.Text("main [role=status]"), " so far.")
		assert.Equal(t, back, p.Link("Back"))
	}
	p := s.Get("/groups/" + g.ID + "/people.csv")
	for p.Header.Get("Refresh") != "" {
		time.Sleep(10 * time.Millisecond) // as a browser does, which takes longer
		p = s.Get(p.URL)
	}
	assert.Len(t, file(p, "Kind", "Name", "Email", "Role", "Status", "Id"), 1500)
	assert.Equal(t, 3, s.Calls(http.MethodGet, "/users"), "each page once, however often was asked")
}

// What was read long ago is no file of today, however long it takes to read it anew.
func TestAFileIsNotMadeOfAnOldCopy(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Directory: directory.Options{MaxAge: time.Nanosecond, Stale: time.Nanosecond, Wait: time.Second}})
	require.Len(t, memberRows(s.Get("/members.csv?status=all")), 60)
	s.Disable("chiara.dangelo")
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Delay: 3 * time.Second})
	for _, file := range []string{"/members.csv", "/groups.csv", s.GroupPath("Payroll") + "/people.csv"} {
		assert.Equal(t, "Preparing the file", s.Get(file).Whole(http.StatusOK).Text("h1"), file)
	}
}

// While the names are read, the file is asked for every two seconds, and the group need not be.
func TestAFileThatTakesLongReadsTheGroupOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Hour, Sandbox: sandbox.Options{Members: 500}, Directory: directory.Options{Wait: time.Millisecond}})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Delay: 20 * time.Millisecond})
	g := s.Group(everybody)
	looks := 0
	for p := s.Get("/groups/" + g.ID + "/people.csv"); p.Header.Get("Refresh") != ""; looks++ {
		r := s.Request(http.MethodGet, p.URL, nil)
		r.Header.Set("Cache-Control", "max-age=0") // as Chromium does
		p = s.Do(r)
	}
	assert.Positive(t, looks)
	assert.Equal(t, 1, s.Calls(http.MethodGet, "/groups/"+g.ID))
}

func TestAFailureIsAPageNeverHalfAFile(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"members 500":  {Route: sitetest.UsersRoute, Status: 500},
		"members 403":  {Route: sitetest.UsersRoute, Status: 403},
		"second page":  {Route: sitetest.UsersRoute, Abort: true, AbortAfter: 400},
		"group 500":    {Route: sitetest.GroupRoute, Status: 500},
		"group broken": {Route: sitetest.GroupRoute, Abort: true, AbortAfter: 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 150}})
			g := s.Group(everybody)
			s.Sandbox.Fail(fault)
			p := s.Get("/groups/" + g.ID + "/people.csv")
			p.Whole(map[bool]int{true: http.StatusForbidden, false: http.StatusBadGateway}[fault.Status == 403])
			assert.Contains(t, p.Header.Get("Content-Type"), "text/html")
			assert.Empty(t, p.Header.Get("Content-Disposition"))
			assert.Contains(t, p.Texts("main code"), p.Header.Get("X-Request-Id"))
			s.Sandbox.ClearFaults()
			assert.Len(t, file(s.Get("/groups/"+g.ID+"/people.csv"), "Kind", "Name", "Email", "Role", "Status", "Id"), 150)
		})
	}
}
