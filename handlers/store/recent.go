package store

import (
	"maps"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// recent keeps sessions that were read a moment ago, opened, so that a page does not read and decrypt again what the page
// before it did. It belongs to one process: see SessionOptions.Recheck for what that means for others.
type recent struct {
	recheck time.Duration // 0: nothing is kept

	mu       sync.Mutex
	sessions *lru.Cache[string, *recentSession] // by the row's key
	changes  uint64                             // counts what may make a reading under way out of date
}

type recentSession struct {
	values map[any]any
	seen   int64 // unix milliseconds
	read   time.Time
}

// mostRecent bounds the memory: a session is about 3 kB.
const mostRecent = 4096

func newRecent(recheck time.Duration) *recent {
	sessions, err := lru.New[string, *recentSession](mostRecent)
	if err != nil {
		panic(err) // only for a negative size, a mistake in our own code
	}
	return &recent{recheck: recheck, sessions: sessions}
}

// get gives a session that was read within the time of recheck; a clock that was set back makes it unknown.
func (r *recent) get(row string, now time.Time) (values map[any]any, seen int64, ok bool) {
	if r.recheck <= 0 {
		return nil, 0, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions.Get(row)
	if !ok || now.Sub(s.read) < 0 || now.Sub(s.read) >= r.recheck {
		return nil, 0, false
	}
	return maps.Clone(s.values), s.seen, true
}

// begin is to be called before a row is read, and what it gives with the row to add.
func (r *recent) begin() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changes
}

// add keeps what was read, unless something was changed or deleted since begin.
func (r *recent) add(began uint64, row string, values map[any]any, seen int64, now time.Time) {
	if r.recheck <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changes == began {
		r.sessions.Add(row, &recentSession{maps.Clone(values), seen, now})
	}
}

// seenAt notes that the last-seen time of a session was moved.
func (r *recent) seenAt(row string, seen int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.sessions.Peek(row); ok {
		s.seen = seen
	}
}

// drop forgets a session. It is called before and after its row is changed: a reading in between must not be kept either.
func (r *recent) drop(row string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes++
	r.sessions.Remove(row)
}
