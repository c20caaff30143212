package program_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// total adds up the series of a family that have these labels, given as name, value, name, value; -1 if there are none.
func total(families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	sum, found := 0.0, false
	for _, m := range families["tallyfy_admin_"+name].GetMetric() {
		has := map[string]string{}
		for _, l := range m.GetLabel() {
			has[l.GetName()] = l.GetValue()
		}
		same := true
		for i := 0; i < len(labels); i += 2 {
			same = same && has[labels[i]] == labels[i+1]
		}
		if same {
			found = true
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	if !found {
		return -1
	}
	return sum
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	tallyfy, address := program.NewAPI(t, sandbox.Options{}), program.FreeAddress(t)
	p := start(t, program.Options{API: tallyfy, Arguments: []string{"--metrics-addr", address}})
	s := p.Site()
	s.SignInWith("nobody-s-token")
	program.SignIn(s, sandbox.AdminToken)
	tallyfy.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.GroupsRoute, Times: 1, Status: http.StatusServiceUnavailable})
	s.Get("/groups?page=2").Whole(http.StatusOK)
	s.Post("/groups", url.Values{"name": {"Night shift"}, "description": {"d"}, "action": {"create"}})
	s.Get("/nowhere").Whole(http.StatusNotFound)

	require.Eventually(t, func() bool { return total(program.ReadMetrics(t, address), "requests_total", "route", "none") == 1 }, time.Minute, 5*time.Millisecond,
		"a request is counted after its answer")
	m := program.ReadMetrics(t, address)
	assert.Equal(t, 2.0, total(m, "requests_total", "route", "/o/:org/groups", "method", "GET", "status", "200"), "after signing in, and once more")
	assert.Equal(t, 1.0, total(m, "requests_total", "route", "/o/:org/groups", "method", "POST", "status", "303"))
	assert.Equal(t, 1.0, total(m, "requests_total", "route", "none", "status", "404"))
	assert.GreaterOrEqual(t, total(m, "request_duration_seconds", "route", "/o/:org/groups"), 3.0)
	assert.Equal(t, 1.0, total(m, "upstream_calls_total", "operation", "groups.list", "status", "503"))
	assert.Equal(t, 1.0, total(m, "upstream_retries_total", "operation", "groups.list"))
	assert.GreaterOrEqual(t, total(m, "upstream_call_duration_seconds", "operation", "groups.list"), 2.0)
	assert.Equal(t, 1.0, total(m, "signins_total", "result", "refused"))
	assert.Equal(t, 1.0, total(m, "signins_total", "result", "done"))
	assert.Equal(t, 1.0, total(m, "changes_total", "change", "group.create", "result", "done"))
	assert.Equal(t, 1.0, total(m, "build_info"))
	for _, name := range []string{"process_resident_memory_bytes", "process_open_fds", "go_goroutines"} {
		assert.Positive(t, m.Gauge(t, name))
	}

	assert.Equal(t, http.StatusNotFound, p.Status("/metrics"), "they are not for visitors")
	for _, path := range []string{"/", "/signin", "/metrics/x"} {
		assert.Equal(t, http.StatusNotFound, program.StatusOf("http://"+address+path), "there are only metrics")
	}
}

// Whatever visitors send, the number of series stays the same.
func TestVisitorsMakeNoSeries(t *testing.T) {
	t.Parallel()
	address := program.FreeAddress(t)
	p := start(t, program.Options{Arguments: []string{"--metrics-addr", address}})
	s := p.SignedIn()
	count := func() map[string]int {
		series := map[string]int{}
		for name, f := range program.ReadMetrics(t, address) {
			series[name] = len(f.GetMetric())
		}
		return series
	}
	ask := func(i int) {
		for _, path := range []string{fmt.Sprintf("/x%d", i), fmt.Sprintf("/groups/%032d", i), fmt.Sprintf("/members?q=x%d", i)} {
			r := s.Request([]string{http.MethodGet, "PURGE", fmt.Sprintf("VERB%d", i)}[i%3], path, nil)
			r.Host = fmt.Sprintf("host%d.example", i)
			r.Header.Set("User-Agent", strings.Repeat("x", i))
			s.Do(r)
		}
	}
	for i := range 3 {
		ask(i)
	}
	before := count()
	for i := range 100 {
		ask(3 + i)
	}
	assert.Equal(t, before, count())
	require.NotEmpty(t, before)
}
