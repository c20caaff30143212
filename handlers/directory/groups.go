package directory

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"tallyfy-admin/tallyfy"
)

// Groups is the groups of an organisation as they were read, in the order of Tallyfy's list. It does not change.
type Groups struct {
	// ReadAt is when the reading began.
	ReadAt time.Time
	// Complete is false while more is being read, or when reading stopped half-way.
	Complete bool

	groups []*tallyfy.Group
	keys   []string // what Search looks into, folded
	of     map[tallyfy.UserID][]*tallyfy.Group
	most   int
	notes  *notes
}

// newGroups makes a copy of what was read, and shares with another one as newSnapshot does.
func newGroups(groups []tallyfy.Group, readAt time.Time, complete bool, another *Groups) *Groups {
	known := map[tallyfy.ID]*tallyfy.Group{}
	if another != nil {
		for _, g := range another.groups {
			known[g.ID] = g
		}
	}
	rows := make([]*tallyfy.Group, len(groups))
	for i, g := range groups {
		if rows[i] = known[g.ID]; rows[i] == nil || !reflect.DeepEqual(*rows[i], g) {
			rows[i] = &g
		}
	}
	g := &Groups{ReadAt: readAt, Complete: complete, notes: &notes{kept: map[any]any{}}}
	if another != nil && slices.Equal(rows, another.groups) {
		g.groups, g.keys, g.of, g.most = another.groups, another.keys, another.of, another.most
		return g
	}
	g.groups, g.keys, g.of = rows, make([]string, len(rows)), map[tallyfy.UserID][]*tallyfy.Group{}
	for i, group := range rows {
		g.keys[i] = fold(group.Name) + "\n" + fold(group.Description)
		g.most = max(g.most, len(group.Members))
		for _, id := range group.Members {
			g.of[id] = append(g.of[id], group)
		}
	}
	return g
}

func (g *Groups) readAt() time.Time { return g.ReadAt }

func (g *Groups) index() *string { return first(g.keys) }

func (g *Groups) incomplete() *Groups {
	older := *g
	older.Complete = false
	return &older
}

// Largest is the number of members of the largest group.
func (g *Groups) Largest() int { return g.most }

// Len is the number of groups that were read.
func (g *Groups) Len() int { return len(g.groups) }

// notes is what has been worked out from a copy, for as long as the copy is kept.
type notes struct {
	mu   sync.Mutex
	kept map[any]any
}

// mostNotes bounds them: people type all kinds of searches.
const mostNotes = 100

// Note gives what work makes of this copy, worked out once for each key. key must name everything else that it depends on.
func Note[T any](g *Groups, key any, work func() T) T {
	g.notes.mu.Lock()
	known, ok := g.notes.kept[key].(T)
	g.notes.mu.Unlock()
	if ok {
		return known
	}
	made := work() // without the lock; two at once work it out twice
	g.notes.mu.Lock()
	defer g.notes.mu.Unlock()
	if len(g.notes.kept) < mostNotes {
		g.notes.kept[key] = made
	}
	return made
}

// Of gives the groups that a member is in. The result is shared: it must not be changed.
func (g *Groups) Of(id tallyfy.UserID) []*tallyfy.Group { return g.of[id] }

// Search gives the groups whose name or description holds every word of the query, whatever its case and accents, or whose id
// it is, in the order of Tallyfy's list. An empty query fits every group.
func (g *Groups) Search(query string) []*tallyfy.Group {
	words := strings.Fields(fold(query))
	var found []*tallyfy.Group
	for i, key := range g.keys {
		if holdsAll(key, words) || string(g.groups[i].ID) == query {
			found = append(found, g.groups[i])
		}
	}
	return found
}

func holdsAll(key string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(key, w) {
			return false
		}
	}
	return true
}
