package overview

import (
	"maps"

	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/views/words"
)

// A Finding is something that may need attention.
type Finding struct {
	Count
	// Text says what is counted, after the number.
	Text  string
	State State
	// Names are the first of those that are counted.
	Names []string
	// Seats are the paid seats that invitations hold, where they are what is counted.
	Seats []Seat
}

// A Seat is the seats of a kind: full or light ones.
type Seat struct {
	Text string
	Count
}

// State says whether a finding needs attention.
type State string

// The states of a finding. Of an unknown one too little could be read.
const (
	Fine      State = "fine"
	Attention State = "attention"
	Unknown   State = "unknown"
)

// mostNames is how many names a finding has.
const mostNames = 2

// findings are all things to look at: the list, its filters, and the words after a number.
var findings = []struct {
	list      List
	chosen    listing.Selection
	one, many string
	// byGroups says that a group that could not be read would lower the number.
	byGroups bool
}{
	{list: Groups, chosen: listing.Selection{"people": "none"}, one: "group nobody is in", many: "groups nobody is in"},
	{list: Groups, chosen: listing.Selection{"holds": "one"}, one: "group held up by one person", many: "groups held up by one person"},
	{list: Groups, chosen: listing.Selection{"people": "disabled"}, one: "group with disabled people", many: "groups with disabled people"},
	{
		list: Members, chosen: listing.Selection{"groups": "none", "status": "active"}, byGroups: true,
		one: "active person in no group", many: "active people in no group",
	},
	{
		list: Members, chosen: listing.Selection{"groups": "everybody", "status": "active"}, byGroups: true,
		one: "active person only in the group of everybody", many: "active people only in the group of everybody",
	},
	{
		list: Members, chosen: listing.Selection{"seen": "never", "status": "active"},
		one: "active person never signed in", many: "active people never signed in",
	},
	{
		list: Members, chosen: listing.Selection{"joined": "earlier", "status": "invited"},
		one: "invitation older than 14 days", many: "invitations older than 14 days",
	},
}

func (o Organisation) findings() []Finding {
	var list []Finding
	for _, f := range findings {
		c := Count{List: f.list, Chosen: f.chosen}
		var names []string
		short := o.MembersShort
		if f.list == Groups {
			short = o.MembersShort || o.GroupsShort
			kept := o.keepGroups(f.chosen)
			c.N = len(kept)
			for _, g := range kept[:min(len(kept), mostNames)] {
				names = append(names, g.DisplayName())
			}
		} else {
			kept := o.keepMembers(f.chosen)
			c.N = len(kept)
			for _, m := range kept[:min(len(kept), mostNames)] {
				names = append(names, m.Name())
			}
		}
		finding := Finding{Count: c, Text: words.Noun(c.N, f.one, f.many), State: Fine, Names: names}
		switch {
		case f.byGroups && o.GroupsShort || c.N == 0 && short:
			finding.State, finding.Names = Unknown, nil
		case c.N > 0:
			finding.State = Attention
		}
		if f.chosen["status"] == "invited" && c.N > 0 {
			finding.Seats = []Seat{o.seat(f.chosen, "full", "full seat", "full seats"), o.seat(f.chosen, "light", "light seat", "light seats")}
		}
		list = append(list, finding)
	}
	return append(list, o.administrators())
}

// seat counts the invitations that hold a kind of seat: an invitation takes it when it is sent
// (documented).
func (o Organisation) seat(chosen listing.Selection, role, one, many string) Seat {
	chosen = maps.Clone(chosen)
	chosen["role"] = role
	c := o.members(chosen)
	return Seat{words.Noun(c.N, one, many), c}
}

// administrators finds an organisation where nobody can stand in for its administrator.
func (o Organisation) administrators() Finding {
	f := Finding{Count: o.members(listing.Selection{"role": "admin", "status": "active"}), State: Fine}
	switch {
	case f.N < 2 && o.MembersShort:
		f.State = Unknown
	case f.N < 2:
		f.State = Attention
	}
	f.Text = words.Noun(f.N, "active administrator, and nobody to stand in", "active administrators")
	return f
}
