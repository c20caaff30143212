package store

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFixation: whatever id somebody plants in a visitor's browser, after sign-in it is another one, and who planted it has nothing.
func TestFixation(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		s := newSessions(t, e.open(t), newClock())
		thief := newVisitor(t, s)
		r := thief.request()
		session := thief.session(r)
		session.Values["planted"] = "by the thief"
		require.NotNil(t, thief.save(r, session))
		living := *thief.jar[cookieName]
		chosen := strings.Repeat("A", 43)
		signed, err := s.codec.Encode(cookieName, []byte(chosen))
		require.NoError(t, err)

		for name, value := range map[string]string{"living session of the thief": living.Value, "chosen": chosen, "chosen and signed": signed} {
			victim := newVisitor(t, s)
			victim.jar[cookieName] = &http.Cookie{Name: cookieName, Value: value}
			r := victim.request()
			session := victim.session(r)
			assert.Equal(t, value != living.Value, session.ID == "", "%s: an id that is not of a living session is not taken", name)
			require.NoError(t, s.Renew(r, session), name)
			session.Values["token"] = token
			require.NotNil(t, victim.save(r, session), name)
			assert.NotEqual(t, value, victim.jar[cookieName].Value, name)
			assert.NotEqual(t, chosen, session.ID, name)
			assert.Equal(t, token, victim.tokenNow(), name)

			thief.jar[cookieName] = &http.Cookie{Name: cookieName, Value: value}
			assert.True(t, thief.session(thief.request()).IsNew, name)
		}
	})
}

// TestRenewalOfManyAtOnce: all have loaded the old session, and each renews it. One new session carries the values.
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
				if len(loaded[i].Values) > 0 {
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

// TestRenewalAmongLoadsAndSaves: the others see the session as it was or none, never an error of the database, and do not bring it back.
func TestRenewalAmongLoadsAndSaves(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		requests, loaded := underWay(t, v, 16)
		answer := httptest.NewRecorder()
		var group sync.WaitGroup
		for i, r := range requests {
			group.Go(func() {
				if i == 8 {
					assert.NoError(t, v.store.Renew(r, loaded[i]))
					assert.NoError(t, v.store.Save(r, answer, loaded[i]))
					return
				}
				loaded[i].Values["i"] = i
				if err := v.store.Save(r, httptest.NewRecorder(), loaded[i]); err != nil {
					assert.ErrorIs(t, err, ErrGone)
				}
			})
		}
		group.Wait()
		assert.Nil(t, v.tokenNow(), "the old id")
		v.receive(answer)
		assert.Equal(t, token, v.tokenNow(), "the new one")
		assert.Equal(t, 1, rows(t, db, "dashboard_sessions"))
	})
}

// TestSignedOutDoesNotComeBack: a request was under way when another one signed out. Neither a save nor a renewal revives what it had read.
func TestSignedOutDoesNotComeBack(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		requests, loaded := underWay(t, v, 3)
		require.NoError(t, v.store.Destroy(requests[0], httptest.NewRecorder(), loaded[0]))

		w := httptest.NewRecorder()
		require.ErrorIs(t, v.store.Save(requests[1], w, loaded[1]), ErrGone)
		assert.Empty(t, w.Header().Values("Set-Cookie"))

		require.NoError(t, v.store.Renew(requests[2], loaded[2]))
		assert.Empty(t, loaded[2].Values, "what was signed out is not carried along")
		require.NoError(t, v.store.Save(requests[2], w, loaded[2]))
		v.receive(w)
		assert.Nil(t, v.tokenNow())

		require.NoError(t, v.store.Destroy(requests[1], httptest.NewRecorder(), loaded[1]), "signing out twice is no error")
	})
}

// TestLogsHoldNoSecrets fails everything that can fail, with the secrets of a session at hand, and reads logs and errors.
func TestLogsHoldNoSecrets(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		log := captureLog(t)
		c, db := newClock(), e.open(t)
		v, records := newVisitor(t, newSessions(t, db, c)), newRecords(t, db, c)
		v.signIn()
		requests, loaded := underWay(t, v, 2)
		id, cookie := loaded[0].ID, v.jar[cookieName].Value
		_, err := db.sql.ExecContext(t.Context(), "UPDATE dashboard_sessions SET data = 'AAAA'")
		require.NoError(t, err)
		assert.Nil(t, v.tokenNow())
		c.Advance(2 * v.store.touchAfter)
		loaded[1].Values["unregistered"] = struct{ Token string }{token}
		failures := []error{v.store.Save(requests[1], httptest.NewRecorder(), loaded[1])}
		require.NoError(t, db.Close())
		_, loadErr := v.store.New(v.request(), cookieName)
		_, claimErr := records.Claim(t.Context(), "remove:"+token, token, []byte(token), 1)
		_, _, getErr := records.Get(t.Context(), "remove:"+token)
		failures = append(failures, loadErr, claimErr, getErr,
			records.Put(t.Context(), "remove:"+token, []byte(token)), records.Delete(t.Context(), "remove:"+token),
			v.store.Save(requests[0], httptest.NewRecorder(), loaded[0]), v.store.Renew(requests[0], loaded[0]),
			v.store.Destroy(requests[0], httptest.NewRecorder(), loaded[0]))
		for i, err := range failures {
			require.Error(t, err, i)
			fmt.Fprintln(log, err)
		}
		require.Contains(t, log.String(), "a stored session cannot be opened")
		for _, secret := range []string{token, id, sessionRow(id), cookie, string(testSecret)} {
			for _, form := range forms(secret) {
				assert.NotContains(t, log.String(), form)
			}
		}
	})
}

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
