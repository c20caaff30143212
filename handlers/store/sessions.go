package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"
)

// The ages of a session when SessionOptions gives none.
const (
	DefaultIdle     = 8 * time.Hour
	DefaultAbsolute = 7 * 24 * time.Hour
)

const (
	// idBytes is the length of a session id before base64, idLength after it.
	idBytes  = 32
	idLength = 43
	// maxCookies bounds the cookies of one request that are looked up: somebody could send a
	// thousand.
	maxCookies = 16
)

// SessionOptions configures DB.Sessions.
type SessionOptions struct {
	// Keys are the same on every replica. A session whose secret is not among them has to be signed
	// in again.
	Keys *Keys
	// Cookie is complete, because the library's defaults (SameSite=None, not HttpOnly) are not
	// wanted: Path (required), HttpOnly (required), Secure, SameSite. MaxAge 0 makes a cookie that
	// ends with the browser.
	Cookie sessions.Options
	// Idle is how long a session lives without a request, 8 hours if 0.
	Idle time.Duration
	// Absolute is how long it lives at most after it was made or renewed, 7 days if 0.
	Absolute time.Duration
	// Now is the clock, time.Now if nil. The clocks of replicas must agree to within five minutes:
	// a session whose times lie further in the future counts as ended, so people sign in again
	// after a clock was set back by more.
	Now func() time.Time
}

// Sessions keeps sessions in the database; the cookie is a random id. It is a sessions.Store, safe
// for concurrent use. A session holds one piece of data in the caller's own encoding: see Data and
// SetData. Each request reads it from the database, so a sign-out counts at once, on every replica.
// Two requests that save one session at the same time both succeed and the last one wins, so save
// only after a change.
type Sessions struct {
	db             *DB
	keys           *Keys
	cookie         sessions.Options
	idle, absolute time.Duration
	touchAfter     time.Duration
	touchFailed    atomic.Int64 // unix milliseconds
	now            func() time.Time
}

var _ sessions.Store = (*Sessions)(nil)

// Sessions returns the session store of this database. It fails for cookie options that would make
// a cookie nobody wants.
func (db *DB) Sessions(o SessionOptions) (*Sessions, error) {
	if o.Cookie.Path == "" || !o.Cookie.HttpOnly || o.Cookie.MaxAge < 0 {
		return nil, errors.New("the session cookie needs a path, HttpOnly, and a MaxAge of 0 or more")
	}
	if o.Idle < 0 || o.Absolute < 0 {
		return nil, errors.New("the ages of a session cannot be negative")
	}
	s := &Sessions{
		db: db, keys: o.Keys, cookie: o.Cookie, now: o.Now,
		idle: cmp.Or(o.Idle, DefaultIdle), absolute: cmp.Or(o.Absolute, DefaultAbsolute),
	}
	if s.now == nil {
		s.now = time.Now
	}
	// A read writes at most once a minute; less for an idle time so short that a minute would end
	// the session.
	s.touchAfter = min(time.Minute, s.idle/4)
	return s, nil
}

// Get returns the session of a request, reading it once: later calls with the same request share
// it.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session of a request. Without a cookie, or with one that is unknown, expired or
// made under another secret, it returns an empty session with IsNew and no error; with the cookies
// of two living sessions, too, and ends both. An error means that the database did not answer; it does not mean that nobody is signed in, so do not save the
// (empty, new) session that comes with it.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	options := s.cookie
	session.Options = &options
	session.IsNew = true
	// A cookie of the same name left by another path, or set by another host of the domain, must
	// not hide ours.
	for _, id := range sessionIDs(r, name) {
		data, found, err := s.load(r.Context(), id)
		switch {
		case err != nil:
			return session, err
		case found && session.ID != "":
			return s.endBoth(r, session, id)
		case found:
			session.ID, session.IsNew = id, false
			SetData(session, data)
		}
	}
	return session, nil
}

// sessionIDs are the ids that the cookies of a request could name, each of them once.
func sessionIDs(r *http.Request, name string) (ids []string) {
	for _, cookie := range r.CookiesNamed(name) {
		if len(cookie.Value) == idLength && len(ids) < maxCookies && !slices.Contains(ids, cookie.Value) {
			ids = append(ids, cookie.Value)
		}
	}
	return ids
}

