//go:build speed

package speed_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// A job of 1,000 rows, four people into each of 250 groups, runs ten times as fast as Tallyfy allows, in an API that is
// ten times as near.
const (
	faster    = 10
	jobGroups = 250
	inEach    = 4
)

// jobs measures such a job beside five administrators who click: what they wait longer, the calls, the time, the memory.
func jobs(t *testing.T, tb *table) {
	pace := ratelimit.Rate{Reads: ratelimit.Published.Reads, Per: ratelimit.Published.Per / faster}
	var tooMany, calls atomic.Int64
	a := program.NewAPI(t, sandbox.Options{Groups: jobGroups + 50, Reads: pace.Reads, Per: pace.Per, Latency: latency / faster}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/groups") { // clicks
				calls.Add(1)
			}
			s := &statusWriter{ResponseWriter: w}
			if next.ServeHTTP(s, r); s.status == http.StatusTooManyRequests {
				tooMany.Add(1)
			}
		})
	})
	p := program.Start(t, program.Options{API: a, Database: t.TempDir() + "/sessions.db", Env: []string{"PACE=" + pace.String()}})
	s := p.Site()
	program.SignIn(s, sandbox.AdminToken)
	dry := thousandRows(t, s)

	var people []*connection
	for i := range 5 {
		c, err := pageAt(p, "/groups", signIn(t, p, []string{sandbox.AdminToken, sandbox.ColleagueToken}[i%2]), "</html>").dial()
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.conn.Close() })
		people = append(people, c)
	}
	alone := clicks(t, people, func() { time.Sleep(10 * time.Second) })

	before, least := calls.Load(), int64(3*jobGroups) // a group is read before and after its one write
	var took time.Duration
	var memory []float64
	beside := clicks(t, people, func() {
		began := time.Now()
		job := s.Post(dry.URL+"/run", nil)
		for took == 0 {
			time.Sleep(250 * time.Millisecond)
			memory = append(memory, resident(t, p))
			text := s.Get(job.URL).Text("[data-progress]")
			require.NotContains(t, text, "failed")
			if strings.HasPrefix(text, "All") {
				took = time.Since(began)
			}
		}
	})
	const what = "job of 1,000 rows, five people click: "
	tb.most(what+"answers 429", "", 0, float64(tooMany.Load()), "")
	tb.most(what+"a click waits longer, 19 of 20, at Tallyfy's pace", " ms", 500, faster*milliseconds(late(beside)-late(alone)), fmt.Sprintf(" (%d clicks of %.0f ms, before %.0f ms, at %d times the pace)", len(beside), milliseconds(late(beside)), milliseconds(late(alone)), faster))
	tb.most(what+"calls over the least possible", "", 1.1, float64(calls.Load()-before)/float64(least), fmt.Sprintf(" (%d of %d)", calls.Load()-before, least))
	possible := pace.Background(2*jobGroups + len(beside)) // a third of the pace stays free for the next click
	tb.most(what+"time over what the pace leaves", "", 1.1, took.Seconds()/possible.Seconds(), fmt.Sprintf(" (%.1f s of %.1f s; %.1f s if nobody clicks)", took.Seconds(), possible.Seconds(), pace.Background(2*jobGroups).Seconds()))
	part := len(memory) / 4
	tb.most(what+"resident memory of the last quarter over the second", "", 1.1, median(memory[len(memory)-part:])/median(memory[part:2*part]), fmt.Sprintf(" (at most %.0f MB)", slices.Max(memory)/1e6))
}

// thousandRows is a dry run that puts four people into each group who are not in it.
func thousandRows(t *testing.T, s *sitetest.Site) (dry *sitetest.Page) {
	t.Helper()
	lines := "Email,Groups\n"
	for _, g := range s.Sandbox.Groups()[50:] {
		n := 0
		for _, m := range s.Sandbox.Members() {
			if m.Status == "active" && m.Type != "bot" && n < inEach && !slices.Contains(g.Members, m.ID) {
				lines += m.Email + "," + g.ID + "\n"
				n++
			}
		}
	}
	require.Eventually(t, func() bool {
		dry = s.Post("/bulk", url.Values{"kind": {"add-to-groups"}, "text": {lines}})
		return strings.Contains(dry.Text("h1"), "dry run")
	}, time.Minute, 500*time.Millisecond, "the organisation is not read")
	require.Contains(t, dry.Text("main > p.lead"), "1,000 rows will change. That is 250 changes in Tallyfy")
	return dry
}

// clicks lets each person open the list of groups again and again, while something is done: together a quarter of the
// pace. It gives the time of each click.
func clicks(t *testing.T, people []*connection, do func()) (all []time.Duration) {
	t.Helper()
	const every = 800 * time.Millisecond
	over := make(chan struct{})
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failure error
	for i, c := range people {
		wait.Go(func() {
			next := time.After(time.Duration(i) * every / time.Duration(len(people)))
			for {
				select {
				case <-next:
				case <-over:
					return
				}
				next = time.After(every)
				began := time.Now()
				_, err := c.get(nil)
				mu.Lock()
				all = append(all, time.Since(began))
				if err != nil {
					failure = err
				}
				mu.Unlock()
			}
		})
	}
	do()
	close(over)
	wait.Wait()
	require.NoError(t, failure)
	return all
}

// late is the time within which 19 of 20 are.
func late(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)*19/20]
}

// A statusWriter keeps the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
