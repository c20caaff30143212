package directory_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

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
		s, err := r.cache.Members(ctx, r.client, r.scope)
		assert.NoError(t, err)
		assert.False(t, s.Complete)
		assert.Empty(t, s.Items)
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
		r := a.reader(t, directory.New(directory.Options{MaxAge: time.Minute, Stale: time.Minute}), "token")
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
		assert.Len(t, s.Items, 100, "what is there after the first of three pages")
		assert.False(t, s.Complete)
		_, known := s.ByID("100")
		assert.True(t, known)

		time.Sleep(2 * time.Second)
		s, err = r.get() // the next page is not held up once more
		require.NoError(t, err)
		assert.Equal(t, 8*time.Second, time.Since(began))
		assert.Len(t, s.Items, 200)
		time.Sleep(3 * time.Second)
		r.whole(250)
		assert.EqualValues(t, 3, a.calls.Load())
	})
}

// A copy past its time is read again, and holds up nobody meanwhile.
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
		assert.Equal(t, began, r.whole(250).ReadAt)
		assert.Equal(t, again, time.Now(), "no page waits")

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
		assert.Len(t, s.Items, 100)

		a.before = nil
		r.whole(250) // a failure is not kept

		time.Sleep(time.Hour)
		a.before = refuse
		s, err = r.get()
		assert.ErrorContains(t, err, "403")
		assert.Len(t, s.Items, 250, "the older copy knows more than the half that was read")
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
		assert.Len(t, s.Items, 200)
		assert.False(t, s.Complete)
		a.before = nil
		r.whole(250)
	})
}

func TestTokensAndOrganisationsNeverShareACopy(t *testing.T) {
	a := &api{
		rows:   func(token string) []row { return []row{{ID: 1, Name: "What " + token + " may see"}} },
		groups: func(token string) []groupRow { return []groupRow{{ID: "1", Name: "Seen by " + token}} },
	}
	d := directory.New(directory.Options{})
	for _, token := range []string{"one", "two", "one"} {
		m, ok := a.reader(t, d, token).whole(1).ByID("1")
		require.True(t, ok)
		assert.Equal(t, "What "+token+" may see", m.Name())
		found := a.reader(t, d, token).groups().Search("seen by", nil)
		require.Len(t, found, 1)
		assert.Equal(t, "Seen by "+token, found[0].Name)
	}
	assert.EqualValues(t, 4, a.calls.Load())
	elsewhere := a.reader(t, d, "one").elsewhere("one")
	elsewhere.whole(1)
	elsewhere.groups()
	assert.EqualValues(t, 6, a.calls.Load())
}

// Ten people who read the same organisation hold its rows once. Who sees a field otherwise has a row
// of their own.
func TestEqualRowsAreHeldOnce(t *testing.T) {
	other := crowd(3)
	other[1].Status = "disabled"
	a := &api{rows: func(token string) []row {
		if token == "theirs" {
			return other
		}
		return crowd(3)
	}, groups: func(string) []groupRow { return someGroups }}
	d := directory.New(directory.Options{})
	mine, theirs := a.reader(t, d, "mine"), a.reader(t, d, "theirs")
	elsewhere := mine.elsewhere("elsewhere").whole(3)
	one, two := mine.whole(3), theirs.whole(3)
	assert.Same(t, one.Items[0], two.Items[0])
	assert.Equal(t, tallyfy.StatusActive, one.Items[1].Status)
	assert.Equal(t, tallyfy.StatusDisabled, two.Items[1].Status)
	assert.Len(t, two.Search("person 000001", nil), 1)
	assert.Same(t, mine.groups().Items[0], theirs.groups().Items[0])
	assert.NotSame(t, elsewhere.Items[0], one.Items[0], "of another organisation")
}

func TestOnlySoManyCopiesAreKept(t *testing.T) {
	for name, test := range map[string]struct{ copies, rows int }{"by their number": {64, 1}, "by their rows": {4, 25_000}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(crowd(test.rows))
			a.atOnce = 500
			d, each := directory.New(directory.Options{Wait: time.Minute}), int32((test.rows+499)/500)
			reads := func(token int) bool {
				before := a.calls.Load()
				a.reader(t, d, strconv.Itoa(token)).whole(test.rows)
				return a.calls.Load() == before+each
			}
			for token := range test.copies {
				assert.True(t, reads(token))
			}
			assert.False(t, reads(0))
			assert.True(t, reads(test.copies), "one more, in the place of the copy used longest ago")
			assert.False(t, reads(0))
			assert.True(t, reads(1))
		})
	}
}

func TestOneCopyIsKeptHoweverLarge(t *testing.T) {
	t.Parallel()
	a := newAPI(crowd(100_001))
	a.atOnce = 500
	r := a.reader(t, directory.New(directory.Options{Wait: time.Minute}), "token")
	r.whole(100_001)
	r.whole(100_001)
	assert.EqualValues(t, 201, a.calls.Load())
}

func TestCachedCallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(3))
		r := a.reader(t, directory.New(directory.Options{MaxAge: time.Minute, Stale: time.Minute}), "me")
		cached := func() bool {
			calls := a.calls.Load()
			members, groups, ok := r.cache.Cached(r.scope)
			assert.Equal(t, calls, a.calls.Load())
			if ok {
				assert.Len(t, members.Items, 3)
				assert.Len(t, groups.Items, 4)
			}
			return ok
		}
		assert.False(t, cached())
		r.whole(3)
		assert.False(t, cached(), "one of the two is not enough")
		r.groups()
		assert.True(t, cached())
		time.Sleep(time.Minute)
		assert.False(t, cached(), "too old")
		r.whole(3)
		r.groups()
		assert.True(t, cached())
		r.cache.Invalidate(r.scope, directory.Change{})
		assert.False(t, cached())
	})
}

func TestSweepLeavesWhatIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(10))
		d := directory.New(directory.Options{MaxAge: time.Hour})
		gone, used := a.reader(t, d, "gone"), a.reader(t, d, "used")
		gone.whole(10)
		time.Sleep(20 * time.Minute)
		used.whole(10)
		time.Sleep(10 * time.Minute)
		d.Sweep()
		used.whole(10)
		assert.EqualValues(t, 2, a.calls.Load())
		gone.whole(10)
		assert.EqualValues(t, 3, a.calls.Load())
	})
}

// A reading that is given up goes on for the pages that wait for it, and not beyond: its owner may
// have signed out.
func TestAReadingThatIsGivenUpEnds(t *testing.T) {
	for name, giveUp := range map[string]func(reader){
		"forgotten": func(r reader) { r.cache.Forget(r.scope) },
		"changed":   func(r reader) { r.cache.Invalidate(r.scope, directory.Change{Members: true}) },
		"pushed out by others": func(r reader) {
			others := newAPI(nil)
			for token := range 64 {
				others.reader(r.t, r.cache, strconv.Itoa(token)).whole(0)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAPI(crowd(950))
				a.before = func(context.Context, int) (int, error) {
					time.Sleep(2500 * time.Millisecond)
					return 0, nil
				}
				r := a.reader(t, directory.New(directory.Options{}), "token")
				go func() {
					time.Sleep(time.Second)
					giveUp(r)
				}()
				s, err := r.get()
				require.NoError(t, err)
				assert.Len(t, s.Items, 200, "the page that waited gets what was read for it")
				time.Sleep(time.Minute)
				assert.EqualValues(t, 3, a.calls.Load())
			})
		})
	}
}

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
				assert.ErrorContains(t, err, "directory_test.go", "the log finds the place")
				assert.False(t, s.Complete)
				assert.Len(t, s.Items, 100, "what came before it is there")
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
		assert.Len(t, s.Items, 250, "the older copy is not lost")
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
		r.cache.Invalidate(r.scope, directory.Change{Members: true})
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
		d := directory.New(directory.Options{Wait: time.Hour})
		var readings sync.WaitGroup
		for _, token := range []string{"one", "two"} {
			r := reader{t, d, client.WithToken(token), cache.ScopeOf(token, org)}
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
		r := a.reader(t, directory.New(directory.Options{Wait: time.Hour, MaxAge: 20 * time.Second, Stale: 20 * time.Second}), "token")
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

// Only what was read in one go, to its end, is told.
func TestCompleteReadingsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(crowd(250))
		copies := directory.New(directory.Options{})
		var told []int
		copies.OnComplete(func(_ context.Context, _ cache.Scope, list *directory.Members, took time.Duration) {
			told = append(told, len(list.Items))
			assert.Equal(t, 3*time.Second, took)
		}, func(context.Context, cache.Scope, *directory.Groups, time.Duration) { told = append(told, -1) },
			func(context.Context, cache.Scope, *directory.Guests, time.Duration) { told = append(told, -2) })
		r := a.reader(t, copies, "token")
		broken := false
		a.before = func(_ context.Context, page int) (int, error) {
			time.Sleep(time.Second)
			if broken && page == 2 {
				return http.StatusNotFound, nil
			}
			return 0, nil
		}
		r.whole(250)
		assert.Equal(t, []int{250}, told)
		time.Sleep(10 * time.Minute)
		broken = true
		_, err := r.get()
		require.Error(t, err)
		assert.Len(t, told, 1)
		time.Sleep(10 * time.Minute)
		broken = false
		rows, later := a.rows("token"), false
		a.rows = func(string) []row {
			if later = !later; later { // there is one less on every other page
				return rows
			}
			return rows[1:]
		}
		_, _ = r.get()
		time.Sleep(10 * time.Second)
		assert.Len(t, told, 1)
	})
}
