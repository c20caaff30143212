package ratelimit_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// of is a read of somebody.
func of(person byte) tallyfy.Call {
	c := read
	c.Caller = tallyfy.Caller{person}
	return c
}

// hurry keeps so many calls waiting until ctx ends, each made anew as soon as it is answered.
func hurry(ctx context.Context, all *sync.WaitGroup, n int, call func(i int) error) {
	for i := range n {
		all.Go(func() {
			for ; ctx.Err() == nil; i += n {
				if call(i) != nil {
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
}

// One person reloads without end; another, who clicks every three seconds, hardly notices.
func TestPeopleTakeTurns(t *testing.T) {
	for name, mark := range map[string]func(context.Context) context.Context{
		"clicks":           func(ctx context.Context) context.Context { return ctx },
		"background reads": ratelimit.Background,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := ratelimit.New(ratelimit.Published, nil)
				ctx, stop := context.WithCancel(mark(t.Context()))
				var all sync.WaitGroup
				var hasty, others atomic.Int32
				hurry(ctx, &all, 50, func(int) error {
					_, err := l.Wait(ctx, of(1))
					if err == nil {
						hasty.Add(1)
					}
					return err
				})
				for person := byte(2); person < 6; person++ {
					all.Go(func() {
						for ctx.Err() == nil {
							time.Sleep(3 * time.Second)
							took, err := wait(ctx, l, of(person))
							if ctx.Err() != nil {
								return
							}
							others.Add(1)
							assert.NoError(t, err)
							assert.LessOrEqual(t, took, 5250*time.Millisecond, "five people, twelve turns in such a time")
						}
					})
				}
				time.Sleep(5 * time.Minute)
				stop()
				all.Wait()
				assert.Greater(t, others.Load(), int32(4*40))
				assert.Greater(t, hasty.Load(), int32(100), "and the rest of the turns is used")
			})
		})
	}
}

func TestNobodyHasMoreThanHalfOfTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Published, nil) // 12 go at once, and 12 within ten seconds
		var all sync.WaitGroup
		results := map[byte][]error{}
		var mu sync.Mutex
		ask := func(person byte, n int) {
			for range n {
				all.Go(func() {
					_, err := l.Wait(t.Context(), of(person))
					mu.Lock()
					defer mu.Unlock()
					results[person] = append(results[person], err)
				})
			}
			synctest.Wait()
		}
		refused := func(person byte) (n int) {
			mu.Lock()
			defer mu.Unlock()
			for _, err := range results[person] {
				if err != nil {
					assert.True(t, tallyfy.IsNotAdmitted(err))
					n++
				}
			}
			return n
		}
		ask(1, 12+8)
		ask(2, 1)
		ask(1, 3)
		assert.Equal(t, 3, refused(1), "there is room, but not for more of somebody with more than half while another waits")
		all.Wait()
		time.Sleep(time.Minute)
		clear(results)

		ask(1, 40)
		held := 40 - 12 - refused(1)
		assert.Equal(t, 12, held, "who is alone has the whole queue")
		ask(2, 1)
		assert.Equal(t, held-1, 40-12-refused(1), "who has most makes room")
		ask(1, 5)
		assert.Equal(t, held-1, 45-12-refused(1), "and gets no more places")
		ask(2, 40)
		assert.InDelta(t, held/2, 41-refused(2), 1, "who comes gets half")
		assert.InDelta(t, held/2, 45-12-refused(1), 1)
		ask(3, 2)
		assert.Zero(t, refused(3))
		began := time.Now()
		all.Wait()
		assert.LessOrEqual(t, time.Since(began), 11*time.Second, "whoever was let in waited no longer than was said")
	})
}

// Several tokens of one person have one turn together.
func TestTokensOfOnePersonShareTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Published, nil)
		ctx, stop := context.WithCancel(ratelimit.For(t.Context(), "hasty"))
		var all sync.WaitGroup
		hurry(ctx, &all, 40, func(i int) error {
			_, err := l.Wait(ctx, of(byte(i%40+10)))
			return err
		})
		for range 20 {
			time.Sleep(3 * time.Second)
			took, err := wait(t.Context(), l, of(1))
			require.NoError(t, err)
			assert.LessOrEqual(t, took, 5250*time.Millisecond)
		}
		stop()
		all.Wait()
	})
}

// Nonsense tokens come from one network without end, and from a thousand others. People who are signed in keep three quarters of
// the pace, and somebody else who signs in gets through.
func TestSignInsHaveALaneOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Published, nil)
		nonsense := &sent{began: time.Now()}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		attack := func(networks int) {
			hurry(ctx, &all, 20, func(i int) error {
				_, err := l.Wait(ratelimit.SignIn(ctx, fmt.Sprint("network ", i%networks)), tallyfy.Call{Method: read.Method, Caller: tallyfy.Caller{byte(i), byte(i >> 8), 1}})
				if err == nil {
					nonsense.now()
				}
				return err
			})
		}
		attack(1)
		for range 20 {
			time.Sleep(5 * time.Second)
			for range 7 { // clicks of two pages
				took, err := wait(t.Context(), l, of(1))
				require.NoError(t, err)
				assert.Zero(t, took)
			}
			took, err := wait(ratelimit.SignIn(t.Context(), "an office"), l, of(9))
			require.NoError(t, err)
			assert.LessOrEqual(t, took, 5250*time.Millisecond, "it is next but one")
		}
		attack(1000)
		time.Sleep(time.Minute)
		stop()
		all.Wait()
		assert.LessOrEqual(t, nonsense.most(5*time.Second), 3)
	})
}

// One sign-in takes three reads and waits for none of them, whatever the pace.
func TestASignInOnItsOwnDoesNotWait(t *testing.T) {
	for _, rate := range []ratelimit.Rate{ratelimit.Published, {Reads: 6, Per: 5 * time.Second}, {Reads: 3, Per: time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			l := ratelimit.New(rate, nil)
			for range 3 {
				took, err := wait(ratelimit.SignIn(t.Context(), "an office"), l, read)
				require.NoError(t, err)
				assert.Zero(t, took, rate)
			}
		})
	}
}
