package ratelimit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

func TestA429PausesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, rate := range map[string]ratelimit.Rate{"with a rate": ratelimit.Published, "without": {}} {
			l := ratelimit.New(rate, nil)
			l.Observe(answer(20*time.Second, ""))
			began := time.Now()
			var all sync.WaitGroup
			for what, c := range map[string]tallyfy.Call{"a read": read, "a write": write, "somebody else's": {Method: http.MethodGet, Caller: tallyfy.Caller{1}}} {
				for kind, ctx := range map[string]context.Context{"click": t.Context(), "background": ratelimit.Background(t.Context())} {
					all.Go(func() {
						paused, err := l.Wait(ctx, c)
						assert.NoError(t, err)
						assert.Equal(t, 20*time.Second, paused, "%s, %s, %s", name, what, kind)
					})
				}
			}
			all.Wait()
			assert.Equal(t, 20*time.Second, time.Since(began), name)
			took, err := wait(t.Context(), l, read)
			require.NoError(t, err)
			assert.Zero(t, took, "over")
		}
	})
}

// A write of what was just read is refused instead: after a pause it would be out of date.
func TestACallThatIsMadeOnceDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Published, nil)
		once := write
		once.Once = true
		took, err := wait(t.Context(), l, once)
		require.NoError(t, err)
		assert.Zero(t, took)
		l.Observe(answer(20*time.Second, ""))
		began := time.Now()
		_, err = l.Wait(t.Context(), once)
		assert.True(t, tallyfy.IsRateLimited(err), "%v", err)
		after, _ := tallyfy.RetryAfter(err)
		assert.Equal(t, 20*time.Second, after)
		assert.Zero(t, time.Since(began))
	})
}

func TestAPauseLastsAsLongAsWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Rate{}, nil)
		for asked, want := range map[time.Duration]time.Duration{0: time.Second, 7 * time.Second: 7 * time.Second, 24 * time.Hour: time.Minute} {
			l.Observe(answer(asked, ""))
			l.Observe(answer(time.Nanosecond, "")) // a shorter one changes nothing
			l.Observe(tallyfy.Call{Status: http.StatusServiceUnavailable, Err: &tallyfy.Error{Status: http.StatusServiceUnavailable, RetryAfter: time.Hour}})
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			took, err := wait(ctx, l, write)
			require.NoError(t, err)
			assert.Equal(t, want, took, asked)
			cancel()
		}
	})
}

// service answers with 429 once, after a time, and with a group from then on.
type service struct {
	headers string // Retry-After
	body    string
	slow    time.Duration

	mu   sync.Mutex
	sent []time.Time
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	first := len(s.sent) == 0
	s.sent = append(s.sent, time.Now())
	s.mu.Unlock()
	w := httptest.NewRecorder()
	if first {
		time.Sleep(s.slow)
		w.Header().Set("Retry-After", s.headers)
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.WriteString(s.body)
	} else {
		_, _ = w.WriteString(`{"data":{"id":"g","members":[],"guests":[]}}`)
	}
	return w.Result(), nil
}

func (s *service) client(t *testing.T, rate ratelimit.Rate) *tallyfy.Client {
	client, err := tallyfy.New(tallyfy.Options{Transport: s, Limiter: ratelimit.New(rate, nil)})
	require.NoError(t, err)
	return client.WithToken("token")
}

func get(ctx context.Context, c *tallyfy.Client) error {
	_, err := c.Groups.Get(ctx, "o", "g")
	return err
}

func TestACallWithoutTimeForAPauseFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{headers: "20", body: `{"message":"slow down"}`}
		client := s.client(t, ratelimit.Rate{})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.True(t, tallyfy.IsRateLimited(get(short, client)))

		time.Sleep(500 * time.Millisecond)
		_, err := client.WithToken("another").Groups.Update(short, "o", "g", tallyfy.UpdateGroupRequest{Description: "d"})
		var e *tallyfy.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "slow down", e.Message)
		assert.Equal(t, "PUT /organizations/o/groups/g", e.Method+" "+e.Path)
		assert.Equal(t, 19500*time.Millisecond, e.RetryAfter)
		assert.True(t, tallyfy.IsRateLimited(err))
		assert.False(t, tallyfy.IsNotAdmitted(err) || tallyfy.MayHaveHappened(err))
		assert.Len(t, s.sent, 1, "nothing was sent")

		began := time.Now()
		require.NoError(t, get(t.Context(), client), "with more time it waits")
		assert.Equal(t, 19500*time.Millisecond, time.Since(began))
	})
}

func TestCallsComeBackWithinTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{headers: "5", slow: time.Second}
		client := s.client(t, ratelimit.Rate{Reads: 2, Per: time.Second})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { assert.NoError(t, get(t.Context(), client)) })
			time.Sleep(300 * time.Millisecond)
		}
		all.Wait()
		require.Len(t, s.sent, 9, "one met the limit, the others waited for it")
		for i, at := range s.sent[4:] {
			assert.GreaterOrEqual(t, at.Sub(s.sent[i+2]), time.Second, "no more than two a second")
		}
	})
}

func TestAPauseThatComesWhileACallWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{headers: "30", slow: time.Second}
		client := s.client(t, ratelimit.Rate{Reads: 1, Per: 4 * time.Second})
		began := time.Now()
		var calls sync.WaitGroup
		calls.Go(func() { assert.NoError(t, get(t.Context(), client)) })
		synctest.Wait()
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := get(ctx, client)
			after, _ := tallyfy.RetryAfter(err)
			assert.True(t, tallyfy.IsRateLimited(err) && !tallyfy.IsNotAdmitted(err), "%v", err)
			assert.Equal(t, 31*time.Second-time.Since(began), after, "what is left of it")
			assert.Less(t, time.Since(began), 5*time.Second, "it says so when its turn has come")
		})
		synctest.Wait()
		calls.Go(func() { assert.NoError(t, get(t.Context(), client), "waits") })
		calls.Wait()
		require.Len(t, s.sent, 3)
		for _, at := range s.sent[1:] {
			assert.GreaterOrEqual(t, at.Sub(began), 31*time.Second, "nothing is sent before the service wants it")
		}
	})
}

func TestAnHourlyCapHoldsOneCallersOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{headers: "1800", body: `{"code":"RATE_LIMIT_EXCEEDED","message":"hourly"}`}
		client := s.client(t, ratelimit.Rate{})
		for range 2 {
			began := time.Now()
			err := get(t.Context(), client)
			require.True(t, tallyfy.IsHourlyCap(err))
			assert.Zero(t, time.Since(began), "it is never waited for")
		}
		assert.Len(t, s.sent, 1, "and not asked for again")
		began := time.Now()
		require.NoError(t, get(t.Context(), client.WithToken("another")), "nobody else is held")
		require.NoError(t, client.Groups.Delete(t.Context(), "o", "g"), "nor is another operation")
		assert.Zero(t, time.Since(began))
		time.Sleep(30 * time.Minute)
		require.NoError(t, get(t.Context(), client))
	})
}

func TestHourlyCapsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(ratelimit.Rate{}, nil)
		capped := func(i int) tallyfy.Call {
			c := answer(24*time.Hour, "RATE_LIMIT_EXCEEDED")
			c.Operation = strconv.Itoa(i)
			l.Observe(c)
			return c
		}
		first := capped(0)
		_, err := l.Wait(t.Context(), first)
		after, _ := tallyfy.RetryAfter(err)
		assert.Equal(t, 24*time.Hour, after, "every page says the time that was asked for")
		time.Sleep(time.Hour)
		_, err = l.Wait(t.Context(), first)
		assert.NoError(t, err, "nobody is locked out for a day")
		capped(0)
		for i := range 5000 {
			capped(1 + i)
		}
		_, err = l.Wait(t.Context(), first)
		assert.NoError(t, err, "the oldest are forgotten")
	})
}
