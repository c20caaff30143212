package tallyfy

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// maxAttempts per call. Few, because calls count against the limits of everybody behind the same address.
	maxAttempts = 3
	// firstBackoff doubles with each attempt; the actual wait is between half and all of it.
	firstBackoff = 400 * time.Millisecond
	// holdJitter spreads the calls that one 429 has held back, so that they do not meet the next one together.
	holdJitter = 250 * time.Millisecond
	// patience limits the waits of a call whose context has no deadline.
	patience = time.Minute
)

// run makes the call with its retries. The table:
//
//	                                   GET      POST, PUT, DELETE
//	429                                repeat   repeat            a 429 was never executed (seen in the vendor's client)
//	429 with RATE_LIMIT_EXCEEDED       -        -                 an hourly cap: no short wait ends it
//	502, 503, 504                      repeat   -                 a write may have been executed
//	no or half an answer, time-out     repeat   -                 the same
//	anything else                      -        -
//
// Every wait must end before the context's deadline, or within a minute when it has none; otherwise the error is returned
// at once. While a 429 holds the token, calls wait or fail without being sent.
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
		if refused := c.awaitTurn(ctx, p, giveUp, fail); refused != nil {
			return nil, refused
		}
		var a *answer
		if a, fail = c.attempt(ctx, p, number); fail == nil {
			return a, nil
		}
		if fail.Status == http.StatusTooManyRequests {
			c.shared.holds.add(c.cred.key, fail, time.Now())
		}
		if number == maxAttempts || ctx.Err() != nil || !repeatable(p.method, fail) {
			return nil, fail
		}
		if fail.Status == http.StatusTooManyRequests {
			continue // the hold is the wait
		}
		wait := backoff(number)
		if fail.RetryAfter > 0 {
			wait = fail.RetryAfter + spread(giveUp, fail.RetryAfter)
		}
		if !time.Now().Add(wait).Before(giveUp) {
			return nil, fail
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, interrupted(r, err)
		}
	}
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

// awaitTurn waits until the call may be sent: no rate limit holds the token, and it is admitted.
func (c *Client) awaitTurn(ctx context.Context, p *prepared, giveUp time.Time, own *Error) *Error {
	for {
		if refused := c.awaitHold(ctx, p, giveUp, own); refused != nil || c.shared.admit == nil {
			return refused
		}
		if wait := c.shared.admit(ctx, p.method); wait > 0 {
			refused := p.refusal("Too many calls are waiting for their turn.", nil)
			refused.Status, refused.RetryAfter, refused.notAdmitted = http.StatusTooManyRequests, wait, true
			return refused
		}
		if err := ctx.Err(); err != nil {
			return interrupted(p.request, err)
		}
		// Another call may have met a 429 meanwhile. Then this one takes another turn: a lost turn is better than one more 429.
		if _, held := c.shared.holds.get(c.cred.key, time.Now()); !held {
			return nil
		}
	}
}

// awaitHold waits until no rate limit holds the token. It returns an error, without waiting, when the hold ends too late
// or is an hourly cap: own, the call's own 429, or one like it.
func (c *Client) awaitHold(ctx context.Context, p *prepared, giveUp time.Time, own *Error) *Error {
	for {
		if err := ctx.Err(); err != nil {
			return interrupted(p.request, err)
		}
		now := time.Now()
		held, ok := c.shared.holds.get(c.cred.key, now)
		if !ok {
			return nil
		}
		wait := held.until.Sub(now)
		if held.code == codeHourlyCap || !held.until.Before(giveUp) {
			if own != nil {
				return own
			}
			return &Error{
				Status: http.StatusTooManyRequests, Message: held.message, Code: held.code, RetryAfter: wait,
				Method: p.method, Path: p.shown, unsent: true,
			}
		}
		wait += spread(giveUp, wait)
		if c.shared.onWait != nil {
			c.shared.onWait(ctx, p.op, wait)
		}
		if err := sleep(ctx, wait); err != nil {
			return interrupted(p.request, err)
		}
	}
}

// interrupted is the error of a call whose context ended while it was not under way. Only waits for a 429 come before a
// repeated write, so nothing can have happened.
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
	most := min(holdJitter, time.Until(giveUp.Add(-wait))/2)
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
