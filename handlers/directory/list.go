package directory

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// The lists of an organisation. Members and guests are in the order of their names, groups in Tallyfy's.
type (
	Members = List[tallyfy.Member, tallyfy.UserID]
	Groups  = List[tallyfy.Group, tallyfy.ID]
	Guests  = List[tallyfy.Guest, tallyfy.ID]
)

// A List is the members, groups or guests of an organisation as they were read. It is shared: neither the
// list nor its items may be changed.
type List[T any, ID ~string] struct {
	Items []*T
	// ReadAt is when the reading began.
	ReadAt time.Time
	// Complete is false while more is being read, when the reading stopped half-way, and when Tallyfy
	// counts more than it gave.
	Complete bool
	// Short says how many there are of how many, when the reading is over and some are missing.
	Short *tallyfy.ShortError
	// Version is another one for lists that differ.
	Version uint64

	kind  *kind[T, ID]
	texts []string // of each item, as a search compares them
	keys  []string // of each item, in the order of names
	at    map[ID]int
	of    map[tallyfy.UserID][]*T
	guest map[string][]*T // by their addresses in lower case
	// alike are the items by their names as names.Fold makes them equal, made when first asked for.
	alike func() map[string][]*T
}

// A row is an item with what it is searched and sorted by.
type row[T any] struct {
	item      *T
	text, key string
}

func (k *kind[T, ID]) row(item *T) row[T] {
	r := row[T]{item: item, text: names.Search(k.text(item))}
	if k.age == nil {
		r.key = names.Key(k.name(item))
	}
	return r
}

var versions atomic.Uint64

// newList makes a list of rows, which stay as they are.
func newList[T any, ID ~string](k *kind[T, ID], rows []row[T], readAt time.Time, complete bool) *List[T, ID] {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b row[T]) int {
		if k.age == nil {
			return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(k.id(a.item), k.id(b.item)))
		}
		return k.age(a.item).Compare(k.age(b.item))
	})
	l := &List[T, ID]{
		Items: make([]*T, len(rows)), ReadAt: readAt, Complete: complete, Version: versions.Add(1),
		kind: k, texts: make([]string, len(rows)), keys: make([]string, len(rows)), at: make(map[ID]int, len(rows)), of: map[tallyfy.UserID][]*T{}, guest: map[string][]*T{},
	}
	for i, r := range rows {
		l.Items[i], l.texts[i], l.keys[i] = r.item, r.text, r.key
		l.at[k.id(r.item)] = i
		if k.people != nil {
			for _, id := range k.people(r.item) {
				l.of[id] = append(l.of[id], r.item)
			}
		}
		if k.guests != nil {
			for _, email := range k.guests(r.item) {
				email = strings.ToLower(email)
				l.guest[email] = append(l.guest[email], r.item)
			}
		}
	}
	l.alike = sync.OnceValue(func() map[string][]*T {
		alike := make(map[string][]*T, len(l.Items))
		for _, item := range l.Items {
			name := names.Fold(k.name(item))
			alike[name] = append(alike[name], item)
		}
		return alike
	})
	return l
}

// Ended reports that the reading is over: the list is complete, or as complete as can be had.
func (l *List[T, ID]) Ended() bool { return l.Complete || l.Short != nil }

// incomplete is the list marked as not complete.
func (l *List[T, ID]) incomplete() *List[T, ID] {
	marked := *l
	marked.Complete, marked.Short = false, nil
	return &marked
}

// with is the list with one item replaced, or added if it was not there.
func (l *List[T, ID]) with(item *T) *List[T, ID] {
	rows := make([]row[T], len(l.Items), len(l.Items)+1)
	for i := range l.Items {
		rows[i] = row[T]{l.Items[i], l.texts[i], l.keys[i]}
	}
	if i, ok := l.at[l.kind.id(item)]; ok {
		rows[i] = l.kind.row(item)
	} else {
		rows = append(rows, l.kind.row(item))
	}
	list := newList(l.kind, rows, l.ReadAt, l.Complete)
	list.Short = l.Short
	return list
}

// equal is the row of an item that is the same in every field, if the list has one. The list may be nil.
func (l *List[T, ID]) equal(item *T) (row[T], bool) {
	if l == nil {
		return row[T]{}, false
	}
	i, ok := l.at[l.kind.id(item)]
	if !ok || !reflect.DeepEqual(l.Items[i], item) {
		return row[T]{}, false
	}
	return row[T]{l.Items[i], l.texts[i], l.keys[i]}, true
}

