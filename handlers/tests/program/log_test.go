package program_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// lines are the lines of the log with that message; each line has to be JSON.
func (p *dashboard) lines(message string) []map[string]any {
	p.T.Helper()
	var found []map[string]any
	for text := range strings.Lines(p.Log.String()) {
		if !strings.HasSuffix(text, "\n") { // is being written
			continue
		}
		var line map[string]any
		require.NoError(p.T, json.Unmarshal([]byte(text), &line), text)
		for _, key := range []string{"time", "level", "msg"} {
			assert.Contains(p.T, line, key)
		}
		if line["msg"] == message {
			found = append(found, line)
		}
	}
	return found
}

// accessLine is a request's access line. It is written after the answer.
func (p *dashboard) accessLine(id any) (line map[string]any) {
	p.T.Helper()
	require.Eventually(p.T, func() bool {
		lines := p.lines("request")
		i := slices.IndexFunc(lines, func(r map[string]any) bool { return r["request_id"] == id })
		if i >= 0 {
			line = lines[i]
		}
		return i >= 0
	}, time.Minute, 5*time.Millisecond, "no access line for %v", id)
	return line
}

// Each request has one access line, whatever it was.
func TestAccessLines(t *testing.T) {
	t.Parallel()
	tallyfy := program.NewAPI(t, sandbox.Options{})
	p := start(t, program.Options{API: tallyfy})
	s := p.SignedIn()
	me := s.ID("maren.dahl")
	for _, test := range []struct {
		path, route string
		status      int
		calls       []float64
		user        bool
	}{
		{"/groups?q=secret-query", "/o/:org/groups", http.StatusOK, []float64{1}, true},
		{s.GroupPath("Payroll") + "/delete", "/o/:org/groups/:group/delete", http.StatusOK, []float64{3}, true},
		{"/groups/" + strings.Repeat("0", 32), "/o/:org/groups/:group", http.StatusNotFound, []float64{1, 2, 3}, true}, // two are broken off when there is no such group, sent or not
		{"/help", "/o/:org/help", http.StatusOK, []float64{0}, true},
		{"/healthz", "/healthz", http.StatusOK, []float64{0}, false},
		{"/secret-path", "", http.StatusNotFound, []float64{0}, true},
	} {
		answer := s.Get(test.path)
		require.Equal(t, test.status, answer.Status)
		line := p.accessLine(answer.Header.Get("X-Request-Id"))
		assert.Equal(t, http.MethodGet, line["method"])
		assert.Equal(t, test.route, line["route"], test.path)
		assert.EqualValues(t, test.status, line["status"])
		assert.Contains(t, test.calls, line["upstream_calls"], test.path)
		assert.Positive(t, line["duration_ms"])
		assert.Equal(t, "127.0.0.1", line["client"])
		if test.user {
			assert.Equal(t, me, line["user"], test.path)
			assert.Equal(t, tallyfy.OrgID(), line["organisation"])
		} else {
			assert.NotContains(t, line, "user")
		}
	}
	for _, secret := range []string{"secret-query", "secret-path", sandbox.AdminToken} {
		assert.NotContains(t, p.Log.String(), secret)
	}
	ids := map[any]bool{}
	for _, line := range p.lines("request") {
		assert.False(t, ids[line["request_id"]], "two lines for one request: %v", line)
		ids[line["request_id"]] = true
	}
}

