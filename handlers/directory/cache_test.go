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
		r := a.reader(t, directory.New(directory.Options{Wait: 6 * time.Second, MaxAge: time.Minute}), "token")
		began := time.Now()
		s, err := r.get()
		require.NoError(t, err)
		assert.Equal(t, 6*time.Second, time.Since(began))
		assert.Equal(t, 100, s.Len(), "what is there after the first of three pages")
		assert.False(t, s.Complete)
		_, known := s.Member("100")
		assert.True(t, known)

		r.whole(250) // the next page waits for the rest of the same reading
		assert.Equal(t, 10500*time.Millisecond, time.Since(began))
		assert.EqualValues(t, 3, a.calls.Load())

		// The copy is as old as the beginning of its reading. Once it is too old, it is shown while another is read slowly.
		time.Sleep(time.Minute)
		again := time.Now()
		assert.Equal(t, began, r.whole(250).ReadAt)
		assert.Equal(t, 6*time.Second, time.Since(again))
		time.Sleep(5 * time.Second)
		assert.Equal(t, again, r.whole(250).ReadAt)
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

func TestAReadingThatNeverEndsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(10))
		a.before, _ = gate() // never opened
		r := a.reader(t, directory.New(directory.Options{Wait: 2 * time.Second, Timeout: 5 * time.Second}), "token")
		s, err := r.get()
		assert.NoError(t, err)
		assert.False(t, s.Complete)
		time.Sleep(2 * time.Second)
		_, err = r.get() // comes at 4 s to the same reading, which ends at 5 s
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		a.before = nil
		r.whole(10)
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

func TestOnlySoManyCopiesAreKept(t *testing.T) {
	a := newAPI(crowd(1))
	cache := directory.New(directory.Options{Copies: 2})
	for _, step := range []struct {
		token string
		calls int
	}{{"a", 1}, {"b", 2}, {"a", 2}, {"c", 3}, {"a", 3}, {"b", 4}} { // c takes the place of b, used longest ago
		a.reader(t, cache, step.token).whole(1)
		assert.EqualValues(t, step.calls, a.calls.Load(), step.token)
	}
}
