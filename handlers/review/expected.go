package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// FewestPeers is how many others with the same job title it takes to say which groups are usual for it.
const FewestPeers = 4

// A Reason is a group with the sentence that says why it is expected, or why it is not.
type Reason struct {
	*tallyfy.Group
	Why string
}

// A Difference compares the groups of a member with those that are expected. It is for looking at: nothing is chosen
// by it.
type Difference struct {
	// Known says that there is something to compare all groups with: what a set for everybody asks for is said without
	// that, too. Basis says what it is, or why there is nothing.
	Known bool
	Basis string
	// There are the expected groups that the member is in, Missing the others. Unexpected are those that the member is in
	// besides. Each list is in the order of names.
	There, Missing, Unexpected []Reason
	// Open are the member's groups about which nothing can be said. There are none if Known.
	Open []Reason
}

// Size is how far the groups are from what is expected: the odd cases of a review come first by it.
func (d Difference) Size() int { return len(d.Missing) + len(d.Unexpected) }

// Expectations are which groups are expected of whom, by the starter sets and by what people with the same job title
// are in.
type Expectations struct {
	groups *directory.Groups
	// sets are by the key of their title; that for everybody has none.
	sets map[string]store.StarterSet
	// peers is how many people have a title, in how many of them are in a group.
	peers map[string]int
	in    map[string]map[tallyfy.ID]int
	// everybody are the groups of nearly everybody, which are nobody's oddity.
	everybody map[tallyfy.ID]bool
}

// TitleKey is a job title as titles are compared.
func TitleKey(title string) string { return names.Fold(title) }

// Expect finds out which groups are expected. It reads the memberships once, for all people of a review.
func Expect(sets []store.StarterSet, members *directory.Members, groups *directory.Groups) *Expectations {
	x := &Expectations{
		groups: groups, sets: map[string]store.StarterSet{}, peers: map[string]int{}, in: map[string]map[tallyfy.ID]int{},
		everybody: listing.Everybody(members.Items, groups.Items),
	}
	for _, s := range sets {
		x.sets[TitleKey(s.Title)] = s
	}
	for _, m := range members.Items {
		title := TitleKey(m.JobTitle)
		if !m.CanWork() || title == "" {
			continue
		}
		if x.peers[title]++; x.in[title] == nil {
			x.in[title] = map[tallyfy.ID]int{}
		}
		for id := range groupsOf(m, groups) {
			x.in[title][id]++
		}
	}
	return x
}

// groupsOf are the groups of a member, each once.
func groupsOf(m *tallyfy.Member, groups *directory.Groups) map[tallyfy.ID]bool {
	list := map[tallyfy.ID]bool{}
	for _, g := range groups.Of(m.ID) {
		list[g.ID] = true
	}
	return list
}

// Of compares the groups of a member with those that are expected.
func (x *Expectations) Of(m *tallyfy.Member) (d Difference) {
	title, key, is := names.Isolate(strings.TrimSpace(m.JobTitle)), TitleKey(m.JobTitle), groupsOf(m, x.groups)
	forAll, own := x.sets[""], store.StarterSet{}
	if key != "" {
		own = x.sets[key]
	}
	others := x.peers[key]
	if key != "" && m.CanWork() {
		others--
	}
	compared := others >= FewestPeers
	d.Known = compared || len(own.Groups) > 0
	d.Basis = basis(title, len(own.Groups) > 0, others)
	said := func(alike int) string {
		return words.Number(alike) + " of the " + words.Number(others) + " " + words.Noun(alike, "is", "are") + " in it."
	}
	for id := range x.concerned(is, forAll, own, key) {
		g, ok := x.groups.ByID(id)
		if !ok { // deleted since the set was made
			continue
		}
		alike := x.in[key][id]
		if is[id] && m.CanWork() {
			alike--
		}
		why := ""
		switch {
		case has(forAll, id):
			why = "In the starter set for everybody."
		case has(own, id):
			why = "In the starter set for " + title + "."
		case compared && 2*alike > others:
			why = said(alike)
		case x.everybody[id] && is[id]:
			why = "Nearly everybody is in it."
		}
		switch {
		case why != "" && is[id]:
			d.There = append(d.There, Reason{g, why})
		case why != "":
			d.Missing = append(d.Missing, Reason{g, why})
		case !is[id]:
		case !d.Known:
			d.Open = append(d.Open, Reason{g, ""})
		case compared:
			d.Unexpected = append(d.Unexpected, Reason{g, said(alike)})
		default:
			d.Unexpected = append(d.Unexpected, Reason{g, "Not in the starter set for " + title + "."})
		}
	}
	for _, list := range [][]Reason{d.There, d.Missing, d.Unexpected, d.Open} {
		slices.SortFunc(list, func(a, b Reason) int {
			return cmp.Or(names.Compare(a.DisplayName(), b.DisplayName()), cmp.Compare(a.ID, b.ID))
		})
	}
	return d
}

// concerned are the groups that somebody is in, or might be expected to be in.
func (x *Expectations) concerned(is map[tallyfy.ID]bool, forAll, own store.StarterSet, key string) map[tallyfy.ID]bool {
	list := maps.Clone(is)
	for _, g := range slices.Concat(forAll.Groups, own.Groups) {
		list[tallyfy.ID(g.ID)] = true
	}
	for id := range x.in[key] {
		list[id] = true
	}
	return list
}

// basis says with what groups are compared, or why with nothing.
func basis(title string, set bool, others int) string {
	people := words.Count(others, "other active person has", "other active people have")
	switch {
	case title == "":
		return "There is no job title to go by."
	case set && others >= FewestPeers:
		return "Compared with the starter set for " + title + ", and with " + words.Count(others, "other active person", "other active people") + " with this job title."
	case set:
		return "Compared with the starter set for " + title + "."
	case others >= FewestPeers:
		return "Compared with " + words.Count(others, "other active person", "other active people") + " with the job title " + title + "."
	case others == 0:
		return "Nothing to compare with: there is no starter set for " + title + ", and nobody else active has this job title."
	}
	return "Nothing to compare with: there is no starter set for " + title + ", and only " + people + " this job title; " + words.Number(FewestPeers) + " are needed."
}

func has(set store.StarterSet, id tallyfy.ID) bool {
	return slices.ContainsFunc(set.Groups, func(g store.PlannedGroup) bool { return g.ID == string(id) })
}
