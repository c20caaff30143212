package directory

import (
	"cmp"
	"context"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/tallyfy"
)

// Options sets how copies are read and kept. A zero value means the default.
type Options struct {
	// MaxAge is how long a copy is shown before it is read again; default 2 minutes. It counts from
	// the end of the reading, or a large organisation would be read all the time.
	MaxAge time.Duration
	// Stale is how long a copy serves while it is read again; default 5 minutes.
	Stale time.Duration
	// Wait is how long pages wait for a reading, from its beginning, when no copy serves; default 6 s.
	Wait time.Duration
	// Timeout ends a reading to which nothing comes; default 5 minutes.
	Timeout time.Duration
}

const (
	// mostCopies and mostRows bound the copies of each kind and their items in all. The copy used
	// longest ago goes first.
	mostCopies, mostRows = 64, 100_000
	// unusedTime is how long [Cache.Sweep] leaves a copy that has not been read again.
	unusedTime = 30 * time.Minute
)

// A Cache holds the copies of members, groups and guests. It is safe for concurrent use.
type Cache struct {
	members *copies[tallyfy.Member, tallyfy.UserID]
	groups  *copies[tallyfy.Group, tallyfy.ID]
	guests  *copies[tallyfy.Guest, tallyfy.ID]
}

// New makes an empty cache.
func New(o Options) *Cache {
	o.MaxAge, o.Stale = cmp.Or(o.MaxAge, 2*time.Minute), cmp.Or(o.Stale, 5*time.Minute)
	o.Wait, o.Timeout = cmp.Or(o.Wait, 6*time.Second), cmp.Or(o.Timeout, 5*time.Minute)
	return &Cache{newCopies(o, &memberKind), newCopies(o, &groupKind), newCopies(o, &guestKind)}
}

// OnComplete lets the cache tell of each reading of members, groups or guests that is complete at the first try, before
// pages get it, and how long it took. ctx has what the one had for whom it was begun. The lists are shared, and no
// function may take long. It is to be called once, before the cache is used.
func (c *Cache) OnComplete(
	members func(ctx context.Context, s cache.Scope, list *Members, took time.Duration),
	groups func(ctx context.Context, s cache.Scope, list *Groups, took time.Duration),
	guests func(ctx context.Context, s cache.Scope, list *Guests, took time.Duration),
) {
	c.members.complete, c.groups.complete, c.guests.complete = members, groups, guests
}

// Members returns the members of an organisation. A copy that is older than MaxAge serves until it
// is Stale, while one reading for all callers brings the next. Without such a copy the caller waits
// for the reading, which goes on when the caller goes away. When the wait is over, or the reading
// fails, the result is the old copy, or without one what has been read so far; either is marked as
// not complete. It is never nil, also with an error.
func (c *Cache) Members(ctx context.Context, client *tallyfy.Client, s cache.Scope) (*Members, error) {
	return c.members.get(ctx, client, s)
}

// Groups returns the groups of an organisation, as [Cache.Members] does the members.
func (c *Cache) Groups(ctx context.Context, client *tallyfy.Client, s cache.Scope) (*Groups, error) {
	return c.groups.get(ctx, client, s)
}

// Guests returns the guests of an organisation, as [Cache.Members] does the members.
func (c *Cache) Guests(ctx context.Context, client *tallyfy.Client, s cache.Scope) (*Guests, error) {
	return c.guests.get(ctx, client, s)
}

// Cached returns the copies of members and groups if they are there and not older than MaxAge. It calls nobody.
func (c *Cache) Cached(s cache.Scope) (members *Members, groups *Groups, ok bool) {
	members, groups = c.members.cached(s), c.groups.cached(s)
	return members, groups, members != nil && groups != nil
}

// CachedGuests returns the copy of the guests if it is there and not older than MaxAge, else nil. It calls nobody.
func (c *Cache) CachedGuests(s cache.Scope) *Guests { return c.guests.cached(s) }

// A Change says what a change of ours makes out of date. The groups always are, and the guests: who is put
// into a group may become one.
type Change struct {
	// Members says that the members are, too.
	Members bool
	// Member is the only member that changed, as it was read afterwards; nil if that is not known.
	Member *tallyfy.Member
}

// Invalidate drops the copies that a change makes out of date, of every token in the organisation,
// and keeps no reading that began before. The scope's own members are corrected if that is possible.
func (c *Cache) Invalidate(s cache.Scope, change Change) {
	c.groups.invalidate(s, nil)
	c.guests.invalidate(s, nil)
	if change.Members {
		c.members.invalidate(s, change.Member)
	}
}

// Forget drops the copies of one scope, and ends the reading of them.
func (c *Cache) Forget(s cache.Scope) {
	c.members.forget(s)
	c.groups.forget(s)
	c.guests.forget(s)
}

// Renew drops the copies of members and groups of one scope that are older than MaxAge, so that the next page waits for what
// is so now. A reading that is under way goes on.
func (c *Cache) Renew(s cache.Scope) {
	c.members.renew(s)
	c.groups.renew(s)
}

// Sweep drops copies that have not been used for a while. It is to be called now and then.
func (c *Cache) Sweep() {
	c.members.sweep()
	c.groups.sweep()
	c.guests.sweep()
}
