package directory

import (
	"context"
	"iter"

	"tallyfy-admin/tallyfy"
)

// A kind is what differs between the lists of members and of groups.
type kind[T any, ID ~string] struct {
	read func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[T, error]
	id   func(*T) ID
	// text is what a search looks into.
	text func(*T) string
	// name orders the list; nil leaves it in Tallyfy's order.
	name func(*T) string
	// people are the members that an item holds, nil if it holds none.
	people func(*T) []tallyfy.UserID
}

var memberKind = kind[tallyfy.Member, tallyfy.UserID]{
	read: func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Member, error] {
		// Far below the number that Tallyfy gives unasked, 9999 (documented): an answer of half a
		// megabyte, and a fifth of the calls.
		return client.Members.All(ctx, org, tallyfy.MemberListOptions{PerPage: 500})
	},
	id:   func(m *tallyfy.Member) tallyfy.UserID { return m.ID },
	text: func(m *tallyfy.Member) string { return m.Name() + "\n" + m.Email },
	name: (*tallyfy.Member).Name,
}

var groupKind = kind[tallyfy.Group, tallyfy.ID]{
	read: func(ctx context.Context, client *tallyfy.Client, org tallyfy.ID) iter.Seq2[tallyfy.Group, error] {
		return client.Groups.All(ctx, org, tallyfy.GroupListOptions{PerPage: 100}) // the most that Tallyfy gives (documented)
	},
	id:     func(g *tallyfy.Group) tallyfy.ID { return g.ID },
	text:   func(g *tallyfy.Group) string { return g.DisplayName() + "\n" + g.Description },
	people: func(g *tallyfy.Group) []tallyfy.UserID { return g.Members },
}
