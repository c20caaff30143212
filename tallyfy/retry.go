package tallyfy

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// maxAttempts per call. Few, because calls count against the limits of everybody behind the
	// same address.
	maxAttempts = 3
	// firstBackoff doubles with each attempt; the actual wait is between half and all of it.
	firstBackoff = 400 * time.Millisecond
	// defaultPause is for a 429 that does not say how long; the burst windows are documented as 5
	// to 10 seconds.
	defaultPause = time.Second
	// retryJitter spreads calls that were told to come back at one time.
	retryJitter = 250 * time.Millisecond
	// patience limits the waits of a call whose context has no deadline.
	patience = time.Minute
)

// run makes the call with its retries. The table:
//
//	                                   GET      POST, PUT, DELETE
//	429                                repeat   repeat            a 429 was never executed (seen in the vendor's client)
//	429 with RATE_LIMIT_EXCEEDED       -        -                 an hourly cap: no short wait ends it
//	429 of a call that is made once             -                 its body would be out of date
//	502, 503, 504                      repeat   -                 a write may have been executed
//	no or half an answer, time-out     repeat   -                 the same
//	anything else                      -        -
//
// Every wait must end before the context's deadline, or within a minute when it has none; otherwise
// the error is returned at once. The limiter is asked before each attempt.
func (c *Client) run(ctx context.Context, r request) (*answer, *Error) {
	p, fail := c.prepare(r)
	if fail != nil {
		return nil, fail
	}
	// The service could only refuse it, and the transport's own error would not say so.
	if !isVisibleASCII(c.cred.token()) {
		fail = r.refusal("The token holds characters that no token has.", nil)
		fail.Status = http.StatusUnauthorized
		return nil, fail
	}
	giveUp, limited := ctx.Deadline()
	if !limited {
		giveUp = time.Now().Add(patience)
	}
	for number := 1; ; number++ {
		call := Call{Operation: p.op, Method: p.method, Caller: c.cred.caller, Attempt: number, Once: p.once}
		if fail = c.admit(ctx, p, call); fail != nil {
			return nil, fail
		}
		var a *answer
		if a, fail = c.attempt(ctx, p, call); fail == nil {
			return a, nil
		}
		if p.once || number == maxAttempts || ctx.Err() != nil || !repeatable(p.method, fail) {
			return nil, fail
		}
		wait := fail.RetryAfter
		if wait == 0 && fail.Status == http.StatusTooManyRequests {
			wait = defaultPause
		}
		if wait > 0 {
			wait += spread(giveUp, wait)
		} else {
			wait = backoff(number)
		}
		if !time.Now().Add(wait).Before(giveUp) {
			return nil, fail
		}
		if fail.Status == http.StatusTooManyRequests && c.shared.onWait != nil {
			c.shared.onWait(ctx, p.op, wait)
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, interrupted(r, err)
		}
	}
}

// admit waits until the limiter lets the attempt through. Its errors are those of a call that was
// not sent.
func (c *Client) admit(ctx context.Context, p *prepared, call Call) *Error {
	err := ctx.Err()
	if err == nil && c.shared.limiter != nil {
		var paused time.Duration
		paused, err = c.shared.limiter.Wait(ctx, call)
		if paused > 0 && c.shared.onWait != nil {
			c.shared.onWait(ctx, p.op, paused)
		}
		err = cmp.Or(ctx.Err(), err) // the context may have ended as the call was let through
	}
	var refused *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		own := *refused
		own.Method, own.Path, own.unsent = p.method, p.shown, true
		return &own
	}
	return interrupted(p.request, err)
}

// attempt sends the request once, and tells the limiter and OnCall how it ended.
func (c *Client) attempt(ctx context.Context, p *prepared, call Call) (*answer, *Error) {
	start := time.Now()
	a, fail := c.exchange(ctx, p)
	call.Duration = time.Since(start)
	if fail != nil {
		call.Status, call.RequestID, call.Err = fail.Status, fail.RequestID, fail
	} else {
		call.Status, call.RequestID = a.status, c.requestID(a.header)
	}
	if c.shared.limiter != nil {
		c.shared.limiter.Observe(call)
	}
	if c.shared.onCall != nil {
		c.shared.onCall(ctx, call)
	}
	return a, fail
}

// repeatable is the table of run, without the number of attempts and the time left.
func repeatable(method string, e *Error) bool {
	if e.Status == http.StatusTooManyRequests {
		return e.Code != codeHourlyCap
	}
	if method != http.MethodGet {
		return false
	}
	switch e.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.broken && !isPermanent(e.Err)
}

// interrupted is the error of a call whose context ended while it was not under way. Only waits for
// a 429 come before a repeated write, so nothing can have happened.
func interrupted(r request, err error) *Error {
	message := "The request was cancelled."
	if errors.Is(err, context.DeadlineExceeded) {
		message = "There was no time left to ask the service."
	}
	return r.refusal(message, err)
}

func backoff(number int) time.Duration {
	full := firstBackoff << (number - 1)
	return full/2 + rand.N(full/2)
}

// spread returns a random addition to a wait that still leaves half of the time after it.
func spread(giveUp time.Time, wait time.Duration) time.Duration {
	most := min(retryJitter, time.Until(giveUp.Add(-wait))/2)
	if most <= 0 {
		return 0
	}
	return rand.N(most)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
