//go:build speed

package speed_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Everything is measured against something else in the same run, in turns, and the middle one of the turns counts: the speed of a
// machine changes from minute to minute, and other work on it with it. BENCH_SHORT=1 takes a quarter of the time and leaves out
// what cannot be hurried.
var (
	short  = os.Getenv("BENCH_SHORT") != ""
	rounds = 5
	turn   = 3 * time.Second
)

func init() {
	if short {
		rounds, turn = 3, 1500*time.Millisecond
	}
}

// TestSpeed prints one table: "make bench". It fails if something could not be measured, never because of a figure.
func TestSpeed(t *testing.T) {
	tb := &table{}
	for _, part := range []struct {
		name    string
		measure func(*testing.T, *table)
	}{
		{"start", start}, {"calls", calls}, {"pace", pace}, {"page", listOfGroups}, {"groups", manyGroups}, {"members", manyMembers}, {"search", search}, {"browser", browser},
	} {
		t.Run(part.name, func(t *testing.T) { part.measure(t, tb) })
	}
	tb.print()
}

// A table is what was measured, as it was.
type table struct{ rows [][4]string }

func (tb *table) row(what, target, figure string, reached bool) {
	verdict := "short"
	if reached {
		verdict = "reached"
	}
	tb.rows = append(tb.rows, [4]string{what, target, figure, verdict})
}

// most is a row whose figure must not be above the target; least is one whose figure must not be below.
func (tb *table) most(what, unit string, target, figure float64, note string) {
	tb.row(what, "≤ "+number(target)+unit, number(figure)+unit+note, figure <= target)
}

func (tb *table) least(what, unit string, target, figure float64, note string) {
	tb.row(what, "≥ "+number(target)+unit, number(figure)+unit+note, figure >= target)
}

// without is a row that was not measured.
func (tb *table) without(what, target, why string) {
	tb.rows = append(tb.rows, [4]string{what, target, "not measured: " + why, ""})
}

// known is a row to know, without a target.
func (tb *table) known(what, figure string) {
	tb.rows = append(tb.rows, [4]string{what, "", figure, ""})
}

// has reports whether there is such a row.
func (tb *table) has(what string) bool {
	return slices.ContainsFunc(tb.rows, func(row [4]string) bool { return row[0] == what })
}

func number(n float64) string {
	switch {
	case n == float64(int64(n)):
		return fmt.Sprintf("%.0f", n)
	case n < 0.1:
		return fmt.Sprintf("%.4f", n)
	}
	return fmt.Sprintf("%.2f", n)
}

func (tb *table) print() {
	heads := [4]string{"what", "target", "figure", "reached/short"}
	var wide [4]int
	for _, row := range append([][4]string{heads}, tb.rows...) {
		for i, cell := range row {
			wide[i] = max(wide[i], len([]rune(cell)))
		}
	}
	fmt.Println()
	for _, row := range append([][4]string{heads, {}}, tb.rows...) {
		fmt.Printf("%-*s | %-*s | %-*s | %s\n", wide[0], row[0], wide[1], row[1], wide[2], row[2], row[3])
	}
	fmt.Println()
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// start is how long until the program answers, with a database that it has to make first, and how large it is.
func start(t *testing.T, tb *table) {
	upstream, _ := startPart(t, "canned")
	var took []time.Duration
	for range 5 {
		t.Run("", func(t *testing.T) { took = append(took, startProgram(t, unpaced(upstream)...).took) })
	}
	tb.most("start until /readyz answers, new database", " ms", 100, milliseconds(median(took)), "")
	path, err := build()
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	tb.most("size of the program", " MB", 20, float64(info.Size())/1e6, "")
}
