package program_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/tallyfy/sandbox"
)

// ownDatabase makes a database for one test on the PostgreSQL that tests may use.
func ownDatabase(t *testing.T) string {
	t.Helper()
	server := os.Getenv("TEST_POSTGRES_URL")
	if server == "" {
		t.Skip("TEST_POSTGRES_URL is not set: replicas on PostgreSQL are not tested")
	}
	u, err := url.Parse(server)
	require.NoError(t, err)
	name := "program_" + strings.ToLower(rand.Text())
	inPostgres(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { inPostgres(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// inPostgres runs a statement on a connection of its own.
func inPostgres(t *testing.T, server, statement string) {
	t.Helper()
	ctx := context.Background() // also after the test's own has ended
	c, err := pgx.Connect(ctx, server)
	require.NoError(t, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	require.NoError(t, err)
}

// proxyTo passes requests on to the address that choose gives.
func proxyTo(choose func() string) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: choose()})
			r.Out.Host = r.In.Host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
		},
	}
}

// replicas are two programs with one database behind one proxy, which sends them requests by turns.
type replicas struct {
	programs [2]*dashboard
	database string
	url      string
	api      *program.API
	turn     atomic.Int64
	alone    atomic.Int64 // 1 and 2: this one only
	// tallyfy answers the calls of a program; the sandbox does if it holds nil.
	tallyfy atomic.Pointer[func(program int, w http.ResponseWriter, call *http.Request)]
}

func startReplicas(t *testing.T, database string, s sandbox.Options) *replicas {
	t.Helper()
	r := &replicas{api: program.NewAPI(t, s), database: database}
	addresses := [2]string{program.FreeAddress(t), program.FreeAddress(t)}
	proxy := httptest.NewServer(proxyTo(func() string {
		if n := r.alone.Load(); n > 0 {
			return addresses[n-1]
		}
		return addresses[r.turn.Add(1)%2]
	}))
	t.Cleanup(proxy.Close)
	r.url = proxy.URL
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(rand.Text()+rand.Text()), 0o600))
	var both sync.WaitGroup
	for i, address := range addresses {
		own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, call *http.Request) {
			if f := r.tallyfy.Load(); f != nil {
				(*f)(i, w, call)
				return
			}
			r.api.ServeHTTP(w, call)
		}))
		t.Cleanup(own.Close)
		api := &program.API{Server: r.api.Server, URL: own.URL, HTTP: own}
		o := program.Options{Address: address, Public: proxy.URL, API: api, Database: database, Env: []string{"SECRET_FILE=" + secret, "TRUSTED_PROXIES=127.0.0.1"}}
		both.Go(func() { r.programs[i] = start(t, o) }) // at once, as after a deployment
	}
	both.Wait()
	require.NotNil(t, r.programs[0])
	require.NotNil(t, r.programs[1])
	return r
}

// eachDatabase runs a test on what two programs can share.
func eachDatabase(t *testing.T, test func(t *testing.T, r *replicas)) {
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, startReplicas(t, ownDatabase(t), sandbox.Options{}))
	})
	t.Run("one SQLite file", func(t *testing.T) {
		t.Parallel()
		test(t, startReplicas(t, filepath.Join(t.TempDir(), "sessions.db"), sandbox.Options{}))
	})
}

func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	r := startReplicas(t, ownDatabase(t), sandbox.Options{})
	s := program.VisitorAt(t, r.url, r.api)
	p := s.SignInWith(sandbox.AdminToken)
	require.Equal(t, "Choose an organisation", p.Text("h1"))
	p = s.Post("/signin", url.Values{"organization": {s.Sandbox.OrgID()}})
	require.Equal(t, "Overview", p.Whole(http.StatusOK).Text("h1"))

	p = s.Get("/groups/new").Form("main form").Set("name", "Night shift").Set("description", "d").Submit("Create the group")
	assert.Equal(t, "Done. Night shift was created, with 0 members and 0 guests, and checked. Receipt", p.Whole(http.StatusOK).Text(".notice"))
	for range 2 {
		assert.NotContains(t, s.Get("/groups").Text("main"), "was created", "a notice is shown once")
	}
	s.Get(s.GroupPath("Night shift")).Whole(http.StatusOK)
	p = s.Get(s.DeletePath("Night shift")).Form("main form").Submit("Delete Night shift")
	assert.Equal(t, "/groups", p.URL)
	assert.Equal(t, "Done. Night shift was deleted. Receipt", p.Text(".notice"))
	assert.False(t, s.Exists("Night shift"))

	s.Sandbox.ClearRequests()
	s.Get(s.RemovePath("chiara.dangelo")).Whole(http.StatusOK)
	s.Get(s.RemovePath("chiara.dangelo") + "/handover").Whole(http.StatusOK)
	form := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	p = form.Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .notice"), "Done. Chiara D'Angelo is removed")
	s.Get(p.URL).Whole(http.StatusOK)
	assert.Equal(t, p.URL, form.Submit("").URL, "the same button at the other replica")
	assert.Len(t, s.Removals(), 1)

	cookies := s.SessionCookies()
	require.Len(t, cookies, 1)
	assert.Equal(t, "/signin", s.Post("/signout", url.Values{}).URL)
	for i, each := range r.programs {
		old := program.VisitorAt(t, "http://"+each.Options.Address, r.api)
		request := old.Request(http.MethodGet, "/groups", nil)
		request.Host = strings.TrimPrefix(r.url, "http://")
		request.AddCookie(cookies[0])
		assert.Contains(t, old.Do(request).URL, "/signin", "replica %d still knows the session", i)
		each.AssertNoPanic()
		assert.Contains(t, each.Log.String(), `"route":"/o/:org/groups"`, "replica %d was asked, too", i)
	}
}

