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
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// Readings leave room for clicks, whoever reads and for whichever list: Tallyfy counts the calls of an address together.
func TestReadingsLeaveRoomForClicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(1950))
		limiter := ratelimit.New(ratelimit.Rate{Reads: 12, Per: 5 * time.Second}, nil)
		began, calls := time.Now(), map[time.Duration]int{}
		var mu sync.Mutex
		a.before = func(context.Context, int) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			calls[time.Since(began)/(5*time.Second)]++
			return 0, nil
		}
		client, err := tallyfy.New(tallyfy.Options{BaseURL: "http://tallyfy.invalid/api", Transport: a, Limiter: limiter})
		require.NoError(t, err)
		cache := directory.New(directory.Options{Wait: time.Hour})
		var readings sync.WaitGroup
		for _, token := range []string{"one", "two"} {
			r := reader{t, cache, client.WithToken(token), directory.KeyFor(token, org)}
			readings.Go(func() { r.whole(1950) })
		}
		readings.Wait()
		assert.EqualValues(t, 40, a.calls.Load())
		assert.Equal(t, 8, calls[0], "the rest of the first twelve is for clicks")
		for _, n := range calls {
			assert.LessOrEqual(t, n, 12)
		}
	})
}

// What takes longer to read than a copy is kept would otherwise be read all the time.
func TestACopyIsKeptForItsTimeHoweverLongItTookToRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(950))
		a.before = func(ctx context.Context, _ int) (int, error) {
			time.Sleep(5 * time.Second)
			return 0, nil
		}
		r := a.reader(t, directory.New(directory.Options{Wait: time.Hour, Glance: time.Hour, MaxAge: 20 * time.Second}), "token")
		began := time.Now()
		assert.Equal(t, began, r.whole(950).ReadAt, "but its age counts from the beginning")
		time.Sleep(20*time.Second - time.Nanosecond)
		r.whole(950)
		assert.EqualValues(t, 10, a.calls.Load())
		time.Sleep(time.Nanosecond)
		r.whole(950)
		assert.EqualValues(t, 20, a.calls.Load())
	})
}
