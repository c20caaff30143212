package membership

import (
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/tallyfy"
)

// People says who comes into a group and who goes. A group is a set, so each person is in or out, and
// changes of several administrators never contradict each other.
type People struct {
	Add, Remove             []tallyfy.UserID `json:",omitempty"`
	AddGuests, RemoveGuests []string         `json:",omitempty"`
}

// Empty reports that nobody comes or goes.
func (p People) Empty() bool {
	return len(p.Add)+len(p.Remove)+len(p.AddGuests)+len(p.RemoveGuests) == 0
}

// Inverse undoes a change that was carried out.
func (p People) Inverse() People {
	return People{Add: p.Remove, Remove: p.Add, AddGuests: p.RemoveGuests, RemoveGuests: p.AddGuests}
}

// Merge returns a group's people after a change, from what they are now: everybody else stays, in the
// order of now, also who is disabled or not known any more. Who is added and removed at once is out.
func (p People) Merge(members []tallyfy.UserID, guests []string) ([]tallyfy.UserID, []string) {
	return merge(members, p.Add, p.Remove, memberKey), merge(guests, p.AddGuests, p.RemoveGuests, GuestKey)
}

// Effective leaves out who is in or out already: what remains is what the change does.
func (p People) Effective(members []tallyfy.UserID, guests []string) People {
	after, afterGuests := p.Merge(members, guests)
	return Between(members, guests, after, afterGuests)
}

// Between says who came and who went between two states of a group.
func Between(members []tallyfy.UserID, guests []string, after []tallyfy.UserID, afterGuests []string) People {
	return People{
		Add: without(after, members, memberKey), Remove: without(members, after, memberKey),
		AddGuests: without(afterGuests, guests, GuestKey), RemoveGuests: without(guests, afterGuests, GuestKey),
	}
}

// GuestKey identifies a guest: the address without outer space and whatever its letter case.
func GuestKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// PeopleKey identifies who is in a group, in whatever order.
func PeopleKey(g *tallyfy.Group) string {
	keys := make([]string, 0, len(g.Members)+len(g.Guests))
	for _, id := range g.Members {
		keys = append(keys, memberKey(id))
	}
	for _, address := range g.Guests {
		keys = append(keys, GuestKey(address))
	}
	slices.Sort(keys)
	return change.Digest(strings.Join(slices.Compact(keys), "\x00"))
}

func memberKey(id tallyfy.UserID) string { return strings.TrimSpace(string(id)) }

// merge is (now ∪ add) ∖ remove, each once, as it was written first.
func merge[T ~string](now, add, remove []T, key func(T) string) []T {
	return without(append(slices.Clone(now), add...), remove, key)
}

// without returns those of a list that another list does not have, each once.
func without[T ~string](list, other []T, key func(T) string) []T {
	drop := make(map[string]bool, len(list)+len(other))
	for _, one := range other {
		drop[key(one)] = true
	}
	kept := make([]T, 0, len(list))
	for _, one := range list {
		if k := key(one); k != "" && !drop[k] {
			drop[k] = true
			kept = append(kept, one)
		}
	}
	return kept
}

// A Text is what somebody wants to change in a text of a group.
type Text struct {
	// Was is the text that the person saw, Yours what it is to become.
	Was, Yours string
}

// Changed reports that the person wants another text.
func (t Text) Changed() bool { return !sameText(t.Was, t.Yours) }

// Merge returns the text after the change, from what it is now. conflict says that somebody else has
// changed it meanwhile, into something else: then only the person can say which it is to be, and the text
// stays as it is.
func (t Text) Merge(now string) (text string, conflict bool) {
	switch {
	case !t.Changed() || sameText(now, t.Yours):
		return now, false
	case sameText(now, t.Was):
		return t.Yours, false
	}
	return now, true
}

// sameText compares texts as Tallyfy keeps them: without outer space, and with the line ends of no system
// in particular.
func sameText(a, b string) bool { return plainText(a) == plainText(b) }

func plainText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
