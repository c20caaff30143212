package metrics_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/metrics"
	"tallyfy-admin/tallyfy"
)

// read gets the metrics as Prometheus does, with its own parser.
func read(t *testing.T, m *metrics.Metrics) map[string]*dto.MetricFamily {
	t.Helper()
	answer := httptest.NewRecorder()
	m.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, expfmt.TypeTextPlain, expfmt.ResponseFormat(answer.Header()).FormatType())
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	require.NoError(t, err)
	return families
}

// series finds the one series of a family with these label values, given as name, value, name,
// value.
func series(t *testing.T, f *dto.MetricFamily, labels ...string) *dto.Metric {
	t.Helper()
	require.NotNil(t, f)
	for _, m := range f.GetMetric() {
		found := map[string]string{}
		for _, l := range m.GetLabel() {
			found[l.GetName()] = l.GetValue()
		}
		same := len(found) == len(labels)/2
		for i := 0; i < len(labels); i += 2 {
			same = same && found[labels[i]] == labels[i+1]
		}
		if same {
			return m
		}
	}
	require.Fail(t, "no such series", "%v in %v", labels, f)
	return nil
}

// counted is a set of metrics where everything has happened.
func counted() *metrics.Metrics {
	m := metrics.New("1.2", func(context.Context) (int64, error) { return 7, nil })
	m.Request("/groups", http.MethodGet, 200, 3*time.Millisecond)
	m.Request("/groups", http.MethodGet, 200, 2500*time.Microsecond)
	m.Request("/groups", http.MethodGet, 200, time.Hour)
	m.Request("", "BREW", 404, time.Millisecond)
	m.Call(tallyfy.Call{Operation: "groups.list", Status: 200, Attempt: 1, Duration: time.Second})
	m.Call(tallyfy.Call{Operation: "groups.list", Status: 0, Attempt: 2, Duration: time.Second})
	m.Wait("groups.list", 1500*time.Millisecond)
	m.Paced(false, 250*time.Millisecond)
	m.SignIn("refused")
	m.Change("group.delete", "not confirmed")
	return m
}

