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

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// The page that is measured most, the call behind it, and a group that both show.
const (
	listPage  = "/groups?per_page=50"
	listCall  = "/groups?page=1&per_page=50"
	someGroup = "Warehouse Rotterdam"
	// manyGroups are enough for a page of 50 rows and a next one.
	manyGroups = "120"
)

// pageTime is the time of a page of 50 groups over that of its one call, asked by turns.
func pageTime(t *testing.T, tb *table) {
	a, _ := startSandbox(t, "--sandbox-groups", manyGroups, "--sandbox-latency", latency.String())
	p := startProgram(t, a)
	page := newSampler(t, pageAt(p, listPage, signIn(t, p, sandbox.AdminToken), someGroup))
	api := newSampler(t, jsonAt(a, listCall, someGroup))
	pages, apis := byTurns(t, page, api, time.Duration(rounds)*turn)
	tb.most("page over API time, 50 groups, one connection, sandbox with 150 ms latency, median", "", 1.02, pages.Seconds()/apis.Seconds(),
		fmt.Sprintf(" (%.1f of %.1f ms)", milliseconds(pages), milliseconds(apis)))
}

// proxyShare compares the throughput of that page with a bare proxy's, both in front of the sandbox.
func proxyShare(t *testing.T, tb *table) {
	a, s := startSandbox(t, "--sandbox-groups", manyGroups)
	bare, process := startProxy(t, a.URL)
	p := startProgram(t, a)
	passed := turns{jsonAt(&program.API{Server: a.Server, URL: "http://" + bare}, listCall, someGroup), []int{os.Getpid(), s.Process.Pid, process}}
	page := turns{pageAt(p, listPage, signIn(t, p, sandbox.AdminToken), someGroup), []int{os.Getpid(), s.Process.Pid, p.Process.Pid}}
	passed.load(t, 16, turn/3) // nobody is cold
	page.load(t, 16, turn/3)
	var shares, works []float64
	for range rounds {
		other, otherWork := passed.busy(t)
		own, ownWork := page.busy(t)
		shares, works = append(shares, own/other), append(works, otherWork/ownWork)
	}
	tb.least("throughput of that page, 16 connections, share of the bare proxy", "", 0.30, median(shares), fmt.Sprintf(" (by processor time %.2f)", median(works)))
}

// A turns is an address that is kept busy by turns with another, and every process that then works,
// this one included.
type turns struct {
	address
	processes []int
}

// busy gives the answers per second and the processor time behind each. Where others work on the
// machine, too, only the second is steady.
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

// resident is the memory of a process in bytes, as the kernel counts it.
func resident(t *testing.T, p *program.Program) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.Process.Pid))
	require.NoError(t, err)
	pages, err := strconv.ParseFloat(strings.Fields(string(text))[1], 64)
	require.NoError(t, err)
	return pages * float64(os.Getpagesize())
}

// watch gives the largest memory of a program while something is done.
func watch(t *testing.T, p *program.Program, do func()) (largest float64) {
	t.Helper()
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			largest = max(largest, resident(t, p))
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	do()
	close(stop)
	wait.Wait()
	require.Positive(t, largest)
	return largest
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
