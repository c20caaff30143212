// Package faults_test is the matrix of faults: every page and every change meets every way in which Tallyfy, or the network
// before it, can fail. What each fault comes to is printed as a table at the end.
package faults_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestMain lets many cells run side by side: most of their time they wait for the client's pauses between attempts.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "48"); err != nil {
		panic(err)
	}
	debug.SetGCPercent(400) // a thousand small applications come and go
	code := m.Run()
	fmt.Print(results.table())
	os.Exit(code)
}

// results is the table that is printed at the end.
var results = &report{pages: map[string]map[string]int{}, writes: map[string]map[string]int{}}

// A report counts what the cells of each fault came to.
type report struct {
	mu            sync.Mutex
	pages, writes map[string]map[string]int
}

func (r *report) page(fault, got string)  { r.add(r.pages, fault, got) }
func (r *report) write(fault, got string) { r.add(r.writes, fault, got) }

func (r *report) add(to map[string]map[string]int, fault, got string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if to[fault] == nil {
		to[fault] = map[string]int{}
	}
	to[fault][got]++
}

func (r *report) table() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, f := range faults() {
		if len(r.pages[f.name])+len(r.writes[f.name]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s\n    pages:  %s\n    writes: %s\n", f.name, folded(r.pages[f.name]), folded(r.writes[f.name]))
	}
	return b.String()
}

// folded is what happened how often, the most frequent first.
func folded(counts map[string]int) string {
	var parts []string
	for _, got := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	}) {
		parts = append(parts, fmt.Sprintf("%s ×%d", got, counts[got]))
	}
	return strings.Join(parts, ", ")
}
