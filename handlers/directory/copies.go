package directory

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// snapshot is what copies keeps: some rows read at a time, that can be marked as not the whole truth.
type snapshot[S any] interface {
	comparable
	readAt() time.Time
	incomplete() S
	Len() int
	// index is the same for copies that share all their rows.
	index() *string
}

// first stands for a list, as long as nobody appends to it.
func first(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// copies reads lists of T and keeps them as snapshots S, one for each key.
type copies[T any, S snapshot[S]] struct {
	options Options
	all     func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[T, error]
	build   func(items []T, readAt time.Time, complete bool, another S) S

	mu      sync.Mutex
	entries *lru.Cache[Key, *entry[T, S]]
}

// entry is guarded by the mutex of its copies.
type entry[T any, S snapshot[S]] struct {
	snapshot S           // the last complete one, the zero value at first
	ended    time.Time   // when the reading of it was done
	reading  *reading[T] // nil when none is under way
}

// reading is one walk over all pages. Its fields are guarded by the mutex; of items, what is there does not change.
type reading[T any] struct {
	began   time.Time
	items   []T
	ended   bool
	err     error
	done    chan struct{} // closed at the end
	cancel  context.CancelCauseFunc
	waiting int  // pages
	dropped bool // what it reads is not kept
}

func newCopies[T any, S snapshot[S]](o Options,
	all func(context.Context, *tallyfy.Client, tallyfy.ID) iter.Seq2[T, error], build func([]T, time.Time, bool, S) S,
) *copies[T, S] {
	c := &copies[T, S]{options: o, all: all, build: build}
	var err error
	c.entries, err = lru.NewWithEvict(o.Copies, func(_ Key, e *entry[T, S]) { c.drop(e) })
	if err != nil {
		panic(err) // only for a negative size, a mistake in our own code
	}
	return c
}

func (c *copies[T, S]) get(ctx context.Context, client *tallyfy.Client, key Key) (S, error) {
	var none S
	c.mu.Lock()
	e, ok := c.entries.Get(key)
	if !ok {
		e = &entry[T, S]{}
		c.entries.Add(key, e)
	}
	if e.snapshot != none && time.Since(e.ended) < c.options.MaxAge {
		defer c.mu.Unlock()
		return e.snapshot, nil
	}
	r := e.reading
	if r == nil {
		r = c.start(ctx, client, key, e)
	}
	wait := c.options.Wait
	if e.snapshot != none && time.Since(e.ended) < c.options.Stale {
		wait = c.options.Glance
	}
	r.waiting++
	c.mu.Unlock()

	timer := time.NewTimer(time.Until(r.began.Add(wait)))
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	case <-ctx.Done():
	}

	c.mu.Lock()
	r.waiting--
	r.stopIfUseless()
	older, age, ended, err, items := e.snapshot, time.Since(e.ended), r.ended, r.err, r.items
	c.mu.Unlock()
	switch {
	case ended && err == nil && (older == none || older.readAt().Before(r.began)):
		// A copy that was dropped while it was being read is still good for the page that waited for it.
		return c.build(items, r.began, true, none), nil
	case older == none:
		return c.build(items, r.began, false, none), err
	case err != nil || !ended && age >= c.options.Stale: // it is too old to be the whole truth, and better than nothing
		return older.incomplete(), err
	default:
		return older, nil
	}
}

// start begins to read, with the mutex held. The reading goes on when the page that wanted it goes away.
func (c *copies[T, S]) start(ctx context.Context, client *tallyfy.Client, key Key, e *entry[T, S]) *reading[T] {
	ctx, cancel := context.WithCancelCause(ratelimit.Background(context.WithoutCancel(ctx)))
	r := &reading[T]{began: time.Now(), done: make(chan struct{}), cancel: cancel}
	e.reading = r
	go c.readSafely(ctx, client, key, e, r)
	return r
}

// drop gives up what an entry holds and reads, with the mutex held.
func (c *copies[T, S]) drop(e *entry[T, S]) {
	var none S
	e.snapshot = none
	if r := e.reading; r != nil {
		e.reading, r.dropped = nil, true
		r.stopIfUseless()
	}
}

// stopIfUseless ends a reading that was dropped once no page waits for it any more: reads are precious. The mutex is held.
func (r *reading[T]) stopIfUseless() {
	if r.dropped && r.waiting == 0 {
		r.cancel(nil)
	}
}

