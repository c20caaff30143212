package store

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// within fails the test when f does not come back: no fault of a database may hold a request for
// ever.
func within(t *testing.T, limit time.Duration, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		require.Fail(t, "it hangs")
		return nil
	}
}

// use is a database in use: a visitor with a request under way, a record of an earlier version, and
// a lease.
type use struct {
	t       *testing.T
	limit   time.Duration // of each operation
	db      *DB
	v       *visitor
	records *Records
	lease   *Lease
	r       *http.Request
	live    *sessions.Session
	answer  *httptest.ResponseRecorder
}

var large = strings.Repeat("x", 100_000)

func newUse(t *testing.T, db *DB) *use {
	t.Helper()
	c := newClock()
	u := &use{t: t, limit: 20 * time.Second, db: db, v: newVisitor(t, newSessions(t, db, c)), records: recordsUnder(db, c, testKeys), answer: httptest.NewRecorder()}
	for range 10 { // some pages
		newVisitor(t, u.v.store).signIn()
	}
	u.v.signIn()
	putRecord(t, db, testKeys, "before", "s", []byte("body"), c.Now().Add(time.Hour))
	u.lease = acquire(t, db.Leases(), "first")
	u.r = u.v.request()
	u.live = u.v.session(u.r)
	SetData(u.live, []byte(token+large))
	c.Advance(2 * time.Minute) // reads want to move last-seen, too
	return u
}

func (u *use) reads() map[string]func() error {
	ctx := u.t.Context()
	return map[string]func() error{
		"load": func() error {
			session, err := u.v.store.New(u.v.request(), cookieName)
			require.NotNil(u.t, session, "the interface asks for a session in any case")
			if err == nil {
				assert.Equal(u.t, token, string(Data(session)), "an error is not a sign-out")
			} else {
				assert.Nil(u.t, Data(session))
			}
			return err
		},
		"count": func() error { _, err := u.v.store.Count(ctx); return err },
		"query": func() error { return u.db.Query(ctx, sessionKeys, nil, scanText(new([]string))) },
		"ping":  func() error { return u.db.Ping(ctx) },
	}
}

// additions are the writes that need room, the others do with what there is.
func (u *use) additions() map[string]func() error {
	return map[string]func() error{
		"save": func() error { return u.v.store.Save(u.r, u.answer, u.live) },
		"transaction": func() error {
			return u.lease.Tx(u.t.Context(), func(ctx context.Context, tx *Querier) error {
				_, err := tx.Write(ctx, insertSession, "large", large)
				return err
			})
		},
	}
}

func (u *use) otherWrites() map[string]func() error {
	ctx := u.t.Context()
	return map[string]func() error{
		"sign out": func() error { return u.v.store.Destroy(u.r, u.answer, u.live) },
		"renew":    func() error { return u.v.store.Renew(u.r, u.live) },
		"sweep":    func() error { _, err := u.v.store.Sweep(ctx); return err },
		"take":     func() error { return u.records.Take(ctx, func(string, string, []byte) error { return nil }) },
		"acquire":  func() error { _, _, err := u.db.Leases().Acquire(ctx, "another", "o", time.Minute); return err },
		"extend":   func() error { return u.lease.Extend(ctx, time.Hour) },
		"release":  func() error { _, err := u.lease.Release(ctx); return err },
	}
}

// fails asserts that each operation fails within a bound with the words want, and takes the fault for
// nothing else. It returns the errors.
func (u *use) fails(want string, operations ...map[string]func() error) (all string) {
	u.t.Helper()
	for _, group := range operations {
		for what, f := range group {
			err := within(u.t, u.limit, f)
			require.ErrorContains(u.t, err, want, what)
			for _, other := range []error{ErrGone, ErrLost} {
				assert.NotErrorIs(u.t, err, other, what)
			}
			all += fmt.Sprintln(what+":", err)
		}
	}
	assertNoForm(u.t, all, token, u.live.ID, sessionRow(u.live.ID), string(testSecret))
	assert.Empty(u.t, u.answer.Header().Values("Set-Cookie"), "the cookie stays, so that signing out can be tried again")
	return all
}

// goesOn asserts that everything is as it was before the fault.
func (u *use) goesOn() {
	u.t.Helper()
	assert.Equal(u.t, token, u.v.dataNow(), "everybody is still signed in, at the first request")
	assert.Equal(u.t, []string{"s body"}, taken(u.t, u.records))
	for what, f := range u.additions() {
		require.NoError(u.t, f(), "%s: what failed left nothing behind", what)
	}
	assert.Equal(u.t, token+large, u.v.dataNow())
	require.NoError(u.t, u.db.Ping(u.t.Context()))
}

// TestLogsHoldNoSecrets fails everything that can fail, with the secrets of a session at hand, and
// reads logs and errors.
func TestLogsHoldNoSecrets(t *testing.T) {
	eachEngineAlone(t, func(t *testing.T, e engine) {
		log := captureLog(t)
		db := e.open(t)
		u := newUse(t, db)
		_, err := db.sql.ExecContext(t.Context(), "UPDATE dashboard_sessions SET data = 'AAAA'")
		require.NoError(t, err)
		assert.Empty(t, u.v.dataNow())
		require.Contains(t, log.String(), "a stored session cannot be opened")
		assertNoForm(t, log.String(), token, u.live.ID, sessionRow(u.live.ID), string(testSecret))
		require.NoError(t, db.Close())
		u.fails("the dashboard's database", u.reads(), u.additions(), u.otherWrites())
	})
}
