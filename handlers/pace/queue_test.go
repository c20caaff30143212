package pace_test

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

	"tallyfy-admin/handlers/pace"
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

func refusal(wait time.Duration, code string) tallyfy.Call {
	return tallyfy.Call{Status: http.StatusTooManyRequests, Err: &tallyfy.Error{Status: http.StatusTooManyRequests, RetryAfter: wait, Code: code}}
}

func TestNoStretchOfTimeHasMoreReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := pace.New(pace.Published, nil)
		s := &sent{began: time.Now()}
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				ctx := t.Context()
				if i%3 == 0 {
					ctx = pace.Patient(ctx)
				}
				time.Sleep(time.Duration(i) * 300 * time.Millisecond)
				if q.Admit(ctx, http.MethodGet) == 0 {
					s.now()
				}
			})
		}
		all.Wait()
		assert.Len(t, s.at, 30)
		assert.LessOrEqual(t, s.most(5*time.Second), 12)
	})
}

func TestClicksGoBeforeWhatCanWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := pace.New(pace.Rate{Reads: 12, Per: 5 * time.Second}, nil)
		patient, clicks := &sent{began: time.Now()}, &sent{began: time.Now()}
		ctx, stop := context.WithCancel(pace.Patient(t.Context()))
		var reading sync.WaitGroup
		for range 3 { // readings of large organisations, side by side
			reading.Go(func() {
				for ctx.Err() == nil {
					if q.Admit(ctx, http.MethodGet); ctx.Err() == nil {
						patient.now()
					}
				}
			})
		}
		synctest.Wait()
		for range 40 {
			time.Sleep(1300 * time.Millisecond) // about 4 in a window
			before := time.Now()
			require.Zero(t, q.Admit(t.Context(), http.MethodGet))
			assert.Zero(t, time.Since(before), "a click waits for no reading")
			clicks.now()
		}
		stop()
		reading.Wait()
		assert.LessOrEqual(t, patient.most(5*time.Second), 8, "what clicks leave")
		assert.Greater(t, len(patient.at), 35, "and what they leave is used")
		both := &sent{at: slices.Sorted(slices.Values(append(patient.at, clicks.at...)))}
		assert.LessOrEqual(t, both.most(5*time.Second), 12)
	})
}

// However much is clicked, what the pages need in the background is read some time, and clicks hardly notice.
func TestWhatCanWaitGetsOn(t *testing.T) {
	for name, test := range map[string]struct {
		people  int           // who click without end
		every   time.Duration // each of them
		least   int           // of the patient calls in ten minutes
		longest time.Duration // that a click waits
	}{
		"five, 10 reads in 5 s":               {5, 2500 * time.Millisecond, 100, 2 * time.Second},
		"nobody":                              {0, time.Second, 600 * 8 / 6, 0},
		"as many as the pace bears, and more": {20, 500 * time.Millisecond, 600 / 15, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := pace.New(pace.Published, nil)
				s, patient := &sent{began: time.Now()}, &sent{began: time.Now()}
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
							if q.Admit(ctx, http.MethodGet) == 0 && ctx.Err() == nil {
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
						if q.Admit(pace.Patient(ctx), http.MethodGet); ctx.Err() == nil {
							s.now()
							patient.now()
						}
					}
				})
				all.Wait()
				assert.GreaterOrEqual(t, len(patient.at), test.least)
				assert.LessOrEqual(t, s.most(5*time.Second), 12)
				assert.LessOrEqual(t, longest, test.longest)
			})
		})
	}
}

func TestClicksWaitInTurnAndNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var waits []time.Duration
		q := pace.New(pace.Rate{Reads: 2, Per: 4 * time.Second}, func(patient bool, d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			assert.False(t, patient)
			waits = append(waits, d)
		})
		for range 2 {
			require.Zero(t, q.Admit(t.Context(), http.MethodGet))
		}
		began := time.Now()
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() { assert.Zero(t, q.Admit(t.Context(), http.MethodGet)) })
		}
		synctest.Wait()
		after := q.Admit(t.Context(), http.MethodGet)
		assert.Greater(t, after, 10*time.Second, "the queue is too long for one more")
		assert.Zero(t, time.Since(began), "which is said at once")
		assert.Zero(t, q.Admit(t.Context(), http.MethodDelete), "a change is not held back")
		both.Wait()
		assert.InDelta(t, 8.4, time.Since(began).Seconds(), 0.1)
		assert.Len(t, waits, 4)
	})
}

