package tallyfy

import (
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// maxHolds bounds the table; tokens that are limited at one time are few.
	maxHolds = 4096
	// maxHold bounds how long a token is kept from calling, so that a strange answer cannot lock it out for a day.
	maxHold = time.Hour
	// defaultHold is for a 429 that does not say how long; the burst windows are documented as 5 to 10 seconds.
	defaultHold = time.Second
)

type tokenKey = [sha256.Size]byte

// hold is a rate limit that a token has met.
type hold struct {
	until   time.Time
	message string
	code    string
}

// holds remembers the rate limits by the hash of the token, for all copies of a client.
type holds struct {
	mu      sync.Mutex
	byToken map[tokenKey]hold
}

func newHolds() *holds { return &holds{byToken: map[tokenKey]hold{}} }

// add notes a 429. A hold that lasts longer stays.
func (h *holds) add(key tokenKey, e *Error, now time.Time) {
	wait := e.RetryAfter
	if wait <= 0 {
		wait = defaultHold
	}
	until := now.Add(min(wait, maxHold))
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byToken[key].until.After(until) {
		return
	}
	if _, known := h.byToken[key]; !known && len(h.byToken) >= maxHolds {
		h.makeRoom(now)
	}
	h.byToken[key] = hold{until: until, message: e.Message, code: e.Code}
}

// get returns the hold on a token, if there is one now.
func (h *holds) get(key tokenKey, now time.Time) (hold, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, ok := h.byToken[key]
	if ok && !found.until.After(now) {
		delete(h.byToken, key)
		return hold{}, false
	}
	return found, ok
}

// makeRoom drops what has ended, and if that is nothing the one that ends first.
func (h *holds) makeRoom(now time.Time) {
	var first tokenKey
	var firstUntil time.Time
	for key, one := range h.byToken {
		if !one.until.After(now) {
			delete(h.byToken, key)
		} else if firstUntil.IsZero() || one.until.Before(firstUntil) {
			first, firstUntil = key, one.until
		}
	}
	if len(h.byToken) >= maxHolds {
		delete(h.byToken, first)
	}
}
