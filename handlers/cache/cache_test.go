package cache_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/tallyfy"
)

var (
	mine   = cache.ScopeOf("my token", "aldermoor")
	minute = cache.Options[int]{TTL: time.Minute}
)

// A source gives another number each time that it is read. before, if set, runs first.
type source struct {
	reads  atomic.Int32
	before func(context.Context) error
}

func (s *source) read(ctx context.Context) (int, error) {
	n := int(s.reads.Add(1))
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// fetch expects a value.
func fetch(t *testing.T, c *cache.Cache, s cache.Scope, key string, o cache.Options[int], from *source) int {
	t.Helper()
	value, err := cache.Fetch(t.Context(), c, s, key, o, from.read)
	require.NoError(t, err)
	return value
}

func TestAnAnswerBelongsToItsTokenOrganisationAndKey(t *testing.T) {
	c, from := cache.New(100), &source{}
	for want, other := range []struct {
		scope cache.Scope
		key   string
	}{
		{mine, "groups"},
		{mine, "members"},
		{cache.ScopeOf("another token", "aldermoor"), "groups"},
		{cache.ScopeOf("my token", "another organisation"), "groups"},
	} {
		for range 2 {
			assert.Equal(t, want+1, fetch(t, c, other.scope, other.key, minute, from))
		}
	}
	assert.Equal(t, mine, cache.ScopeOf("my token", "aldermoor"))
	assert.Equal(t, tallyfy.ID("aldermoor"), mine.Organisation())
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", mine, mine, mine), "my token")
}

func TestAnAnswerIsKeptForItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, from := cache.New(100), &source{}
		assert.Equal(t, 1, fetch(t, c, mine, "groups", minute, from))
		time.Sleep(time.Minute - time.Nanosecond)
		assert.Equal(t, 1, fetch(t, c, mine, "groups", minute, from))
		time.Sleep(time.Nanosecond)
		assert.Equal(t, 2, fetch(t, c, mine, "groups", minute, from))

		c.Put(mine, "known", 7, time.Minute)
		assert.Equal(t, 7, fetch(t, c, mine, "known", minute, from))
		time.Sleep(time.Minute)
		assert.Equal(t, 3, fetch(t, c, mine, "known", minute, from))
	})
}

func TestAFreshAnswerIsReadAndKeptForTheOthers(t *testing.T) {
	c, from := cache.New(100), &source{}
	fresh := cache.Options[int]{TTL: time.Minute, Fresh: true}
	assert.Equal(t, 1, fetch(t, c, mine, "groups", minute, from))
	assert.Equal(t, 2, fetch(t, c, mine, "groups", fresh, from))
	assert.Equal(t, 2, fetch(t, c, mine, "groups", minute, from))
}

func TestSomeAnswersAreNotKept(t *testing.T) {
	c := cache.New(100)
	for name, o := range map[string]cache.Options[int]{
		"without a time":   {},
		"not worth it":     {TTL: time.Minute, Keep: func(int) bool { return false }},
		"the first is not": {TTL: time.Minute, Keep: func(n int) bool { return n > 1 }},
	} {
		from := &source{}
		assert.Equal(t, 1, fetch(t, c, mine, name, o, from))
		assert.Equal(t, 2, fetch(t, c, mine, name, o, from))
	}
	from := &source{}
	assert.Equal(t, 1, fetch(t, c, mine, "older", minute, from))
	assert.Equal(t, 2, fetch(t, c, mine, "older", cache.Options[int]{TTL: time.Minute, Fresh: true, Keep: func(int) bool { return false }}, from))
	assert.Equal(t, 3, fetch(t, c, mine, "older", minute, from), "nobody goes back to the value before")

	from = &source{before: func(context.Context) error { return errors.New("no answer") }}
	for range 2 {
		_, err := cache.Fetch(t.Context(), c, mine, "fails", minute, from.read)
		assert.EqualError(t, err, "no answer")
	}
	assert.EqualValues(t, 2, from.reads.Load())

	none := func(context.Context) (*int, error) { return nil, nil }
	value, err := cache.Fetch(t.Context(), c, mine, "nil", cache.Options[*int]{TTL: time.Minute}, none)
	assert.NoError(t, err)
	assert.Nil(t, value)
	_, err = cache.Fetch(t.Context(), c, mine, "nil", cache.Options[*int]{TTL: time.Minute}, func(context.Context) (*int, error) {
		return nil, errors.New("that there is nothing is an answer, too")
	})
	assert.NoError(t, err)
}

func TestAChangeDropsWhatWasReadOfTheOrganisation(t *testing.T) {
	c, from := cache.New(100), &source{}
	theirs, elsewhere := cache.ScopeOf("their token", "aldermoor"), cache.ScopeOf("my token", "another organisation")
	for i, s := range []cache.Scope{mine, theirs, elsewhere} {
		assert.Equal(t, i+1, fetch(t, c, s, "groups", minute, from))
	}
	c.Invalidate("aldermoor")
	assert.Equal(t, 3, fetch(t, c, elsewhere, "groups", minute, from))
	assert.Equal(t, 4, fetch(t, c, mine, "groups", minute, from))
	assert.Equal(t, 5, fetch(t, c, theirs, "groups", minute, from))
}

func TestForgettingDropsWhatOneTokenRead(t *testing.T) {
	c, from := cache.New(100), &source{}
	theirs, elsewhere := cache.ScopeOf("another token", "aldermoor"), cache.ScopeOf("my token", "another organisation")
	for i, s := range []cache.Scope{mine, theirs, elsewhere} {
		assert.Equal(t, i+1, fetch(t, c, s, "groups", minute, from))
	}
	c.Forget(mine)
	assert.Equal(t, 2, fetch(t, c, theirs, "groups", minute, from))
	assert.Equal(t, 3, fetch(t, c, elsewhere, "groups", minute, from))
	assert.Equal(t, 4, fetch(t, c, mine, "groups", minute, from))

	from.before = func(context.Context) error { c.Forget(mine); return nil }
	assert.Equal(t, 5, fetch(t, c, mine, "members", minute, from))
	assert.Equal(t, 6, fetch(t, c, mine, "members", minute, from), "what was under way is not kept")
}

