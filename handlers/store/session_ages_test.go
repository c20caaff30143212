package store

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAges(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c := newClock()
		v := newVisitor(t, newSessions(t, e.open(t), c))

		v.signIn()
		c.Advance(DefaultIdle - time.Second)
		assert.Equal(t, token, v.dataNow(), "just inside the idle time, and seen again")
		c.Advance(DefaultIdle - time.Second)
		assert.Equal(t, token, v.dataNow(), "the visit before prolonged it")
		c.Advance(DefaultIdle)
		assert.Empty(t, v.dataNow(), "idle")

		v.signIn()
		for range 7*24 - 1 { // one visit an hour
			c.Advance(time.Hour)
			require.Equal(t, token, v.dataNow())
		}
		c.Advance(time.Hour)
		assert.Empty(t, v.dataNow(), "a session in use ends at its absolute age")
		n, err := v.store.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, n, "it is swept like the idle one, though it was seen an hour ago")
	})
}

func TestReadsWriteAtMostOnceAMinute(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		v := newVisitor(t, newSessions(t, db, c))
		v.signIn()
		seen := func() (at int64) {
			require.NoError(t, db.sql.QueryRowContext(t.Context(), "SELECT seen_at FROM dashboard_sessions").Scan(&at))
			return at
		}
		start := seen()
		c.Advance(time.Minute)
		v.dataNow()
		assert.Equal(t, start, seen())
		c.Advance(time.Millisecond)
		v.dataNow()
		assert.Equal(t, c.Now().UnixMilli(), seen())
	})
}

func TestShortIdleTimeIsStillProlonged(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, err := engine{url: "memory:"}.open(t).Sessions(SessionOptions{Keys: testKeys, Cookie: cookieOptions(), Idle: 40 * time.Second, Now: c.Now})
	require.NoError(t, err)
	v := newVisitor(t, s)
	v.signIn()
	for range 4 {
		c.Advance(30 * time.Second)
		assert.Equal(t, token, v.dataNow())
	}
}

func TestSweepAndCountKnowActiveSessions(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		s := newSessions(t, db, c)
		active := func() int64 {
			n, err := s.Count(t.Context())
			require.NoError(t, err)
			return n
		}
		assert.Zero(t, active())
		old, young, out := newVisitor(t, s), newVisitor(t, s), newVisitor(t, s)
		old.signIn()
		out.signIn()
		old.signIn() // renewed
		assert.EqualValues(t, 2, active())
		r := out.request()
		require.NoError(t, s.Destroy(r, httptest.NewRecorder(), out.session(r)))
		assert.EqualValues(t, 1, active())
		c.Advance(DefaultIdle / 2)
		young.signIn()
		c.Advance(DefaultIdle / 2)
		assert.EqualValues(t, 1, active(), "not counted, though not swept yet")
		assert.Equal(t, 2, rows(t, db, "dashboard_sessions"))
		n, err := s.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
		assert.EqualValues(t, 1, active())
		assert.Equal(t, token, young.dataNow())
		assert.Empty(t, old.dataNow())
		require.NoError(t, db.Close())
		_, err = s.Count(t.Context())
		require.Error(t, err)
	})
}

// TestCountReadsTheIndexOnly: rows are large, and a metric asks every few seconds.
func TestCountReadsTheIndexOnly(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	s := newSessions(t, db, newClock())
	plan, err := db.sql.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+countActive, s.limits()...)
	require.NoError(t, err)
	defer func() { _ = plan.Close() }()
	require.True(t, plan.Next())
	var id, parent, unused int
	var detail string
	require.NoError(t, plan.Scan(&id, &parent, &unused, &detail))
	assert.Contains(t, detail, "COVERING INDEX")
	assert.False(t, plan.Next())
	require.NoError(t, plan.Err())
}

func TestCookieWithAnAgeIsProlonged(t *testing.T) {
	t.Parallel()
	o := SessionOptions{Keys: testKeys, Cookie: cookieOptions(), Now: newClock().Now}
	o.Cookie.MaxAge = 3600
	s, err := engine{url: "memory:"}.open(t).Sessions(o)
	require.NoError(t, err)
	v := newVisitor(t, s)
	v.signIn()
	r := v.request()
	cookie := v.save(r, v.session(r))
	require.NotNil(t, cookie)
	assert.Equal(t, 3600, cookie.MaxAge)
	assert.Equal(t, token, v.dataNow())
}

// TestClockJumps: a clock set forward ages sessions, as if the time had passed. One set back by
// more than replicas may differ ends them: their age is not known any more. Nothing lives longer
// than it may by the clock as it is then.
func TestClockJumps(t *testing.T) {
	for name, jump := range map[string]struct {
		by    time.Duration
		lives bool
	}{
		"an hour forward":       {time.Hour, true},
		"a year forward":        {365 * 24 * time.Hour, false},
		"five minutes back":     {-MaxClockSkew, true},
		"a little more than it": {-MaxClockSkew - time.Millisecond, false},
		"a year back":           {-365 * 24 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, e engine) {
				c, db := newClock(), e.open(t)
				v := newVisitor(t, newSessions(t, db, c))
				v.signIn()
				r := v.request()
				live := v.session(r)
				c.Advance(jump.by)

				n, err := v.store.Count(t.Context())
				require.NoError(t, err)
				if jump.lives {
					assert.EqualValues(t, 1, n)
					assert.Equal(t, token, v.dataNow())
					require.NoError(t, v.store.Save(r, httptest.NewRecorder(), live))
				} else {
					assert.Zero(t, n)
					assert.Empty(t, v.dataNow())
					require.ErrorIs(t, v.store.Save(r, httptest.NewRecorder(), live), ErrGone)
				}
				swept, err := v.store.Sweep(t.Context())
				require.NoError(t, err)
				assert.Equal(t, !jump.lives, swept == 1)
				assert.Equal(t, jump.lives, rows(t, db, "dashboard_sessions") == 1)

				v.signIn()
				assert.Equal(t, token, v.dataNow(), "people sign in again")
				for range 2 * DefaultAbsolute / (4 * time.Hour) { // six visits a day, by the clock as it is now
					c.Advance(4 * time.Hour)
					v.dataNow()
				}
				assert.Empty(t, v.dataNow(), "no session lives for ever")
				_, err = v.store.Sweep(t.Context())
				require.NoError(t, err)
				assert.Zero(t, rows(t, db, "dashboard_sessions"))
			})
		})
	}
}

// TestClockThatWasWrongForAWhile: a session that was made or seen while the clock was an hour ahead
// is ended when it is right again. Without the second rule a session that was used meanwhile would
// not be idle for an hour longer.
func TestClockThatWasWrongForAWhile(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		s := newSessions(t, db, c)
		before, seen, during := newVisitor(t, s), newVisitor(t, s), newVisitor(t, s)
		before.signIn()
		seen.signIn()
		c.Advance(time.Hour)
		require.Equal(t, token, seen.dataNow())
		during.signIn()
		c.Advance(-time.Hour)
		assert.Empty(t, seen.dataNow())
		assert.Empty(t, during.dataNow())
		assert.Equal(t, token, before.dataNow(), "nobody swept meanwhile")
		n, err := s.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, n)
	})
}
