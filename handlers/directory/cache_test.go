package directory_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// gate holds calls back until it is opened.
func gate() (before func(context.Context, int) (int, error), open func()) {
	closed := make(chan struct{})
	return func(ctx context.Context, _ int) (int, error) {
		select {
		case <-closed:
			return 0, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}, func() { close(closed) }
}

func TestManyCallersShareOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		before, open := gate()
		a.before = before
		r := a.reader(t, directory.New(directory.Options{}), "token")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { r.whole(250) })
		}
		synctest.Wait()
		assert.EqualValues(t, 1, a.calls.Load())
		open()
		wg.Wait()
		assert.EqualValues(t, 3, a.calls.Load())
	})
}

func TestAReadingGoesOnWhenItsCallerGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(150))
		before, open := gate()
		a.before = before
		r := a.reader(t, directory.New(directory.Options{}), "token")
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			synctest.Wait()
			cancel()
		}()
		s, err := r.cache.Get(ctx, r.client, r.key)
		assert.NoError(t, err)
		assert.False(t, s.Complete)
		assert.Zero(t, s.Len())
		open()
		synctest.Wait()
		assert.EqualValues(t, 2, a.calls.Load(), "the reading stopped with its caller")
		r.whole(150)
		assert.EqualValues(t, 2, a.calls.Load())
	})
}

func TestACopyIsReadAgainAfterItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(10))
		r := a.reader(t, directory.New(directory.Options{MaxAge: time.Minute}), "token")
		began := time.Now()
		assert.Equal(t, began, r.whole(10).ReadAt)
		time.Sleep(time.Minute - time.Nanosecond)
		assert.Equal(t, began, r.whole(10).ReadAt)
		assert.EqualValues(t, 1, a.calls.Load())
		time.Sleep(time.Nanosecond)
		assert.Equal(t, began.Add(time.Minute), r.whole(10).ReadAt)
		assert.EqualValues(t, 2, a.calls.Load())
	})
}

func TestAPageWaitsForACopyOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		a.before = func(context.Context, int) (int, error) {
			time.Sleep(3500 * time.Millisecond)
			return 0, nil
		}
		r := a.reader(t, directory.New(directory.Options{}), "token")
		began := time.Now()
		s, err := r.get()
		require.NoError(t, err)
		assert.Equal(t, 6*time.Second, time.Since(began))
		assert.Equal(t, 100, s.Len(), "what is there after the first of three pages")
		assert.False(t, s.Complete)
		_, known := s.Member("100")
		assert.True(t, known)

		time.Sleep(2 * time.Second)
		s, err = r.get() // the next page is not held up once more
		require.NoError(t, err)
		assert.Equal(t, 8*time.Second, time.Since(began))
		assert.Equal(t, 200, s.Len())
		time.Sleep(3 * time.Second)
		r.whole(250)
		assert.EqualValues(t, 3, a.calls.Load())
	})
}

// A copy past its time is read again, and holds up nobody meanwhile: for a moment only, in which a small organisation is read.
func TestAnOlderCopyServesWhileItIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		r := a.reader(t, directory.New(directory.Options{}), "token")
		began := time.Now()
		r.whole(250)
		a.before = func(context.Context, int) (int, error) {
			time.Sleep(time.Minute)
			return 0, nil
		}
		time.Sleep(2*time.Minute + time.Second)
		again := time.Now()
		assert.Equal(t, began, r.whole(250).ReadAt)
		assert.Equal(t, 500*time.Millisecond, time.Since(again), "as long as a small organisation takes")
		assert.Equal(t, began, r.whole(250).ReadAt)
		assert.Equal(t, 500*time.Millisecond, time.Since(again), "the next page does not wait at all")

		time.Sleep(time.Until(began.Add(5*time.Minute - time.Nanosecond)))
		assert.Equal(t, began, r.whole(250).ReadAt)
		time.Sleep(time.Nanosecond)
		s, err := r.get()
		require.NoError(t, err)
		assert.Equal(t, began, s.ReadAt)
		assert.False(t, s.Complete, "five minutes old, it is not the whole truth any more")
		time.Sleep(2 * time.Second)
		assert.Equal(t, again, r.whole(250).ReadAt)
		assert.EqualValues(t, 6, a.calls.Load())
	})
}

func TestAnErrorHalfWayKeepsWhatWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		refuse := func(_ context.Context, page int) (int, error) {
			if page == 2 {
				return http.StatusForbidden, nil
			}
			return 0, nil
		}
		a.before = refuse
		r := a.reader(t, directory.New(directory.Options{MaxAge: time.Minute}), "token")
		s, err := r.get()
		assert.ErrorContains(t, err, "403")
		assert.False(t, s.Complete)
		assert.Equal(t, 100, s.Len())

		a.before = nil
		r.whole(250) // a failure is not kept

		time.Sleep(time.Hour)
		a.before = refuse
		s, err = r.get()
		assert.ErrorContains(t, err, "403")
		assert.Equal(t, 250, s.Len(), "the older copy knows more than the half that was read")
		assert.False(t, s.Complete, "but it is not the whole truth any more")
		a.before = nil
		r.whole(250)
	})
}

func TestAReadingThatDoesNotGetOnIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		closed, _ := gate() // never opened
		slow := func(ctx context.Context, page int) (int, error) {
			if page == 3 {
				return closed(ctx, page)
			}
			time.Sleep(4 * time.Second)
			return 0, nil
		}
		a.before = slow
		r := a.reader(t, directory.New(directory.Options{Wait: time.Minute, Timeout: 5 * time.Second}), "token")
		began := time.Now()
		s, err := r.get()
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 13*time.Second, time.Since(began), "as long as rows come, it goes on")
		assert.Equal(t, 200, s.Len())
		assert.False(t, s.Complete)
		a.before = nil
		r.whole(250)
	})
}

