package store

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/postgres"
)

const (
	cookieName = "ta_session"
	token      = "tok-7f3a9c-a-personal-access-token"
)

var (
	testSecret  = bytes.Repeat([]byte("0123456789abcdef"), 2)
	testKeys    = must(NewKeys(testSecret))
	otherSecret = []byte(strings.Repeat("another secret! ", 3))
	otherKeys   = must(NewKeys(otherSecret))
	rotatedKeys = must(NewKeys(otherSecret, testSecret))
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// engine is one kind of database. Its url is fresh for the test; with memory each Open gives
// another database.
type engine struct {
	url     string
	durable bool
}

func (e engine) open(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), e.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// eachEngine runs a test on every engine there is, beside other tests.
func eachEngine(t *testing.T, test func(t *testing.T, e engine)) {
	t.Helper()
	t.Parallel()
	eachEngineAlone(t, test)
}

// eachEngineAlone is for tests that read the log, which belongs to the process.
func eachEngineAlone(t *testing.T, test func(t *testing.T, e engine)) {
	t.Run("file", func(t *testing.T) {
		test(t, engine{url: filepath.Join(t.TempDir(), "dashboard.db"), durable: true})
	})
	t.Run("memory", func(t *testing.T) {
		test(t, engine{url: "memory:"})
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, engine{url: postgres.URL(t), durable: true})
	})
}

// clock is a time that only moves when told to.
type clock struct{ unixMilli atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.unixMilli.Store(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMilli(c.unixMilli.Load()) }
func (c *clock) Advance(d time.Duration) { c.unixMilli.Add(d.Milliseconds()) }

func cookieOptions() sessions.Options {
	return sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func newSessions(t testing.TB, db *DB, c *clock) *Sessions {
	t.Helper()
	return sessionsUnder(t, db, c, testKeys)
}

func sessionsUnder(t testing.TB, db *DB, c *clock, keys *Keys) *Sessions {
	t.Helper()
	s, err := db.Sessions(SessionOptions{Keys: keys, Cookie: cookieOptions(), Now: c.Now})
	require.NoError(t, err)
	return s
}

// visitor is a browser: it sends the cookies that answers set.
type visitor struct {
	t     testing.TB
	store *Sessions
	jar   map[string]*http.Cookie
}

func newVisitor(t testing.TB, s *Sessions) *visitor {
	return &visitor{t: t, store: s, jar: map[string]*http.Cookie{}}
}

func (v *visitor) request() *http.Request {
	r := httptest.NewRequestWithContext(v.t.Context(), http.MethodGet, "/groups", nil)
	for _, cookie := range v.jar {
		r.AddCookie(cookie)
	}
	return r
}

func (v *visitor) session(r *http.Request) *sessions.Session {
	v.t.Helper()
	session, err := v.store.Get(r, cookieName)
	require.NoError(v.t, err)
	require.NotNil(v.t, session)
	return session
}

// save saves and returns the Set-Cookie header's cookie, nil if there was none.
func (v *visitor) save(r *http.Request, session *sessions.Session) *http.Cookie {
	v.t.Helper()
	w := httptest.NewRecorder()
	require.NoError(v.t, v.store.Save(r, w, session))
	return v.receive(w)
}

func (v *visitor) receive(w *httptest.ResponseRecorder) *http.Cookie {
	v.t.Helper()
	cookies := w.Result().Cookies()
	require.LessOrEqual(v.t, len(cookies), 1)
	if len(cookies) == 0 {
		return nil
	}
	if cookies[0].MaxAge < 0 {
		delete(v.jar, cookies[0].Name)
	} else {
		v.jar[cookies[0].Name] = cookies[0]
	}
	return cookies[0]
}

// signIn makes a session whose data is the token.
func (v *visitor) signIn() {
	v.t.Helper()
	r := v.request()
	session := v.session(r)
	require.NoError(v.t, v.store.Renew(r, session))
	SetData(session, []byte(token))
	require.NotNil(v.t, v.save(r, session))
}

// dataNow returns what a new request of the visitor finds.
func (v *visitor) dataNow() string {
	v.t.Helper()
	return string(Data(v.session(v.request())))
}

// captureLog collects what the package logs during the test, from slog's debug level on.
func captureLog(t testing.TB) *strings.Builder {
	t.Helper()
	log, before := &strings.Builder{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return log
}

func rows(t testing.TB, db *DB, table string) (n int) {
	t.Helper()
	require.NoError(t, db.sql.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n))
	return n
}
