package history

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
)

// A state is what was read of all members, of all groups, or of all guests.
type state struct {
	Members map[tallyfy.UserID]member `json:",omitempty"`
	Groups  map[tallyfy.ID]group      `json:",omitempty"`
	Guests  map[tallyfy.ID]guest      `json:",omitempty"`
	// GuestsSince is when the first reading of groups had ended whose guests were kept, zero before it.
	GuestsSince time.Time `json:",omitzero"`
	// Erased has the hashes of those whose accounts were deleted for good: a group may still hold their ids.
	Erased []string `json:",omitempty"`
}

type member struct {
	Name   string
	Role   tallyfy.Role   `json:",omitempty"`
	Status tallyfy.Status `json:",omitempty"`
}

// guest is a guest of the organisation. Tallyfy may go on listing one who was removed.
type guest struct {
	Address string // folded
	Gone    bool   `json:",omitempty"`
}

// guestPrefix begins the key of a guest of a group, which stands where the id of a member does. Ids have no space.
const guestPrefix = "guest "

// GuestKey stands for the guest with an address, where otherwise the id of a member does.
func GuestKey(address string) tallyfy.UserID {
	return tallyfy.UserID(guestPrefix + membership.GuestKey(address))
}

// addressOf is the address of a guest's key, "" for a member's id.
func addressOf(who tallyfy.UserID) string {
	address, ok := strings.CutPrefix(string(who), guestPrefix)
	if !ok {
		return ""
	}
	return address
}

// group is a group with the ids of its members and the keys of its guests in order, each once.
type group struct {
	Name    string
	Members []tallyfy.UserID `json:",omitempty"`
}

func membersOf(list []*tallyfy.Member) *state {
	s := &state{Members: make(map[tallyfy.UserID]member, len(list))}
	for _, m := range list {
		s.Members[m.ID] = member{m.Name(), m.Role, m.Status}
	}
	return s
}

func groupsOf(list []*tallyfy.Group) *state {
	s := &state{Groups: make(map[tallyfy.ID]group, len(list))}
	for _, g := range list {
		people := slices.Clone([]tallyfy.UserID(g.Members))
		for _, address := range g.Guests {
			people = append(people, GuestKey(address))
		}
		slices.Sort(people)
		s.Groups[g.ID] = group{g.DisplayName(), slices.Compact(people)}
	}
	return s
}

func guestsOf(list []*tallyfy.Guest) *state {
	s := &state{Guests: make(map[tallyfy.ID]guest, len(list))}
	for _, g := range list {
		s.Guests[g.ID] = guest{membership.GuestKey(g.Email), g.IsDeleted()}
	}
	return s
}

// membersOnly is the state without the guests of groups.
func (s *state) membersOnly() *state {
	t := &state{Groups: make(map[tallyfy.ID]group, len(s.Groups))}
	for id, g := range s.Groups {
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(who tallyfy.UserID) bool { return addressOf(who) != "" })
		t.Groups[id] = g
	}
	return t
}

// erasedHash stands for somebody whose account was deleted for good.
func erasedHash(id tallyfy.UserID) string {
	sum := sha256.Sum256([]byte("tallyfy-admin history erased v1:" + id))
	return hex.EncodeToString(sum[:8])
}

// leaveOut takes those out whose accounts were deleted for good before.
func (s *state) leaveOut(erased []string) {
	s.Erased = erased
	if len(erased) == 0 {
		return
	}
	gone := func(id tallyfy.UserID) bool { return slices.Contains(erased, erasedHash(id)) }
	maps.DeleteFunc(s.Members, func(id tallyfy.UserID, _ member) bool { return gone(id) })
	maps.DeleteFunc(s.Guests, func(_ tallyfy.ID, g guest) bool { return gone(GuestKey(g.Address)) })
	for id, g := range s.Groups {
		g.Members = slices.DeleteFunc(g.Members, gone)
		s.Groups[id] = g
	}
}

