package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const member = "change 6d0aa48725f2ed12a7dc900ce58a6798 member 20552"

// pass lets time pass for all leases.
func pass(t *testing.T, db *DB, d time.Duration) {
	t.Helper()
	_, err := db.Write(t.Context(), `UPDATE dashboard_leases SET expires_at = expires_at - $1`, d.Milliseconds())
	require.NoError(t, err)
}

func acquire(t *testing.T, l *Leases, owner string) *Lease {
	t.Helper()
	lease, holder, err := l.Acquire(t.Context(), member, owner, time.Minute)
	require.NoError(t, err)
	require.Nil(t, holder)
	require.NotNil(t, lease)
	return lease
}

// note writes with the lease, as a change notes what it is about to do.
func note(t *testing.T, lease *Lease, text string) error {
	t.Helper()
	return lease.Tx(t.Context(), func(ctx context.Context, tx *Querier) error {
		_, err := tx.Write(ctx, insertSession, text, "")
		return err
	})
}

func TestLeaseHasOneHolder(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		l := db.Leases()
		first := acquire(t, l, "first")
		for _, owner := range []string{"second", "first"} {
			lease, holder, err := l.Acquire(t.Context(), member, owner, time.Hour)
			require.NoError(t, err)
			require.Nil(t, lease)
			require.NotNil(t, holder)
			assert.Equal(t, "first", holder.Owner, "not even its owner takes it twice")
			assert.InDelta(t, time.Minute, holder.Left, float64(10*time.Second), "a try does not move its end")
		}
		other, holder, err := l.Acquire(t.Context(), member+"1", "second", time.Minute)
		require.NoError(t, err)
		assert.Nil(t, holder, "each name has a lease of its own")

		require.NoError(t, note(t, first, "a"))
		require.NoError(t, first.Extend(t.Context(), time.Hour))
		pass(t, db, 2*time.Minute)
		require.NoError(t, note(t, first, "b"))
		require.ErrorIs(t, other.Extend(t.Context(), time.Hour), ErrLost)
		// A clock that was set back far may give out a number twice.
		again := &Lease{Name: first.Name, Owner: "another", Epoch: first.Epoch, of: l}
		require.ErrorIs(t, note(t, again, "c"), ErrLost)
		require.ErrorIs(t, again.Extend(t.Context(), time.Hour), ErrLost)
		released, err := first.Release(t.Context())
		require.NoError(t, err)
		assert.True(t, released)
		second := acquire(t, l, "second")
		assert.Greater(t, second.Epoch, first.Epoch)
	})
}

// TestLostLeaseWritesNothing: a holder that was paused beyond the end of its lease finds out at its
// next write, even if nobody took the lease over. Its release takes nothing away from the next
// holder.
func TestLostLeaseWritesNothing(t *testing.T) {
	for name, next := range map[string]string{"nobody followed": "", "somebody followed": "second", "its own second try followed": "first"} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, e engine) {
				db := e.open(t)
				first := acquire(t, db.Leases(), "first")
				pass(t, db, time.Minute)
				var second *Lease
				if next != "" {
					second = acquire(t, db.Leases(), next)
					assert.Greater(t, second.Epoch, first.Epoch)
				}
				require.ErrorIs(t, note(t, first, "late"), ErrLost)
				require.ErrorIs(t, first.Extend(t.Context(), time.Hour), ErrLost)
				released, err := first.Release(t.Context())
				require.NoError(t, err)
				assert.False(t, released)
				assert.Zero(t, rows(t, db, "dashboard_sessions"))
				if second != nil {
					require.NoError(t, note(t, second, "in time"))
				}
			})
		})
	}
}