func TestRefusalsLowerTheLimitAndQuietRaisesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := pace.New(pace.Published, nil)
		inOneGo := func() (n int) {
			for ; ; n++ {
				ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
				q.Admit(ctx, http.MethodGet)
				waited := ctx.Err() != nil
				cancel()
				if waited {
					return n
				}
			}
		}
		assert.Equal(t, 12, inOneGo())
		time.Sleep(time.Minute)
		for range 5 { // of one burst
			q.Told(refusal(time.Second, ""))
		}
		assert.Equal(t, 6, inOneGo())
		time.Sleep(10 * time.Second)
		q.Told(refusal(time.Second, ""))
		time.Sleep(10 * time.Second)
		assert.Equal(t, 3, inOneGo())
		for range 5 {
			time.Sleep(20 * time.Second)
			q.Told(refusal(time.Second, ""))
		}
		time.Sleep(20 * time.Second)
		assert.Equal(t, 3, inOneGo(), "it does not come to a stop")
		time.Sleep(2 * time.Minute)
		assert.InDelta(t, 7, inOneGo(), 1)
		time.Sleep(time.Hour)
		assert.Equal(t, 12, inOneGo(), "and comes back to the setting, no further")

		q.Told(refusal(time.Second, ""))
		time.Sleep(30 * time.Second)
		assert.Equal(t, 7, inOneGo(), "one more is tried")
		q.Told(refusal(time.Second, ""))
		time.Sleep(20 * time.Second)
		assert.Equal(t, 3, inOneGo(), "and given up again when it was too much")
		time.Sleep(time.Hour)
		q.Told(refusal(time.Hour, "RATE_LIMIT_EXCEEDED"))
		q.Told(tallyfy.Call{Status: 500})
		assert.Equal(t, 12, inOneGo(), "an hourly cap says nothing about the pace")
	})
}

func TestWhatCanWaitKeepsStillAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := pace.New(pace.Published, nil)
		q.Told(refusal(20*time.Second, ""))
		began := time.Now()
		q.Admit(t.Context(), http.MethodGet)
		assert.Zero(t, time.Since(began), "a click may try")
		q.Admit(pace.Patient(t.Context()), http.MethodGet)
		assert.Equal(t, 20*time.Second, time.Since(began))
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := pace.New(pace.Rate{Reads: 1, Per: 8 * time.Second}, nil)
		q.Admit(t.Context(), http.MethodGet)
		for _, ctx := range []context.Context{t.Context(), pace.Patient(t.Context())} {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			began := time.Now()
			q.Admit(ctx, http.MethodGet)
			assert.Equal(t, time.Second, time.Since(began))
			cancel()
		}
	})
}

func TestNoLimit(t *testing.T) {
	q := pace.New(pace.Rate{}, nil)
	for range 1000 {
		require.Zero(t, q.Admit(t.Context(), http.MethodGet))
	}
	q.Told(refusal(time.Hour, ""))
	assert.Zero(t, q.Admit(pace.Patient(t.Context()), http.MethodGet))
}

func TestRates(t *testing.T) {
	for text, want := range map[string]pace.Rate{"12/5s": pace.Published, "1/1ms": {Reads: 1, Per: time.Millisecond}, "off": {}, "140/10s": {Reads: 140, Per: 10 * time.Second}} {
		got, ok := pace.ParseRate(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got)
		again, ok := pace.ParseRate(got.String())
		assert.True(t, ok && again == got, got.String())
	}
	for _, text := range []string{"", "12", "12/", "/5s", "0/5s", "-1/5s", "12/0s", "12/-5s", "12/5", "x/5s", "12/5s/1", "10001/5s", "1/2h", "OFF"} {
		_, ok := pace.ParseRate(text)
		assert.False(t, ok, text)
	}
}
