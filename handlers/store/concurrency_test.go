package store

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRequestsOfOneSession lets many requests of one visitor read and save at once: none fails, and one whole state wins.
func TestRequestsOfOneSession(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		v := newVisitor(t, newSessions(t, db, c))
		v.signIn()
		c.Advance(2 * time.Minute) // every read wants to move last-seen
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				r := v.request()
				session, err := v.store.Get(r, cookieName)
				if !assert.NoError(t, err) {
					return
				}
				session.Values["a"], session.Values["b"] = i, strconv.Itoa(i)
				assert.NoError(t, v.store.Save(r, httptest.NewRecorder(), session))
			})
		}
		group.Wait()
		session := v.session(v.request())
		assert.Equal(t, token, session.Values["token"])
		require.Contains(t, session.Values, "a")
		assert.Equal(t, strconv.Itoa(session.Values["a"].(int)), session.Values["b"])
		assert.Equal(t, 1, rows(t, db, "dashboard_sessions"))
	})
}

// TestSignOutAgainstSaves runs a sign-out among saves of the same session: whatever the order, it is gone afterwards.
func TestSignOutAgainstSaves(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		for range 5 {
			v.signIn()
			before := make([]*http.Request, 8) // all read while the session lived
			for i := range before {
				before[i] = v.request()
				require.False(t, v.session(before[i]).IsNew)
			}
			var group sync.WaitGroup
			for i, r := range before {
				group.Go(func() {
					session, err := v.store.Get(r, cookieName)
					if !assert.NoError(t, err) {
						return
					}
					if i == 4 {
						assert.NoError(t, v.store.Destroy(r, httptest.NewRecorder(), session))
						return
					}
					session.Values["i"] = i
					if err := v.store.Save(r, httptest.NewRecorder(), session); err != nil {
						assert.ErrorIs(t, err, ErrGone)
					}
				})
			}
			group.Wait()
			assert.Zero(t, rows(t, db, "dashboard_sessions"))
		}
	})
}

// TestCancelledReadsLoseNothing: a database in memory would be gone with its connection.
func TestCancelledReadsLoseNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		var group sync.WaitGroup
		for i := range 40 {
			group.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Microsecond)
				defer cancel()
				_, _ = v.store.New(v.request().WithContext(ctx), cookieName) // may fail, for its own context only
			})
		}
		group.Wait()
		assert.Equal(t, token, v.tokenNow())
	})
}
