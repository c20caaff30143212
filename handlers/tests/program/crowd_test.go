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

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

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
	tallyfy, metrics := program.NewAPI(t, sandbox.Options{}, crowd), program.FreeAddress(t)
	p := start(t, program.Options{
		API: tallyfy, Database: filepath.Join(t.TempDir(), "sessions.db"),
		Arguments: []string{"--metrics-addr", metrics, "--trusted-proxies", "127.0.0.1", "--log-level", "warn"},
	})
	base := "http://" + p.Options.Address
	before := program.ReadMetrics(t, metrics)
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
	signedIn := program.ReadMetrics(t, metrics)
	everybody(func(i int) {
		path := []string{"/groups", "/groups?q=a&per_page=10", "/help"}[i%3]
		status, body, err := ask(i, http.MethodGet, path, nil)
		expect(i, status, body, err)
	})
	after := program.ReadMetrics(t, metrics)
	const memory, files = "process_resident_memory_bytes", "process_open_fds"
	assert.Less(t, after.Gauge(t, memory), 400e6)
	assert.Less(t, after.Gauge(t, files), before.Gauge(t, files)+8*atOnce)

	transport.CloseIdleConnections()
	tallyfy.HTTP.CloseClientConnections() // as Tallyfy closes them, sooner or later
	idle := 0.0
	assert.Eventually(t, func() bool {
		idle = program.ReadMetrics(t, metrics).Gauge(t, files)
		return idle <= before.Gauge(t, files)+16 // the database keeps a few
	}, time.Minute, 50*time.Millisecond, "open files at the start %v, now %v", before.Gauge(t, files), idle)
	t.Logf("memory: %.0f MB at the start, %.0f MB with %d sessions, %.0f MB after their use; open files: %.0f, %.0f, %.0f, idle %.0f",
		before.Gauge(t, memory)/1e6, signedIn.Gauge(t, memory)/1e6, people, after.Gauge(t, memory)/1e6,
		before.Gauge(t, files), signedIn.Gauge(t, files), after.Gauge(t, files), idle)
	p.AssertNoPanic()
}
