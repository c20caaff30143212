package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newRecords(t testing.TB, db *DB, c *clock) *Records {
	t.Helper()
	return recordsUnder(t, db, c, testKeys)
}

func recordsUnder(t testing.TB, db *DB, c *clock, keys *Keys) *Records {
	t.Helper()
	r := db.Records(keys)
	r.Now = c.Now
	return r
}

func TestRecordLife(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c := newClock()
		r := newRecords(t, e.open(t), c)
		ctx := t.Context()

		_, _, err := r.Get(ctx, "a")
		require.ErrorIs(t, err, ErrNotFound)
		require.ErrorIs(t, r.Put(ctx, "a", []byte("x")), ErrNotFound)

		claimed, err := r.Claim(ctx, "a", "scope 1", []byte("started"), time.Hour)
		require.NoError(t, err)
		assert.True(t, claimed)
		claimed, err = r.Claim(ctx, "a", "scope 2", []byte("again"), 48*time.Hour)
		require.NoError(t, err)
		assert.False(t, claimed)
		body, scope, err := r.Get(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, "started", string(body), "the second claim changed nothing")
		assert.Equal(t, "scope 1", scope)

		require.NoError(t, r.Put(ctx, "a", []byte("finished")))
		body, scope, err = r.Get(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, "finished", string(body))
		assert.Equal(t, "scope 1", scope)

		c.Advance(time.Hour - time.Millisecond)
		_, _, err = r.Get(ctx, "a")
		require.NoError(t, err)
		c.Advance(time.Millisecond)
		_, _, err = r.Get(ctx, "a")
		require.ErrorIs(t, err, ErrNotFound, "expired, though nobody swept and though it was put since")
		require.ErrorIs(t, r.Put(ctx, "a", []byte("late")), ErrNotFound)
		claimed, err = r.Claim(ctx, "a", "scope 3", nil, time.Hour)
		require.NoError(t, err)
		assert.True(t, claimed, "an expired record does not hold its id")
		body, scope, err = r.Get(ctx, "a")
		require.NoError(t, err)
		assert.Empty(t, body)
		assert.Equal(t, "scope 3", scope)

		require.NoError(t, r.Delete(ctx, "a"))
		require.NoError(t, r.Delete(ctx, "a"))
		_, _, err = r.Get(ctx, "a")
		require.ErrorIs(t, err, ErrNotFound)
	})
}

func TestAllRecordsThatOpen(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		ends := c.Now().Add(time.Hour)
		for keys, id := range map[*Keys]string{testKeys: "before", rotatedKeys: "after", must(NewKeys([]byte(strings.Repeat("?", 32)))): "foreign"} {
			_, err := recordsUnder(t, db, c, keys).Claim(t.Context(), id, "scope", []byte("body "+id), time.Hour)
			require.NoError(t, err)
		}
		r := recordsUnder(t, db, c, rotatedKeys)
		_, err := r.Claim(t.Context(), "ended", "scope", nil, time.Minute)
		require.NoError(t, err)
		c.Advance(time.Minute)

		var found []string
		require.NoError(t, r.All(t.Context(), func(row, scope string, body []byte, expires time.Time) error {
			assert.Equal(t, ends, expires)
			found = append(found, scope+" "+string(body))
			n, err := db.Write(t.Context(), `DELETE FROM dashboard_records WHERE id_hash = $1`, row)
			assert.EqualValues(t, 1, n)
			return err
		}))
		assert.ElementsMatch(t, []string{"scope body before", "scope body after"}, found)
		assert.Equal(t, 2, rows(t, db, "dashboard_records"), "the foreign one and the one that ended")

		_, err = r.Claim(t.Context(), "x", "s", nil, time.Hour)
		require.NoError(t, err)
		refused := errors.New("refused")
		require.Equal(t, refused, r.All(t.Context(), func(string, string, []byte, time.Time) error { return refused }))
	})
}

func TestRecordSweep(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c, db := newClock(), e.open(t)
		r := newRecords(t, db, c)
		for id, keep := range map[string]time.Duration{"short": time.Minute, "long": time.Hour} {
			claimed, err := r.Claim(t.Context(), id, "", []byte(id), keep)
			require.NoError(t, err)
			require.True(t, claimed)
		}
		c.Advance(time.Minute)
		n, err := r.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
		assert.Equal(t, 1, rows(t, db, "dashboard_records"))
		_, _, err = r.Get(t.Context(), "long")
		assert.NoError(t, err)
	})
}

