package metrics

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tallyfy-admin/tallyfy"
)

// Metrics is everything that is counted. It is safe for concurrent use, and serves GET /metrics and
// nothing else.
type Metrics struct {
	http.Handler

	requests, calls, retries *prometheus.CounterVec
	requestTime, callTime    *prometheus.HistogramVec
	waits, waitTime          *prometheus.CounterVec // for a rate limit of Tallyfy's
	paced, pacedTime         *prometheus.CounterVec // to keep our own pace
	signIns, changes         *prometheus.CounterVec
}

// durations reach from a page out of memory to the longest that a page may take, in seconds.
var durations = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25}

// New makes metrics at zero. sessions, which may be nil, counts the living sessions; each reading
// asks it.
func New(version string, sessions func(context.Context) (int64, error)) *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if sessions != nil {
		registry.MustRegister(sessionCount(sessions))
	}
	factory := promauto.With(registry)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return factory.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return factory.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: durations}, labels)
	}
	factory.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "The running program; the value is always 1.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	}).Set(1)
	served := http.NewServeMux()
	served.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return &Metrics{
		Handler:     served,
		requests:    counter("requests_total", "Requests answered, by route, method and status.", "route", "method", "status"),
		requestTime: histogram("request_duration_seconds", "Time from a request's arrival to the end of its answer.", "route"),
		calls:       counter("upstream_calls_total", "Calls sent to Tallyfy, by operation and status; 0 is no answer.", "operation", "status"),
		callTime:    histogram("upstream_call_duration_seconds", "Time of a call to Tallyfy, answer included.", "operation"),
		retries:     counter("upstream_retries_total", "Calls that were sent again after a failure.", "operation"),
		waits:       counter("upstream_rate_limit_waits_total", "Times that a call waited because Tallyfy had asked to slow down.", "operation"),
		waitTime:    counter("upstream_rate_limit_wait_seconds_total", "Time that calls waited because Tallyfy had asked to slow down.", "operation"),
		paced:       counter("paced_calls_total", "Reads that waited for their turn to keep the pace: clicks, or background reads.", "kind"),
		pacedTime:   counter("paced_seconds_total", "Time that reads waited for their turn.", "kind"),
		signIns:     counter("signins_total", "Attempts to sign in, by how they ended.", "result"),
		changes:     counter("changes_total", "Changes sent to Tallyfy, by how they ended.", "change", "result"),
	}
}

const namespace = "tallyfy_admin"

// methods have a label of their own. A client may send any word; the rest are "other".
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// Request counts an answered request. route is a row of the table of routes, or empty for none of
// them.
func (m *Metrics) Request(route, method string, status int, d time.Duration) {
	if route == "" {
		route = "none"
	}
	if !slices.Contains(methods, method) {
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.requestTime.WithLabelValues(route).Observe(d.Seconds())
}

// Call counts an attempt of a call to Tallyfy.
func (m *Metrics) Call(c tallyfy.Call) {
	m.calls.WithLabelValues(c.Operation, strconv.Itoa(c.Status)).Inc()
	m.callTime.WithLabelValues(c.Operation).Observe(c.Duration.Seconds())
	if c.Attempt > 1 {
		m.retries.WithLabelValues(c.Operation).Inc()
	}
}

// Wait counts a call that waited for a rate limit.
func (m *Metrics) Wait(operation string, d time.Duration) {
	m.waits.WithLabelValues(operation).Inc()
	m.waitTime.WithLabelValues(operation).Add(d.Seconds())
}

// Paced counts a read that waited for its turn: a click, or a background read.
func (m *Metrics) Paced(background bool, d time.Duration) {
	kind := "click"
	if background {
		kind = "patient" // the published value of this label
	}
	m.paced.WithLabelValues(kind).Inc()
	m.pacedTime.WithLabelValues(kind).Add(d.Seconds())
}

// SignIn counts an attempt to sign in. result is a word of a fixed set.
func (m *Metrics) SignIn(result string) { m.signIns.WithLabelValues(result).Inc() }

// Change counts a change that was sent to Tallyfy. Both are words of fixed sets.
func (m *Metrics) Change(change, result string) { m.changes.WithLabelValues(change, result).Inc() }

// sessionCount is a gauge that is absent when the sessions cannot be counted, which an alert can
// see.
type sessionCount func(context.Context) (int64, error)

var sessionGauge = prometheus.NewDesc(namespace+"_sessions", "Sessions that have not ended; with PostgreSQL those of all replicas.", nil, nil)

// Describe implements [prometheus.Collector].
func (sessionCount) Describe(into chan<- *prometheus.Desc) { into <- sessionGauge }

// Collect implements [prometheus.Collector].
func (count sessionCount) Collect(into chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if n, err := count(ctx); err == nil {
		into <- prometheus.MustNewConstMetric(sessionGauge, prometheus.GaugeValue, float64(n))
	}
}
