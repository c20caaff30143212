package pace

import (
	"context"
	"net/http"
	"sync"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Queue says when a read may be sent. It is safe for concurrent use; nil lets everything through.
type Queue struct {
	rate   Rate
	window time.Duration // of rate, with a margin for the way to Tallyfy being slower for one call than for the next
	waited func(patient bool, d time.Duration)

	// turn is held by the one patient call that looks for a gap; the others wait for it, in the order they came.
	turn chan struct{}

	mu      sync.Mutex
	begun   []time.Time // of the reads that count still, the planned ones included; never more than rate.Reads
	patient []time.Time // the same of patient calls only
	allowed int         // reads in a window, as learnt
	refused time.Time   // when Tallyfy last asked to slow down
	changed time.Time   // when allowed last did
	quiet   time.Time   // until when patient calls keep still
}

const (
	// longestWait is how long a click waits for its turn before it is told to come again.
	longestWait = 10 * time.Second
	// reserve is the part of the rate that patient calls never take: one in so many. They leave as much for clicks, too, of what
	// has gone out in all; the next of them leaves one less each time that it has waited for yields, down to one: clicks that come
	// evenly need no more.
	reserve = 3
	yields  = 500 * time.Millisecond
	// atOnce is how many patient calls may go together, as many as a small organisation takes. More of them are spread over the
	// window: those that come together are in the way of the same clicks.
	atOnce = 4
	// longestYield is how long the next patient call gives way to clicks: under clicks without end, what they need would never be
	// read.
	longestYield = 10 * time.Second
	// leastAllowed is how far the learnt limit can fall.
	leastAllowed = 3
	// recovery is how long nothing must have been refused before one more read is tried.
	recovery = 30 * time.Second
)

// New makes a queue; nil for no limit. waited, which may be nil, is told of each wait, for metrics.
func New(r Rate, waited func(patient bool, d time.Duration)) *Queue {
	if r.Reads == 0 {
		return nil
	}
	if waited == nil {
		waited = func(bool, time.Duration) {}
	}
	return &Queue{rate: r, window: r.Per + r.Per/20, waited: waited, turn: make(chan struct{}, 1), allowed: r.Reads}
}

type patientKey struct{}

// Patient marks calls that nobody is waiting for, or that a page can do without for a while: they leave room for clicks.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patientKey{}, true) }

func isPatient(ctx context.Context) bool { return ctx.Value(patientKey{}) != nil }

// Admit returns when a call may be sent, or when ctx ends. Changes are never held back: their limit is far higher (about 140 calls
// in 10 seconds), and somebody has pressed a button. A result above 0 says that the call should not be sent: the queue is so long
// that its turn comes only after that time.
func (q *Queue) Admit(ctx context.Context, method string) (retryAfter time.Duration) {
	if q == nil || method != http.MethodGet {
		return 0
	}
	if isPatient(ctx) {
		q.admitPatient(ctx)
		return 0
	}
	q.mu.Lock()
	now := time.Now()
	q.recover(now)
	at := q.next(now, q.allowed)
	wait := at.Sub(now)
	if wait > longestWait {
		q.mu.Unlock()
		return wait
	}
	q.begin(at)
	q.mu.Unlock()
	if wait > 0 {
		q.waited(false, wait)
		pause(ctx, wait)
	}
	return 0
}

// admitPatient waits for a gap that clicks leave, and after a while for its turn among them.
func (q *Queue) admitPatient(ctx context.Context) {
	began := time.Now()
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-q.turn }()
	for first := time.Now(); ctx.Err() == nil; {
		wait, mine := q.patientTurn(&first)
		if mine {
			pause(ctx, wait)
			break
		}
		pause(ctx, min(wait, yields))
	}
	if d := time.Since(began); d > 0 {
		q.waited(true, d)
	}
}

// patientTurn says how long the next patient call has to wait, and whether that is a promise; else it is to be asked again. first
// is since when the call is the next one, the time in which Tallyfy wants quiet not counted.
func (q *Queue) patientTurn(first *time.Time) (wait time.Duration, mine bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.recover(now)
	if now.Before(q.quiet) {
		*first = q.quiet
		return q.quiet.Sub(now), false
	}
	waited := now.Sub(*first)
	leave := max(1, q.allowed/reserve-int(waited/yields))
	at, share := q.next(now, max(1, q.allowed-leave)), max(1, q.allowed-q.allowed/reserve)
	if mine = waited >= longestYield; !mine {
		at = latest(at, within(q.patient, share, q.window), within(q.patient, atOnce, atOnce*q.window/time.Duration(share)))
		mine = !at.After(now)
	}
	if mine {
		q.begin(at)
		q.patient = q.note(q.patient, at)
	}
	return at.Sub(now), mine
}

// next is when one more read keeps within the limit of so many in a window, with the lock held.
func (q *Queue) next(now time.Time, limit int) time.Time {
	return latest(now, within(q.begun, limit, q.window))
}

// within is when one more keeps within so many in that time. begun is in order.
func within(begun []time.Time, limit int, d time.Duration) time.Time {
	if len(begun) < limit {
		return time.Time{}
	}
	return begun[len(begun)-limit].Add(d)
}

func latest(at time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(at) {
			at = t
		}
	}
	return at
}

// begin notes a read, which may be planned for later, with the lock held.
func (q *Queue) begin(at time.Time) { q.begun = q.note(q.begun, at) }

// note appends to a list that never needs more than the rate.
func (q *Queue) note(begun []time.Time, at time.Time) []time.Time {
	if len(begun) == q.rate.Reads {
		begun = append(begun[:0], begun[1:]...)
	}
	return append(begun, at)
}

// recover tries one more read in each window after a while without a refusal, with the lock held.
func (q *Queue) recover(now time.Time) {
	for q.allowed < q.rate.Reads && now.Sub(q.changed) >= recovery {
		q.allowed++
		q.changed = q.changed.Add(recovery)
	}
}

// Told learns from how a call ended. A refusal for calling too often halves the limit, at most once in a window, because the calls
// under way will be refused as well. An hourly cap of an organisation says nothing about the pace.
func (q *Queue) Told(c tallyfy.Call) {
	if q == nil || c.Status != http.StatusTooManyRequests || tallyfy.IsHourlyCap(c.Err) {
		return
	}
	after, _ := tallyfy.RetryAfter(c.Err)
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if until := now.Add(min(max(after, q.window), time.Minute)); until.After(q.quiet) {
		q.quiet = until
	}
	if q.allowed == q.rate.Reads || now.Sub(q.refused) >= q.window {
		q.allowed = min(q.rate.Reads, max(leastAllowed, q.allowed/2))
		q.refused, q.changed = now, now
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