func TestWhatIsCountedIsWritten(t *testing.T) {
	m := counted()
	f := read(t, m)

	assert.InDelta(t, 3, series(t, f["tallyfy_admin_requests_total"], "route", "/groups", "method", "GET", "status", "200").GetCounter().GetValue(), 0)
	assert.InDelta(t, 1, series(t, f["tallyfy_admin_requests_total"], "route", "none", "method", "other", "status", "404").GetCounter().GetValue(), 0)
	h := series(t, f["tallyfy_admin_request_duration_seconds"], "route", "/groups").GetHistogram()
	assert.Equal(t, uint64(3), h.GetSampleCount())
	assert.InDelta(t, 3600.0055, h.GetSampleSum(), 1e-9)
	below := map[float64]uint64{}
	for _, b := range h.GetBucket() {
		below[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	assert.Equal(t, uint64(0), below[.001])
	assert.Equal(t, uint64(1), below[.0025], "a bucket holds its own bound")
	assert.Equal(t, uint64(2), below[.005])
	assert.Equal(t, uint64(2), below[25])

	assert.InDelta(t, 1, series(t, f["tallyfy_admin_upstream_calls_total"], "operation", "groups.list", "status", "0").GetCounter().GetValue(), 0)
	assert.Equal(t, uint64(2), series(t, f["tallyfy_admin_upstream_call_duration_seconds"], "operation", "groups.list").GetHistogram().GetSampleCount())
	assert.InDelta(t, 1, series(t, f["tallyfy_admin_upstream_retries_total"], "operation", "groups.list").GetCounter().GetValue(), 0)
	assert.InDelta(t, 1, series(t, f["tallyfy_admin_upstream_rate_limit_waits_total"], "operation", "groups.list").GetCounter().GetValue(), 0)
	assert.InDelta(t, 1.5, series(t, f["tallyfy_admin_upstream_rate_limit_wait_seconds_total"], "operation", "groups.list").GetCounter().GetValue(), 0)
	assert.InDelta(t, .25, series(t, f["tallyfy_admin_paced_seconds_total"], "kind", "click").GetCounter().GetValue(), 0)
	assert.InDelta(t, 1, series(t, f["tallyfy_admin_signins_total"], "result", "refused").GetCounter().GetValue(), 0)
	assert.InDelta(t, 1, series(t, f["tallyfy_admin_changes_total"], "change", "group.delete", "result", "not confirmed").GetCounter().GetValue(), 0)
	assert.InDelta(t, 7, series(t, f["tallyfy_admin_sessions"]).GetGauge().GetValue(), 0)
	require.Len(t, f["tallyfy_admin_build_info"].GetMetric(), 1)
	for _, name := range []string{"process_start_time_seconds", "go_goroutines", "go_memstats_heap_inuse_bytes"} {
		assert.Positive(t, series(t, f[name]).GetGauge().GetValue(), name)
	}
}

// The names and labels are published: dashboards and the alerts of .github/deployment.md hold them.
func TestNamesAndLabelsStay(t *testing.T) {
	m := counted()
	names := map[string]string{}
	for name, f := range read(t, m) {
		kind := strings.ToLower(f.GetType().String())
		for _, l := range f.GetMetric()[0].GetLabel() {
			kind += " " + l.GetName()
		}
		names[name] = kind
	}
	for name, want := range map[string]string{
		"tallyfy_admin_build_info":                             "gauge goversion version",
		"tallyfy_admin_requests_total":                         "counter method route status",
		"tallyfy_admin_request_duration_seconds":               "histogram route",
		"tallyfy_admin_upstream_calls_total":                   "counter operation status",
		"tallyfy_admin_upstream_call_duration_seconds":         "histogram operation",
		"tallyfy_admin_upstream_retries_total":                 "counter operation",
		"tallyfy_admin_upstream_rate_limit_waits_total":        "counter operation",
		"tallyfy_admin_upstream_rate_limit_wait_seconds_total": "counter operation",
		"tallyfy_admin_paced_calls_total":                      "counter kind",
		"tallyfy_admin_paced_seconds_total":                    "counter kind",
		"tallyfy_admin_signins_total":                          "counter result",
		"tallyfy_admin_changes_total":                          "counter change result",
		"tallyfy_admin_sessions":                               "gauge",
		"process_start_time_seconds":                           "gauge",
		"process_resident_memory_bytes":                        "gauge",
		"process_open_fds":                                     "gauge",
		"go_goroutines":                                        "gauge",
		"go_memstats_heap_inuse_bytes":                         "gauge",
		"go_memstats_mallocs_total":                            "counter",
	} {
		assert.Equal(t, want, names[name], name)
		delete(names, name)
	}
	for name := range names {
		assert.Regexp(t, "^(go|process)_", name, "a metric of ours has to be listed")
	}
	page, err := os.ReadFile("../../.github/deployment.md")
	require.NoError(t, err)
	named := regexp.MustCompile(`tallyfy_admin_[a-z_]+`).FindAllString(string(page), -1)
	require.NotEmpty(t, named)
	for _, name := range named {
		assert.Contains(t, read(t, m), name, "deployment.md names it")
	}
}

func TestSessionsThatCannotBeCountedAreAbsent(t *testing.T) {
	m := metrics.New("", func(context.Context) (int64, error) { return 0, errors.New("no database") })
	assert.NotContains(t, read(t, m), "tallyfy_admin_sessions")
}

func TestOnlyMetricsAreServed(t *testing.T) {
	m := metrics.New("", nil)
	for path, want := range map[string]int{"/metrics": 200, "/": 404, "/groups": 404, "/debug/pprof/": 404} {
		answer := httptest.NewRecorder()
		m.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		assert.Equal(t, want, answer.Code, path)
	}
	answer := httptest.NewRecorder()
	m.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/metrics", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, answer.Code)
}