func TestAReadingThatBeganBeforeAChangeIsNotKept(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		c := cache.New(100)
		from := &source{before: func(context.Context) error { c.Invalidate("aldermoor"); return nil }}
		o := cache.Options[int]{TTL: time.Minute, Fresh: fresh}
		assert.Equal(t, 1, fetch(t, c, mine, "groups", o, from), "the page that waited for it takes it")
		from.before = func(context.Context) error { c.Invalidate("another organisation"); return nil }
		assert.Equal(t, 2, fetch(t, c, mine, "groups", o, from))
		assert.Equal(t, 2, fetch(t, c, mine, "groups", minute, from), "the change was elsewhere")
	}
}

func TestOnlySoManyAreKept(t *testing.T) {
	c, from := cache.New(3), &source{}
	for _, step := range []struct {
		key  string
		want int
	}{{"a", 1}, {"b", 2}, {"c", 3}, {"a", 1}, {"d", 4}, {"a", 1}, {"b", 5}} { // d takes the place of b, used longest ago
		assert.Equal(t, step.want, fetch(t, c, mine, step.key, minute, from), step.key)
	}
}

func TestWhatHasExpiredLeavesTheMemory(t *testing.T) {
	c, value := cache.New(100), new([1 << 20]byte)
	kept := weak.Make(value)
	c.Put(mine, "large", value, time.Nanosecond)
	time.Sleep(time.Millisecond)
	c.Put(mine, "small", 1, time.Minute)
	runtime.KeepAlive(value)
	runtime.GC()
	assert.Nil(t, kept.Value())
	runtime.KeepAlive(c)
}

// slow is a source that takes a second, if its caller waits as long.
func slow() *source {
	return &source{before: func(ctx context.Context) error {
		select {
		case <-time.After(time.Second):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

func TestCallersAtTheSameTimeShareOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, from := cache.New(100), slow()
		var callers sync.WaitGroup
		for range 20 {
			callers.Go(func() { assert.Equal(t, 1, fetch(t, c, mine, "groups", minute, from)) })
		}
		others := slow()
		callers.Go(func() { fetch(t, c, mine, "members", minute, others) })
		callers.Go(func() { fetch(t, c, cache.ScopeOf("their token", "aldermoor"), "groups", minute, others) })
		callers.Wait()
		assert.EqualValues(t, 1, from.reads.Load())
		assert.EqualValues(t, 2, others.reads.Load())
	})
}

func TestAFailureIsSharedAndNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, from := cache.New(100), slow()
		wait := from.before
		from.before = func(ctx context.Context) error {
			return errors.Join(wait(ctx), fmt.Errorf("the attempt took too long: %w", context.DeadlineExceeded))
		}
		var callers sync.WaitGroup
		for range 5 {
			callers.Go(func() {
				_, err := cache.Fetch(t.Context(), c, mine, "groups", minute, from.read)
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		callers.Wait()
		assert.EqualValues(t, 1, from.reads.Load())
	})
}

// A change, or a reload, came after the reading began that another caller waits for.
func TestNobodyJoinsAReadingThatIsTooOld(t *testing.T) {
	for name, test := range map[string]struct {
		first  func(*cache.Cache)
		second cache.Options[int]
	}{
		"a change": {func(c *cache.Cache) { c.Invalidate("aldermoor") }, minute},
		"a reload": {func(*cache.Cache) {}, cache.Options[int]{TTL: time.Minute, Fresh: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, from := cache.New(100), slow()
				go func() { _, _ = cache.Fetch(t.Context(), c, mine, "groups", minute, from.read) }()
				time.Sleep(time.Millisecond)
				test.first(c)
				assert.Equal(t, 2, fetch(t, c, mine, "groups", test.second, from))
			})
		})
	}
}

func TestACallerThatGoesAwayFailsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, from := cache.New(100), slow()
		ctx, cancel := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		callers.Go(func() {
			_, err := cache.Fetch(ctx, c, mine, "groups", minute, from.read)
			assert.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		for range 5 {
			callers.Go(func() { assert.Equal(t, 2, fetch(t, c, mine, "groups", minute, from)) })
		}
		synctest.Wait()
		cancel()
		callers.Wait()
		assert.EqualValues(t, 2, from.reads.Load())
	})
}

func TestAPanicReachesEveryCallerAndIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, from := cache.New(100), slow()
		wait := from.before
		from.before = func(ctx context.Context) error {
			_ = wait(ctx)
			panic("a mistake in the reading")
		}
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(func() {
				assert.Panics(t, func() { _, _ = cache.Fetch(t.Context(), c, mine, "groups", minute, from.read) })
			})
		}
		callers.Wait()
		from.before = nil
		assert.Equal(t, 2, fetch(t, c, mine, "groups", minute, from))
	})
}

// Many people use one cache at once, while things change.
func TestUseFromManySidesAtOnce(t *testing.T) {
	c, from := cache.New(10), &source{}
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			for n := range 200 {
				fetch(t, c, mine, strconv.Itoa(n*i%20), minute, from)
				c.Put(mine, strconv.Itoa(n%20), n, time.Nanosecond)
				if n%50 == 0 {
					c.Invalidate("aldermoor")
				}
			}
		})
	}
	callers.Wait()
}
