package views

import (
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
	Tasks        OpenTasks
	Activity     RecentActivity
	// Peers share groups with the member, the most alike first. PeersKnown is false until the organisation is
	// read.
	Peers      []MemberPeer
	PeersKnown bool
}

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
		return names.Some(m.Groups, words.Number(more)+" more")
	}
	return names.List(m.Groups)
}
