package tallyfy

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHoldKeepsTheTokenFromCalling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, s := scripted(t, answers(429, `{"message":"slow down"}`, "Retry-After", "20"), answers(200, `{"data":{"id":"g"}}`))
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.True(t, IsRateLimited(getCall(short, client)))
		require.Equal(t, 1, s.count())

		time.Sleep(500 * time.Millisecond)
		err := putCall(short, client.WithToken(testToken))
		var e *Error
		require.ErrorAs(t, err, &e, "another copy with the same token fails at once")
		assert.Equal(t, Error{
			Status: 429, Message: "slow down", RetryAfter: 19500 * time.Millisecond,
			Method: "PUT", Path: "/organizations/o/groups/g", unsent: true,
		}, *e)
		assert.False(t, MayHaveHappened(err))
		assert.Equal(t, 1, s.count(), "nothing was sent")

		require.NoError(t, getCall(short, client.WithToken("another-token")), "another token is not held")
		assert.Equal(t, 2, s.count())

		start := time.Now()
		require.NoError(t, getCall(t.Context(), client), "with more time it waits")
		assert.GreaterOrEqual(t, time.Since(start), 19500*time.Millisecond)
		assert.LessOrEqual(t, time.Since(start), 19500*time.Millisecond+holdJitter)

		start = time.Now()
		require.NoError(t, getCall(t.Context(), client))
		assert.Zero(t, time.Since(start), "over")
	})
}

func TestHoldMakesAllWaitersWaitOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, s := scripted(t, answers(429, ``, "Retry-After", "5"), answers(200, `{"data":{"id":"g"}}`))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { assert.NoError(t, getCall(t.Context(), client)) })
			synctest.Wait()
		}
		assert.Equal(t, 1, s.count(), "one met the limit, the others wait for it")
		all.Wait()
		assert.Equal(t, 21, s.count())
		early := 0
		for _, at := range s.times[1:] {
			if at.Sub(s.times[1]) < holdJitter/10 {
				early++
			}
		}
		assert.Less(t, early, 15, "they do not come back all at once")
	})
}

func TestHourlyCapIsNeverWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, s := scripted(t, answers(429, `{"code":"RATE_LIMIT_EXCEEDED","message":"hourly"}`, "Retry-After", "10"), answers(200, `{"data":{"id":"g"}}`))
		for range 2 {
			start := time.Now()
			err := getCall(t.Context(), client)
			require.True(t, IsRateLimited(err))
			assert.Contains(t, err.Error(), "RATE_LIMIT_EXCEEDED")
			assert.Zero(t, time.Since(start))
		}
		assert.Equal(t, 1, s.count())
		time.Sleep(10 * time.Second)
		require.NoError(t, getCall(t.Context(), client))
	})
}

func TestHoldsAreBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	key := func(i int) (k tokenKey) {
		k[0], k[1], k[2] = byte(i), byte(i>>8), 1
		return k
	}
	h := newHolds()
	for i := range maxHolds {
		h.add(key(i), &Error{RetryAfter: time.Duration(i+1) * 100 * time.Millisecond}, now)
	}
	h.add(key(maxHolds), &Error{RetryAfter: time.Minute}, now)
	assert.Len(t, h.byToken, maxHolds)
	_, ok := h.get(key(0), now)
	assert.False(t, ok, "the one that ends first makes room")
	_, ok = h.get(key(maxHolds), now)
	assert.True(t, ok)

	h.add(key(maxHolds+1), &Error{RetryAfter: time.Minute}, now.Add(time.Second))
	assert.Less(t, len(h.byToken), maxHolds, "what has ended makes room")

	h = newHolds()
	h.add(key(1), &Error{RetryAfter: 24 * time.Hour}, now)
	held, _ := h.get(key(1), now)
	assert.Equal(t, now.Add(maxHold), held.until, "no token is locked out for a day")
	h.add(key(1), &Error{RetryAfter: time.Second}, now)
	held, _ = h.get(key(1), now)
	assert.Equal(t, now.Add(maxHold), held.until, "a shorter hold does not replace a longer one")
	_, ok = h.get(key(1), now.Add(maxHold))
	assert.False(t, ok)
	assert.Empty(t, h.byToken, "what has ended is dropped when it is met")
}
