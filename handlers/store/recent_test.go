package store

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rechecking is a store that takes a session for good for ten seconds, and another process on the same database.
func rechecking(t *testing.T) (db *DB, c *clock, here, elsewhere *Sessions) {
	t.Helper()
	db, c = engine{url: "memory:"}.open(t), newClock()
	here, err := db.Sessions(SessionOptions{Secret: testSecret, Cookie: cookieOptions(), Now: c.Now, Recheck: 10 * time.Second})
	require.NoError(t, err)
	elsewhere, err = db.Sessions(SessionOptions{Secret: testSecret, Cookie: cookieOptions(), Now: c.Now, Recheck: 10 * time.Second})
	require.NoError(t, err)
	return db, c, here, elsewhere
}

func TestARecentSessionIsNotReadAgain(t *testing.T) {
	db, c, here, _ := rechecking(t)
	v := newVisitor(t, here)
	r := v.request()
	s := v.session(r)
	s.Values["token"] = "secret"
	v.save(r, s)
	read := func() bool { // whether the session is there although its row is not
		loaded, err := here.New(v.request(), cookieName)
		require.NoError(t, err)
		return !loaded.IsNew && loaded.Values["token"] == "secret"
	}
	require.True(t, read())
	_, err := db.sql.ExecContext(t.Context(), `DELETE FROM dashboard_sessions`)
	require.NoError(t, err)
	c.Advance(10*time.Second - time.Millisecond)
	assert.True(t, read(), "it is not read again")
	c.Advance(time.Millisecond)
	assert.False(t, read(), "and after the time it is")
}

func TestWhatIsChangedHereCountsAtOnce(t *testing.T) {
	_, _, here, _ := rechecking(t)
	v := newVisitor(t, here)
	r := v.request()
	s := v.session(r)
	s.Values["n"] = 1
	v.save(r, s)
	for n := 2; n < 5; n++ {
		r = v.request()
		s = v.session(r)
		assert.Equal(t, n-1, s.Values["n"])
		s.Values["n"] = n
		assert.Equal(t, n-1, v.session(v.request()).Values["n"], "not before it is saved: each request has values of its own")
		v.save(r, s)
	}
	old := v.request()
	r = v.request()
	require.NoError(t, here.Destroy(r, httptest.NewRecorder(), v.session(r)))
	gone, err := here.New(old, cookieName)
	require.NoError(t, err)
	assert.True(t, gone.IsNew, "a session that has ended is not taken from memory")
}

func TestWhatIsChangedElsewhereCountsAfterTheTime(t *testing.T) {
	_, c, here, elsewhere := rechecking(t)
	v := newVisitor(t, here)
	r := v.request()
	s := v.session(r)
	s.Values["token"] = "secret"
	v.save(r, s)
	require.False(t, v.session(v.request()).IsNew)
	r = v.request()
	other, err := elsewhere.New(r, cookieName)
	require.NoError(t, err)
	require.NoError(t, elsewhere.Destroy(r, httptest.NewRecorder(), other))
	assert.False(t, v.session(v.request()).IsNew, "as the option says")
	c.Advance(10 * time.Second)
	assert.True(t, v.session(v.request()).IsNew)
}

// A reading that began before a sign-out must not bring the session back into memory after it.
func TestAReadingUnderWayIsNotKeptAfterASignOut(t *testing.T) {
	r := newRecent(time.Minute)
	now := time.Now()
	began := r.begin()
	r.drop("row")
	r.add(began, "row", map[any]any{"token": "secret"}, 1, now)
	_, _, ok := r.get("row", now)
	assert.False(t, ok)
	r.add(r.begin(), "row", map[any]any{"token": "secret"}, 1, now)
	_, _, ok = r.get("row", now)
	assert.True(t, ok)
	_, _, ok = r.get("row", now.Add(-time.Second))
	assert.False(t, ok, "a clock that was set back")
}

func TestSignOutWinsOverManyReadings(t *testing.T) {
	_, _, here, _ := rechecking(t)
	for range 20 {
		v := newVisitor(t, here)
		r := v.request()
		s := v.session(r)
		s.Values["token"] = "secret"
		v.save(r, s)
		var all sync.WaitGroup
		for range 8 {
			q := v.request()
			all.Go(func() {
				for range 20 {
					_, err := here.New(q, cookieName)
					assert.NoError(t, err)
				}
			})
		}
		old, end := v.request(), v.request()
		ending, err := here.New(end, cookieName)
		require.NoError(t, err)
		require.NoError(t, here.Destroy(end, httptest.NewRecorder(), ending))
		gone, err := here.New(old, cookieName)
		require.NoError(t, err)
		assert.True(t, gone.IsNew)
		all.Wait()
		gone, err = here.New(old, cookieName)
		require.NoError(t, err)
		assert.True(t, gone.IsNew)
	}
}

// The last-seen time goes on being moved about once a minute, not for each request.
func TestARecentSessionIsStillSeen(t *testing.T) {
	db, c, here, _ := rechecking(t)
	v := newVisitor(t, here)
	r := v.request()
	s := v.session(r)
	s.Values["token"] = "secret"
	v.save(r, s)
	seen := func() (at int64) {
		require.NoError(t, db.sql.QueryRowContext(t.Context(), `SELECT seen_at FROM dashboard_sessions`).Scan(&at))
		return at
	}
	first, moves, last := seen(), 0, seen()
	for range 240 {
		c.Advance(time.Second)
		require.False(t, v.session(v.request()).IsNew)
		if at := seen(); at != last {
			moves, last = moves+1, at
		}
	}
	assert.InDelta(t, 4, moves, 1)
	assert.Greater(t, last, first)
}