// endBoth ends two living sessions of one request: nobody can say which of them the visitor means,
// and one may have been planted by another host of the domain. The next sign-in works again.
func (s *Sessions) endBoth(r *http.Request, session *sessions.Session, other string) (*sessions.Session, error) {
	slog.WarnContext(r.Context(), "two living sessions in one request, both are ended")
	if _, err := s.remove(r.Context(), other); err != nil {
		return session, err
	}
	err := s.Renew(r, session)
	clear(session.Values)
	return session, err
}

// dataKey is the only key of a session's values.
const dataKey = "data"

// Data returns the data of a session, nil if there is none.
func Data(session *sessions.Session) []byte {
	data, _ := session.Values[dataKey].([]byte)
	return data
}

// SetData replaces the data of a session. Save stores it.
func SetData(session *sessions.Session, data []byte) { session.Values[dataKey] = data }

// Save stores a session. A new or renewed one gets a fresh id and a Set-Cookie header, so call it
// before the body is begun. One that exists is updated, and ErrGone returned if that row is no
// longer there; its cookie is sent again only when it has an age to prolong: a late answer must not
// put an old cookie over the one of a newer sign-in. With Options.MaxAge < 0 it destroys the
// session, as Destroy does. It finishes even if the request is cancelled.
func (s *Sessions) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		return s.Destroy(r, w, session)
	}
	for key := range session.Values {
		if key != dataKey {
			return errors.New("a session stores its data, and no other value")
		}
	}
	fresh := session.ID == ""
	id := session.ID
	if fresh {
		id = newID()
	}
	if err := s.store(r.Context(), id, Data(session), fresh); err != nil {
		return err
	}
	session.ID = id
	if fresh || session.Options.MaxAge > 0 {
		http.SetCookie(w, sessions.NewCookie(session.Name(), id, session.Options))
	}
	return nil
}

// Renew deletes the session's row and takes its id away; the data stays, and the next Save stores
// it under a new id with a new absolute age. Call it at sign-in, sign-out and when the organisation
// changes, so that an id known before is worth nothing after. When the row is already gone, because
// another request signed the session out or renewed it, the data does not stay: it must not come
// back under a new id. That is no error; the session is then empty, as for a new visitor.
func (s *Sessions) Renew(r *http.Request, session *sessions.Session) error {
	removed, err := s.remove(r.Context(), session.ID)
	if err != nil {
		return err
	}
	if session.ID != "" && !removed {
		clear(session.Values)
	}
	session.ID = ""
	session.IsNew = true
	return nil
}

// Destroy deletes the session's row and data and makes the browser drop the cookie. Its MaxAge
// stays negative, so that a Save later in the same request does not bring the session back. When
// the row cannot be deleted the cookie is kept: the visitor can try again.
func (s *Sessions) Destroy(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if err := s.Renew(r, session); err != nil {
		return err
	}
	clear(session.Values)
	session.Options.MaxAge = -1
	http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
	return nil
}

// Sweep deletes the rows of expired sessions and returns their number. Expired rows are never used
// even when nobody sweeps; call it every few minutes to keep the table small.
func (s *Sessions) Sweep(ctx context.Context) (int64, error) {
	n, err := s.db.Write(ctx, `DELETE FROM dashboard_sessions WHERE `+endedWhere, s.limits()...)
	if err != nil {
		return n, err
	}
	_, err = s.db.Write(ctx, `DELETE FROM dashboard_sign_ins WHERE NOT EXISTS (SELECT 1 FROM dashboard_sessions WHERE id_hash = session)`)
	return n, err
}

const countActive = `SELECT COUNT(*) FROM dashboard_sessions WHERE ` + activeWhere

// Count returns the number of sessions that have not ended, in all replicas together.
func (s *Sessions) Count(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.Read(ctx, []any{&n}, countActive, s.limits()...)
	return n, err
}

func newID() string {
	random := make([]byte, idBytes)
	rand.Read(random) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(random)
}