func TestTokensAndOrganisationsNeverShareACopy(t *testing.T) {
	a := &api{rows: func(token string) []row { return []row{{ID: 1, Name: "What " + token + " may see"}} }}
	cache := directory.New(directory.Options{})
	for _, token := range []string{"one", "two", "one"} {
		m, ok := a.reader(t, cache, token).whole(1).Member("1")
		require.True(t, ok)
		assert.Equal(t, "What "+token+" may see", m.Name())
	}
	assert.EqualValues(t, 2, a.calls.Load())
	elsewhere := a.reader(t, cache, "one")
	elsewhere.key = directory.KeyFor("one", "another organisation")
	elsewhere.whole(1)
	assert.EqualValues(t, 3, a.calls.Load())
	assert.NotContains(t, fmt.Sprintf("%v %+v", elsewhere.key, elsewhere.key), "one", "the key holds the token")
}

// Colleagues with tokens of their own mostly see the same, which stands in memory once. What differs is each one's own.
func TestCopiesShareTheRowsThatAreAlike(t *testing.T) {
	a := &api{rows: func(token string) []row {
		rows := crowd(10)
		if token == "another" {
			rows[4].Name, rows = "Only for another", rows[:9]
		}
		return rows
	}}
	cache := directory.New(directory.Options{Rows: 20})
	one, same, another := a.reader(t, cache, "one").whole(10), a.reader(t, cache, "same").whole(10), a.reader(t, cache, "another").whole(9)
	who := func(s *directory.Snapshot, id tallyfy.UserID) *tallyfy.Member {
		m, ok := s.Member(id)
		require.True(t, ok)
		return m
	}
	for id := range 10 {
		id := tallyfy.UserID(fmt.Sprint(id + 1))
		assert.Same(t, who(one, id), who(same, id))
		if id != "5" && id != "10" {
			assert.Same(t, who(one, id), who(another, id))
		}
	}
	assert.Equal(t, "Person 000005", who(same, "5").Name())
	assert.Equal(t, "Only for another", who(another, "5").Name())
	assert.Len(t, another.Search("only for", nil), 1)
	_, ok := another.Member("10")
	assert.False(t, ok)
	a.reader(t, cache, "one").whole(10)
	assert.EqualValues(t, 3, a.calls.Load(), "what is shared counts once")

	cache.Changed(directory.KeyFor("one", org), &tallyfy.Member{ID: "1", FullName: "Changed"})
	assert.Equal(t, "Person 000001", who(same, "1").Name(), "a correction is no correction of what others hold")
}

func TestOnlySoManyCopiesAreKept(t *testing.T) {
	for name, o := range map[string]directory.Options{"by their number": {Copies: 2}, "by their rows": {Rows: 29}} {
		t.Run(name, func(t *testing.T) {
			a := &api{rows: func(token string) []row { // nobody sees what another one does
				rows := crowd(10)
				rows[9].Name = token
				return rows
			}}
			cache := directory.New(o)
			for _, step := range []struct {
				token string
				calls int
			}{{"a", 1}, {"b", 2}, {"a", 2}, {"c", 3}, {"a", 3}, {"b", 4}} { // c takes the place of b, used longest ago
				a.reader(t, cache, step.token).whole(10)
				assert.EqualValues(t, step.calls, a.calls.Load(), step.token)
			}
		})
	}
	a := newAPI(crowd(10))
	r := a.reader(t, directory.New(directory.Options{Rows: 9}), "token")
	r.whole(10)
	r.whole(10)
	assert.EqualValues(t, 1, a.calls.Load(), "one copy is kept, however large")
}

func TestSweepLeavesWhatIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(10))
		cache := directory.New(directory.Options{MaxAge: time.Hour})
		gone, used := a.reader(t, cache, "gone"), a.reader(t, cache, "used")
		gone.whole(10)
		time.Sleep(20 * time.Minute)
		used.whole(10)
		time.Sleep(10 * time.Minute)
		cache.Sweep()
		used.whole(10)
		assert.EqualValues(t, 2, a.calls.Load())
		gone.whole(10)
		assert.EqualValues(t, 3, a.calls.Load())
	})
}

// What is given up goes on for those who wait for it, and not beyond: reads are precious, and its owner may have signed out.
func TestAReadingThatIsGivenUpEnds(t *testing.T) {
	for name, giveUp := range map[string]func(*directory.Cache, directory.Key){
		"forgotten": (*directory.Cache).Forget,
		"changed":   func(c *directory.Cache, k directory.Key) { c.Changed(k, nil) },
		"pushed out by others": func(c *directory.Cache, _ directory.Key) {
			a := newAPI(crowd(1))
			a.reader(t, c, "another").whole(1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAPI(crowd(950))
				a.before = func(context.Context, int) (int, error) {
					time.Sleep(2500 * time.Millisecond)
					return 0, nil
				}
				r := a.reader(t, directory.New(directory.Options{Copies: 1}), "token")
				go func() {
					time.Sleep(time.Second)
					giveUp(r.cache, r.key)
				}()
				s, err := r.get()
				require.NoError(t, err)
				assert.Equal(t, 200, s.Len(), "the page that waited gets what was read for it")
				time.Sleep(time.Minute)
				assert.EqualValues(t, 3, a.calls.Load())
			})
		})
	}
}
