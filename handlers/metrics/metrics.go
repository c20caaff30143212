package metrics

import (
	"bytes"
	"context"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"tallyfy-admin/tallyfy"
)

// Metrics is everything that is counted. It is safe for concurrent use, and serves GET /metrics.
type Metrics struct {
	requests, requestTime    *family
	calls, callTime, retries *family
	waits, waited            *family
	paced, pacedTime         *family
	signIns, changes         *family
	version, goVersion       string
	began                    time.Time
	sessions                 func(context.Context) (int64, error)
}

// New makes metrics at zero. sessions, which may be nil, counts the living sessions; it is asked at each reading.
func New(version string, sessions func(context.Context) (int64, error)) *Metrics {
	const p = "tallyfy_admin_"
	return &Metrics{
		requests:    counter(p+"requests_total", "Requests answered, by route, method and status.", "route", "method", "status"),
		requestTime: histogram(p+"request_duration_seconds", "Time from a request's arrival to the end of its answer.", "route"),
		calls:       counter(p+"upstream_calls_total", "Calls sent to Tallyfy, by operation and status; 0 is no answer.", "operation", "status"),
		callTime:    histogram(p+"upstream_call_duration_seconds", "Time of a call to Tallyfy, answer included.", "operation"),
		retries:     counter(p+"upstream_retries_total", "Calls that were sent again after a failure.", "operation"),
		waits:       counter(p+"upstream_rate_limit_waits_total", "Times that a call waited because Tallyfy had asked to slow down.", "operation"),
		waited:      counter(p+"upstream_rate_limit_wait_seconds_total", "Time that calls waited because Tallyfy had asked to slow down.", "operation"),
		paced:       counter(p+"paced_calls_total", "Reads that waited for their turn to keep the pace: clicks, or what can wait.", "kind"),
		pacedTime:   counter(p+"paced_seconds_total", "Time that reads waited for their turn.", "kind"),
		signIns:     counter(p+"signins_total", "Attempts to sign in, by how they ended.", "result"),
		changes:     counter(p+"changes_total", "Changes sent to Tallyfy, by how they ended.", "change", "result"),
		version:     version, goVersion: runtime.Version(), began: time.Now(), sessions: sessions,
	}
}

// methods are the ones that have a label of their own: a client may send any word.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// Request counts an answered request. route is a row of the table of routes, or empty for none of them.
func (m *Metrics) Request(route, method string, status int, d time.Duration) {
	if route == "" {
		route = "none"
	}
	if !slices.Contains(methods, method) {
		method = "other"
	}
	m.requests.add(1, route, method, strconv.Itoa(status))
	m.requestTime.observe(d, route)
}

// Call counts an attempt of a call to Tallyfy.
func (m *Metrics) Call(c tallyfy.Call) {
	m.calls.add(1, c.Operation, strconv.Itoa(c.Status))
	m.callTime.observe(c.Duration, c.Operation)
	if c.Attempt > 1 {
		m.retries.add(1, c.Operation)
	}
}

// Wait counts a call that waited for a rate limit.
func (m *Metrics) Wait(operation string, d time.Duration) {
	m.waits.add(1, operation)
	m.waited.add(d.Seconds(), operation)
}

// Paced counts a read that waited for its turn. patient is what nobody clicked on.
func (m *Metrics) Paced(patient bool, d time.Duration) {
	kind := "click"
	if patient {
		kind = "patient"
	}
	m.paced.add(1, kind)
	m.pacedTime.add(d.Seconds(), kind)
}

// SignIn counts an attempt to sign in. result is a word of a fixed set.
func (m *Metrics) SignIn(result string) { m.signIns.add(1, result) }

// Change counts a change that was sent to Tallyfy. Both are words of fixed sets.
func (m *Metrics) Change(change, result string) { m.changes.add(1, change, result) }

// ServeHTTP writes all metrics, in the text format 0.0.4.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path != "/metrics" {
		http.NotFound(w, r)
		return
	}
	var b bytes.Buffer
	for _, f := range []*family{m.requests, m.requestTime, m.calls, m.callTime, m.retries, m.waits, m.waited, m.paced, m.pacedTime, m.signIns, m.changes} {
		f.write(&b)
	}
	if m.sessions != nil {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if n, err := m.sessions(ctx); err == nil { // without an answer the series is absent, which an alert can see
			gauge(&b, "tallyfy_admin_sessions", "Sessions that have not ended; with PostgreSQL those of all replicas.", float64(n))
		}
	}
	m.process(&b)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

func gauge(b *bytes.Buffer, name, help string, value float64) {
	head(b, "gauge", name, help)
	line(b, name, "", value)
}
