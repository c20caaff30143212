package ratelimit

import (
	"context"
	"slices"
	"sync"
	"time"

	"tallyfy-admin/tallyfy"
)

const (
	// longestWait is how long a click may have to wait for its turn. One that would wait longer is
	// refused at once.
	longestWait = 10 * time.Second
	// reserve is the part of the rate that background reads leave to clicks: one place in so many.
	reserve = 3
	// burst is how many background reads may go together, as many as a small organisation takes.
	// More are spread over the window, because reads that go together are in the way of the same
	// clicks.
	burst = 4
)

// A queue lets reads through at a rate. It remembers when the last reads began, so that no window
// has more. A token bucket cannot promise that: with room for the reads of a page it lets too many
// into a window that begins with a full bucket.
type queue struct {
	most   int
	window time.Duration // of the rate, and a margin: calls differ in how long they take to arrive

	mu                 sync.Mutex
	clicks, background []*waiter   // in order of arrival
	begun              []time.Time // the last reads, at most as many as the window takes
	begunBackground    []time.Time // the last background reads, at most burst
	timer              *time.Timer // for the next turn
}

// A waiter is a read in the queue.
type waiter struct {
	arrived time.Time
	turn    chan struct{} // closed when it may be sent
}

func newQueue(r Rate) *queue { return &queue{most: r.Reads, window: r.Per + r.Per/20} }

// wait waits until the read may be sent. A click whose turn would come late is refused at once.
func (q *queue) wait(ctx context.Context, background bool) (waited time.Duration, err error) {
	w, err := q.enter(background)
	if err != nil {
		return 0, err
	}
	select {
	case <-w.turn: // at once
		return 0, nil
	default:
	}
	select {
	case <-w.turn:
	case <-ctx.Done():
		q.leave(w)
		err = ctx.Err()
	}
	return time.Since(w.arrived), err
}

func (q *queue) enter(background bool) (*waiter, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := &waiter{arrived: time.Now(), turn: make(chan struct{})}
	if background {
		q.background = append(q.background, w)
	} else if wait := q.turnOfNewClick(w.arrived).Sub(w.arrived); wait > longestWait {
		return nil, tallyfy.NotAdmitted(wait)
	} else {
		q.clicks = append(q.clicks, w)
	}
	q.serve(w.arrived)
	return w, nil
}

func (q *queue) leave(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	isIt := func(other *waiter) bool { return other == w }
	q.clicks, q.background = slices.DeleteFunc(q.clicks, isIt), slices.DeleteFunc(q.background, isIt)
}

// serve lets all reads through whose turn has come, and sets the timer for the next one. The lock
// is held.
func (q *queue) serve(now time.Time) {
	for len(q.clicks)+len(q.background) > 0 {
		next, at := q.next(now)
		if at.After(now) {
			if q.timer != nil {
				q.timer.Stop()
			}
			q.timer = time.AfterFunc(at.Sub(now), q.serveLater)
			return
		}
		q.begun = lastOf(q.most, q.begun, now)
		if next == &q.background {
			q.begunBackground = lastOf(burst, q.begunBackground, now)
		}
		close((*next)[0].turn)
		*next = (*next)[1:]
	}
}

func (q *queue) serveLater() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.serve(time.Now())
}

// next returns the list that is served next, and when to look again if that is not now. The lock is
// held.
func (q *queue) next(now time.Time) (*[]*waiter, time.Time) {
	free, due := within(q.begun, q.most, q.window), q.due()
	if len(q.clicks) > 0 && !due.Before(q.clicks[0].arrived) {
		return &q.clicks, free
	}
	if !now.Before(due) {
		return &q.background, free
	}
	share := max(1, q.most-q.most/reserve)
	at := latest(within(q.begun, share, q.window), within(q.begunBackground, burst, burst*q.window/time.Duration(share)))
	if due.Before(at) {
		at = due
	}
	return &q.background, at
}

// never is later than any time that occurs.
var never = time.Unix(1<<40, 0)

// due is when a background read counts as a click that comes then: clicks without end would
// otherwise keep it back for ever. No window has two such reads. The lock is held.
func (q *queue) due() time.Time {
	if len(q.background) == 0 {
		return never
	}
	return latest(q.background[0].arrived.Add(q.window), within(q.begunBackground, 1, q.window))
}

// turnOfNewClick is when a click that comes now will be served. The lock is held.
func (q *queue) turnOfNewClick(now time.Time) time.Time {
	ahead := len(q.clicks)
	if !now.Before(q.due()) {
		ahead++
	}
	begun := slices.Clip(q.begun)
	for range ahead {
		begun = append(begun, latest(now, within(begun, q.most, q.window)))
	}
	return latest(now, within(begun, q.most, q.window))
}

// within is when one more keeps within so many in a time. begun is in order.
func within(begun []time.Time, most int, d time.Duration) time.Time {
	if len(begun) < most {
		return time.Time{}
	}
	return begun[len(begun)-most].Add(d)
}

// lastOf appends to a list that keeps so many.
func lastOf(most int, list []time.Time, at time.Time) []time.Time {
	list = append(list, at)
	return list[max(0, len(list)-most):]
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
