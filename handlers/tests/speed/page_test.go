//go:build speed

package speed_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// The page that is measured most, the call behind it, and a group that both show.
const (
	listPage  = "/groups?per_page=50"
	listCall  = "/groups?page=1&per_page=50"
	someGroup = "Warehouse Rotterdam"
)

// listOfGroups measures the list of groups with 50 rows against the same JSON straight from the API and through a bare proxy.
func listOfGroups(t *testing.T, tb *table) {
	upstream := startPart(t, "canned")
	target := targetVariable + "=http://" + upstream
	bare := startPart(t, "proxy", target)
	squeezing := startPart(t, "proxy", target, compressVariable+"=1")
	p := startProgram(t, unpaced(t, upstream)...)
	cookie := p.signIn(t, sandbox.AdminToken)
	plain, packed := pageAt(p.host, listPage, cookie, someGroup, false), pageAt(p.host, listPage, cookie, someGroup, true)
	api := jsonAt(upstream, below(listCall), someGroup, false)
	t.Logf("page %d bytes, compressed %d; JSON %d bytes, compressed %d",
		plain.check(t), packed.check(t), api.check(t), jsonAt(squeezing, below(listCall), someGroup, true).check(t))

	samplePage, sampleAPI := newSampler(t, plain), newSampler(t, api)
	var more []time.Duration
	for range rounds {
		more = append(more, added(t, samplePage, sampleAPI, turn))
	}
	tb.most("list of groups, 50 rows, one connection: time added to the API's", " ms", 0.35, milliseconds(median(more)), "")

	share, pages, passed := compare(t, jsonAt(bare, below(listCall), someGroup, false), plain)
	tb.least("the same, 16 connections: share of a bare proxy", "", 0.45, share, fmt.Sprintf(" (%.0f of %.0f a second)", pages, passed))
	share, pages, passed = compare(t, jsonAt(squeezing, below(listCall), someGroup, true), packed)
	tb.least("the same, compressed", "", 0.33, share, fmt.Sprintf(" (%.0f of %.0f a second)", pages, passed))

	const enough = 2000
	before := p.series(t, "go_memstats_mallocs_total")
	for range enough {
		samplePage.once(t)
	}
	tb.most("allocations per list page", "", 300, (p.series(t, "go_memstats_mallocs_total")-before)/enough, "")

	var largest float64
	measure := watch(t, p, &largest)
	plain.load(t, 64, 2*turn)
	measure()
	tb.most("resident memory under 64 connections", " MB", 45, largest/1e6, "")
}

// compare gives the throughput of a page as a share of another answer's.
func compare(t *testing.T, bare, page address) (share, pages, passed float64) {
	t.Helper()
	bare.load(t, 16, turn/3) // nobody is cold
	page.load(t, 16, turn/3)
	var shares, all, others []float64
	for range rounds {
		other := bare.load(t, 16, turn)
		ours := page.load(t, 16, turn)
		shares, all, others = append(shares, ours/other), append(all, ours), append(others, other)
	}
	return median(shares), median(all), median(others)
}

// watch notes the largest memory of a program until it is told to end.
func watch(t *testing.T, p *program, largest *float64) (end func()) {
	t.Helper()
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			*largest = max(*largest, p.resident(t))
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	return func() {
		close(stop)
		wait.Wait()
		require.Positive(t, *largest)
	}
}
