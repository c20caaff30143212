package store

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestClockJumps: a clock set forward ages sessions, as if the time had passed. One set back by more than replicas may differ ends
// them: their age is not known any more. Nothing lives longer than it may by the clock as it is then.
func TestClockJumps(t *testing.T) {
	for name, jump := range map[string]struct {
		by    time.Duration
		lives bool
	}{
		"an hour forward":       {time.Hour, true},
		"a year forward":        {365 * 24 * time.Hour, false},
		"five minutes back":     {-MaxClockSkew, true},
		"a little more than it": {-MaxClockSkew - time.Millisecond, false},
		"an hour back":          {-time.Hour, false},
		"a day back":            {-24 * time.Hour, false},
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
					assert.Equal(t, token, v.tokenNow())
					require.NoError(t, v.store.Save(r, httptest.NewRecorder(), live))
				} else {
					assert.Zero(t, n)
					assert.Nil(t, v.tokenNow())
					require.ErrorIs(t, v.store.Save(r, httptest.NewRecorder(), live), ErrGone)
				}
				swept, err := v.store.Sweep(t.Context())
				require.NoError(t, err)
				assert.Equal(t, !jump.lives, swept == 1)
				assert.Equal(t, jump.lives, rows(t, db, "dashboard_sessions") == 1)

				v.signIn()
				assert.Equal(t, token, v.tokenNow(), "people sign in again")
				for range 2 * DefaultAbsolute / (4 * time.Hour) { // six visits a day, by the clock as it is now
					c.Advance(4 * time.Hour)
					v.tokenNow()
				}
				assert.Nil(t, v.tokenNow(), "no session lives for ever")
				_, err = v.store.Sweep(t.Context())
				require.NoError(t, err)
				assert.Zero(t, rows(t, db, "dashboard_sessions"))
			})
		})
	}
}

// TestClockThatWasWrongForAWhile: what was made or seen while the clock was a year ahead is ended when it is right again.
func TestClockThatWasWrongForAWhile(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		const year = 365 * 24 * time.Hour
		c, db := newClock(), e.open(t)
		s := newSessions(t, db, c)
		before, during := newVisitor(t, s), newVisitor(t, s)
		before.signIn()
		c.Advance(year)
		during.signIn()
		c.Advance(-year)
		assert.Nil(t, during.tokenNow())
		assert.Equal(t, token, before.tokenNow(), "nobody swept meanwhile")
		n, err := s.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
	})
}

// TestSeenInTheFuture: created_at alone is not enough, a session that was used while the clock was ahead would never be idle.
func TestSeenInTheFuture(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		v := newVisitor(t, newSessions(t, db, c))
		v.signIn()
		c.Advance(time.Hour)
		require.Equal(t, token, v.tokenNow())
		c.Advance(-time.Hour)
		assert.Nil(t, v.tokenNow())
		n, err := v.store.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
	})
}

// TestRecordsKeepTheirClaimWhenTheClockGoesBack: a claim may be kept too long, so that nothing is sent twice.
func TestRecordsKeepTheirClaimWhenTheClockGoesBack(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		r := newRecords(t, db, c)
		claim := func() bool {
			claimed, err := r.Claim(t.Context(), "remove:17", "s", nil, time.Hour)
			require.NoError(t, err)
			return claimed
		}
		require.True(t, claim())
		for _, back := range []time.Duration{time.Hour, 24 * time.Hour} {
			c.Advance(-back)
			assert.False(t, claim())
			n, err := r.Sweep(t.Context())
			require.NoError(t, err)
			assert.Zero(t, n)
		}
		c.Advance(365 * 24 * time.Hour)
		n, err := r.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
		assert.True(t, claim())
	})
}