func TestOneOfManyGetsTheClaim(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c := newClock()
		one := e.open(t)
		replicas := []*Records{newRecords(t, one, c), newRecords(t, one, c)}
		if e.durable {
			replicas[1] = newRecords(t, e.open(t), c)
		}
		for range 2 { // the second time the id is held by an expired record
			var won atomic.Int32
			var group sync.WaitGroup
			for i := range 24 {
				group.Go(func() {
					claimed, err := replicas[i%2].Claim(t.Context(), "remove:17", "s", []byte("x"), time.Hour)
					assert.NoError(t, err)
					if claimed {
						won.Add(1)
					}
				})
			}
			group.Wait()
			assert.EqualValues(t, 1, won.Load())
			c.Advance(time.Hour)
		}
	})
}

// A replica that is ahead, as far as it may be, sees the end of a claim that much sooner.
func TestClaimOfReplicasWhoseClocksDiffer(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db, c, ahead := e.open(t), newClock(), newClock()
		ahead.Advance(MaxClockSkew)
		r, other := newRecords(t, db, c), newRecords(t, db, ahead)
		claim := func(r *Records, body string) bool {
			claimed, err := r.Claim(t.Context(), "a", "s", []byte(body), MaxClockSkew+time.Minute)
			require.NoError(t, err)
			return claimed
		}
		require.True(t, claim(r, "mine"))
		c.Advance(time.Minute - time.Millisecond)
		ahead.Advance(time.Minute - time.Millisecond)
		assert.False(t, claim(other, "theirs"))
		ahead.Advance(time.Millisecond)
		assert.True(t, claim(other, "theirs"))
		require.NoError(t, r.Release(t.Context(), "a", []byte("mine")))
		body, _, err := other.Get(t.Context(), "a")
		require.NoError(t, err, "whoever was too slow does not take away another's claim")
		assert.Equal(t, "theirs", string(body))
	})
}

func TestRecordRelease(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db, c := e.open(t), newClock()
		r := newRecords(t, db, c)
		require.NoError(t, r.Release(t.Context(), "a", []byte("x")), "there is none")
		_, err := r.Claim(t.Context(), "a", "s", []byte("x"), time.Minute)
		require.NoError(t, err)
		for _, body := range []string{"", "y", "x "} {
			require.NoError(t, r.Release(t.Context(), "a", []byte(body)))
			assert.Equal(t, 1, rows(t, db, "dashboard_records"), body)
		}
		c.Advance(time.Hour)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, r.Release(gone, "a", []byte("x")), "nobody waits for it any more, and it has expired")
		assert.Zero(t, rows(t, db, "dashboard_records"))
	})
}

func TestRecordLimits(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	r := newRecords(t, db, newClock())
	ctx := t.Context()
	large := []byte(strings.Repeat("x", 1<<20))
	_, err := r.Claim(ctx, "a", "s", large, time.Hour)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = r.Claim(ctx, "a", string(large), nil, time.Hour)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = r.Claim(ctx, "", "s", nil, time.Hour)
	require.Error(t, err)
	_, err = r.Claim(ctx, "a", "s", nil, 0)
	require.Error(t, err)
	assert.Zero(t, rows(t, db, "dashboard_records"))

	_, err = r.Claim(ctx, "a", "s", large[:700<<10], time.Hour)
	require.NoError(t, err)
	require.ErrorIs(t, r.Put(ctx, "a", large), ErrTooLarge)
}

// TestSwappedRecordIsRefused moves sealed text between rows and columns, as somebody with write
// access could.
func TestSwappedRecordIsRefused(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"body of another":  "UPDATE dashboard_records SET body = (SELECT body FROM dashboard_records WHERE id_hash = $2) WHERE id_hash = $1",
		"scope of another": "UPDATE dashboard_records SET scope = (SELECT scope FROM dashboard_records WHERE id_hash = $2) WHERE id_hash = $1",
		"body as scope":    "UPDATE dashboard_records SET scope = body WHERE id_hash = $1 AND id_hash <> $2",
	} {
		t.Run(name, func(t *testing.T) {
			db := engine{url: "memory:"}.open(t)
			r := newRecords(t, db, newClock())
			for _, id := range []string{"a", "b"} {
				_, err := r.Claim(t.Context(), id, "scope "+id, []byte("body "+id), time.Hour)
				require.NoError(t, err)
			}
			a, b := recordRow(r.rowKeys[0], "a"), recordRow(r.rowKeys[0], "b")
			_, err := db.sql.ExecContext(t.Context(), statement, a, b)
			require.NoError(t, err)
			_, _, err = r.Get(t.Context(), "a")
			require.Error(t, err)
			assert.NotErrorIs(t, err, ErrNotFound, "an id that is taken is not free")
		})
	}
}

// TestRecordsKeepTheirClaimWhenTheClockGoesBack: a claim may be kept too long, so that nothing is
// sent twice.
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
