package tallyfy

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	getCall = func(ctx context.Context, c *Client) error { _, err := c.Groups.Get(ctx, "o", "g"); return err }
	putCall = func(ctx context.Context, c *Client) error {
		_, err := c.Groups.Update(ctx, "o", "g", UpdateGroupRequest{Description: "d"})
		return err
	}
	postCall = func(ctx context.Context, c *Client) error {
		_, err := c.Groups.Create(ctx, "o", CreateGroupRequest{Name: "n"})
		return err
	}
	delCall  = func(ctx context.Context, c *Client) error { return c.Groups.Delete(ctx, "o", "g") }
	fileCall = func(ctx context.Context, c *Client) error {
		f, err := c.Files.Open(ctx, "o", "f")
		if err == nil {
			err = f.Body.Close()
		}
		return err
	}
)

// half breaks off in the middle of the body.
func half(status int) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		body := io.MultiReader(&limitedText{`{"data":{"id"`}, &brokenReader{})
		return &http.Response{StatusCode: status, Header: http.Header{}, Request: r, Body: io.NopCloser(body), ContentLength: -1}, nil
	}
}

type limitedText struct{ rest string }

func (l *limitedText) Read(p []byte) (int, error) {
	if l.rest == "" {
		return 0, io.EOF
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

type brokenReader struct{}

func (*brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRetryTable(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	for name, c := range map[string]struct {
		step            roundTrip
		gets, writes    int
		mayHaveHappened bool
	}{
		"429":                    {answers(429, `{"message":"slow down"}`, "Retry-After", "2"), 3, 3, false},
		"429 without a time":     {answers(429, ``), 3, 3, false},
		"429 hourly cap":         {answers(429, `{"code":"RATE_LIMIT_EXCEEDED"}`, "Retry-After", "2"), 1, 1, false},
		"429 hourly cap, nested": {answers(429, `{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"hourly"}}`), 1, 1, false},
		"500":                    {answers(500, ``), 1, 1, true},
		"501":                    {answers(501, ``), 1, 1, true},
		"502":                    {answers(502, `<html>`), 3, 1, true},
		"503":                    {answers(503, ``), 3, 1, true},
		"503 with a time":        {answers(503, ``, "Retry-After", "2"), 3, 1, true},
		"504":                    {answers(504, ``), 3, 1, true},
		"400":                    {answers(400, ``), 1, 1, false},
		"401":                    {answers(401, ``), 1, 1, false},
		"402":                    {answers(402, `{"error":true,"message":"Your plan allows 5 groups."}`), 1, 1, false},
		"403":                    {answers(403, ``), 1, 1, false},
		"404":                    {answers(404, ``), 1, 1, false},
		"408":                    {answers(408, ``), 1, 1, false},
		"422":                    {answers(422, `{"errors":{"name":["taken"]}}`), 1, 1, false},
		"connection reset":       {fails(reset), 3, 1, true},
		"connection closed":      {fails(io.EOF), 3, 1, true},
		"unknown failure":        {fails(errors.New("something else")), 3, 1, true},
		"dial refused":           {fails(refused), 3, 1, false},
		"no such host":           {fails(&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}), 1, 1, false},
		"certificate refused":    {fails(x509.UnknownAuthorityError{}), 1, 1, false},
		"attempt takes for ever": {hangs(), 3, 1, true},
		"half an answer":         {half(200), 3, 1, true},
		"garbage":                {answers(200, `<html>hello</html>`), 1, 1, true},
		"tells of a failure":     {answers(200, `{"error":true,"message":"no"}`), 1, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, call := range map[string]func(context.Context, *Client) error{"get": getCall, "put": putCall, "post": postCall} {
				synctest.Test(t, func(t *testing.T) {
					client, s := scripted(t, c.step)
					err := call(t.Context(), client)
					var e *Error
					require.ErrorAs(t, err, &e, kind)
					want := c.writes
					if kind == "get" {
						want = c.gets
					} else {
						assert.Equal(t, c.mayHaveHappened, MayHaveHappened(err), kind)
					}
					assert.Equal(t, want, s.count(), kind)
				})
			}
		})
	}
}

func TestRetrySucceeds(t *testing.T) {
	for name, call := range map[string]func(context.Context, *Client) error{"get": getCall, "file": fileCall} {
		synctest.Test(t, func(t *testing.T) {
			client, s := scripted(t, answers(503, ``), fails(io.EOF), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
			start := time.Now()
			require.NoError(t, call(t.Context(), client), name)
			assert.Equal(t, 3, s.count())
			waited := time.Since(start)
			assert.GreaterOrEqual(t, waited, firstBackoff/2+firstBackoff)
			assert.LessOrEqual(t, waited, 3*firstBackoff)
		})
	}
	for name, call := range map[string]func(context.Context, *Client) error{"put": putCall, "post": postCall, "delete": delCall} {
		synctest.Test(t, func(t *testing.T) {
			client, s := scripted(t, answers(429, ``, "Retry-After", "30"), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
			start := time.Now()
			require.NoError(t, call(t.Context(), client), name)
			assert.Equal(t, 2, s.count())
			assert.GreaterOrEqual(t, time.Since(start), 30*time.Second)
			assert.LessOrEqual(t, time.Since(start), 30*time.Second+retryJitter)
			if name != "delete" {
				first, _ := s.calls[0].GetBody()
				want, _ := io.ReadAll(first)
				got, _ := io.ReadAll(s.calls[1].Body)
				assert.Equal(t, string(want), string(got), "the body is sent again")
				assert.NotEmpty(t, got)
			}
		})
	}
}

// A list that replaces a whole list was read just before. After a wait it would undo what others have done.
func TestListsOfAGroupAreNotSentLater(t *testing.T) {
	list, guests := []UserID{"5"}, []string{"a@x.test"}
	for name, body := range map[string]UpdateGroupRequest{
		"members": {Description: "d", Members: &list}, "guests": {Description: "d", Guests: &guests}, "both": {Description: "d", Members: &list, Guests: &guests},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, s := scripted(t, answers(429, ``, "Retry-After", "1"), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
			start := time.Now()
			_, err := client.Groups.Update(t.Context(), "o", "g", body)
			assert.True(t, IsRateLimited(err) && !MayHaveHappened(err), "%s: %v", name, err)
			assert.Equal(t, 1, s.count(), name)
			assert.Zero(t, time.Since(start), name)
		})
	}
}

func TestCallsDoNotComeBackTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client, s := scripted(t, func(r *http.Request) (*http.Response, error) {
			if time.Since(began) < time.Second {
				return answers(429, ``, "Retry-After", "5")(r)
			}
			return answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`)(r)
		})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { assert.NoError(t, getCall(t.Context(), client)) })
		}
		all.Wait()
		require.Equal(t, 40, s.count())
		assert.Greater(t, s.times[39].Sub(s.times[20]), retryJitter/4)
	})
}

func TestRetryAfterIsHonouredWithinTheDeadlineOnly(t *testing.T) {
	for name, c := range map[string]struct {
		deadline   time.Duration // 0: none
		status     int
		retryAfter string
		calls      int
		waited     time.Duration
	}{
		"fits":                        {40 * time.Minute, 429, "1800", 2, 30 * time.Minute},
		"does not fit":                {29 * time.Minute, 429, "1800", 1, 0},
		"ends with the deadline":      {30 * time.Minute, 429, "1800", 1, 0},
		"a minute without a deadline": {0, 429, "59", 2, 59 * time.Second},
		"longer without a deadline":   {0, 429, "61", 1, 0},
		"503 fits":                    {10 * time.Second, 503, "5", 2, 5 * time.Second},
		"503 does not fit":            {10 * time.Second, 503, "11", 1, 0},
		"no time for a backoff":       {100 * time.Millisecond, 503, "", 1, 0},
		"no time for the least pause": {900 * time.Millisecond, 429, "", 1, 0},
		"no time given":               {5 * time.Second, 429, "soon", 2, defaultPause},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, s := scripted(t, answers(c.status, ``, "Retry-After", c.retryAfter), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
				ctx := t.Context()
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				start := time.Now()
				err := getCall(ctx, client)
				assert.Equal(t, c.calls, s.count())
				if c.calls == 1 {
					assert.True(t, hasStatus(err, c.status), "the typed error, at once: %v", err)
					assert.Zero(t, time.Since(start))
					wait, asked := RetryAfter(err)
					assert.Equal(t, c.retryAfter != "", asked)
					assert.Equal(t, asked, wait > 0)
					return
				}
				require.NoError(t, err)
				assert.GreaterOrEqual(t, time.Since(start), c.waited)
				assert.LessOrEqual(t, time.Since(start), c.waited+retryJitter)
			})
		})
	}
}

func TestAttemptTimeoutCoversHeadersAndBody(t *testing.T) {
	slowBody := func(r *http.Request) (*http.Response, error) {
		reader, writer := io.Pipe()
		go func() {
			<-r.Context().Done()
			_ = writer.CloseWithError(r.Context().Err())
		}()
		return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: reader, ContentLength: -1}, nil
	}
	for name, step := range map[string]roundTrip{"headers": hangs(), "body": slowBody} {
		synctest.Test(t, func(t *testing.T) {
			client, s := scripted(t, step, answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
			start := time.Now()
			require.NoError(t, getCall(t.Context(), client), name)
			assert.Equal(t, 2, s.count(), name)
			assert.GreaterOrEqual(t, time.Since(start), defaultAttemptTimeout)

			client, s = scripted(t, step)
			err := putCall(t.Context(), client)
			assert.Equal(t, 1, s.count(), name)
			assert.True(t, isTimeout(err), name)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.True(t, MayHaveHappened(err), name)

			client, s = scripted(t, step)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			start = time.Now()
			err = getCall(ctx, client)
			assert.True(t, isTimeout(err), name)
			assert.Equal(t, 1, s.count(), "no retry after the caller's deadline")
			assert.Equal(t, 3*time.Second, time.Since(start))
		})
	}
}

func TestContextsThatEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, s := scripted(t, answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := putCall(ctx, client)
		assert.ErrorIs(t, err, context.Canceled)
		assert.False(t, MayHaveHappened(err))
		assert.False(t, isTimeout(err))
		assert.Zero(t, s.count(), "ended before")

		// A transport's own words for it do not hide the reason.
		client, s = scripted(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, errors.New("use of closed connection")
		})
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err = putCall(ctx, client)
		assert.ErrorIs(t, err, context.Canceled)
		assert.True(t, MayHaveHappened(err))
		assert.Equal(t, 1, s.count(), "ended during")

		for _, status := range []int{429, 503} {
			client, s = scripted(t, answers(status, ``, "Retry-After", "30"))
			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			start := time.Now()
			err = getCall(ctx, client)
			assert.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, time.Second, time.Since(start))
			assert.Equal(t, 1, s.count(), "ended while waiting")
		}
	})
}

// limiter is a Limiter made of functions.
type limiter struct {
	wait    func(context.Context, Call) (time.Duration, error)
	observe func(Call)
}

func (l limiter) Wait(ctx context.Context, c Call) (time.Duration, error) { return l.wait(ctx, c) }
func (l limiter) Observe(c Call)                                          { l.observe(c) }

func TestTheLimiterIsAskedBeforeEachAttemptAndToldAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, told []Call
		l := limiter{
			wait:    func(_ context.Context, c Call) (time.Duration, error) { asked = append(asked, c); return 0, nil },
			observe: func(c Call) { told = append(told, c) },
		}
		s := &script{steps: []roundTrip{answers(503, `{"message":"busy"}`), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`)}}
		client := newTestClient(t, Options{Transport: s, Limiter: l})
		require.NoError(t, getCall(t.Context(), client))
		require.Len(t, asked, 2)
		require.Len(t, told, 2)
		for i, status := range []int{503, 200} {
			want := Call{Operation: "groups.get", Method: http.MethodGet, Caller: client.cred.caller, Attempt: i + 1}
			assert.Equal(t, want, asked[i])
			want.Status, want.Err = status, told[i].Err
			assert.Equal(t, want, told[i])
			assert.Equal(t, status == 503, told[i].Err != nil)
		}
		assert.NotEqual(t, client.cred.caller, client.WithToken("another").cred.caller)
	})
}

func TestWhatALimiterRefusesIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []roundTrip{answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`)}}
		var refuse func(context.Context) (time.Duration, error)
		client := newTestClient(t, Options{Transport: s, Limiter: limiter{wait: func(ctx context.Context, _ Call) (time.Duration, error) { return refuse(ctx) }}})

		refuse = func(context.Context) (time.Duration, error) { return 0, NotAdmitted(time.Minute) }
		err := putCall(t.Context(), client)
		wait, ok := RetryAfter(err)
		assert.True(t, IsRateLimited(err) && IsNotAdmitted(err) && ok)
		assert.Equal(t, time.Minute, wait)
		assert.False(t, MayHaveHappened(err))
		assert.Contains(t, err.Error(), "PUT /organizations/o/groups/g")

		ctx, cancel := context.WithCancel(t.Context())
		refuse = func(context.Context) (time.Duration, error) { cancel(); return 0, nil }
		require.ErrorIs(t, getCall(ctx, client), context.Canceled, "nobody waits for it any more")

		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		refuse = func(ctx context.Context) (time.Duration, error) { <-ctx.Done(); return 0, ctx.Err() }
		err = putCall(ctx, client)
		assert.True(t, isTimeout(err))
		assert.False(t, MayHaveHappened(err))
		assert.Zero(t, s.count())
	})
}

func TestOnWaitIsToldOfWaitsForA429Only(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		s := &script{steps: []roundTrip{
			answers(429, `{"message":"slow down"}`, "Retry-After", "3"), answers(503, `{"message":"busy"}`), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`),
		}}
		paused := []time.Duration{0, 2 * time.Second, 0}
		client := newTestClient(t, Options{
			Transport: s,
			Limiter: limiter{
				wait:    func(_ context.Context, c Call) (time.Duration, error) { return paused[c.Attempt-1], nil },
				observe: func(Call) {},
			},
			OnWait: func(_ context.Context, operation string, d time.Duration) {
				assert.Equal(t, "groups.get", operation)
				waits = append(waits, d)
			},
		})
		require.NoError(t, getCall(t.Context(), client))
		require.Len(t, waits, 2, "the pause after a 503 is no rate limit")
		assert.GreaterOrEqual(t, waits[0], 3*time.Second)
		assert.Less(t, waits[0], 3*time.Second+retryJitter)
		assert.Equal(t, 2*time.Second, waits[1], "somebody else's 429")
	})
}

func TestOnCallIsToldOfEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []Call
		s := &script{steps: []roundTrip{
			answers(503, `{"message":"busy"}`, "X-Request-Id", "r1"), fails(io.EOF), answers(200, `{"data":{"id":"g","members":[],"guests":[]}}`, "X-Request-Id", "r3"),
		}}
		client := newTestClient(t, Options{Transport: s, OnCall: func(_ context.Context, c Call) { calls = append(calls, c) }})
		require.NoError(t, getCall(t.Context(), client))
		require.Len(t, calls, 3)
		for i, want := range []Call{{Status: 503, RequestID: "r1"}, {Status: 0}, {Status: 200, RequestID: "r3"}} {
			assert.Equal(t, "groups.get", calls[i].Operation)
			assert.Equal(t, http.MethodGet, calls[i].Method)
			assert.Equal(t, i+1, calls[i].Attempt)
			assert.Equal(t, want.Status, calls[i].Status)
			assert.Equal(t, want.RequestID, calls[i].RequestID)
			assert.Equal(t, i < 2, calls[i].Err != nil)
		}
	})
}
