//go:build soak

// Package soak_test uses the real program for a long time, with mixed traffic and random faults of Tallyfy's, and looks whether
// anything leaks or any page is wrong. make soak runs it; SOAK says how long.
package soak_test

import (
	"cmp"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

const (
	rate     = 50 // requests a second, redirects not counted
	visitors = 48
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

func TestSoak(t *testing.T) {
	howLong, err := time.ParseDuration(cmp.Or(os.Getenv("SOAK"), "10m"))
	require.NoError(t, err)
	api := &chaos{removed: map[string]int{}}
	tallyfy := program.NewAPI(t, sandbox.Options{Members: 600, Groups: 200, OAuthClients: map[string][]string{"soak": {"http://soak.example/cb"}}}, api.around)
	p := program.Start(t, program.Options{API: tallyfy, Database: filepath.Join(t.TempDir(), "sessions.db"), Metrics: program.FreeAddress(t)})
	runs := newTraffic(tallyfy, "http://"+p.Options.Address)
	samples := []sample{measure(t, p)}
	var busy sync.WaitGroup
	work := make(chan int)
	for i := range visitors {
		busy.Go(func() {
			v := newVisitor(runs, i)
			for range work {
				v.doSomething()
			}
		})
	}
	tick, look, end := time.NewTicker(time.Second/rate), time.NewTicker(5*time.Second), time.After(howLong)
	dropped := 0
	for running := true; running; {
		select {
		case <-tick.C:
			select {
			case work <- 0:
			default:
				dropped++
			}
		case <-look.C:
			samples = append(samples, measure(t, p))
		case <-end:
			running = false
		}
	}
	close(work)
	busy.Wait()

	runs.report(t, howLong, dropped, api)
	assert.Empty(t, runs.wrong, "wrong pages")
	api.mu.Lock()
	for id, n := range api.removed {
		assert.Equal(t, 1, n, "removals of member %s that reached Tallyfy", id)
	}
	api.mu.Unlock()
	early, late := middle(samples[len(samples)/5:2*len(samples)/5]), middle(samples[4*len(samples)/5:])
	time.Sleep(3 * time.Second) // connections close
	idle := measure(t, p)
	t.Logf("%-22s %12s %12s %12s %12s", "", "at first", "early", "late", "idle again")
	for i, name := range measured {
		t.Logf("%-22s %12.0f %12.0f %12.0f %12.0f", name, samples[0][i], early[i], late[i], idle[i])
	}
	assert.Less(t, late[0], early[0]*1.3+20, "goroutines")
	assert.Less(t, late[1], early[1]*1.3+20, "open files")
	assert.Less(t, late[2], early[2]*1.4+20e6, "memory")
	p.Signal(syscall.SIGINT)
	require.NoError(t, p.WaitForEnd())
	p.AssertNoPanic()
}

// A sample is what the program says of itself.
type sample [3]float64

var measured = [3]string{"go_goroutines", "process_open_fds", "process_resident_memory_bytes"}

func measure(t *testing.T, p *program.Program) (s sample) {
	t.Helper()
	metrics := program.ReadMetrics(t, p.Options.Metrics)
	for i, name := range measured {
		s[i] = metrics.Gauge(t, name)
	}
	return s
}

// middle is the median of each value.
func middle(samples []sample) (m sample) {
	for i := range m {
		var values []float64
		for _, s := range samples {
			values = append(values, s[i])
		}
		slices.Sort(values)
		if len(values) > 0 {
			m[i] = values[len(values)/2]
		}
	}
	return m
}

// chaos is a Tallyfy that fails now and then, in every way.
type chaos struct {
	next http.Handler

	mu      sync.Mutex
	calls   int
	faults  int
	removed map[string]int // by member
}

// around puts the faults before Tallyfy's own answers.
func (c *chaos) around(next http.Handler) http.Handler {
	c.next = next
	return c
}

func (c *chaos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.calls++
	if _, id, ok := strings.Cut(r.URL.Path, "/users/"); ok && r.Method == http.MethodDelete {
		c.removed[id]++
	}
	c.mu.Unlock()
	if !strings.HasPrefix(r.URL.Path, "/api/organizations/") || rand.IntN(100) >= 4 {
		c.next.ServeHTTP(w, r)
		return
	}
	c.mu.Lock()
	c.faults++
	c.mu.Unlock()
	switch rand.IntN(200) {
	case 0: // seldom: it holds everything that this token asks
		w.Header().Set("Retry-After", "1")
		http.Error(w, `{"message":"slow down"}`, http.StatusTooManyRequests)
		return
	}
	switch rand.IntN(9) {
	case 0:
		http.Error(w, `{"message":"broken"}`, http.StatusInternalServerError)
	case 1:
		http.Error(w, "<h1>Bad gateway</h1>", http.StatusBadGateway)
	case 2:
		panic(http.ErrAbortHandler)
	case 3:
		w.Header().Set("Content-Length", "5000")
		_, _ = io.WriteString(w, `{"data":[{"id":`)
	case 4:
		_, _ = io.WriteString(w, "<html>sign in to the network</html>")
	case 5: // carried out, and not confirmed
		c.next.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusBadGateway)
	case 6:
		time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
		c.next.ServeHTTP(w, r)
	case 7:
		http.Error(w, `{"message":"no"}`, http.StatusForbidden)
	case 8:
		_, _ = io.WriteString(w, `{"data":null}`)
	}
}
