package matrix

import (
	"cmp"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Peer is a member who shares groups with another one.
type Peer struct {
	*tallyfy.Member
	// Shared are the groups of both, the smallest first.
	Shared []*tallyfy.Group
	// Weight is the sum of 1/size of the shared groups: a small group says more than a large one.
	Weight float64
	// SameTitle says that both have the same job title.
	SameTitle bool
}

// Peers ranks those who share groups with a member, the most alike first: by weight, then by job title, then
// by name. Bots and disabled people are nobody's peers. Groups that hold more than half of all members say
// nothing about anybody and do not count.
func Peers(of *tallyfy.Member, members *directory.Members, groups *directory.Groups) []Peer {
	title := strings.TrimSpace(of.JobTitle)
	found := map[tallyfy.UserID]*Peer{}
	for _, g := range Telling(groups.Of(of.ID), members) {
		for _, id := range g.Members {
			m, ok := members.ByID(id)
			if !ok || id == of.ID || m.IsBot() || m.IsDisabled() {
				continue
			}
			p := found[id]
			if p == nil {
				p = &Peer{Member: m, SameTitle: title != "" && strings.EqualFold(title, strings.TrimSpace(m.JobTitle))}
				found[id] = p
			}
			p.Shared = append(p.Shared, g)
			p.Weight += 1 / float64(len(g.Members))
		}
	}
	peers := make([]Peer, 0, len(found))
	for _, m := range members.Items { // in the order of names, which costs more to compare
		if p := found[m.ID]; p != nil {
			peers = append(peers, *p)
		}
	}
	slices.SortStableFunc(peers, func(a, b Peer) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), compareBool(a.SameTitle, b.SameTitle))
	})
	return peers
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

// Telling leaves out the groups that hold more than half of all members, and puts the smallest first.
func Telling(groups []*tallyfy.Group, members *directory.Members) []*tallyfy.Group {
	telling := slices.DeleteFunc(slices.Clone(groups), func(g *tallyfy.Group) bool { return 2*len(g.Members) > len(members.Items) })
	slices.SortStableFunc(telling, func(a, b *tallyfy.Group) int {
		return cmp.Or(cmp.Compare(len(a.Members), len(b.Members)), names.Compare(a.DisplayName(), b.DisplayName()))
	})
	return telling
}