// A file is for one program. While a new one takes over from an old one, what one of them ends counts at the other a second later.
func TestTwoProgramsOnOneFile(t *testing.T) {
	t.Parallel()
	r := startReplicas(t, filepath.Join(t.TempDir(), "sessions.db"), sandbox.Options{})
	s := program.VisitorAt(t, r.url, r.api)
	program.SignIn(s, sandbox.AdminToken)
	for range 4 {
		s.Get("/groups").Whole(http.StatusOK)
	}
	cookies := s.SessionCookies()
	s.Post("/signout", url.Values{})
	for _, each := range r.programs {
		old := program.VisitorAt(t, "http://"+each.Options.Address, r.api)
		require.Eventually(t, func() bool {
			request := old.Request(http.MethodGet, "/groups", nil)
			request.Host = strings.TrimPrefix(r.url, "http://")
			request.AddCookie(cookies[0])
			return strings.Contains(old.Do(request).URL, "/signin")
		}, time.Minute, 50*time.Millisecond)
	}
}

// However many ask at once, from whichever page and at whichever replica, one removal is sent.
func TestOneRemovalOverTwoReplicas(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, r *replicas) {
		s := program.VisitorAt(t, r.url, r.api)
		program.SignIn(s, sandbox.AdminToken)
		plan := s.PlanPath("chiara.dangelo", "siobhan.obrien")
		var presses []*http.Request
		for range 4 { // four pages, each button pressed twice
			form := s.Get(plan).Form("main form")
			presses = append(presses, form.Prepare(""), form.Prepare(""))
		}
		var answers []<-chan result
		for _, press := range presses {
			answers = append(answers, later(s, press))
		}
		receipts := map[string]bool{}
		for _, a := range answers {
			got := <-a
			require.NoError(t, got.err)
			switch {
			case got.status != http.StatusSeeOther:
				assert.Equal(t, http.StatusConflict, got.status)
			case !strings.Contains(got.to, "?refused="): // the plan as it is by now
				receipts[got.to] = true
			}
		}
		assert.Len(t, s.Removals(), 1)
		assert.Len(t, receipts, 1, "the receipt of the one that was sent")
	})
}

func TestAReplicaIsKilled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, r *replicas) {
		s := program.VisitorAt(t, r.url, r.api)
		program.SignIn(s, sandbox.AdminToken)
		form := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
		r.alone.Store(2)
		r.programs[0].Kill()
		p := form.Submit("").Whole(http.StatusOK)
		assert.Contains(t, p.Text("main .notice"), "Done. Chiara D'Angelo is removed")
		start(t, r.programs[0].Options)
		r.alone.Store(1)
		s.Get(p.URL).Whole(http.StatusOK)
	})
}

// Connections that the database has cut, as it does when it restarts, are not noticed by anybody.
func TestPostgreSQLCutsItsConnections(t *testing.T) {
	t.Parallel()
	database := ownDatabase(t)
	r := startReplicas(t, database, sandbox.Options{})
	s := program.VisitorAt(t, r.url, r.api)
	program.SignIn(s, sandbox.AdminToken)
	const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	for range 2 { // at each replica
		inPostgres(t, database, cut)
		s.Get("/groups").Whole(http.StatusOK)
		inPostgres(t, database, cut)
		p := s.Post("/groups", url.Values{"name": {"Night shift " + rand.Text()}, "description": {"d"}, "action": {"create"}})
		assert.Contains(t, p.Whole(http.StatusOK).Text(".notice"), "was created", "a page that writes the session")
		s.Get("/groups").Whole(http.StatusOK) // the turn goes to the other one
	}
	inPostgres(t, database, cut)
	form := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	inPostgres(t, database, cut)
	assert.Contains(t, form.Submit("").Whole(http.StatusOK).Text("main .notice"), "Done. ")
	assert.Len(t, s.Removals(), 1)
}
