package directory

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"tallyfy-admin/tallyfy"
)

// Options sets how copies are read and kept. A zero value means the default.
type Options struct {
	// MaxAge is how long a copy is shown before it is read again; default 2 minutes.
	MaxAge time.Duration
	// Wait is how long a page waits for a copy that is being read before it goes on with what is there; default 6 s.
	Wait time.Duration
	// Timeout ends a reading that goes on in the background; default 5 minutes.
	Timeout time.Duration
	// Burst is how many calls a reading makes before it slows down to one per Pace, so that a large organisation does
	// not use up what Tallyfy allows a whole office (about 12 reads in 5 seconds, by its documentation). Pace 0 is no limit.
	Burst int
	Pace  time.Duration
	// Copies is how many are kept at the most; default 64.
	Copies int
}

// A Cache holds the copies.
type Cache struct {
	options Options
	mu      sync.Mutex
	entries *lru.Cache[Key, *entry]
}

// Key says whose copy it is. The token itself is not kept.
type Key struct {
	token [sha256.Size]byte
	org   tallyfy.ID
}

// KeyFor makes the key of a token's view of an organisation.
func KeyFor(token string, org tallyfy.ID) Key {
	return Key{token: sha256.Sum256([]byte(token)), org: org}
}

// entry is guarded by the cache's mutex.
type entry struct {
	snapshot *Snapshot // the last complete one, nil at first
	reading  *reading  // nil when none is under way
}

// reading is one walk over all pages. Its fields are guarded by the cache's mutex until done is closed.
type reading struct {
	began   time.Time
	members []tallyfy.Member
	err     error
	done    chan struct{}
}

// New makes an empty cache.
func New(o Options) *Cache {
	if o.MaxAge == 0 {
		o.MaxAge = 2 * time.Minute
	}
	if o.Wait == 0 {
		o.Wait = 6 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Minute
	}
	if o.Copies == 0 {
		o.Copies = 64
	}
	entries, err := lru.New[Key, *entry](o.Copies)
	if err != nil {
		panic(err) // only for a negative size, a mistake in our own code
	}
	return &Cache{options: o, entries: entries}
}

// Get gives the members of an organisation: a recent copy, or a new one. Several callers share one reading, which goes
// on when they go away. If it takes long, the result is the older copy or, without one, what has been read so far, with
// Complete false. With an error the result holds what was read before it, and is never nil.
func (c *Cache) Get(ctx context.Context, client *tallyfy.Client, key Key) (*Snapshot, error) {
	c.mu.Lock()
	e, ok := c.entries.Get(key)
	if !ok {
		e = &entry{}
		c.entries.Add(key, e)
	}
	if e.snapshot != nil && time.Since(e.snapshot.ReadAt) < c.options.MaxAge {
		defer c.mu.Unlock()
		return e.snapshot, nil
	}
	r := e.reading
	if r == nil {
		r = &reading{began: time.Now(), done: make(chan struct{})}
		e.reading = r
		go c.read(context.WithoutCancel(ctx), client, key.org, e, r)
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
	defer c.mu.Unlock()
	select {
	case <-r.done:
		if r.err == nil {
			return newerOf(e.snapshot, r), nil
		}
	default:
		if e.snapshot != nil {
			return e.snapshot, nil
		}
	}
	return newSnapshot(r.members, r.began, false), r.err
}

// newerOf is the entry's snapshot if the reading made it or something newer, else the reading's own: a copy that was
// dropped while it was being read is still good for the page that waited for it.
func newerOf(s *Snapshot, r *reading) *Snapshot {
	if s != nil && !s.ReadAt.Before(r.began) {
		return s
	}
	return newSnapshot(r.members, r.began, true)
}

func (c *Cache) read(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, e *entry, r *reading) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	read, calls := 0, 1
	var err error
	for m, failed := range client.Members.All(ctx, org, tallyfy.MemberListOptions{PerPage: pageSize}) {
		if failed != nil {
			err = failed
			break
		}
		c.mu.Lock()
		r.members = append(r.members, m)
		c.mu.Unlock()
		if read++; read%pageSize == 0 { // the next member costs a call
			if calls++; c.options.Pace > 0 && calls > c.options.Burst {
				pause(ctx, c.options.Pace)
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.err = err
	if e.reading == r { // otherwise the copy was dropped meanwhile and must not come back
		e.reading = nil
		if err == nil {
			e.snapshot = newSnapshot(r.members, r.began, true)
		}
	}
	close(r.done)
}

// pageSize is the largest number of members per call that the vendor's own client relies on.
const pageSize = 100

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Changed takes in a member as just read after a change of ours. The copy that the change was made with is corrected, the
// other copies of the organisation are dropped, for they belong to other tokens.
func (c *Cache) Changed(key Key, m *tallyfy.Member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.entries.Keys() {
		e, ok := c.entries.Peek(k)
		if !ok || k.org != key.org {
			continue
		}
		e.reading = nil // what is being read now may be from before the change
		if k == key && e.snapshot != nil && m != nil {
			e.snapshot = e.snapshot.with(*m)
		} else {
			e.snapshot = nil
		}
	}
}
