package directory

import (
	"context"
	"iter"
	"time"

	"tallyfy-admin/tallyfy"
)

// A kind is what differs between the lists of members, of groups and of guests.
type kind[T any, ID ~string] struct {
	// read asks for an order without ties: in one with ties rows can move from page to page unseen.
	read func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[T, error]
	id   func(*T) ID
	// text is what a search looks into.
	text func(*T) string
	// name is what the item is called on pages.
	name func(*T) string
	// age orders the list, as Tallyfy does unasked (documented); where it is nil the name does.
	age func(*T) time.Time
	// people are the members that an item holds, nil if it holds none.
	people func(*T) []tallyfy.UserID
	// guests are the addresses of the guests that an item holds, nil if it holds none.
	guests func(*T) []string
}

// MembersPerRead is how many members one read of the list brings. It is far below the number that Tallyfy gives unasked,
// 9999 (documented): an answer of half a megabyte, and a fifth of the calls that 100 would cost.
const MembersPerRead = 500

var memberKind = kind[tallyfy.Member, tallyfy.UserID]{
	read: func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Member, error] {
		return client.Members.All(ctx, org, tallyfy.MemberListOptions{Sort: "email", PerPage: MembersPerRead})
	},
	id:   func(m *tallyfy.Member) tallyfy.UserID { return m.ID },
	text: func(m *tallyfy.Member) string { return m.Name() + "\n" + m.Email },
	name: (*tallyfy.Member).Name,
}

var groupKind = kind[tallyfy.Group, tallyfy.ID]{
	read: func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Group, error] {
		// Names are unique, and 100 is the most that Tallyfy gives (both documented).
		return client.Groups.All(ctx, org, tallyfy.GroupListOptions{SortBy: "name", PerPage: 100})
	},
	id:     func(g *tallyfy.Group) tallyfy.ID { return g.ID },
	text:   func(g *tallyfy.Group) string { return g.DisplayName() + "\n" + g.Description },
	name:   (*tallyfy.Group).DisplayName,
	age:    func(g *tallyfy.Group) time.Time { return g.CreatedAt.Time },
	people: func(g *tallyfy.Group) []tallyfy.UserID { return g.Members },
	guests: func(g *tallyfy.Group) []string { return g.Guests },
}

var guestKind = kind[tallyfy.Guest, tallyfy.ID]{
	read: func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Guest, error] {
		// In Tallyfy's own order: which others it knows is not documented.
		return client.Guests.All(ctx, org, tallyfy.GuestListOptions{PerPage: 500})
	},
	id:   func(g *tallyfy.Guest) tallyfy.ID { return g.ID },
	text: func(g *tallyfy.Guest) string { return g.Name() + "\n" + g.Email + "\n" + g.Company() },
	name: (*tallyfy.Guest).Name,
}
