package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// copies reads lists of one kind and keeps one for each scope.
type copies[T any, ID ~string] struct {
	Options
	kind *kind[T, ID]

	// complete, if set, is told of a list that is complete.
	complete func(ctx context.Context, s cache.Scope, list *List[T, ID], took time.Duration)

	mu      sync.Mutex
	entries *expirable.LRU[cache.Scope, *entry[T, ID]] // without a time of its own
}

// An entry is guarded by the mutex of its copies.
type entry[T any, ID ~string] struct {
	list    *List[T, ID]    // the last complete one, nil at first
	ended   time.Time       // when the reading of it was done
	reading *reading[T, ID] // nil when none is under way
}

// A reading is one walk over all pages. The mutex of its copies guards what changes; the rows that
// are there do not.
type reading[T any, ID ~string] struct {
	began  time.Time
	cancel context.CancelCauseFunc
	done   chan struct{} // closed at the end

	rows    []row[T]     // so far, for pages that do not wait for the end
	list    *List[T, ID] // what it read, once it has read all
	err     error
	walks   int  // over all pages: 2 where the first one was short
	waiting int  // pages
	dropped bool // the result is not kept
}

func newCopies[T any, ID ~string](o Options, k *kind[T, ID]) *copies[T, ID] {
	c := &copies[T, ID]{Options: o, kind: k}
	c.entries = expirable.NewLRU(mostCopies, func(_ cache.Scope, e *entry[T, ID]) { e.drop() }, 0)
	return c
}

// get is described at [Cache.Members].
func (c *copies[T, ID]) get(ctx context.Context, client *tallyfy.Client, s cache.Scope) (*List[T, ID], error) {
	c.mu.Lock()
	e, ok := c.entries.Get(s)
	if !ok {
		e = &entry[T, ID]{}
		c.entries.Add(s, e)
	}
	older, age := e.list, time.Since(e.ended)
	if e.reading == nil && (older == nil || age >= c.MaxAge) {
		e.reading = c.start(ctx, client, s, e)
	}
	if older != nil && age < max(c.MaxAge, c.Stale) {
		c.mu.Unlock()
		return older, nil
	}
	r := e.reading
	r.waiting++
	c.mu.Unlock()

	timer := time.NewTimer(time.Until(r.began.Add(c.Wait)))
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	case <-ctx.Done():
	}

	c.mu.Lock()
	r.waiting--
	r.stopIfUseless()
	list, rows, err := r.list, r.rows, r.err
	c.mu.Unlock()
	switch {
	case list != nil: // a page that waited takes it even if a change has dropped it
		return list, nil
	case older != nil: // too old to be complete, and more than what has been read so far
		return older.incomplete(), err
	}
	return newList(c.kind, rows, r.began, false), err
}

// start begins a reading, which goes on when the page that wanted it goes away. The mutex is held.
func (c *copies[T, ID]) start(ctx context.Context, client *tallyfy.Client, s cache.Scope, e *entry[T, ID]) *reading[T, ID] {
	ctx, cancel := context.WithCancelCause(ratelimit.Background(context.WithoutCancel(ctx)))
	r := &reading[T, ID]{began: time.Now(), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel(nil)
		list, err := c.read(ctx, client, s, r)
		c.mu.Lock()
		defer c.mu.Unlock()
		defer close(r.done)
		r.list, r.err = list, err
		if r.dropped {
			return // the entry may have another reading by now
		}
		e.reading = nil
		if err == nil {
			e.list, e.ended = list, time.Now()
			c.makeRoom()
			if c.complete != nil && list.Complete && r.walks == 1 {
				c.complete(ctx, s, list, time.Since(r.began))
			}
		}
	}()
	return r
}

