package directory_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/directory"
)

// Tallyfy counts the calls of an address together. Two lists, and two people, share the pace.
func TestAllReadingsShareOnePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(950))
		began, calls := time.Now(), map[time.Duration]int{}
		var mu sync.Mutex
		a.before = func(context.Context, int) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			calls[time.Since(began).Truncate(time.Second)]++
			return 0, nil
		}
		cache := directory.New(directory.Options{Burst: 8, Pace: time.Second, Wait: time.Hour})
		one, two := a.reader(t, cache, "one"), a.reader(t, cache, "two")
		var wg sync.WaitGroup
		wg.Go(func() { one.whole(950) })
		wg.Go(func() { two.whole(950) })
		wg.Wait()
		assert.EqualValues(t, 20, a.calls.Load())
		assert.Equal(t, 8, calls[0], "the burst")
		for second := time.Second; second <= 12*time.Second; second += time.Second {
			assert.Equal(t, 1, calls[second], "%s", second)
		}

		time.Sleep(time.Hour)
		clear(calls)
		began = time.Now()
		one.whole(950)
		assert.Equal(t, 8, calls[0], "after a rest there is a burst again, and no more than one")
	})
}

func TestMembersAndGroupsShareThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOrganisation()
		a := o.asker(t, directory.New(directory.Options{Burst: 1, Pace: time.Second}), "token")
		a.whole(3)
		a.all()
		assert.Equal(t, time.Second, o.at[1].Sub(o.at[0]))
	})
}

// What takes longer to read than a copy is kept would otherwise be read all the time.
func TestACopyIsKeptForItsTimeHoweverLongItTookToRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(950))
		r := a.reader(t, directory.New(directory.Options{Burst: 1, Pace: 30 * time.Second, Wait: time.Hour, Timeout: time.Hour, MaxAge: 2 * time.Minute}), "token")
		began := time.Now()
		assert.Equal(t, began, r.whole(950).ReadAt, "but its age counts from the beginning")
		time.Sleep(2*time.Minute - time.Nanosecond)
		r.whole(950)
		assert.EqualValues(t, 10, a.calls.Load())
		time.Sleep(time.Nanosecond)
		r.whole(950)
		assert.EqualValues(t, 20, a.calls.Load())
	})
}
