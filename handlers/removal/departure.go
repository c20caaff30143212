package removal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
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
}

// BlockerKind names a reason why a member cannot be removed.
type BlockerKind string

// The blockers, in the order that they are shown.
const (
	Yourself     BlockerKind = "yourself"
	Bot          BlockerKind = "bot"
	Disabled     BlockerKind = "disabled"
	Invited      BlockerKind = "invited"
	DefaultAdmin BlockerKind = "default-admin"
	LastAdmin    BlockerKind = "last-admin"
)

// A Blocker is a reason with its way out.
type Blocker struct {
	Kind  BlockerKind
	Title string
	Out   string
}

// Blockers gives all reasons that hold at once. None means that the removal can go on.
func (d Departure) Blockers() []Blocker {
	m, name := d.Leaver, d.Leaver.Name()
	var list []Blocker
	add := func(applies bool, kind BlockerKind, title, out string) {
		if applies {
			list = append(list, Blocker{kind, title, out})
		}
	}
	add(d.Self, Yourself, "This is your own account.",
		"Removing it would end this session half-way. Ask another administrator.")
	add(m.IsBot(), Bot, name+" is a bot.",
		"Tallyfy does not remove bots. Switch off the integration that it belongs to in Tallyfy.")
	add(m.IsDisabled(), Disabled, name+" is already disabled.",
		"Access to "+d.Organisation+" has ended already. What is still held stands below; it can be changed in Tallyfy.")
	add(m.Status == tallyfy.StatusInvited, Invited, name+" has not accepted the invitation yet.",
		"Withdraw the invitation in Tallyfy under Settings, Organization, Members.")
	add(m.IsDefaultAdmin, DefaultAdmin, name+" is the default administrator.",
		"Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page.")
	add(m.Role == tallyfy.RoleAdmin && m.CanWork() && !d.OtherAdmin, LastAdmin, name+" is the only active administrator.",
		"Make somebody else an administrator first, or nobody will be able to manage "+d.Organisation+".")
	return list
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
	ID   tallyfy.ID
	Name string
	// Others and Guests count who stays.
	Others, Guests int
	Cover          Cover
	// Last is the one active member who stays, when Cover is OneActive; with the email if the leaver has the same name.
	Last string
}

// Groups gives the leaver's groups once each: those that are left with nobody first, then by how few stay, then by name.
func (d Departure) Groups() []Held {
	var list []Held
	seen := map[tallyfy.ID]bool{}
	for i := range d.Leaver.Groups {
		g := &d.Leaver.Groups[i]
		if seen[g.ID] {
			continue
		}
		seen[g.ID] = true
		list = append(list, d.held(g))
	}
	slices.SortStableFunc(list, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Cover, b.Cover), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	return list
}

func (d Departure) held(g *tallyfy.Group) Held {
	h := Held{ID: g.ID, Name: g.Name, Guests: len(g.Guests)}
	active, unknown := 0, 0
	for _, id := range g.Members {
		if id == d.Leaver.ID {
			continue
		}
		h.Others++
		switch m, ok := d.Lookup(id); {
		case ok && m.CanWork():
			active++
			h.Last = m.Name()
			if strings.EqualFold(h.Last, d.Leaver.Name()) {
				h.Last = withEmail(m)
			}
		case !ok && !d.AllMembers:
			unknown++
		}
	}
	switch {
	case h.Others == 0 && h.Guests == 0:
		h.Cover = NoOne
	case h.Others == 0:
		h.Cover = GuestsOnly
	case active == 0 && unknown == 0:
		h.Cover = NoActive
	case active == 1 && unknown == 0:
		h.Cover = OneActive
	default:
		h.Cover = Enough
	}
	if h.Cover != OneActive {
		h.Last = ""
	}
	return h
}

// Warning words what little a group is left with; empty when it is enough.
func (h Held) Warning() string {
	switch h.Cover {
	case NoOne:
		return h.Name + " will have nobody in it. Work sent to " + h.Name + " may reach no one."
	case GuestsOnly:
		return fmt.Sprintf("%s will have no member, only %s.", h.Name, words.Count(h.Guests, "guest", "guests"))
	case NoActive:
		return h.Name + " will have no active member: whoever stays is invited, disabled or a bot."
	case OneActive:
		return h.Name + " will have one active member: " + h.Last + "."
	default:
		return ""
	}
}

// Shared gives those of the leaver's groups that a member is in, too.
func (d Departure) Shared(id tallyfy.UserID) []tallyfy.ID {
	var ids []tallyfy.ID
	for i := range d.Leaver.Groups {
		g := &d.Leaver.Groups[i]
		if !slices.Contains(ids, g.ID) && slices.Contains(g.Members, id) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}
