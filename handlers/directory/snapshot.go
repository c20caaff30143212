package directory

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"tallyfy-admin/tallyfy"
)

// A Snapshot is the members of an organisation as they were read. It does not change.
type Snapshot struct {
	// ReadAt is when the reading began.
	ReadAt time.Time
	// Complete is false while more is being read, or when reading stopped half-way.
	Complete bool

	people []*person // by name, then email
	keys   []string  // theirs, side by side: Search goes through all of them
	byID   map[tallyfy.UserID]int
}

// A person is a member with what Search looks into, folded.
type person struct {
	tallyfy.Member
	key string
}

// newSnapshot makes a copy of what was read. What another copy of the same organisation says as well, it shares with that: colleagues
// with tokens of their own mostly see the same.
func newSnapshot(members []tallyfy.Member, readAt time.Time, complete bool, another *Snapshot) *Snapshot {
	people := make([]*person, len(members))
	for i := range members {
		if another != nil {
			if known, ok := another.byID[members[i].ID]; ok && reflect.DeepEqual(another.people[known].Member, members[i]) {
				people[i] = another.people[known]
				continue
			}
		}
		people[i] = newPerson(members[i])
	}
	return snapshotOf(people, readAt, complete, another)
}

func newPerson(m tallyfy.Member) *person {
	return &person{m, fold(m.Name()) + "\n" + fold(m.Email)}
}

func snapshotOf(people []*person, readAt time.Time, complete bool, another *Snapshot) *Snapshot {
	slices.SortFunc(people, func(a, b *person) int { // by the folded name: Ł stands with L, not after Z
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.Name(), b.Name()), strings.Compare(string(a.ID), string(b.ID)))
	})
	s := &Snapshot{ReadAt: readAt, Complete: complete}
	if another != nil && slices.Equal(people, another.people) {
		s.people, s.keys, s.byID = another.people, another.keys, another.byID
		return s
	}
	s.people, s.keys, s.byID = people, make([]string, len(people)), make(map[tallyfy.UserID]int, len(people))
	for i, p := range people {
		s.keys[i] = p.key
		s.byID[p.ID] = i
	}
	return s
}

func (s *Snapshot) readAt() time.Time { return s.ReadAt }

func (s *Snapshot) index() *string { return first(s.keys) }

func (s *Snapshot) incomplete() *Snapshot {
	older := *s
	older.Complete = false
	return &older
}

// Len is the number of members that were read.
func (s *Snapshot) Len() int { return len(s.people) }

// Member finds a member by id. The result is shared: it must not be changed.
func (s *Snapshot) Member(id tallyfy.UserID) (*tallyfy.Member, bool) {
	i, ok := s.byID[id]
	if !ok {
		return nil, false
	}
	return &s.people[i].Member, true
}

// Search gives the members whose name or email holds every word of the query, whatever its case and accents, or whose id it
// is, in the order of their names. An empty query fits everybody; keep, if not nil, leaves out those it is false for.
func (s *Snapshot) Search(query string, keep func(*tallyfy.Member) bool) []*tallyfy.Member {
	words := strings.Fields(fold(query))
	named, ok := s.byID[tallyfy.UserID(query)]
	if !ok {
		named = -1
	}
	var found []*tallyfy.Member
	for i, key := range s.keys {
		if (i == named || holdsAll(key, words)) && (keep == nil || keep(&s.people[i].Member)) {
			found = append(found, &s.people[i].Member)
		}
	}
	return found
}

// with is the snapshot with one member replaced, or added if it was not there.
func (s *Snapshot) with(m tallyfy.Member) *Snapshot {
	people := slices.Clone(s.people)
	if i, ok := s.byID[m.ID]; ok {
		people[i] = newPerson(m)
	} else {
		people = append(people, newPerson(m))
	}
	return snapshotOf(people, s.ReadAt, s.Complete, nil)
}

// alike writes letters that Unicode does not take apart the way people type them who have no such key.
var alike = strings.NewReplacer(
	"’", "'", "‘", "'", "ʼ", "'",
	"ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d", "ð", "d", "Ð", "d", "þ", "th", "Þ", "th", "ħ", "h", "Ħ", "h",
	"ß", "ss", "ẞ", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i",
)

// fold makes text comparable: lower case, without accents, and with one kind of apostrophe.
func fold(s string) string {
	s = alike.Replace(s)
	if isASCII(s) {
		return strings.ToLower(s)
	}
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	folded, _, err := transform.String(t, s)
	if err != nil {
		return strings.ToLower(s)
	}
	return strings.ToLower(folded)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
