package store

import (
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
		assert.Equal(t, token, v.tokenNow(), "just inside the idle time, and seen again")
		c.Advance(DefaultIdle - time.Second)
		assert.Equal(t, token, v.tokenNow(), "the visit before prolonged it")
		c.Advance(DefaultIdle)
		assert.Nil(t, v.tokenNow(), "idle")

		v.signIn()
		for range 7*24 - 1 { // one visit an hour
			c.Advance(time.Hour)
			require.Equal(t, token, v.tokenNow())
		}
		c.Advance(time.Hour)
		assert.Nil(t, v.tokenNow(), "a session in use ends at its absolute age")
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
		v.tokenNow()
		assert.Equal(t, start, seen())
		c.Advance(time.Millisecond)
		v.tokenNow()
		assert.Equal(t, c.Now().UnixMilli(), seen())
	})
}

func TestShortIdleTimeIsStillProlonged(t *testing.T) {
	c := newClock()
	s, err := engine{url: "memory:"}.open(t).Sessions(SessionOptions{Secret: testSecret, Cookie: cookieOptions(), Idle: 40 * time.Second, Now: c.Now})
	require.NoError(t, err)
	v := newVisitor(t, s)
	v.signIn()
	for range 4 {
		c.Advance(30 * time.Second)
		assert.Equal(t, token, v.tokenNow())
	}
}

func TestSweepKeepsLivingSessions(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		s := newSessions(t, db, c)
		old, young := newVisitor(t, s), newVisitor(t, s)
		old.signIn()
		c.Advance(DefaultIdle / 2)
		young.signIn()
		c.Advance(DefaultIdle / 2)
		n, err := s.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
		assert.Equal(t, token, young.tokenNow())
		assert.Nil(t, old.tokenNow())
	})
}

func TestCookieWithAnAgeIsProlonged(t *testing.T) {
	o := SessionOptions{Secret: testSecret, Cookie: cookieOptions(), Now: newClock().Now}
	o.Cookie.MaxAge = 3600
	s, err := engine{url: "memory:"}.open(t).Sessions(o)
	require.NoError(t, err)
	v := newVisitor(t, s)
	v.signIn()
	r := v.request()
	cookie := v.save(r, v.session(r))
	require.NotNil(t, cookie)
	assert.Equal(t, 3600, cookie.MaxAge)
	assert.Equal(t, token, v.tokenNow())
}