// again is the list as a later reading found it: nil unless its rows are those of the list, all of
// them. The list may be nil.
func (l *List[T, ID]) again(rows []row[T], readAt time.Time) *List[T, ID] {
	if l == nil || !l.Complete || len(rows) != len(l.Items) {
		return nil
	}
	met := make([]bool, len(rows))
	for _, r := range rows {
		i, ok := l.at[l.kind.id(r.item)]
		if !ok || l.Items[i] != r.item || met[i] {
			return nil
		}
		met[i] = true
	}
	same := *l
	same.ReadAt = readAt
	return &same
}

// ByID finds an item.
func (l *List[T, ID]) ByID(id ID) (*T, bool) {
	i, ok := l.at[id]
	if !ok {
		return nil, false
	}
	return l.Items[i], true
}

// Count returns how many of the ids are in the list. Those that an incomplete list lacks count, too: they
// are not known to be gone.
func (l *List[T, ID]) Count(ids []ID) int {
	if !l.Complete {
		return len(ids)
	}
	n := 0
	for _, id := range ids {
		if _, ok := l.at[id]; ok {
			n++
		}
	}
	return n
}

// Of returns the groups that a member is in, oldest first. The list is shared and must not be
// changed.
func (l *List[T, ID]) Of(member tallyfy.UserID) []*T { return l.of[member] }

// OfGuest returns the groups that the guest with an address is in, as Of does.
func (l *List[T, ID]) OfGuest(email string) []*T { return l.guest[strings.ToLower(email)] }

// Search returns the items whose text holds every word of the query, compared by names.Search, or whose
// id it is. An empty query finds all. The text is the name and email of a member, the
// name and description of a group, and the name, email and company of a guest. Items for which keep is false are left out, if keep is not nil.
func (l *List[T, ID]) Search(query string, keep func(*T) bool) []*T {
	words := names.Words(query)
	named, isID := l.at[ID(names.Clean(query))]
	var found []*T
	for i, text := range l.texts {
		if (isID && i == named || names.HasAll(text, words)) && (keep == nil || keep(l.Items[i])) {
			found = append(found, l.Items[i])
		}
	}
	return found
}

// Alike returns the items whose names look the same as a name, as names.Alike has it.
func (l *List[T, ID]) Alike(name string) []*T {
	if l.alike == nil { // an empty list that nothing was read for
		return nil
	}
	return l.alike()[names.Fold(name)]
}

// Others returns those of Alike without the one that has the id.
func (l *List[T, ID]) Others(name string, id ID) (others []*T) {
	for _, item := range l.Alike(name) {
		if l.kind.id(item) != id {
			others = append(others, item)
		}
	}
	return others
}

// Called are the groups that a text means: the one whose id it is, or those with a name that looks the same.
func Called(groups *Groups, text string) []*tallyfy.Group {
	if g, ok := groups.ByID(tallyfy.ID(text)); ok {
		return []*tallyfy.Group{g}
	}
	return groups.Alike(text)
}

// KnownTo are the guests whom a member knows, by their names. Those who were removed are left out.
func KnownTo(guests *Guests, member tallyfy.UserID) []*tallyfy.Guest {
	return present(guests, func(g *tallyfy.Guest) bool { return slices.Contains(g.KnownBy(), member) })
}

// LeftAlone are the guests whom nobody who is active knows once some who know them are gone. While
// the members are not all read, somebody who is not among them counts as active.
func LeftAlone(guests *Guests, members *Members, gone func(tallyfy.UserID) bool) []*tallyfy.Guest {
	stays := func(id tallyfy.UserID) bool {
		m, ok := members.ByID(id)
		return !gone(id) && (ok && m.CanWork() || !ok && !members.Complete)
	}
	return present(guests, func(g *tallyfy.Guest) bool {
		return slices.ContainsFunc(g.KnownBy(), gone) && !slices.ContainsFunc(g.KnownBy(), stays)
	})
}

// present are the guests that fit and were not removed, by their names.
func present(guests *Guests, fits func(*tallyfy.Guest) bool) (list []*tallyfy.Guest) {
	for _, g := range guests.Items {
		if !g.IsDeleted() && fits(g) {
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(a, b *tallyfy.Guest) int { return names.Compare(a.Name(), b.Name()) })
	return list
}
