//go:build speed

package speed_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
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
	upstream, canned := startPart(t, "canned")
	target := targetVariable + "=http://" + upstream
	bare, bareProcess := startPart(t, "proxy", target)
	squeezing, squeezingProcess := startPart(t, "proxy", target, compressVariable+"=1")
	p := startProgram(t, unpaced(upstream)...)
	cookie := p.signIn(t, sandbox.AdminToken)
	plain, packed := pageAt(p.host, listPage, cookie, someGroup, false), pageAt(p.host, listPage, cookie, someGroup, true)
	api := jsonAt(upstream, below(listCall), someGroup, false)
	t.Logf("page %d bytes, compressed %d; JSON %d bytes, compressed %d",
		plain.check(t), packed.check(t), api.check(t), jsonAt(squeezing, below(listCall), someGroup, true).check(t))

	samplePage, sampleAPI, sampleProxy := newSampler(t, plain), newSampler(t, api), newSampler(t, jsonAt(bare, below(listCall), someGroup, false))
	var more, least []time.Duration
	for range rounds {
		more, least = append(more, added(t, samplePage, sampleAPI, turn)), append(least, added(t, sampleProxy, sampleAPI, turn))
	}
	tb.most("list of groups, 50 rows, one connection: time added to the API's", " ms", 0.35, milliseconds(median(more)),
		fmt.Sprintf(" (by the bare proxy: %.2f ms)", milliseconds(median(least))))

	const enough = 2000
	before := p.series(t, "go_memstats_mallocs_total")
	for range enough {
		samplePage.once(t)
	}
	tb.most("allocations per list page", "", 300, (p.series(t, "go_memstats_mallocs_total")-before)/enough, "")

	inFrontOfTheSandbox(t, tb)
	ours := []int{os.Getpid(), canned, p.process.Pid}
	tb.share("the same, if Tallyfy's answers cost nothing to make", 0.45,
		compare(t, turns{jsonAt(bare, below(listCall), someGroup, false), []int{os.Getpid(), canned, bareProcess}}, turns{plain, ours}))
	tb.share("the same, if Tallyfy's answers cost nothing to make, both compressed", 0.33,
		compare(t, turns{jsonAt(squeezing, below(listCall), someGroup, true), []int{os.Getpid(), canned, squeezingProcess}}, turns{packed, ours}))

	var largest float64
	measure := watch(t, p, &largest)
	plain.load(t, 64, 2*turn)
	measure()
	tb.most("resident memory under 64 connections", " MB", 45, largest/1e6, "")
}

// inFrontOfTheSandbox compares the page with the bare proxy where both ask the program's own sandbox, which makes each answer anew
// as Tallyfy does.
func inFrontOfTheSandbox(t *testing.T, tb *table) {
	upstream, s := startSandbox(t, "--sandbox-groups", fmt.Sprint(groupsOfCanned))
	target := targetVariable + "=http://" + upstream
	bare, bareProcess := startPart(t, "proxy", target)
	squeezing, squeezingProcess := startPart(t, "proxy", target, compressVariable+"=1")
	p := startProgram(t, unpaced(upstream)...)
	cookie := p.signIn(t, sandbox.AdminToken)
	with := func(a address, process int) turns { return turns{a, []int{os.Getpid(), s.process.Pid, process}} }
	passed, squeezed := with(jsonAt(bare, below(listCall), someGroup, false), bareProcess), with(jsonAt(squeezing, below(listCall), someGroup, true), squeezingProcess)
	plain, packed := with(pageAt(p.host, listPage, cookie, someGroup, false), p.process.Pid), with(pageAt(p.host, listPage, cookie, someGroup, true), p.process.Pid)
	tb.share("the same page, 16 connections: share of a bare proxy, both in front of the sandbox", 0.45, compare(t, passed, plain))
	tb.share("the same, both compressed", 0.33, compare(t, squeezed, packed))
	tb.share("the same, the page compressed and what the proxy passes on not", 0.33, compare(t, passed, packed))
}

// A turns is an address that is kept busy by turns with another, and every process that then works, this one included.
type turns struct {
	address
	processes []int
}

// A comparison is the throughput of a page beside another answer's: in answers per second, and in seconds of processor time for
// each answer in all processes together. On a machine that does nothing else both say the same; where others work, too, only the
// second is steady.
type comparison struct{ share, byWork, pages, passed float64 }

func compare(t *testing.T, bare, page turns) comparison {
	t.Helper()
	bare.load(t, 16, turn/3) // nobody is cold
	page.load(t, 16, turn/3)
	var shares, works, pages, passed []float64
	for range rounds {
		other, otherWork := bare.busy(t)
		own, ownWork := page.busy(t)
		shares, works, pages, passed = append(shares, own/other), append(works, otherWork/ownWork), append(pages, own), append(passed, other)
	}
	return comparison{median(shares), median(works), median(pages), median(passed)}
}

// busy gives the answers per second and the work that is behind each.
func (u turns) busy(t *testing.T) (perSecond, work float64) {
	t.Helper()
	before := processorTime(t, u.processes)
	perSecond = u.load(t, 16, turn)
	return perSecond, (processorTime(t, u.processes) - before) / (perSecond * turn.Seconds())
}

// processorTime is what processes have used together, in seconds.
func processorTime(t *testing.T, processes []int) (sum float64) {
	t.Helper()
	for _, p := range processes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		require.NoError(t, err)
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')'):])) // from the state on, whatever the program's name
		for _, ticks := range fields[12:14] {                                   // a hundred in a second: in user mode, and in the kernel
			n, err := strconv.ParseFloat(ticks, 64)
			require.NoError(t, err)
			sum += n / 100
		}
	}
	return sum
}

func (tb *table) share(what string, target float64, c comparison) {
	tb.least(what, "", target, c.share, fmt.Sprintf(" (%.0f of %.0f a second; by processor time %.2f)", c.pages, c.passed, c.byWork))
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