func TestOneOfManyGetsTheLease(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		one := e.open(t)
		replicas := []*Leases{one.Leases(), one.Leases()}
		if e.durable {
			replicas[1] = e.open(t).Leases()
		}
		var epoch int64
		for range 2 { // the second time it is taken over
			var winner atomic.Pointer[Lease]
			var group sync.WaitGroup
			for i := range 50 {
				group.Go(func() {
					lease, holder, err := replicas[i%2].Acquire(t.Context(), member, fmt.Sprint(i), time.Minute)
					if !assert.NoError(t, err) {
						return
					}
					if lease == nil {
						assert.NotEmpty(t, holder.Owner)
						return
					}
					assert.True(t, winner.CompareAndSwap(nil, lease), "two holders")
				})
			}
			group.Wait()
			require.NotNil(t, winner.Load())
			require.NoError(t, note(t, winner.Load(), fmt.Sprint("of ", winner.Load().Epoch)))
			assert.Greater(t, winner.Load().Epoch, epoch)
			epoch = winner.Load().Epoch
			pass(t, one, time.Minute)
		}
	})
}

// TestNextHolderWaitsForWritesOfTheLast: a lease may end while its holder's transaction is under
// way.
func TestNextHolderWaitsForWritesOfTheLast(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		l := db.Leases()
		first, _, err := l.Acquire(t.Context(), member, "first", 3*time.Second) // a slow machine begins within that
		require.NoError(t, err)
		require.NotNil(t, first)
		var written atomic.Bool
		next := make(chan error, 1)
		require.NoError(t, first.Tx(t.Context(), func(ctx context.Context, tx *Querier) error {
			for ended := 0; ended == 0; time.Sleep(50 * time.Millisecond) {
				require.NoError(t, tx.Read(ctx, []any{&ended}, l.sql(`SELECT COUNT(*) FROM dashboard_leases WHERE expires_at <= {now}`)))
			}
			go func() {
				lease, _, err := l.Acquire(t.Context(), member, "second", time.Minute)
				if err == nil && (lease == nil || !written.Load()) {
					err = errors.New("it was not taken over, or too early")
				}
				next <- err
			}()
			time.Sleep(300 * time.Millisecond)
			_, err := tx.Write(ctx, insertSession, "a", "")
			written.Store(true)
			return err
		}))
		require.NoError(t, <-next)
	})
}

// TestLeaseEndsByTheClockOfTheDatabase waits for the end, where the other tests move it.
func TestLeaseEndsByTheClockOfTheDatabase(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		l := db.Leases()
		began := time.Now()
		_, _, err := l.Acquire(t.Context(), member, "first", 500*time.Millisecond)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			lease, holder, err := l.Acquire(t.Context(), member, "second", time.Minute)
			require.NoError(t, err)
			if lease == nil {
				assert.LessOrEqual(t, holder.Left, 500*time.Millisecond)
			}
			return lease != nil
		}, time.Minute, 20*time.Millisecond)
		assert.GreaterOrEqual(t, time.Since(began), 490*time.Millisecond)
	})
}

func TestSweptLeasesGoOnCounting(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		l := db.Leases()
		first := acquire(t, l, "first")
		for _, want := range []int64{0, 1} {
			pass(t, db, 31*time.Minute)
			n, err := l.Sweep(t.Context())
			require.NoError(t, err)
			assert.Equal(t, want, n)
		}
		time.Sleep(2 * time.Millisecond) // instead of an hour: the clock begins a new count
		assert.Greater(t, acquire(t, l, "second").Epoch, first.Epoch)
	})
}

func TestLeaseNeedsNameOwnerAndTime(t *testing.T) {
	t.Parallel()
	db := engine{url: "memory:"}.open(t)
	for _, c := range []struct {
		name, owner string
		ttl         time.Duration
	}{{"", "a", time.Minute}, {"a", "", time.Minute}, {"a", "a", 0}} {
		_, _, err := db.Leases().Acquire(t.Context(), c.name, c.owner, c.ttl)
		require.Error(t, err)
	}
	require.NoError(t, db.Close())
	_, _, err := db.Leases().Acquire(t.Context(), "a", "a", time.Minute)
	require.ErrorContains(t, err, "the dashboard's database")
}
