package program_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// The program that works at a job is killed in the middle. The other one goes on within half a minute, and no
// group is created twice.
func TestKilledInTheMiddleOfAJob(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, r *replicas) {
		const rows = 16
		s := program.VisitorAt(t, r.url, r.api)
		program.SignIn(s, sandbox.AdminToken)
		s.Get("/members").Whole(http.StatusOK)
		lines := "Name;Description\n"
		for i := range rows {
			lines += fmt.Sprintf("Depot %d;x\n", i)
		}
		var dry *sitetest.Page
		require.Eventually(t, func() bool { // the copies are read at whichever replica answers
			dry = s.Post("/bulk", url.Values{"kind": {"create-groups"}, "text": {lines}})
			return strings.Contains(dry.Text("h1"), "dry run")
		}, time.Minute, 100*time.Millisecond)
		s.Sandbox.ClearRequests()
		r.api.Fail(sandbox.Fault{Method: http.MethodPost, Route: sitetest.GroupsRoute, Delay: 30 * time.Millisecond})
		job := s.Post(dry.URL+"/run", nil)

		after := 3 + rand.IntN(rows-8)
		require.Eventually(t, func() bool { return s.Writes() >= after }, time.Minute, time.Millisecond)
		worker, other := r.programs[0], int64(2)
		if !strings.Contains(worker.Log.String(), `"request_id":"job `) {
			worker, other = r.programs[1], 1
		}
		require.Contains(t, worker.Log.String(), `"request_id":"job `)
		r.alone.Store(other)
		worker.Kill()
		killed, writes := time.Now(), s.Writes()
		require.Eventually(t, func() bool { return s.Writes() > writes+1 }, 90*time.Second, 10*time.Millisecond, "nobody goes on")
		t.Logf("killed after %d writes; the other one went on after %s", writes, time.Since(killed).Round(time.Second))

		var p *sitetest.Page
		require.Eventually(t, func() bool {
			p = s.Get(job.URL)
			return strings.Contains(p.Text("main"), "All 16 done.") || strings.Contains(p.Text("main"), "Progress15 of 16 done. 1 not known.")
		}, 2*time.Minute, 100*time.Millisecond)
		made := map[string]int{}
		for _, request := range s.Sandbox.Requests() {
			if request.Method == http.MethodPost {
				made[string(request.Body)]++
			}
		}
		for body, n := range made {
			assert.Equal(t, 1, n, body)
		}
		assert.GreaterOrEqual(t, len(made), rows-1, "one may have been killed before it left")
	})
}
