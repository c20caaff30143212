package cache

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
	"golang.org/x/sync/singleflight"

	"tallyfy-admin/tallyfy"
)

// A Scope is what one token sees of one organisation. The token itself is not kept.
type Scope struct {
	token [sha256.Size]byte
	org   tallyfy.ID
}

// ScopeOf makes the scope of a token in an organisation.
func ScopeOf(token string, org tallyfy.ID) Scope {
	return Scope{token: sha256.Sum256([]byte(token)), org: org}
}

// Organisation is the organisation of the scope.
func (s Scope) Organisation() tallyfy.ID { return s.org }

// A Cache keeps values for a time. It is safe for concurrent use.
type Cache struct {
	entries *expirable.LRU[entryKey, entry] // without a time of its own: each entry has one
	flights singleflight.Group

	mu      sync.Mutex
	changes map[tallyfy.ID]uint64
}

type entryKey struct {
	Scope
	key string
}

type entry struct {
	value   any
	expires time.Time
}

// New makes a cache of so many values at the most. The one used longest ago goes first.
func New(size int) *Cache {
	return &Cache{entries: expirable.NewLRU[entryKey, entry](size, nil, 0), changes: map[tallyfy.ID]uint64{}}
}

// Options says what a caller of [Fetch] needs.
type Options[V any] struct {
	// TTL is how long the value may be used; 0 keeps nothing.
	TTL time.Duration
	// Fresh asks for a new value, whatever is kept.
	Fresh bool
	// Keep says which values are worth keeping; nil keeps all.
	Keep func(V) bool
}

// errAbandoned marks a reading that failed because the caller that made it went away.
var errAbandoned = errors.New("nobody waits for the answer")

// Fetch returns the value of a key, or reads it. An error is not kept. Callers at the same time share
// one reading, and the value, which must not be changed. A reading is given up with the context of
// the caller that made it; then the others read anew.
func Fetch[V any](ctx context.Context, c *Cache, s Scope, key string, o Options[V], read func(context.Context) (V, error)) (V, error) {
	k, began := entryKey{s, key}, c.changesOf(s.org)
	load := func() (any, error) {
		value, err := read(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			err = fmt.Errorf("%w: %w", errAbandoned, err)
		case err == nil && (o.Keep == nil || o.Keep(value)):
			c.add(k, value, o.TTL, began)
		case err == nil:
			c.entries.Remove(k) // an older value
		}
		return value, err
	}
	if o.Fresh {
		return as[V](load())
	}
	if value, ok := Get[V](c, s, key); ok {
		return value, nil
	}
	flight := fmt.Sprintf("%x %q %d %s", s.token, s.org, began, key) // after a change nobody joins an older one
	for {
		value, err, _ := c.flights.Do(flight, load)
		if !errors.Is(err, errAbandoned) || ctx.Err() != nil {
			return as[V](value, err)
		}
	}
}

func as[V any](value any, err error) (V, error) {
	v, _ := value.(V) // fails for a nil interface only
	return v, err
}

// Get returns the value of a key, if it is kept and may still be used.
func Get[V any](c *Cache, s Scope, key string) (value V, ok bool) {
	e, ok := c.entries.Get(entryKey{s, key})
	if !ok || !time.Now().Before(e.expires) {
		return value, false
	}
	value, ok = e.value.(V)
	return value, ok
}

// Put keeps a value that is known already.
func (c *Cache) Put(s Scope, key string, value any, ttl time.Duration) {
	c.add(entryKey{s, key}, value, ttl, c.changesOf(s.org))
}

// Invalidate drops everything about an organisation, whichever token read it.
func (c *Cache) Invalidate(org tallyfy.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes[org]++
	for _, k := range c.entries.Keys() {
		if k.org == org {
			c.entries.Remove(k)
		}
	}
}

// Forget drops everything of one scope, and keeps no value that is being read for it.
func (c *Cache) Forget(s Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes[s.org]++
	for _, k := range c.entries.Keys() {
		if k.Scope == s {
			c.entries.Remove(k)
		}
	}
}

func (c *Cache) changesOf(org tallyfy.ID) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changes[org]
}

// add keeps a value unless the organisation has changed since began. Expired values make room first.
func (c *Cache) add(k entryKey, value any, ttl time.Duration, began uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes[k.org] != began {
		return
	}
	now := time.Now()
	c.entries.Add(k, entry{value, now.Add(ttl)})
	for _, oldest, ok := c.entries.GetOldest(); ok && oldest.expires.Before(now); _, oldest, ok = c.entries.GetOldest() {
		c.entries.RemoveOldest()
	}
}