// read walks over all pages. A panic fails this reading only: in a goroutine it would end the server.
func (c *copies[T, ID]) read(ctx context.Context, client *tallyfy.Client, s cache.Scope, r *reading[T, ID]) (list *List[T, ID], err error) {
	defer func() {
		if p := recover(); p != nil {
			list, err = nil, fmt.Errorf("panic while reading: %v\n%s", p, debug.Stack())
		}
	}()
	stuck := time.AfterFunc(c.Timeout, func() {
		r.cancel(fmt.Errorf("nothing came for %s: %w", c.Timeout, context.DeadlineExceeded))
	})
	defer stuck.Stop()
	latest := c.latest(s.Organisation())
	shown := map[ID]bool{} // a list that is read once more brings its rows again
	key := func(row row[T]) string { return string(c.kind.id(row.item)) }
	rows, err := tallyfy.ReadAll(func(yield func(row[T], error) bool) {
		r.walks++
		for item, err := range c.kind.read(ctx, client, s.Organisation()) {
			if err != nil {
				yield(row[T]{}, err)
				return
			}
			stuck.Reset(c.Timeout)
			row, ok := latest.equal(&item)
			if !ok {
				row = c.kind.row(&item)
			}
			if id := c.kind.id(row.item); !shown[id] {
				shown[id] = true
				c.mu.Lock()
				r.rows = append(r.rows, row)
				c.mu.Unlock()
			}
			if !yield(row, nil) {
				return
			}
		}
	}, key)
	var short *tallyfy.ShortError
	if err != nil && !errors.As(err, &short) {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	if same := latest.again(rows, r.began); same != nil && short == nil {
		return same, nil
	}
	list = newList(c.kind, rows, r.began, short == nil)
	list.Short = short
	return list, nil
}

// latest is the list of an organisation that was made last, nil if there is none. Readings use its
// equal rows again, and all of it if nothing differs: ten lists of ten people need hardly more
// memory than one.
func (c *copies[T, ID]) latest(org tallyfy.ID) (latest *List[T, ID]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.entries.Keys() {
		e, ok := c.entries.Peek(s)
		if ok && s.Organisation() == org && e.list != nil && (latest == nil || e.list.Version > latest.Version) {
			latest = e.list
		}
	}
	return latest
}

// drop gives up what the entry holds and reads. The mutex is held.
func (e *entry[T, ID]) drop() {
	e.list = nil
	if r := e.reading; r != nil {
		e.reading, r.dropped = nil, true
		r.stopIfUseless()
	}
}

// stopIfUseless ends a dropped reading once no page waits for it. The mutex is held.
func (r *reading[T, ID]) stopIfUseless() {
	if r.dropped && r.waiting == 0 {
		r.cancel(nil)
	}
}

// makeRoom drops the copies used longest ago while there are too many rows in all. One copy stays,
// however large it is. The mutex is held.
func (c *copies[T, ID]) makeRoom() {
	for c.entries.Len() > 1 && c.rows() > mostRows {
		c.entries.RemoveOldest()
	}
}

func (c *copies[T, ID]) rows() (n int) {
	for _, e := range c.entries.Values() {
		if e.list != nil {
			n += len(e.list.Items)
		}
	}
	return n
}

// cached is the copy of a scope if it is not older than MaxAge, else nil.
func (c *copies[T, ID]) cached(s cache.Scope) *List[T, ID] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries.Peek(s); ok && time.Since(e.ended) < c.MaxAge {
		return e.list
	}
	return nil
}

// invalidate drops the copies of the scope's organisation, and what is being read now. The scope's
// own copy is kept with the item corrected, if that is known.
func (c *copies[T, ID]) invalidate(s cache.Scope, now *T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range c.entries.Keys() {
		e, ok := c.entries.Peek(key)
		if !ok || key.Organisation() != s.Organisation() {
			continue
		}
		older := e.list
		e.drop()
		if key == s && older != nil && now != nil {
			e.list = older.with(now)
		}
	}
}

func (c *copies[T, ID]) forget(s cache.Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries.Remove(s)
}

func (c *copies[T, ID]) renew(s cache.Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries.Peek(s); ok && e.list != nil && time.Since(e.ended) >= c.MaxAge {
		e.list = nil
	}
}

func (c *copies[T, ID]) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.entries.Keys() {
		if e, ok := c.entries.Peek(s); ok && e.reading == nil && time.Since(e.ended) >= unusedTime {
			c.entries.Remove(s)
		}
	}
}
