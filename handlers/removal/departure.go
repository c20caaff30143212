package removal

import (
	"cmp"
	"slices"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// A Departure is what was read about a member who may be removed.
type Departure struct {
	Organisation string
	Leaver       *tallyfy.Member // with the groups included, if Tallyfy sent them
	// Self says that the signed-in person is the leaver.
	Self bool
	// OtherAdmin says that there is, or may be, an active administrator other than the leaver.
	OtherAdmin bool
	Tasks      tallyfy.OpenTasks
	// Lookup finds a member by id. AllMembers says that an id without a member is not in the organisation.
	Lookup     func(tallyfy.UserID) (*tallyfy.Member, bool)
	AllMembers bool

	// others are people from whom the leaver, and who takes over, are told: who removes, who takes over, and
	// everybody whose name looks like theirs.
	others []*tallyfy.Member
}

// Blockers gives all reasons that hold at once. None means that the removal can go on.
func (d Departure) Blockers() []lifecycle.Blocker {
	m, name, organisation := d.Leaver, names.Isolate(d.Leaver.Name()), names.Isolate(d.Organisation)
	return lifecycle.Blockers(
		lifecycle.AskAdmin(d.Self, "This is your own account.",
			"You can't remove yourself. Ask another administrator."),
		lifecycle.Block(m.IsBot(), name+" is a bot.",
			"Tallyfy does not remove bots. Switch off the integration that it belongs to in Tallyfy."),
		lifecycle.Block(m.IsDisabled(), name+" is already disabled.",
			"Their access to "+organisation+" has ended already. What they still hold is listed below; change it in Tallyfy."),
		lifecycle.Block(m.Status == tallyfy.StatusInvited, name+" has not accepted the invitation yet.",
			"Withdraw the invitation in Tallyfy under Settings, Organization, Members."),
		lifecycle.DefaultAdmin(m.IsDefaultAdmin, name),
		lifecycle.LastAdmin(m.Role == tallyfy.RoleAdmin && m.CanWork() && !d.OtherAdmin, name, organisation),
	)
}

// CanTakeOver reports whether a member can be given the leaver's work: active people only, and never the leaver.
func (d Departure) CanTakeOver(m *tallyfy.Member) bool {
	return m.ID != d.Leaver.ID && m.CanWork()
}

// Cover says how many people a group has left without the leaver.
type Cover int

// From nobody at all to enough.
const (
	NoOne Cover = iota
	GuestsOnly
	NoActive
	OneActive
	Enough
)

// A Held group is one that the leaver is in.
type Held struct {
	ID tallyfy.ID
	// Name is with the id where another of the groups looks the same.
	Name string
	// Others and Guests count who stays. People who are not in the organisation any more are left out.
	Others, Guests int
	// Unknown is how many of the others are not known, because not all members could be read.
	Unknown int
	Cover   Cover
	// Last is the one active member who stays, when Cover is OneActive; with the email if somebody else in the plan looks the same.
	Last string
}

// Groups gives the leaver's groups: those that are left with nobody first, then by how few stay,
// then by name.
func (d Departure) Groups() []Held {
	var list []Held
	for _, g := range d.Leaver.In() {
		list = append(list, d.held(g))
	}
	alike := map[string]int{}
	for _, h := range list {
		alike[names.Fold(h.Name)]++
	}
	for i, h := range list {
		if alike[names.Fold(h.Name)] > 1 {
			list[i].Name = names.Marked(h.Name, string(h.ID))
		}
	}
	slices.SortFunc(list, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Cover, b.Cover), names.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (d Departure) held(g *tallyfy.Group) Held {
	h := Held{ID: g.ID, Name: g.DisplayName(), Guests: len(g.Guests)}
	var active []*tallyfy.Member
	for _, id := range g.Members {
		if id == d.Leaver.ID || d.isGone(id) {
			continue
		}
		h.Others++
		switch m, ok := d.Lookup(id); {
		case !ok:
			h.Unknown++
		case m.CanWork():
			active = append(active, m)
		}
	}
	switch {
	case h.Others == 0 && h.Guests == 0:
		h.Cover = NoOne
	case h.Others == 0:
		h.Cover = GuestsOnly
	case len(active) == 0 && h.Unknown == 0:
		h.Cover = NoActive
	case len(active) == 1 && h.Unknown == 0:
		h.Cover, h.Last = OneActive, d.called(active[0])
	default:
		h.Cover = Enough
	}
	return h
}

// isGone reports that an id is nobody's in the organisation. Tallyfy leaves the ids of people who were
// deleted in its groups.
func (d Departure) isGone(id tallyfy.UserID) bool {
	_, ok := d.Lookup(id)
	return !ok && d.AllMembers
}

// Left words who is left in the group where that is little, else it is empty.
func (h Held) Left() string {
	switch h.Cover {
	case NoOne:
		return "Nobody"
	case GuestsOnly:
		return "No members, only guests"
	case NoActive:
		return "No active members: those left are invited, disabled or bots"
	case OneActive:
		return "One active member: " + h.Last
	default:
		return ""
	}
}

// now counts who is left, where Left leaves it open.
func (h Held) now() string {
	switch {
	case h.Cover == GuestsOnly:
		return "No members, only " + words.Count(h.Guests, "guest", "guests")
	case h.Cover != Enough:
		return ""
	case h.Guests == 0:
		return words.Count(h.Others, "member", "members")
	}
	return words.Count(h.Others, "member", "members") + ", " + words.Count(h.Guests, "guest", "guests")
}

// Row is the group with who is left in it.
func (h Held) Row() journal.Row {
	return journal.Row{ID: h.ID, Name: h.Name, Text: h.Left(), Now: h.now(), Warn: h.Cover < Enough}
}

// called is a member in a sentence of the plan: with the email, or the id, where somebody else who may
// stand there looks the same.
func (d Departure) called(m *tallyfy.Member) string {
	return lifecycle.Called(m, append([]*tallyfy.Member{d.Leaver}, d.others...))
}

// Shared gives those of the leaver's groups that a member is in, too.
func (d Departure) Shared(id tallyfy.UserID) []tallyfy.ID {
	var ids []tallyfy.ID
	for _, g := range d.Leaver.In() {
		if slices.Contains(g.Members, id) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}
