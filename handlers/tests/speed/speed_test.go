//go:build speed

package speed_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// Everything is measured against something else in the same run, in turns, and the median of the
// turns counts: the speed of a machine changes from minute to minute, and other work on it with it.
// BENCH_SHORT=1 takes less time and leaves out what cannot be hurried.
var (
	short  = os.Getenv("BENCH_SHORT") != ""
	rounds = 5
	turn   = 3 * time.Second
)

// latency is what the sandbox adds to each answer where a page has to wait for Tallyfy.
const latency = 150 * time.Millisecond

func TestMain(m *testing.M) {
	if target := os.Getenv(targetVariable); target != "" {
		serveProxy(target)
		return
	}
	if short {
		rounds, turn = 3, time.Second
	}
	os.Exit(program.Main(m))
}

// TestSpeed prints one table: "make bench". It fails if something could not be measured, never
// because of a figure.
func TestSpeed(t *testing.T) {
	tb := &table{}
	for _, part := range []struct {
		name    string
		measure func(*testing.T, *table)
	}{{"page", pageTime}, {"proxy", proxyShare}, {"calls", calls}, {"paint", firstPaint}, {"growth", growth}, {"memory", memory}, {"jobs", jobs}, {"reviews", reviewSteps}, {"suite", suite}} {
		t.Run(part.name, func(t *testing.T) { part.measure(t, tb) })
	}
	tb.print()
}

// A table is what was measured, as it was.
type table struct{ rows [][4]string }

// most is a row whose figure must not be above the target; least is one whose figure must not be
// below it.
func (tb *table) most(what, unit string, target, figure float64, note string) {
	tb.add(what, "≤ ", unit, target, figure, figure <= target, note)
}

func (tb *table) least(what, unit string, target, figure float64, note string) {
	tb.add(what, "≥ ", unit, target, figure, figure >= target, note)
}

func (tb *table) add(what, sign, unit string, target, figure float64, reached bool, note string) {
	verdict := map[bool]string{true: "ok", false: "MISSED"}[reached]
	format := map[bool]string{true: "%.0f%s", false: "%.2f%s"}[unit != ""]
	tb.rows = append(tb.rows, [4]string{what, sign + fmt.Sprintf(format, target, unit), fmt.Sprintf(format, figure, unit) + note, verdict})
}

// without is a row that was not measured.
func (tb *table) without(what, target, why string) {
	tb.rows = append(tb.rows, [4]string{what, target, "not measured: " + why, ""})
}

func (tb *table) print() {
	heads := [4]string{"what", "reach", "value", "ok/MISSED"}
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

// startSandbox serves the API from a process of its own, and gives that process, too.
func startSandbox(t *testing.T, arguments ...string) (*program.API, *program.Program) {
	t.Helper()
	address := program.FreeAddress(t)
	p := program.Start(t, program.Options{Arguments: append([]string{"--sandbox-listen", address, "--oauth-client-id", "speed"}, arguments...)})
	// Its main organisation is the one of every sandbox.
	same, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	return &program.API{Server: same, URL: "http://" + address}, p
}

// startProgram is the program as it is installed, with its sessions in a file.
func startProgram(t *testing.T, a *program.API) *program.Program {
	t.Helper()
	return program.Start(t, program.Options{API: a, Database: t.TempDir() + "/sessions.db"})
}

// signIn gives the cookie of a new session.
func signIn(t *testing.T, p *program.Program, token string) string {
	t.Helper()
	s := p.Site()
	program.SignIn(s, token)
	cookies := s.SessionCookies()
	require.Len(t, cookies, 1)
	return cookies[0].Name + "=" + cookies[0].Value
}

// calls counts those that differ from the table of budget_test.go, whose own test fails for them.
func calls(t *testing.T, tb *table) {
	all := budgets()
	var others []string
	for _, b := range all {
		t.Run(b.route, func(t *testing.T) {
			if difference := b.measure(t); difference != "" {
				others = append(others, difference)
			}
		})
	}
	for _, other := range others {
		t.Log(other)
	}
	tb.most("API calls behind each route, other than in budget_test", " routes", 0, float64(len(others)), fmt.Sprintf(" (of %d)", len(all)))
}

// baseVariable names a checkout of the revision that the suite's time is compared with.
const baseVariable = "BENCH_BASE"

// suite compares the time of "make test" with that in another checkout: once each to fill the build
// cache, and once to be measured.
func suite(t *testing.T, tb *table) {
	const what, reach = "time of make test, build cache warm, over that of the base", 0.75
	base := os.Getenv(baseVariable)
	if base == "" {
		tb.without(what, fmt.Sprintf("≤ %.2f", reach), baseVariable+"=folder names a checkout of e79c892, with .ci/node_modules")
		return
	}
	took := map[string]time.Duration{}
	for range 2 {
		for _, folder := range []string{base, "../../.."} {
			c := exec.Command("make", "test")
			c.Dir = folder
			began := time.Now()
			out, err := c.CombinedOutput()
			require.NoError(t, err, "%s: %s", folder, out[max(0, len(out)-2000):])
			took[folder] = time.Since(began)
		}
	}
	tb.most(what, "", reach, took["../../.."].Seconds()/took[base].Seconds(), fmt.Sprintf(" (%.0f s of %.0f s)", took["../../.."].Seconds(), took[base].Seconds()))
}
