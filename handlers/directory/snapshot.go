package directory

import (
	"cmp"
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

	members []tallyfy.Member // by name, then email
	keys    []string         // what Search looks into, folded, in the order of members
	byID    map[tallyfy.UserID]int
}

func newSnapshot(members []tallyfy.Member, readAt time.Time, complete bool) *Snapshot {
	type entry struct {
		member *tallyfy.Member
		key    string
	}
	entries := make([]entry, len(members))
	for i := range members {
		m := &members[i]
		entries[i] = entry{m, fold(m.Name()) + "\n" + fold(m.Email)}
	}
	slices.SortFunc(entries, func(a, b entry) int { // by the folded name: Ł stands with L, not after Z
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.member.Name(), b.member.Name()), strings.Compare(string(a.member.ID), string(b.member.ID)))
	})
	s := &Snapshot{
		ReadAt: readAt, Complete: complete,
		members: make([]tallyfy.Member, len(entries)), keys: make([]string, len(entries)),
		byID: make(map[tallyfy.UserID]int, len(entries)),
	}
	for i, e := range entries {
		s.members[i], s.keys[i] = *e.member, e.key
		s.byID[e.member.ID] = i
	}
	return s
}

func (s *Snapshot) readAt() time.Time { return s.ReadAt }

func (s *Snapshot) incomplete() *Snapshot {
	older := *s
	older.Complete = false
	return &older
}

// Len is the number of members that were read.
func (s *Snapshot) Len() int { return len(s.members) }

// Member finds a member by id. The result is shared: it must not be changed.
func (s *Snapshot) Member(id tallyfy.UserID) (*tallyfy.Member, bool) {
	i, ok := s.byID[id]
	if !ok {
		return nil, false
	}
	return &s.members[i], true
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
		if (i == named || holdsAll(key, words)) && (keep == nil || keep(&s.members[i])) {
			found = append(found, &s.members[i])
		}
	}
	return found
}

// with is the snapshot with one member replaced, or added if it was not there.
func (s *Snapshot) with(m tallyfy.Member) *Snapshot {
	members := slices.Clone(s.members)
	if i, ok := s.byID[m.ID]; ok {
		members[i] = m
	} else {
		members = append(members, m)
	}
	return newSnapshot(members, s.ReadAt, s.Complete)
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
