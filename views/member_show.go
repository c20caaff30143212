package views

import (
	"time"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// MemberPage is one member.
type MemberPage struct {
	MemberRow
	// Called is the name, with the address where somebody else looks the same.
	Called       string
	BackURL      string
	JobTitle     string
	Phone        string
	Timezone     string
	DefaultAdmin bool
	Self         bool
	// Lost are the groups that somebody who is disabled was in before, and is not in now.
	Lost []GroupLink
	// Base names the groups as the page shows them, Press identifies the press of a button.
	Base, Press string
	Tasks       OpenTasks
	Activity    RecentActivity
	Invitation  Invitation
	// Guests are those whom the member knows, none while they are not read.
	Guests   []GuestRow
	Reviewed Reviewed
	// Peers share groups with the member, the most alike first. PeersKnown is false until the organisation is
	// read.
	Peers      []MemberPeer
	PeersKnown bool
}

// lostIn says of how many groups Lost is.
func (v MemberPage) lostIn() string {
	in := "Was in "
	if len(v.Groups) > 0 {
		in = "Was also in "
	}
	return in + words.Count(len(v.Lost), "group", "groups") + " when the access ended:"
}

// canJoin reports whether somebody can be put into groups: a bot can't, nor who is disabled.
func (v MemberPage) canJoin() bool { return v.Status.Text != "Disabled" && v.Status.Text != "Bot" }

// An Invitation is what is known of one. Pending says that it was not accepted yet. By and At are whose plan the groups are, and when
// it was made.
type Invitation struct {
	Pending bool
	// Since is when it was approved, as Approved says, or when the account was made that nobody has
	// used yet; zero where Tallyfy says neither.
	Since    time.Time
	Approved bool
	Planned  []GroupLink
	By       string
	At       time.Time
}

// since goes on with a sentence: since when the invitation waits, as far as that is known.
func (v Invitation) since(c Clock) string {
	if v.Since.IsZero() {
		return ". "
	}
	what := "the account was made"
	if v.Approved {
		what = "it was approved"
	}
	return "; " + what + " on " + c.Day(v.Since) + ", " + c.DaysAgo(v.Since) + ". "
}

// TallyfyApp is where Tallyfy's own pages are.
const TallyfyApp = "https://go.tallyfy.com/"

// A MemberPeer is somebody who shares groups with a member. Groups are some of them, Shared is how many there
// are.
type MemberPeer struct {
	Person
	Groups []string
	Shared int
}

// where says which groups are shared.
func (m MemberPeer) where() string {
	if more := m.Shared - len(m.Groups); more > 0 {
		return names.Some(m.Groups, more)
	}
	return names.List(m.Groups)
}

// wayOut is the text of the button that takes somebody out of a group.
func wayOut(v MemberPage, g GroupLink) string {
	return "Take " + v.Called + " out of " + names.Isolate(g.Name)
}
