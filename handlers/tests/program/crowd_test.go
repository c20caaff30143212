package program_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// readMetrics reads the metrics as Prometheus does.
func readMetrics(t *testing.T, address string) map[string]*dto.MetricFamily {
	t.Helper()
	answer, err := quick.Get("http://" + address + "/metrics")
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, expfmt.TypeTextPlain, expfmt.ResponseFormat(answer.Header).FormatType())
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	require.NoError(t, err)
	return families
}

func gauge(t *testing.T, families map[string]*dto.MetricFamily, name string) float64 {
	t.Helper()
	require.Contains(t, families, name)
	require.Len(t, families[name].GetMetric(), 1)
	return families[name].GetMetric()[0].GetGauge().GetValue()
}

// crowd lets everybody in whose token is "person-…": as the administrator, under a name of their own.
func crowd(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !strings.HasPrefix(token, "person-") {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Set("Authorization", "Bearer "+sandbox.AdminToken)
		if r.URL.Path != "/api/me" {
			next.ServeHTTP(w, r)
			return
		}
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bytes.ReplaceAll(recorder.Body.Bytes(), []byte("maren.dahl"), []byte(token)))
	})
}

// A thousand people, each with a token and a session of their own, see their own pages only; memory and open files stay bounded,
// and the files are given back.
func TestAThousandSessions(t *testing.T) {
	t.Parallel()
	const people, atOnce = 1000, 32
	tallyfy, metrics := newAPI(t, crowd), freeAddress(t)
	p := start(t, options{
		api: tallyfy, database: filepath.Join(t.TempDir(), "sessions.db"),
		arguments: []string{"--metrics-addr", metrics, "--trusted-proxies", "127.0.0.1", "--log-level", "warn"},
	})
	base := "http://" + p.o.address
	before := readMetrics(t, metrics)
	transport := &http.Transport{MaxIdleConnsPerHost: atOnce}
	visitors := make([]*http.Client, people)
	ask := func(i int, method, path string, form url.Values) (int, string, error) {
		r, err := http.NewRequest(method, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			return 0, "", err
		}
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", i/250, i%250)) // a desk each
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := visitors[i].Do(r)
		if err != nil {
			return 0, "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		return answer.StatusCode, string(body), err
	}
	everybody := func(do func(i int)) {
		var all sync.WaitGroup
		turn := make(chan struct{}, atOnce)
		for i := range people {
			turn <- struct{}{}
			all.Go(func() {
				do(i)
				<-turn
			})
		}
		all.Wait()
	}
	expect := func(i int, status int, body string, err error) {
		assert.NoError(t, err)
		assert.Equal(t, http.StatusOK, status, "person %d", i)
		assert.True(t, strings.Contains(body, fmt.Sprintf("person-%04d@example.com", i)), "person %d is shown somebody else's page, or none", i)
		assert.Equal(t, strings.Count(body, "person-"), strings.Count(body, fmt.Sprintf("person-%04d", i)), "nobody else is on it")
	}
	everybody(func(i int) {
		jar, _ := cookiejar.New(nil)
		visitors[i] = &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}
		status, body, err := ask(i, http.MethodPost, "/signin", url.Values{"token": {fmt.Sprintf("person-%04d", i)}, "organization": {tallyfy.OrgID()}})
		expect(i, status, body, err)
	})
	signedIn := readMetrics(t, metrics)
	everybody(func(i int) {
		path := []string{"/groups", "/groups?q=a&per_page=10", "/keys"}[i%3]
		status, body, err := ask(i, http.MethodGet, path, nil)
		expect(i, status, body, err)
	})
	after := readMetrics(t, metrics)
	const memory, files = "process_resident_memory_bytes", "process_open_fds"
	assert.Less(t, gauge(t, after, memory), 400e6)
	assert.Less(t, gauge(t, after, files), gauge(t, before, files)+8*atOnce)

	transport.CloseIdleConnections()
	tallyfy.http.CloseClientConnections() // as Tallyfy closes them, sooner or later
	idle := 0.0
	assert.Eventually(t, func() bool {
		idle = gauge(t, readMetrics(t, metrics), files)
		return idle <= gauge(t, before, files)+16 // the database keeps a few
	}, 10*time.Second, 50*time.Millisecond, "open files at the start %v, now %v", gauge(t, before, files), idle)
	t.Logf("memory: %.0f MB at the start, %.0f MB with %d sessions, %.0f MB after their use; open files: %.0f, %.0f, %.0f, idle %.0f",
		gauge(t, before, memory)/1e6, gauge(t, signedIn, memory)/1e6, people, gauge(t, after, memory)/1e6,
		gauge(t, before, files), gauge(t, signedIn, files), gauge(t, after, files), idle)
	p.assertNoPanic()
}
