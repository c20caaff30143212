package directory

import (
	"cmp"
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
	// Stale is how long it counts as complete while another one is being read; default 5 minutes.
	Stale time.Duration
	// Glance is how long a page waits for the other one meanwhile, from the beginning of the reading: long enough for a small
	// organisation; default 0.5 s.
	Glance time.Duration
	// Wait is how long pages wait for the reading, from its beginning, when there is no copy or only one that is older; then they
	// go on with what is there; default 6 s.
	Wait time.Duration
	// Timeout ends a reading that does not get on; default 5 minutes.
	Timeout time.Duration
	// Copies is how many are kept at the most of members and of groups, Rows how many members or groups in all of them, where
	// copies that say the same count once; default 64 and 100,000. Those used longest ago go first.
	Copies, Rows int
	// Keep is how long Sweep leaves a copy that nobody has had read anew; default 30 minutes.
	Keep time.Duration
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
	o.MaxAge = cmp.Or(o.MaxAge, 2*time.Minute)
	o.Stale = cmp.Or(o.Stale, 5*time.Minute)
	o.Glance = cmp.Or(o.Glance, 500*time.Millisecond)
	o.Wait = cmp.Or(o.Wait, 6*time.Second)
	o.Timeout = cmp.Or(o.Timeout, 5*time.Minute)
	o.Copies, o.Rows = cmp.Or(o.Copies, 64), cmp.Or(o.Rows, 100_000)
	o.Keep = cmp.Or(o.Keep, 30*time.Minute)
	return &Cache{
		members: newCopies(o, func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Member, error] {
			return client.Members.All(ctx, org, tallyfy.MemberListOptions{PerPage: membersAtOnce})
		}, newSnapshot),
		groups: newCopies(o, func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Group, error] {
			return client.Groups.All(ctx, org, tallyfy.GroupListOptions{PerPage: groupsAtOnce})
		}, newGroups),
	}
}

// Get gives the members of an organisation: a recent copy, or a new one. Several callers share one reading, which goes
// on when they go away. If it takes long, the result is the older copy, complete while it is not Stale, or, without one, what
// has been read so far, with Complete false. With an error it is the same, and Complete is false in either case. It is never nil.
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

// Forget drops the copies of one key, and ends the reading of them.
func (c *Cache) Forget(key Key) {
	c.members.forget(key)
	c.groups.forget(key)
}

// Sweep drops copies that nobody has had read anew for a while. It is to be called now and then.
func (c *Cache) Sweep() {
	c.members.sweep()
	c.groups.sweep()
}
