package ratelimit

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"tallyfy-admin/tallyfy"
)

const (
	// defaultPause is for a 429 that does not say how long; the burst windows are documented as 5
	// to 10 seconds.
	defaultPause = time.Second
	// longestPause bounds how long the answer to one call keeps everybody from calling.
	longestPause = time.Minute
	// longestCap bounds how long an hourly cap holds a caller, so that a strange answer locks
	// nobody out for a day.
	longestCap = time.Hour
	// mostCaps bounds how many hourly caps are remembered. Those forgotten cost a call each.
	mostCaps = 4096
	// patience is how long a call without a deadline waits for the end of a pause.
	patience = time.Minute
)

// A Limiter implements [tallyfy.Limiter]. It is safe for concurrent use.
type Limiter struct {
	reads  *queue // nil without a rate
	waited func(background bool, d time.Duration)

	mu    sync.Mutex
	pause refusal
	caps  map[capKey]refusal
}

// A refusal is a 429 because of which calls are not sent until a time. asked is the time that the service
// asked to wait for, which may be later: callers are told that one, so that every page says the same.
type refusal struct {
	until, asked time.Time
	err          *tallyfy.Error
}

type capKey struct {
	caller    tallyfy.Caller
	operation string
}

// New makes a limiter. waited, which may be nil, is told of each read that waited for its turn, for
// metrics.
func New(r Rate, waited func(background bool, d time.Duration)) *Limiter {
	if waited == nil {
		waited = func(bool, time.Duration) {}
	}
	l := &Limiter{waited: waited, caps: map[capKey]refusal{}}
	if r.Reads > 0 {
		l.reads = newQueue(r)
	}
	return l
}

// A kind is what a read is for.
type kind int

const (
	click kind = iota // of somebody who is signed in
	background
	signIn
)

type (
	backgroundKey struct{}
	signInKey     struct{}
	personKey     struct{}
)

// Background marks calls that nobody is waiting for, or that a page can do without for a while.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// For marks calls that are for a person, whichever of several tokens they are made with. Without it
// every token counts as a person.
func For(ctx context.Context, person string) context.Context {
	return context.WithValue(ctx, personKey{}, person)
}

// Person is whom calls were marked for, "" without a mark.
func Person(ctx context.Context) string {
	person, _ := ctx.Value(personKey{}).(string)
	return person
}

// SignIn marks calls with the token of somebody who is not signed in yet. from is where they come
// from: such calls share their part of the pace by it, because anybody can make up tokens.
func SignIn(ctx context.Context, from string) context.Context {
	return context.WithValue(ctx, signInKey{}, from)
}

// kindOf returns what a read is for, and who takes turns with it.
func kindOf(ctx context.Context, c tallyfy.Call) (k kind, by string) {
	if from, ok := ctx.Value(signInKey{}).(string); ok {
		return signIn, from
	}
	by = cmp.Or(Person(ctx), string(c.Caller[:]))
	if ctx.Value(backgroundKey{}) != nil {
		return background, by
	}
	return click, by
}

// Wait implements [tallyfy.Limiter]: it waits for the end of a pause, and with a read then for its
// turn. A call that is made once does not wait: it is refused during a pause.
func (l *Limiter) Wait(ctx context.Context, c tallyfy.Call) (paused time.Duration, err error) {
	giveUp := time.Now().Add(patience)
	if deadline, ok := ctx.Deadline(); ok {
		giveUp = deadline
	}
	k, by := kindOf(ctx, c)
	paced := l.reads != nil && c.Method == http.MethodGet
	for hasTurn := !paced; ; {
		now, held := time.Now(), l.heldBy(c)
		wait := held.until.Sub(now)
		switch {
		case wait <= 0 && hasTurn:
			return paused, nil
		case wait <= 0:
			waited, err := l.reads.wait(ctx, k, by)
			if waited > 0 {
				l.waited(k == background, waited)
			}
			if err != nil {
				return paused, err
			}
			hasTurn = true // unless a pause has begun meanwhile
		case c.Once || tallyfy.IsHourlyCap(held.err) || !held.until.Before(giveUp):
			return paused, &tallyfy.Error{
				Status: held.err.Status, Message: held.err.Message, FromService: held.err.FromService, Code: held.err.Code,
				RetryAfter: held.asked.Sub(now),
			}
		default:
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return paused, ctx.Err()
			}
			paused += wait
			hasTurn = !paced
		}
	}
}

// heldBy returns the refusal that holds a call: an hourly cap, or the last pause, which may be
// over.
func (l *Limiter) heldBy(c tallyfy.Call) refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hourly := l.caps[capKey{c.Caller, c.Operation}]; time.Now().Before(hourly.until) {
		return hourly
	}
	return l.pause
}

// Observe implements [tallyfy.Limiter]. A 429 pauses everybody. An hourly cap says nothing about
// the pace: it holds the operation of its caller.
func (l *Limiter) Observe(c tallyfy.Call) {
	var e *tallyfy.Error
	if !errors.As(c.Err, &e) || e.Status != http.StatusTooManyRequests {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now, asked := time.Now(), cmp.Or(e.RetryAfter, defaultPause)
	if tallyfy.IsHourlyCap(e) {
		if len(l.caps) >= mostCaps {
			clear(l.caps)
		}
		l.caps[capKey{c.Caller, c.Operation}] = refusal{now.Add(min(asked, longestCap)), now.Add(asked), e}
	} else if until := now.Add(min(asked, longestPause)); until.After(l.pause.until) {
		l.pause = refusal{until, now.Add(asked), e}
	}
}
