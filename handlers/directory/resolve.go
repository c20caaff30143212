package directory

import (
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Resolved pairs an id with its item, which is nil for an id that the list does not have.
type Resolved[T any, ID ~string] struct {
	ID   ID
	Item *T
	at   int // in the list
}

// Resolve returns the items of some ids, each once and in the order of the list, then the ids that
// the list does not have, as they came. The cost depends on the number of ids, not on the list's.
func (l *List[T, ID]) Resolve(ids []ID) []Resolved[T, ID] {
	at := make([]int, 0, len(ids))
	var unknown []Resolved[T, ID]
	for _, id := range ids {
		if i, ok := l.at[id]; ok {
			at = append(at, i)
		} else {
			unknown = append(unknown, Resolved[T, ID]{ID: id})
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	resolved := make([]Resolved[T, ID], 0, len(at)+len(unknown))
	for _, i := range at {
		resolved = append(resolved, Resolved[T, ID]{l.kind.id(l.Items[i]), l.Items[i], i})
	}
	return append(resolved, unknown...)
}

// Filter keeps those of Resolve's result that [List.Search] would find. An id that the list does not
// have is found by itself alone.
func (l *List[T, ID]) Filter(resolved []Resolved[T, ID], query string) []Resolved[T, ID] {
	words := names.Words(query)
	if len(words) == 0 {
		return resolved
	}
	var found []Resolved[T, ID]
	for _, r := range resolved {
		if string(r.ID) == names.Clean(query) || r.Item != nil && names.HasAll(l.texts[r.at], words) {
			found = append(found, r)
		}
	}
	return found
}

// ByEmail finds members by their address in small letters. Who is disabled gives way to somebody of the same address.
func ByEmail(members *Members) map[string]*tallyfy.Member {
	byEmail := make(map[string]*tallyfy.Member, len(members.Items))
	for _, m := range members.Items {
		email := strings.ToLower(names.Clean(m.Email))
		if other := byEmail[email]; other == nil || other.IsDisabled() {
			byEmail[email] = m
		}
	}
	return byEmail
}

// Match keeps the texts that hold every word of the query, as [List.Search] compares them.
func Match(texts []string, query string) []string {
	words := names.Words(query)
	if len(words) == 0 {
		return texts
	}
	var found []string
	for _, t := range texts {
		if names.HasAll(names.Search(t), words) {
			found = append(found, t)
		}
	}
	return found
}
