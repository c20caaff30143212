package store

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// underWay returns requests of a visitor that have read the session.
func underWay(t *testing.T, v *visitor, n int) ([]*http.Request, []*sessions.Session) {
	t.Helper()
	requests, loaded := make([]*http.Request, n), make([]*sessions.Session, n)
	for i := range requests {
		requests[i] = v.request()
		loaded[i] = v.session(requests[i])
		require.False(t, loaded[i].IsNew)
	}
	return requests, loaded
}

// TestRequestsOfOneSession lets many requests of one visitor read and save at once: none fails, and
// one whole state wins.
func TestRequestsOfOneSession(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		v := newVisitor(t, newSessions(t, db, c))
		v.signIn()
		c.Advance(2 * time.Minute) // every read wants to move last-seen
		state := func(i int) string { return strings.Repeat(strconv.Itoa(i)+" ", 1000) }
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				r := v.request()
				session, err := v.store.Get(r, cookieName)
				if !assert.NoError(t, err) {
					return
				}
				SetData(session, []byte(state(i)))
				assert.NoError(t, v.store.Save(r, httptest.NewRecorder(), session))
			})
		}
		group.Wait()
		data := v.dataNow()
		first, _, _ := strings.Cut(data, " ")
		i, err := strconv.Atoi(first)
		require.NoError(t, err)
		assert.Equal(t, state(i), data)
		assert.Equal(t, 1, rows(t, db, "dashboard_sessions"))
	})
}

// TestEndAmongSaves ends a session among saves of it: in any order it is gone afterwards, and no
// save fails otherwise.
func TestEndAmongSaves(t *testing.T) {
	for name, end := range map[string]func(v *visitor, r *http.Request, w http.ResponseWriter, s *sessions.Session) error{
		"signed out": func(v *visitor, r *http.Request, w http.ResponseWriter, s *sessions.Session) error {
			return v.store.Destroy(r, w, s)
		},
		"renewed": func(v *visitor, r *http.Request, w http.ResponseWriter, s *sessions.Session) error {
			if err := v.store.Renew(r, s); err != nil {
				return err
			}
			return v.store.Save(r, w, s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, e engine) {
				db := e.open(t)
				v := newVisitor(t, newSessions(t, db, newClock()))
				for range 5 {
					v.signIn()
					requests, loaded := underWay(t, v, 16)
					answer := httptest.NewRecorder()
					var group sync.WaitGroup
					for i, r := range requests {
						group.Go(func() {
							if i == 8 {
								assert.NoError(t, end(v, r, answer, loaded[i]))
								return
							}
							SetData(loaded[i], []byte("late"))
							if err := v.store.Save(r, httptest.NewRecorder(), loaded[i]); err != nil {
								assert.ErrorIs(t, err, ErrGone)
							}
						})
					}
					group.Wait()
					assert.Empty(t, v.dataNow(), "the old id")
					v.receive(answer)
					if name == "renewed" {
						assert.Equal(t, token, v.dataNow(), "the new one")
						require.NoError(t, v.store.Destroy(requests[8], httptest.NewRecorder(), loaded[8]))
					}
					assert.Zero(t, rows(t, db, "dashboard_sessions"))
				}
			})
		})
	}
}

// TestRenewalOfManyAtOnce: all have loaded the old session, and each renews it. One new session
// carries the data.
func TestRenewalOfManyAtOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		requests, loaded := underWay(t, v, 16)
		var carried atomic.Int32
		var group sync.WaitGroup
		for i, r := range requests {
			group.Go(func() {
				if !assert.NoError(t, v.store.Renew(r, loaded[i])) {
					return
				}
				assert.Empty(t, loaded[i].ID)
				if Data(loaded[i]) != nil {
					carried.Add(1)
				}
				// The old id is dead from here on, for everybody.
				again, err := v.store.New(v.request(), cookieName)
				assert.NoError(t, err)
				assert.True(t, again.IsNew)
			})
		}
		group.Wait()
		assert.EqualValues(t, 1, carried.Load())
		assert.Zero(t, rows(t, db, "dashboard_sessions"))
	})
}

// TestSignedOutDoesNotComeBack: requests were under way when another one signed out, on another
// replica if there can be one. Neither a load, a save nor a renewal revives what they had read.
func TestSignedOutDoesNotComeBack(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		v, elsewhere := newVisitor(t, newSessions(t, db, c)), newSessions(t, db, c)
		if e.durable {
			elsewhere = newSessions(t, e.open(t), c)
		}
		v.signIn()
		requests, loaded := underWay(t, v, 3)
		require.NoError(t, elsewhere.Destroy(requests[0], httptest.NewRecorder(), loaded[0]))
		assert.Empty(t, v.dataNow(), "it counts at once")

		w := httptest.NewRecorder()
		require.ErrorIs(t, v.store.Save(requests[1], w, loaded[1]), ErrGone)
		assert.Empty(t, w.Header().Values("Set-Cookie"))

		require.NoError(t, v.store.Renew(requests[2], loaded[2]))
		assert.Nil(t, Data(loaded[2]), "what was signed out is not carried along")
		require.NoError(t, v.store.Save(requests[2], w, loaded[2]))
		v.receive(w)
		assert.Empty(t, v.dataNow())

		require.NoError(t, v.store.Destroy(requests[1], httptest.NewRecorder(), loaded[1]), "signing out twice is no error")
	})
}

// TestFixation: an id that was planted in a visitor's browser is another one after sign-in, and is
// worth nothing.
func TestFixation(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		s := newSessions(t, e.open(t), newClock())
		thief := newVisitor(t, s)
		r := thief.request()
		session := thief.session(r)
		SetData(session, []byte("planted by the thief"))
		require.NotNil(t, thief.save(r, session))
		living := thief.jar[cookieName].Value

		for name, value := range map[string]string{"living session of the thief": living, "chosen": strings.Repeat("A", 43)} {
			victim := newVisitor(t, s)
			victim.jar[cookieName] = &http.Cookie{Name: cookieName, Value: value}
			assert.Equal(t, value != living, victim.session(victim.request()).ID == "", "%s: an id that is not of an active session is not taken", name)
			victim.signIn()
			assert.NotEqual(t, value, victim.jar[cookieName].Value, name)
			assert.Equal(t, token, victim.dataNow(), name)

			thief.jar[cookieName] = &http.Cookie{Name: cookieName, Value: value}
			assert.True(t, thief.session(thief.request()).IsNew, name)
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
		assert.Equal(t, token, v.dataNow())
	})
}