// Each change has one audit line, however it ended.
func TestAuditLines(t *testing.T) {
	t.Parallel()
	tallyfy := program.NewAPI(t, sandbox.Options{})
	p := start(t, program.Options{API: tallyfy})
	s := p.SignedIn()
	me, payroll, chiara := s.ID("maren.dahl"), s.Group("Payroll"), s.Member("chiara.dangelo")
	create := func(name string) *sitetest.Page {
		return s.Post("/groups", url.Values{"name": {name}, "description": {"d"}, "action": {"create"}})
	}
	known := 0
	change := func(kind, result string, do func()) map[string]any {
		t.Helper()
		do()
		lines := p.lines("change")
		known++
		require.Len(t, lines, known, "%s %s", kind, result)
		line := lines[known-1]
		assert.Equal(t, kind, line["change"])
		assert.Equal(t, result, line["result"])
		assert.Equal(t, me, line["user"])
		assert.Equal(t, "maren.dahl@example.com", line["email"])
		assert.Equal(t, tallyfy.OrgID(), line["organisation"])
		assert.Equal(t, result != "done", line["error"] != nil)
		assert.Equal(t, me, p.accessLine(line["request_id"])["user"], "the access line has the same id")
		return line
	}
	post := func(status int, execute bool) {
		tallyfy.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Times: 1, Status: status, Execute: execute, Body: `{"message":"No."}`})
	}
	remove := func(status int, execute bool) {
		tallyfy.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Times: 1, Status: status, Execute: execute, Body: `{"message":"No."}`})
	}

	line := change("group.create", "done", func() { create("Night shift") })
	assert.Equal(t, map[string]any{"name": "Night shift", "members": 0.0, "guests": 0.0}, line["after"])
	assert.Equal(t, s.Group("Night shift").ID, line["group"])
	line = change("group.create", "refused", func() { post(http.StatusUnprocessableEntity, false); create("Day shift") })
	assert.Equal(t, map[string]any{"name": "Day shift", "members": 0.0, "guests": 0.0}, line["asked"])
	assert.NotContains(t, line, "after")
	change("group.create", "not confirmed", func() { post(http.StatusInternalServerError, true); create("Day shift") })

	deletion := s.DeletePath("Payroll")
	line = change("group.delete", "refused", func() {
		tallyfy.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Times: 1, Status: http.StatusForbidden})
		f := s.Get(deletion).Form("main form")
		f.Values.Set("phrase", "Payroll")
		f.Submit("Delete Payroll")
	})
	assert.Equal(t, payroll.ID, line["group"])
	assert.Equal(t, map[string]any{"name": "Payroll", "members": float64(len(payroll.Members)), "guests": float64(len(payroll.Guests))}, line["before"])
	change("group.delete", "not confirmed", func() {
		tallyfy.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Times: 1, Status: http.StatusInternalServerError})
		f := s.Get(deletion).Form("main form")
		f.Values.Set("phrase", "Payroll")
		f.Submit("Delete Payroll")
	})
	change("group.delete", "done", func() {
		f := s.Get(deletion).Form("main form")
		f.Values.Set("phrase", "Payroll")
		f.Submit("Delete Payroll")
	})
	assert.False(t, s.Exists("Payroll"))

	change("member.remove", "refused", func() { remove(http.StatusUnprocessableEntity, false); s.Remove("chiara.dangelo", "siobhan.obrien") })
	line = change("member.remove", "done", func() { s.Remove("chiara.dangelo", "siobhan.obrien") })
	assert.Equal(t, s.ID("chiara.dangelo"), line["member"])
	assert.Equal(t, s.ID("siobhan.obrien"), line["work_to"])
	assert.Equal(t, map[string]any{"status": "disabled"}, line["after"])
	before, ok := line["before"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, chiara.Email, before["email"])
	assert.Equal(t, "active", before["status"])
	change("member.remove", "not confirmed", func() { remove(http.StatusBadGateway, true); s.Remove("esi.mensah", "leave") })
	assert.NotContains(t, p.Log.String(), sandbox.AdminToken)
}

// A log for people is text, one line each.
func TestTextLog(t *testing.T) {
	t.Parallel()
	p := start(t, program.Options{Env: []string{"LOG_FORMAT=text"}})
	assert.Equal(t, http.StatusOK, p.Status("/signin"))
	require.Eventually(t, func() bool {
		return strings.Contains(p.Log.String(), "msg=request") && strings.Contains(p.Log.String(), "route=/signin")
	},
		time.Minute, 5*time.Millisecond)
	for line := range strings.Lines(p.Log.String()) {
		assert.Regexp(t, `^time=\S+ level=\w+ msg=`, line)
	}
}

// A proxy's id for a request goes through to Tallyfy if the proxy is trusted; anybody else's does not.
func TestRequestIDsFromOutside(t *testing.T) {
	t.Parallel()
	for trusted, taken := range map[string]bool{"127.0.0.1": true, "10.0.0.0/8": false} {
		tallyfy := program.NewAPI(t, sandbox.Options{})
		p := start(t, program.Options{API: tallyfy, Arguments: []string{"--trusted-proxies", trusted}})
		s := p.SignedIn()
		r := s.Request(http.MethodGet, "/groups?page=2", nil)
		r.Header.Set("X-Request-Id", "from-the-proxy-1")
		answer := s.Do(r)
		require.Len(t, tallyfy.Requests(), 1)
		id := answer.Header.Get("X-Request-Id")
		assert.Equal(t, taken, id == "from-the-proxy-1")
		assert.Equal(t, id, tallyfy.Requests()[0].Header.Get("X-Request-Id"), "passed on")
	}
}
