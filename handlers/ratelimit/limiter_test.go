package ratelimit_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// sent notes when calls were let through.
type sent struct {
	mu    sync.Mutex
	began time.Time
	at    []time.Duration
}

func (s *sent) now() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, time.Since(s.began))
	slices.Sort(s.at)
}

// most is the largest number of calls in any stretch of that length.
func (s *sent) most(window time.Duration) (most int) {
	for i, first := range s.at {
		n := 0
		for _, at := range s.at[i:] {
			if at < first+window {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// answer is how a call ended that was refused for calling too often.
func answer(wait time.Duration, code string) tallyfy.Call {
	return tallyfy.Call{Status: http.StatusTooManyRequests, Err: &tallyfy.Error{Status: http.StatusTooManyRequests, RetryAfter: wait, Code: code}}
}

var (
	read  = tallyfy.Call{Operation: "groups.list", Method: http.MethodGet}
	write = tallyfy.Call{Operation: "groups.delete", Method: http.MethodDelete}
)

// wait asks for a turn, and returns how long it took.
func wait(ctx context.Context, l *ratelimit.Limiter, c tallyfy.Call) (time.Duration, error) {
	began := time.Now()
	_, err := l.Wait(ctx, c)
	return time.Since(began), err
}

func TestNoStretchOfTimeHasMoreReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Published, nil)
		s := &sent{began: time.Now()}
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				ctx := t.Context()
				if i%3 == 0 {
					ctx = ratelimit.Background(ctx)
				}
				time.Sleep(time.Duration(i) * 300 * time.Millisecond)
				if _, err := l.Wait(ctx, read); err == nil {
					s.now()
				}
			})
		}
		all.Wait()
		assert.Len(t, s.at, 30)
		assert.LessOrEqual(t, s.most(5*time.Second), 12)
	})
}

func TestClicksGoBeforeBackgroundReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Rate{Reads: 12, Per: 5 * time.Second}, nil)
		background, clicks := &sent{began: time.Now()}, &sent{began: time.Now()}
		ctx, stop := context.WithCancel(ratelimit.Background(t.Context()))
		var reading sync.WaitGroup
		for range 3 { // readings of large organisations, side by side
			reading.Go(func() {
				for ctx.Err() == nil {
					if _, err := l.Wait(ctx, read); err == nil {
						background.now()
					}
				}
			})
		}
		synctest.Wait()
		for range 40 {
			time.Sleep(1300 * time.Millisecond) // about 4 in a window
			took, err := wait(t.Context(), l, read)
			require.NoError(t, err)
			assert.Zero(t, took, "a click waits for no background read")
			clicks.now()
		}
		stop()
		reading.Wait()
		assert.LessOrEqual(t, background.most(5*time.Second), 8, "what clicks leave")
		assert.Greater(t, len(background.at), 35, "and what they leave is used")
		both := &sent{at: slices.Sorted(slices.Values(append(background.at, clicks.at...)))}
		assert.LessOrEqual(t, both.most(5*time.Second), 12)
	})
}

// However much is clicked, what the pages need in the background is read some time, and clicks
// hardly notice.
func TestBackgroundReadsGetOn(t *testing.T) {
	for name, test := range map[string]struct {
		rate    ratelimit.Rate
		people  int           // who click without end
		every   time.Duration // each of them
		least   int           // of the background reads in ten minutes
		longest time.Duration // that a click waits
	}{
		"five, 10 reads in 5 s":               {ratelimit.Published, 5, 2500 * time.Millisecond, 100, 2 * time.Second},
		"nobody":                              {ratelimit.Published, 0, time.Second, 600 * 8 / 6, 0},
		"as many as the pace bears, and more": {ratelimit.Published, 20, 500 * time.Millisecond, 600 / 15, 10 * time.Second},
		"one read at a time":                  {ratelimit.Rate{Reads: 1, Per: 2 * time.Second}, 5, time.Second, 600 / 15, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := ratelimit.New(test.rate, nil)
				s, background := &sent{began: time.Now()}, &sent{began: time.Now()}
				var longest time.Duration
				var mu sync.Mutex
				ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
				defer stop()
				var all sync.WaitGroup
				for i := range test.people {
					all.Go(func() {
						time.Sleep(test.every * time.Duration(i) / time.Duration(test.people))
						for ; ctx.Err() == nil; time.Sleep(test.every) {
							began := time.Now()
							if _, err := l.Wait(ctx, read); err == nil {
								s.now()
							}
							mu.Lock()
							longest = max(longest, time.Since(began))
							mu.Unlock()
						}
					})
				}
				all.Go(func() {
					for ctx.Err() == nil {
						if _, err := l.Wait(ratelimit.Background(ctx), read); err == nil {
							s.now()
							background.now()
						}
					}
				})
				all.Wait()
				assert.GreaterOrEqual(t, len(background.at), test.least)
				assert.LessOrEqual(t, s.most(test.rate.Per), test.rate.Reads)
				if test.people > 0 {
					assert.Greater(t, len(s.at), 2*len(background.at)-2, "clicks get at least as many")
				}
				assert.LessOrEqual(t, longest, test.longest)
			})
		})
	}
}

func TestClicksWaitInTurnAndNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var waits []time.Duration
		l := ratelimit.New(ratelimit.Rate{Reads: 2, Per: 4 * time.Second}, func(background bool, d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			assert.False(t, background)
			waits = append(waits, d)
		})
		began := time.Now()
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				_, err := l.Wait(t.Context(), read)
				assert.NoError(t, err)
			})
		}
		synctest.Wait()
		_, err := l.Wait(t.Context(), read)
		after, _ := tallyfy.RetryAfter(err)
		assert.True(t, tallyfy.IsNotAdmitted(err))
		assert.Greater(t, after, 10*time.Second, "the queue is too long for one more")
		assert.Zero(t, time.Since(began), "which is said at once")
		_, err = l.Wait(t.Context(), write)
		assert.NoError(t, err)
		assert.Zero(t, time.Since(began), "a write is not held back")
		all.Wait()
		assert.InDelta(t, 8.4, time.Since(began).Seconds(), 0.1)
		assert.Len(t, waits, 4, "the first two did not wait")
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Rate{Reads: 1, Per: 8 * time.Second}, nil)
		_, err := l.Wait(t.Context(), read)
		require.NoError(t, err)
		for _, ctx := range []context.Context{t.Context(), ratelimit.Background(t.Context())} {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			took, err := wait(ctx, l, read)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, time.Second, took)
			cancel()
		}
		took, err := wait(t.Context(), l, read)
		require.NoError(t, err)
		assert.Equal(t, 6400*time.Millisecond, took, "nobody takes the turn of a call that has gone")
	})
}

func TestRates(t *testing.T) {
	for text, want := range map[string]ratelimit.Rate{"12/5s": ratelimit.Published, "1/1ms": {Reads: 1, Per: time.Millisecond}, "off": {}, "140/10s": {Reads: 140, Per: 10 * time.Second}} {
		got, ok := ratelimit.ParseRate(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got)
		again, ok := ratelimit.ParseRate(got.String())
		assert.True(t, ok && again == got, got.String())
	}
	for _, text := range []string{"", "12", "12/", "/5s", "0/5s", "-1/5s", "12/0s", "12/-5s", "12/5", "x/5s", "12/5s/1", "10001/5s", "1/2h", "OFF"} {
		_, ok := ratelimit.ParseRate(text)
		assert.False(t, ok, text)
	}
}
