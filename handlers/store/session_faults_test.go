package store

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForeignCookiesGiveNewSession(t *testing.T) {
	db := engine{url: "memory:"}.open(t)
	s := newSessions(t, db, newClock())
	v := newVisitor(t, s)
	v.signIn()
	good := v.jar[cookieName].Value
	unknown, err := s.codec.Encode(cookieName, []byte(newID()))
	require.NoError(t, err)
	empty, err := s.codec.Encode(cookieName, []byte(""))
	require.NoError(t, err)
	otherName, err := s.codec.Encode("another", []byte(newID()))
	require.NoError(t, err)

	for name, value := range map[string]string{
		"empty value": "", "text": "hello", "base64": "aGVsbG8", "long": strings.Repeat("A", 5000),
		"cut": good[:len(good)-2], "changed": "A" + good[1:], "unknown id": unknown, "signed empty id": empty, "of another name": otherName,
	} {
		t.Run(name, func(t *testing.T) {
			foreign := newVisitor(t, s)
			foreign.jar[cookieName] = &http.Cookie{Name: cookieName, Value: value}
			r := foreign.request()
			session := foreign.session(r)
			assert.True(t, session.IsNew)
			assert.Empty(t, session.ID)
			assert.Empty(t, session.Values)
			require.NotNil(t, foreign.save(r, session))
			assert.NotEqual(t, value, foreign.jar[cookieName].Value, "a foreign id is never taken over")
		})
	}
}

func TestGoodCookieBehindForeignOne(t *testing.T) {
	v := newVisitor(t, newSessions(t, engine{url: "memory:"}.open(t), newClock()))
	v.signIn()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: cookieName, Value: "planted"})
	r.AddCookie(v.jar[cookieName])
	assert.Equal(t, token, v.session(r).Values["token"])
}

func TestOtherSecretGivesNewSession(t *testing.T) {
	db := engine{url: "memory:"}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	other, err := db.Sessions(SessionOptions{Secret: []byte(strings.Repeat("x", 32)), Cookie: cookieOptions(), Now: newClock().Now})
	require.NoError(t, err)
	v.store = other
	session := v.session(v.request())
	assert.True(t, session.IsNew)
	assert.Empty(t, session.Values)
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
			assert.Empty(t, session.Values)
		}
	})
}

func TestSaveRefusesWhatCannotBeKept(t *testing.T) {
	type unregistered struct{ Name string }
	db := engine{url: "memory:"}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	for name, value := range map[string]any{"too large": strings.Repeat("x", 1<<20), "unregistered": unregistered{"x"}} {
		t.Run(name, func(t *testing.T) {
			r := v.request()
			session := v.session(r)
			session.Values["token"], session.Values["value"] = token, value
			w := httptest.NewRecorder()
			err := v.store.Save(r, w, session)
			require.Error(t, err)
			assert.Equal(t, name == "too large", errors.Is(err, ErrTooLarge))
			assert.NotContains(t, err.Error(), token)
			assert.Empty(t, w.Header().Values("Set-Cookie"))
			assert.Zero(t, rows(t, db, "dashboard_sessions"))
		})
	}
}

func TestDatabaseFailureIsNotASignOut(t *testing.T) {
	db := engine{url: "memory:"}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	r := v.request()
	live := v.session(r)
	require.NoError(t, db.Close())

	session, err := v.store.Get(v.request(), cookieName)
	require.Error(t, err)
	require.NotNil(t, session, "the interface asks for a session in any case")
	assert.Empty(t, session.Values)

	w := httptest.NewRecorder()
	require.Error(t, v.store.Destroy(r, w, live))
	assert.Empty(t, w.Header().Values("Set-Cookie"), "the cookie stays, so that signing out can be tried again")
}

func TestSessionOptionsAreChecked(t *testing.T) {
	db := engine{url: "memory:"}.open(t)
	for name, change := range map[string]func(*SessionOptions){
		"short secret":      func(o *SessionOptions) { o.Secret = o.Secret[:31] },
		"no secret":         func(o *SessionOptions) { o.Secret = nil },
		"no path":           func(o *SessionOptions) { o.Cookie.Path = "" },
		"readable by pages": func(o *SessionOptions) { o.Cookie.HttpOnly = false },
		"dead cookie":       func(o *SessionOptions) { o.Cookie.MaxAge = -1 },
		"negative idle":     func(o *SessionOptions) { o.Idle = -1 },
		"negative absolute": func(o *SessionOptions) { o.Absolute = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			o := SessionOptions{Secret: testSecret, Cookie: cookieOptions()}
			change(&o)
			_, err := db.Sessions(o)
			assert.Error(t, err)
		})
	}
}
