package store

import (
	"context"
	"encoding/gob"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSessionRoundTrip(t *testing.T) {
	gob.Register(map[string][]string{})
	eachEngine(t, func(t *testing.T, e engine) {
		v := newVisitor(t, newSessions(t, e.open(t), newClock()))
		r := v.request()
		session := v.session(r)
		assert.True(t, session.IsNew)
		assert.Empty(t, session.ID)
		want := map[any]any{
			"token": token, "count": 3, "admin": true, "raw": []byte{0, 1, 255},
			"typed": map[string][]string{"name": {"Zoë", "O'Hara", "نور"}},
		}
		maps.Copy(session.Values, want)

		cookie := v.save(r, session)
		require.NotNil(t, cookie)
		assert.True(t, cookie.HttpOnly)
		assert.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
		assert.Zero(t, cookie.MaxAge)
		assert.Less(t, len(cookie.Value), 200)

		again := v.session(v.request())
		assert.False(t, again.IsNew)
		assert.Equal(t, want, again.Values)
		assert.Same(t, session, v.session(r), "one request shares one session")

		again.Values["token"] = "other"
		assert.Nil(t, v.save(v.request(), again), "an update leaves the cookie alone")
		assert.Equal(t, "other", v.tokenNow())
	})
}

func TestRenewMovesSession(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		before := maps.Clone(v.jar)

		r := v.request()
		session := v.session(r)
		require.NoError(t, v.store.Renew(r, session))
		assert.Empty(t, session.ID)
		require.NotNil(t, v.save(r, session))
		assert.Nil(t, v.save(r, session), "a second save in the request updates")

		assert.NotEqual(t, before[cookieName].Value, v.jar[cookieName].Value)
		assert.Equal(t, token, v.tokenNow(), "the values move along")
		assert.Equal(t, 1, rows(t, db, "dashboard_sessions"))
		v.jar = before
		assert.Nil(t, v.tokenNow(), "the old id is worth nothing")
	})
}

func TestDestroy(t *testing.T) {
	ways := map[string]func(v *visitor, w http.ResponseWriter, r *http.Request, s *sessions.Session) error{
		"Destroy": func(v *visitor, w http.ResponseWriter, r *http.Request, s *sessions.Session) error {
			return v.store.Destroy(r, w, s)
		},
		"MaxAge -1": func(v *visitor, w http.ResponseWriter, r *http.Request, s *sessions.Session) error {
			s.Options.MaxAge = -1
			return s.Save(r, w)
		},
	}
	for name, destroy := range ways {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, e engine) {
				db := e.open(t)
				v := newVisitor(t, newSessions(t, db, newClock()))
				v.signIn()
				before := maps.Clone(v.jar)
				r := v.request()
				session := v.session(r)
				w := httptest.NewRecorder()
				require.NoError(t, destroy(v, w, r, session))
				cookie := v.receive(w)
				require.NotNil(t, cookie)
				assert.Negative(t, cookie.MaxAge)
				assert.Equal(t, "/", cookie.Path, "without its path the browser keeps the cookie")
				assert.Empty(t, session.Values)

				require.NoError(t, v.store.Save(r, httptest.NewRecorder(), session))
				assert.Zero(t, rows(t, db, "dashboard_sessions"), "a later save does not bring it back")
				v.jar = before
				assert.Nil(t, v.tokenNow())
			})
		})
	}
}

func TestGoneSessionIsNotMadeAgain(t *testing.T) {
	ends := map[string]func(t *testing.T, v *visitor, c *clock){
		"signed out elsewhere": func(t *testing.T, v *visitor, _ *clock) {
			r := v.request()
			require.NoError(t, v.store.Destroy(r, httptest.NewRecorder(), v.session(r)))
		},
		"renewed elsewhere": func(t *testing.T, v *visitor, _ *clock) {
			r := v.request()
			require.NoError(t, v.store.Renew(r, v.session(r)))
		},
		"expired": func(_ *testing.T, _ *visitor, c *clock) { c.Advance(DefaultIdle) },
		"swept": func(t *testing.T, v *visitor, c *clock) {
			c.Advance(DefaultAbsolute)
			n, err := v.store.Sweep(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, e engine) {
				c := newClock()
				v := newVisitor(t, newSessions(t, e.open(t), c))
				v.signIn()
				r := v.request()
				session := v.session(r) // read while it lived
				end(t, v, c)
				session.Values["flash"] = "late"
				w := httptest.NewRecorder()
				require.ErrorIs(t, v.store.Save(r, w, session), ErrGone)
				assert.Empty(t, w.Header().Values("Set-Cookie"))
				assert.True(t, v.session(v.request()).IsNew)
			})
		})
	}
}

func TestSignOutOutlivesItsRequest(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		r := v.request()
		session := v.session(r)
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		require.NoError(t, v.store.Destroy(r.WithContext(ctx), httptest.NewRecorder(), session))
		assert.Zero(t, rows(t, db, "dashboard_sessions"))
	})
}
