package directory_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
)

// A reading runs in a goroutine of its own, where a panic would end the server.
func TestAPanicInAReadingFailsThatReadingOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		mistake := func(_ context.Context, page int) (int, error) {
			time.Sleep(time.Millisecond) // so that all of them wait for the same reading
			if page == 2 {
				panic("a mistake in the transport")
			}
			return 0, nil
		}
		a.before = mistake
		r := a.reader(t, directory.New(directory.Options{MaxAge: time.Minute}), "token")
		var wg sync.WaitGroup
		for range 5 { // whoever waits is told, and nobody waits any longer than that
			wg.Go(func() {
				s, err := r.get()
				assert.ErrorContains(t, err, "panic while reading: a mistake in the transport")
				assert.ErrorContains(t, err, "panic_test.go", "the log finds the place")
				assert.False(t, s.Complete)
				assert.Equal(t, 100, s.Len(), "what came before it is there")
			})
		}
		began := time.Now()
		wg.Wait()
		assert.Equal(t, 2*time.Millisecond, time.Since(began))
		assert.EqualValues(t, 2, a.calls.Load())

		a.before = nil
		began = time.Now()
		assert.Equal(t, began, r.whole(250).ReadAt, "the next one reads anew")

		time.Sleep(time.Hour)
		a.before = mistake
		s, err := r.get()
		assert.ErrorContains(t, err, "panic while reading")
		assert.Equal(t, 250, s.Len(), "the older copy is not lost")
		assert.False(t, s.Complete)
		a.before = nil
		r.whole(250)
	})
}

// The copy was dropped while it was read, and is read again: the panic of the first reading is not the second's.
func TestAPanicOfADroppedReadingLeavesTheNextAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(10))
		blow := make(chan struct{})
		before, open := gate()
		a.before = func(ctx context.Context, page int) (int, error) {
			if a.calls.Load() > 1 {
				return before(ctx, page)
			}
			<-blow
			panic("a mistake in the transport")
		}
		r := a.reader(t, directory.New(directory.Options{Wait: time.Second}), "token")
		_, err := r.get()
		require.NoError(t, err)
		r.cache.Changed(r.key, nil)
		_, err = r.get()
		require.NoError(t, err)
		close(blow)
		synctest.Wait()
		open()
		synctest.Wait()
		r.whole(10)
		assert.EqualValues(t, 2, a.calls.Load(), "the second reading was given up with the first")
	})
}
