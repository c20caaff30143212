package matrix

import (
	"cmp"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Likeness tells how much others have in common with a member.
type Likeness struct {
	title  string
	shared map[tallyfy.UserID][]*tallyfy.Group
	weight map[tallyfy.UserID]float64
}

// LikenessTo counts the given groups of a member: each is worth 1/size, for a small one says more than a large
// one.
func LikenessTo(m *tallyfy.Member, groups []*tallyfy.Group) Likeness {
	l := Likeness{strings.TrimSpace(m.JobTitle), map[tallyfy.UserID][]*tallyfy.Group{}, map[tallyfy.UserID]float64{}}
	for _, g := range groups {
		for _, id := range g.Members {
			l.shared[id] = append(l.shared[id], g)
			l.weight[id] += 1 / float64(len(g.Members))
		}
	}
	return l
}

// Shared are those of the groups that another member is in, too.
func (l Likeness) Shared(id tallyfy.UserID) []*tallyfy.Group { return l.shared[id] }

// SameTitle reports that another member has the same job title.
func (l Likeness) SameTitle(m *tallyfy.Member) bool {
	return l.title != "" && strings.EqualFold(l.title, strings.TrimSpace(m.JobTitle))
}

// Compare puts first who has more in common: by the groups, then by the job title.
func (l Likeness) Compare(a, b *tallyfy.Member) int {
	return cmp.Or(cmp.Compare(l.weight[b.ID], l.weight[a.ID]), compareBool(l.SameTitle(a), l.SameTitle(b)))
}

// compareBool puts true first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// A Peer is a member who shares groups with another one. Shared are the groups of both, the smallest first.
type Peer struct {
	*tallyfy.Member
	Shared []*tallyfy.Group
}

// Peers ranks those who share groups with a member, the most alike first, and equals by name. Bots and disabled
// people are nobody's peers. Groups that hold more than half of all members say nothing about anybody and do not
// count.
func Peers(of *tallyfy.Member, members *directory.Members, groups *directory.Groups) []Peer {
	like := LikenessTo(of, Telling(groups.Of(of.ID), members))
	var peers []Peer
	for _, m := range members.Items { // in the order of names, which costs more to compare
		if shared := like.Shared(m.ID); len(shared) > 0 && m.ID != of.ID && m.IsPerson() {
			peers = append(peers, Peer{m, shared})
		}
	}
	slices.SortStableFunc(peers, func(a, b Peer) int { return like.Compare(a.Member, b.Member) })
	return peers
}

// Colleagues are those whom a member is most like: first who has the same job title, then who shares groups. Bots
// and disabled people are none.
func Colleagues(of *tallyfy.Member, members *directory.Members, groups *directory.Groups) (list []*tallyfy.Member) {
	like := LikenessTo(of, Telling(groups.Of(of.ID), members))
	for _, m := range members.Items {
		if m.ID != of.ID && m.IsPerson() && (like.SameTitle(m) || len(like.Shared(m.ID)) > 0) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b *tallyfy.Member) int {
		return cmp.Or(compareBool(like.SameTitle(a), like.SameTitle(b)), like.Compare(a, b))
	})
	return list
}

// Telling leaves out the groups that hold more than half of all members, and puts the smallest first.
func Telling(groups []*tallyfy.Group, members *directory.Members) []*tallyfy.Group {
	telling := slices.DeleteFunc(slices.Clone(groups), func(g *tallyfy.Group) bool { return 2*len(g.Members) > len(members.Items) })
	slices.SortStableFunc(telling, func(a, b *tallyfy.Group) int {
		return cmp.Or(cmp.Compare(len(a.Members), len(b.Members)), names.Compare(a.DisplayName(), b.DisplayName()))
	})
	return telling
}

// A Suggestion is a group that a member is not in. Alike is how many others with the same job title are.
type Suggestion struct {
	*tallyfy.Group
	Alike int
}

// Suggest lists the groups that a member is not in, those of people with the same job title first, and equals by
// name. With it comes how many such people there are. Bots and disabled people do not count.
func Suggest(m *tallyfy.Member, members *directory.Members, groups *directory.Groups) (list []Suggestion, alike int) {
	like := LikenessTo(m, nil)
	same := map[tallyfy.UserID]bool{}
	for _, other := range members.Items {
		if other.ID != m.ID && like.SameTitle(other) && other.IsPerson() {
			same[other.ID] = true
		}
	}
	for _, g := range groups.Items {
		s, in := Suggestion{Group: g}, false
		for _, id := range g.Members {
			in = in || id == m.ID
			if same[id] {
				s.Alike++
			}
		}
		if !in {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Alike, a.Alike), names.Compare(a.DisplayName(), b.DisplayName()), cmp.Compare(a.ID, b.ID))
	})
	return list, len(same)
}
