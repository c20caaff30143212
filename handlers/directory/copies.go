package directory

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"tallyfy-admin/handlers/pace"
	"tallyfy-admin/tallyfy"
)

// snapshot is what copies keeps: something read at a time, that can be marked as not the whole truth.
type snapshot[S any] interface {
	comparable
	readAt() time.Time
	incomplete() S
}

// copies reads lists of T and keeps them as snapshots S, one for each key.
type copies[T any, S snapshot[S]] struct {
	options Options
	all     func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[T, error]
	build   func(items []T, readAt time.Time, complete bool) S

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
	began time.Time
	items []T
	ended bool
	err   error
	done  chan struct{} // closed at the end
}

func newCopies[T any, S snapshot[S]](o Options,
	all func(context.Context, *tallyfy.Client, tallyfy.ID) iter.Seq2[T, error], build func([]T, time.Time, bool) S,
) *copies[T, S] {
	entries, err := lru.New[Key, *entry[T, S]](o.Copies)
	if err != nil {
		panic(err) // only for a negative size, a mistake in our own code
	}
	return &copies[T, S]{options: o, all: all, build: build, entries: entries}
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
		r = &reading[T]{began: time.Now(), done: make(chan struct{})}
		e.reading = r
		go c.readSafely(context.WithoutCancel(ctx), client, key.org, e, r)
	}
	c.mu.Unlock()

	timer := time.NewTimer(c.options.Wait)
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	case <-ctx.Done():
	}

	c.mu.Lock()
	older, ended, err, items := e.snapshot, r.ended, r.err, r.items
	c.mu.Unlock()
	switch {
	case ended && err == nil && (older == none || older.readAt().Before(r.began)):
		// A copy that was dropped while it was being read is still good for the page that waited for it.
		return c.build(items, r.began, true), nil
	case older == none:
		return c.build(items, r.began, false), err
	case err != nil: // it is too old to be the whole truth, and better than nothing
		return older.incomplete(), err
	default:
		return older, nil
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
func (c *copies[T, S]) readSafely(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, e *entry[T, S], r *reading[T]) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		r.err, r.ended = fmt.Errorf("panic while reading: %v\n%s", p, debug.Stack()), true
		if e.reading == r {
			e.reading = nil
		}
		close(r.done)
	}()
	c.read(ctx, client, org, e, r)
}

func (c *copies[T, S]) read(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, e *entry[T, S], r *reading[T]) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	ctx = pace.Patient(ctx)
	var err error
	for item, failed := range c.all(ctx, client, org) {
		if failed != nil {
			err = failed
			break
		}
		c.mu.Lock()
		r.items = append(r.items, item)
		c.mu.Unlock()
	}
	var s S
	if err == nil {
		s = c.build(r.items, r.began, true) // without the lock: for ten thousand members it takes a while
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.err, r.ended = err, true
	if e.reading == r { // otherwise the copy was dropped meanwhile and must not come back
		e.reading = nil
		if err == nil {
			e.snapshot, e.ended = s, time.Now()
		}
	}
	close(r.done)
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
		e.reading = nil
		if k == key && e.snapshot != none && correct != nil {
			e.snapshot = correct(e.snapshot)
		} else {
			e.snapshot = none
		}
	}
}

// forget drops the copy of one key, so that it is read anew.
func (c *copies[T, S]) forget(key Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(key)
}

// pageSize is the largest number of rows per call that the vendor's own client relies on.
const pageSize = 100
