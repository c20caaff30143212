package ratelimit

import (
	"context"
	"slices"
	"sync"
	"time"

	"tallyfy-admin/tallyfy"
)

const (
	// longestWait is how long a click or a sign-in may have to wait for its turn. One that would wait
	// longer is refused at once.
	longestWait = 10 * time.Second
	// mostWaiting is how many reads of a kind may wait, however fast the rate is.
	mostWaiting = 1000
	// reserve is the part of the rate that background reads leave to clicks: one place in so many.
	reserve = 3
	// burst is how many background reads may go together, as many as a small organisation takes.
	// More are spread over the window, because reads that go together are in the way of the same
	// clicks.
	burst = 4
	// signInShare is the part of the rate that sign-ins get: one place in so many. They are for
	// nobody who is known, so they can never take more, and within it they wait for nobody.
	signInShare = 4
	// perSignIn is how many reads one sign-in takes: whose token, which organisations, which role.
	// They may go together.
	perSignIn = 3
)

// A queue lets reads through at a rate. It remembers when the last reads began, so that no window
// has more. A token bucket cannot promise that: with room for the reads of a page it lets too many
// into a window that begins with a full bucket.
type queue struct {
	most   int
	window time.Duration // of the rate, and a margin: calls differ in how long they take to arrive

	mu                          sync.Mutex
	clicks, background, signIns line
	begun                       []time.Time // the last reads, at most as many as the window takes
	begunBackground             []time.Time // the last background reads, at most burst
	begunSignIns                []time.Time // the last reads of sign-ins, at most mostSignIns
	timer                       *time.Timer // for the next turn
}

func newQueue(r Rate) *queue { return &queue{most: r.Reads, window: r.Per + r.Per/20} }

// wait waits until the read may be sent. A click or a sign-in whose turn would come late is refused
// at once, or later if others come who have fewer reads here.
func (q *queue) wait(ctx context.Context, k kind, by string) (waited time.Duration, err error) {
	w, err := q.enter(k, by)
	if err != nil {
		return 0, err
	}
	select {
	case <-w.turn: // at once
		return 0, w.err
	default:
	}
	select {
	case <-w.turn:
		err = w.err
	case <-ctx.Done():
		q.leave(w)
		err = ctx.Err()
	}
	return time.Since(w.arrived), err
}

func (q *queue) enter(k kind, by string) (*waiter, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := &waiter{by: by, arrived: time.Now(), turn: make(chan struct{})}
	var err error
	switch k {
	case background:
		q.background.add(w)
	case signIn:
		err = q.signIns.admit(w, turnsAfter(w.arrived, q.begunSignIns, q.mostSignIns(), q.signInWindow()))
	default:
		turns := turnsAfter(w.arrived, q.begun, q.most, q.window)
		err = q.clicks.admit(w, turns[min(q.aheadOfClicks(w.arrived), len(turns)-1):])
	}
	if err != nil {
		return nil, err
	}
	q.serve(w.arrived)
	return w, nil
}

// admit adds a read. turns are those of the line within longestWait, and the one after. While others
// wait nobody gets more than half of them. Where all are taken, a read of the person with the most
// makes room.
func (l *line) admit(w *waiter, turns []time.Time) error {
	mine, places := l.count(w.by), len(turns)-1
	refusal := tallyfy.NotAdmitted(turns[min(l.length, places)].Sub(w.arrived))
	if mine < l.length && mine >= max(1, places/2) {
		return refusal
	}
	if l.length >= places {
		last, n := l.longest()
		if n <= mine+1 {
			return refusal
		}
		l.remove(last)
		last.err = refusal
		close(last.turn)
	}
	l.add(w)
	return nil
}

func (q *queue) leave(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range []*line{&q.clicks, &q.background, &q.signIns} {
		l.remove(w)
	}
}

// serve lets all reads through whose turn has come, and sets the timer for the next one. The lock
// is held.
func (q *queue) serve(now time.Time) {
	for q.clicks.length+q.background.length+q.signIns.length > 0 {
		next, at := q.next(now)
		if at.After(now) {
			if q.timer != nil {
				q.timer.Stop()
			}
			q.timer = time.AfterFunc(at.Sub(now), q.serveLater)
			return
		}
		q.begun = lastOf(q.most, q.begun, now)
		switch next {
		case &q.background:
			q.begunBackground = lastOf(burst, q.begunBackground, now)
		case &q.signIns:
			q.begunSignIns = lastOf(q.mostSignIns(), q.begunSignIns, now)
		}
		close(next.take().turn)
	}
}

func (q *queue) serveLater() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.serve(time.Now())
}

// next returns the line that is served next, and when to look again if that is not now. The lock is
// held.
func (q *queue) next(now time.Time) (*line, time.Time) {
	if q.signIns.length == 0 {
		return q.nextKnown(now)
	}
	at := latest(within(q.begun, q.most, q.window), within(q.begunSignIns, q.mostSignIns(), q.signInWindow()))
	if q.clicks.length+q.background.length > 0 {
		if other, earlier := q.nextKnown(now); earlier.Before(at) {
			return other, earlier
		}
	}
	return &q.signIns, at
}

// mostSignIns and signInWindow are the rate of sign-ins.
func (q *queue) mostSignIns() int { return max(perSignIn, q.most/signInShare) }

func (q *queue) signInWindow() time.Duration {
	return q.window * time.Duration(q.mostSignIns()*signInShare) / time.Duration(q.most)
}

// nextKnown is next among the reads of people who are signed in.
func (q *queue) nextKnown(now time.Time) (*line, time.Time) {
	free, due := within(q.begun, q.most, q.window), q.due()
	if click := q.clicks.next(); click != nil && !due.Before(click.arrived) {
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
	next := q.background.next()
	if next == nil {
		return never
	}
	return latest(next.arrived.Add(q.window), within(q.begunBackground, 1, q.window))
}

// aheadOfClicks is how many turns are not for clicks, whoever clicks. The lock is held.
func (q *queue) aheadOfClicks(now time.Time) int {
	ahead := min(q.signIns.length, q.mostSignIns())
	if !now.Before(q.due()) {
		ahead++
	}
	return ahead
}

// turnsAfter returns the turns from now until longestWait, at most mostWaiting, and the one after.
func turnsAfter(now time.Time, begun []time.Time, most int, window time.Duration) (turns []time.Time) {
	begun = slices.Clip(begun)
	for {
		turn := latest(now, within(begun, most, window))
		begun, turns = append(begun, turn), append(turns, turn)
		if turn.Sub(now) > longestWait || len(turns) > mostWaiting {
			return turns
		}
	}
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
