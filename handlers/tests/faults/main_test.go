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
	"strconv"
	"strings"
	"sync"
	"testing"
)

// sideBySide is how many cells run at the same time; a third of them in a short run, which is the one with the race detector.
const sideBySide = 96

// TestMain lets many cells run side by side: most of their time they wait for the client's pauses between attempts.
func TestMain(m *testing.M) {
	flag.Parse()
	cells := sideBySide
	if testing.Short() {
		cells /= 3
	}
	if err := flag.Set("test.parallel", strconv.Itoa(cells)); err != nil {
		panic(err)
	}
	debug.SetGCPercent(200) // a thousand small applications come and go
	code := m.Run()
	fmt.Print(results.table())
	os.Exit(code)
}

// results is the table that is printed at the end.
var results = &report{rows: map[string]*row{}}

// short keeps the table narrow: every title is about Tallyfy.
var short = strings.NewReplacer("Tallyfy's ", "", "Tallyfy ", "")

// A report counts what the cells of each fault came to.
type report struct {
	mu   sync.Mutex
	rows map[string]*row
}

// A row is one fault: how often each outcome was met, and what became of the writes.
type row struct {
	pages, writes     map[string]int
	sent, carried, of int // attempts and executions of writes, in so many presses
}

func (r *report) page(fault, got string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.row(fault).pages[short.Replace(got)]++
}

func (r *report) write(fault, got string, sent, carried int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	to := r.row(fault)
	to.writes[got]++
	to.sent += sent
	to.carried += carried
	to.of++
}

func (r *report) row(fault string) *row {
	if r.rows[fault] == nil {
		r.rows[fault] = &row{pages: map[string]int{}, writes: map[string]int{}}
	}
	return r.rows[fault]
}

// table is one line for each fault that was met.
func (r *report) table() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	const line = "%-32s | %-70s | %-53s | %s\n"
	var b strings.Builder
	for _, f := range faults() {
		found, ok := r.rows[f.name]
		if !ok {
			continue
		}
		if b.Len() == 0 {
			fmt.Fprintf(&b, line, "fault", "pages", "writes", "sent, done")
		}
		fmt.Fprintf(&b, line, f.name, folded(found.pages), folded(found.writes), fmt.Sprintf("%d, %d of %d", found.sent, found.carried, found.of))
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