// set puts a member into a group or takes one out, and reports whether that changed anything. Other states share
// the list of ids, so it is copied.
func (s *state) set(id tallyfy.ID, who tallyfy.UserID, in bool) bool {
	g, ok := s.Groups[id]
	at, was := slices.BinarySearch(g.Members, who)
	if !ok || was == in {
		return false
	}
	g.Members = slices.Clone(g.Members)
	if in {
		g.Members = slices.Insert(g.Members, at, who)
	} else {
		g.Members = slices.Delete(g.Members, at, at+1)
	}
	s.Groups[id] = g
	return true
}

// changes lists what differs between two states of the same list, in no order. Names of members are not compared.
func changes(before, after *state) (list []*Event) {
	for id, was := range before.Members {
		is, still := after.Members[id]
		switch {
		case !still:
			list = append(list, &Event{Kind: MemberGone, Member: id, Details: Details{Who: was.Name}})
			continue
		case is.Role != was.Role:
			list = append(list, &Event{Kind: RoleChanged, Member: id, Details: Details{Who: is.Name, Was: string(was.Role), Is: string(is.Role)}})
		}
		if is.Status != was.Status {
			list = append(list, &Event{Kind: StatusChanged, Member: id, Details: Details{Who: is.Name, Was: string(was.Status), Is: string(is.Status)}})
		}
	}
	for id, is := range after.Members {
		if _, before := before.Members[id]; !before {
			list = append(list, &Event{Kind: MemberNew, Member: id, Details: Details{Who: is.Name}})
		}
	}
	guests := func(kind Kind, list, other map[tallyfy.ID]guest) (events []*Event) {
		for id, g := range list {
			if o, there := other[id]; !g.Gone && (!there || o.Gone) {
				events = append(events, &Event{Kind: kind, Member: GuestKey(g.Address)})
			}
		}
		return events
	}
	list = append(list, guests(GuestGone, before.Guests, after.Guests)...)
	list = append(list, guests(GuestNew, after.Guests, before.Guests)...)
	for id, was := range before.Groups {
		is, still := after.Groups[id]
		switch {
		case !still:
			list = append(list, &Event{Kind: GroupGone, Group: id, Details: Details{In: was.Name}})
		case is.Name != was.Name:
			list = append(list, &Event{Kind: GroupRenamed, Group: id, Details: Details{In: is.Name, Was: was.Name, Is: is.Name}})
		}
		list = append(list, moves(id, was, group{cmp.Or(is.Name, was.Name), is.Members}, !still)...)
	}
	for id, is := range after.Groups {
		if _, before := before.Groups[id]; !before {
			list = append(list, &Event{Kind: GroupNew, Group: id, Details: Details{In: is.Name}})
			list = append(list, moves(id, group{}, is, true)...)
		}
	}
	return list
}

// moves lists who came into a group and who left it. part says that the group itself came or went.
func moves(id tallyfy.ID, was, is group, part bool) (list []*Event) {
	if slices.Equal(was.Members, is.Members) {
		return nil
	}
	move := func(kind Kind, who tallyfy.UserID) {
		list = append(list, &Event{Kind: kind, Group: id, Member: who, Part: part, Details: Details{In: is.Name}})
	}
	a, b := was.Members, is.Members
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			move(Left, a[0])
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			move(Joined, b[0])
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return list
}

// equal reports that two states of the same list are the same, the names of members too.
func (s *state) equal(other *state) bool {
	return maps.Equal(s.Members, other.Members) && maps.Equal(s.Guests, other.Guests) && s.GuestsSince.Equal(other.GuestsSince) && maps.EqualFunc(s.Groups, other.Groups, func(a, b group) bool {
		return a.Name == b.Name && slices.Equal(a.Members, b.Members)
	})
}

// pack makes the text of a state that is stored, before it is sealed: 10,000 members or the groups that they are in
// are a few hundred kilobytes.
func (s *state) pack() ([]byte, error) {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // which is a level
	err := json.NewEncoder(w).Encode(s)
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

func unpack(packed []byte) (*state, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var s state
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return nil, err
	}
	return &s, nil
}
