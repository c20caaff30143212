package directory

import (
	"context"
	"crypto/sha256"
	"iter"
	"time"

	"tallyfy-admin/tallyfy"
)

// Options sets how copies are read and kept. A zero value means the default.
type Options struct {
	// MaxAge is how long a copy is shown, once it is there, before it is read again; default 2 minutes. It does not count the
	// time that the reading took: a large organisation would be read all the time.
	MaxAge time.Duration
	// Wait is how long a page waits for a copy that is being read before it goes on with what is there; default 6 s.
	Wait time.Duration
	// Timeout ends a reading that goes on in the background; default 5 minutes.
	Timeout time.Duration
	// Copies is how many are kept at the most; default 64.
	Copies int
}

// A Cache holds the copies of members and groups.
type Cache struct {
	members *copies[tallyfy.Member, *Snapshot]
	groups  *copies[tallyfy.Group, *Groups]
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

// Organisation is the one that the key is about.
func (k Key) Organisation() tallyfy.ID { return k.org }

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
	return &Cache{
		members: newCopies(o, func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Member, error] {
			return client.Members.All(ctx, org, tallyfy.MemberListOptions{PerPage: pageSize})
		}, newSnapshot),
		groups: newCopies(o, func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Group, error] {
			return client.Groups.All(ctx, org, tallyfy.GroupListOptions{PerPage: pageSize})
		}, newGroups),
	}
}

// Get gives the members of an organisation: a recent copy, or a new one. Several callers share one reading, which goes
// on when they go away. If it takes long, the result is the older copy or, without one, what has been read so far, with
// Complete false. With an error it is the same, and Complete is false in either case. It is never nil.
func (c *Cache) Get(ctx context.Context, client *tallyfy.Client, key Key) (*Snapshot, error) {
	return c.members.get(ctx, client, key)
}

// Groups gives the groups of an organisation, as Get gives its members.
func (c *Cache) Groups(ctx context.Context, client *tallyfy.Client, key Key) (*Groups, error) {
	return c.groups.get(ctx, client, key)
}

// Kept gives the recent copies of both, if both are there. It calls nobody.
func (c *Cache) Kept(key Key) (*Snapshot, *Groups, bool) {
	members, ok := c.members.kept(key)
	if !ok {
		return nil, nil, false
	}
	groups, ok := c.groups.kept(key)
	return members, groups, ok
}

// Changed takes in a member as just read after a change of ours. The copy that the change was made with is corrected, the
// other copies of the organisation are dropped, for they belong to other tokens. The groups are read anew: the change may
// have been to them.
func (c *Cache) Changed(key Key, m *tallyfy.Member) {
	var correct func(*Snapshot) *Snapshot
	if m != nil {
		correct = func(s *Snapshot) *Snapshot { return s.with(*m) }
	}
	c.members.change(key, correct)
	c.groups.change(key, nil)
}

// GroupsChanged drops the copies of an organisation's groups after a change of ours to one.
func (c *Cache) GroupsChanged(key Key) { c.groups.change(key, nil) }

// Forget drops the copies of one key, so that they are read anew.
func (c *Cache) Forget(key Key) {
	c.members.forget(key)
	c.groups.forget(key)
}
