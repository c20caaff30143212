package store

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSessionRoundTrip(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		s := newSessions(t, e.open(t), newClock())
		want := map[*visitor][]byte{}
		for _, text := range []string{`{"name":"Zoë O'Hara نور"}`, "\x00\x01\xff", ""} {
			v := newVisitor(t, s)
			want[v] = []byte(text)
			r := v.request()
			session := v.session(r)
			assert.True(t, session.IsNew)
			assert.Empty(t, session.ID)
			assert.Nil(t, Data(session))
			SetData(session, want[v])

			cookie := v.save(r, session)
			require.NotNil(t, cookie)
			assert.True(t, cookie.HttpOnly)
			assert.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
			assert.Zero(t, cookie.MaxAge)
			assert.Regexp(t, `^[A-Za-z0-9_-]{43}$`, cookie.Value, "256 random bits and nothing else")
			assert.Same(t, session, v.session(r), "one request shares one session")
		}
		for v, text := range want {
			again := v.session(v.request())
			assert.False(t, again.IsNew)
			assert.Equal(t, string(text), string(Data(again)), "everybody gets their own")

			SetData(again, []byte("other"))
			assert.Nil(t, v.save(v.request(), again), "an update leaves the cookie alone")
			assert.Equal(t, "other", v.dataNow())
		}
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
		assert.Equal(t, token, v.dataNow(), "the data moves along")
		assert.Equal(t, 1, rows(t, db, "dashboard_sessions"))
		v.jar = before
		assert.Empty(t, v.dataNow(), "the old id is worth nothing")
	})
}

func TestDestroy(t *testing.T) {
	ways := map[string]func(v *visitor, w http.ResponseWriter, r *http.Request, s *sessions.Session) error{
		"Destroy": func(v *visitor, w http.ResponseWriter, r *http.Request, s *sessions.Session) error {
			gone, cancel := context.WithCancel(r.Context())
			cancel() // it outlives its request
			return v.store.Destroy(r.WithContext(gone), w, s)
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
				assert.Nil(t, Data(session))

				require.NoError(t, v.store.Save(r, httptest.NewRecorder(), session))
				assert.Zero(t, rows(t, db, "dashboard_sessions"), "a later save does not bring it back")
				v.jar = before
				assert.Empty(t, v.dataNow())
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
				SetData(session, []byte("late"))
				w := httptest.NewRecorder()
				require.ErrorIs(t, v.store.Save(r, w, session), ErrGone)
				assert.Empty(t, w.Header().Values("Set-Cookie"))
				assert.True(t, v.session(v.request()).IsNew)
			})
		})
	}
}

func TestForeignCookiesGiveNewSession(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	s := newSessions(t, db, newClock())
	v := newVisitor(t, s)
	v.signIn()
	good := v.jar[cookieName].Value
	for name, value := range map[string]string{
		"empty value": "", "text": "hello", "long": strings.Repeat("A", 5000), "unknown id": newID(), "key of the row": sessionRow(good),
		"cut": good[:len(good)-1], "longer": good + "A", "changed": string(good[0]^1) + good[1:], "of the first release": oldCookie,
	} {
		t.Run(name, func(t *testing.T) {
			foreign := newVisitor(t, s)
			foreign.jar[cookieName] = &http.Cookie{Name: cookieName, Value: value}
			r := foreign.request()
			session := foreign.session(r)
			assert.True(t, session.IsNew)
			assert.Empty(t, session.ID)
			assert.Nil(t, Data(session))
			require.NotNil(t, foreign.save(r, session))
			assert.NotEqual(t, value, foreign.jar[cookieName].Value, "a foreign id is never taken over")
		})
	}
}

func TestGoodCookieBehindForeignOnes(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newSessions(t, engine{url: "memory:"}.open(t), newClock()))
	v.signIn()
	for foreign, want := range map[int]string{1: token, maxCookies - 1: token, 1000: ""} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: cookieName, Value: "planted"})
		for range foreign - 1 {
			r.AddCookie(&http.Cookie{Name: cookieName, Value: newID()})
		}
		r.AddCookie(v.jar[cookieName])
		assert.Equal(t, want, string(Data(v.session(r))), "%d: a request cannot ask for any number of reads", foreign)
	}
}

func TestTwoLivingSessionsInOneRequestAreNone(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		s := newSessions(t, e.open(t), newClock())
		mine, planted := newVisitor(t, s), newVisitor(t, s)
		mine.signIn()
		planted.signIn()
		both := mine.request()
		both.AddCookie(planted.jar[cookieName])
		session, err := s.New(both, cookieName)
		require.NoError(t, err)
		assert.True(t, session.IsNew)
		assert.Empty(t, session.ID)
		assert.Nil(t, Data(session))
		for _, v := range []*visitor{mine, planted} {
			assert.True(t, v.session(v.request()).IsNew, "both have ended: a planted one cannot keep its victim out")
		}

		mine.signIn()
		twice := mine.request()
		twice.AddCookie(mine.jar[cookieName])
		session, err = s.New(twice, cookieName)
		require.NoError(t, err)
		assert.False(t, session.IsNew, "one session twice, as for two paths, is one")
	})
}

func TestACookieThatIsRepeatedIsLookedUpOnce(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	dead := newID()
	for range 1000 {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: dead})
	}
	assert.Equal(t, []string{dead}, sessionIDs(r, cookieName))
}

func TestDamagedRowGivesNewSession(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		for _, data := range []string{"", "not base64!", "AAAA", strings.Repeat("A", 400)} {
			v.signIn()
			_, err := db.sql.ExecContext(t.Context(), "UPDATE dashboard_sessions SET data = $1", data)
			require.NoError(t, err)
			session := v.session(v.request())
			assert.True(t, session.IsNew)
			assert.Nil(t, Data(session))
		}
	})
}

func TestSaveRefusesWhatCannotBeKept(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	for name, change := range map[string]func(s *sessions.Session){
		"more than": func(s *sessions.Session) { SetData(s, []byte(token+strings.Repeat("x", 1<<20))) },
		"no other":  func(s *sessions.Session) { s.AddFlash(token) },
	} {
		t.Run(name, func(t *testing.T) {
			r := v.request()
			session := v.session(r)
			change(session)
			w := httptest.NewRecorder()
			err := v.store.Save(r, w, session)
			require.ErrorContains(t, err, name)
			assert.NotContains(t, err.Error(), token)
			assert.Empty(t, w.Header().Values("Set-Cookie"))
			assert.Zero(t, rows(t, db, "dashboard_sessions"))
		})
	}
	r := v.request()
	require.ErrorIs(t, v.store.store(r.Context(), newID(), make([]byte, 1<<20), true), ErrTooLarge)
	require.NoError(t, v.store.store(r.Context(), newID(), make([]byte, 780_000), true), "as ErrTooLarge says")
}

func TestSessionOptionsAreChecked(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	for name, change := range map[string]func(*SessionOptions){
		"no path":           func(o *SessionOptions) { o.Cookie.Path = "" },
		"readable by pages": func(o *SessionOptions) { o.Cookie.HttpOnly = false },
		"dead cookie":       func(o *SessionOptions) { o.Cookie.MaxAge = -1 },
		"negative idle":     func(o *SessionOptions) { o.Idle = -1 },
		"negative absolute": func(o *SessionOptions) { o.Absolute = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			o := SessionOptions{Keys: testKeys, Cookie: cookieOptions()}
			change(&o)
			_, err := db.Sessions(o)
			assert.Error(t, err)
		})
	}
}