// kept is the copy of a key if there is a recent one. It reads nothing.
func (c *copies[T, S]) kept(key Key) (S, bool) {
	var none S
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries.Peek(key)
	if !ok || e.snapshot == none || time.Since(e.ended) >= c.options.MaxAge {
		return none, false
	}
	return e.snapshot, true
}

// readSafely keeps a panic in a reading, which runs in a goroutine of its own, from ending the server: it fails the reading.
func (c *copies[T, S]) readSafely(ctx context.Context, client *tallyfy.Client, key Key, e *entry[T, S], r *reading[T]) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		r.err, r.ended = fmt.Errorf("panic while reading: %v\n%s", p, debug.Stack()), true
		if !r.dropped {
			e.reading = nil
		}
		close(r.done)
	}()
	c.read(ctx, client, key, e, r)
}

func (c *copies[T, S]) read(ctx context.Context, client *tallyfy.Client, key Key, e *entry[T, S], r *reading[T]) {
	defer r.cancel(nil)
	stuck := time.AfterFunc(c.options.Timeout, func() {
		r.cancel(fmt.Errorf("nothing came for %s: %w", c.options.Timeout, context.DeadlineExceeded))
	})
	defer stuck.Stop()
	var err error
	for item, failed := range c.all(ctx, client, key.org) {
		if failed != nil {
			err = cmp.Or(context.Cause(ctx), failed)
			break
		}
		stuck.Reset(c.options.Timeout)
		c.mu.Lock()
		r.items = append(r.items, item)
		c.mu.Unlock()
	}
	var s S
	if err == nil {
		s = c.build(r.items, r.began, true, c.another(key)) // without the lock: for ten thousand members it takes a while
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.err, r.ended = err, true
	if !r.dropped { // else what it read must not come back
		e.reading = nil
		if err == nil {
			e.snapshot, e.ended = s, time.Now()
			c.makeRoom()
		}
	}
	close(r.done)
}

// another gives a copy of the same organisation: the one before, if there is one, else somebody else's.
func (c *copies[T, S]) another(key Key) (found S) {
	var none S
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.entries.Keys() {
		if e, ok := c.entries.Peek(k); ok && k.org == key.org && e.snapshot != none && (found == none || k == key) {
			found = e.snapshot
		}
	}
	return found
}

// makeRoom drops the copies used longest ago while there are too many rows in all, with the mutex held. One copy stays, however
// large it is.
func (c *copies[T, S]) makeRoom() {
	for c.entries.Len() > 1 && c.rows() > c.options.Rows {
		c.entries.RemoveOldest()
	}
}

// rows is how many rows there are in all copies; those that share all of them count once.
func (c *copies[T, S]) rows() (n int) {
	var none S
	counted := map[*string]bool{}
	for _, e := range c.entries.Values() {
		if e.snapshot != none && !counted[e.snapshot.index()] {
			counted[e.snapshot.index()] = true
			n += e.snapshot.Len()
		}
	}
	return n
}

// sweep drops copies that nobody has read anew for a while.
func (c *copies[T, S]) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.entries.Keys() {
		if e, ok := c.entries.Peek(k); ok && e.reading == nil && time.Since(e.ended) >= c.options.Keep {
			c.entries.Remove(k)
		}
	}
}

// change replaces the copy of a key by what correct makes of it, and drops the organisation's other copies, for they belong
// to other tokens. What is being read now may be from before the change: it is not kept.
func (c *copies[T, S]) change(key Key, correct func(S) S) {
	var none S
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.entries.Keys() {
		e, ok := c.entries.Peek(k)
		if !ok || k.org != key.org {
			continue
		}
		older := e.snapshot
		c.drop(e)
		if k == key && older != none && correct != nil {
			e.snapshot = correct(older)
		}
	}
}

// forget drops the copy of one key, so that it is read anew.
func (c *copies[T, S]) forget(key Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(key)
}

const (
	// membersAtOnce is far below the number that Tallyfy gives unasked, 9999 (documented): an answer of half a megabyte, and a
	// fifth of the calls.
	membersAtOnce = 500
	// groupsAtOnce is the most that Tallyfy gives (documented).
	groupsAtOnce = 100
)
