package handlers

import (
	"context"

	"golang.org/x/sync/errgroup"

	"tallyfy-admin/tallyfy"
)

// sideBySide runs calls at the same time. The first error ends the others.
func sideBySide(ctx context.Context, calls ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, call := range calls {
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil { // in a goroutine of its own it would end the whole server
					err = panicked(p)
				}
			}()
			return call(ctx)
		})
	}
	return g.Wait()
}

// readGroup reads a group.
func (v *visit) readGroup(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return recall(ctx, v, "group "+string(id), func(ctx context.Context) (*tallyfy.Group, error) { return v.api.Groups.Get(ctx, v.org(), id) })
}

// readMember reads a member with the groups.
func (v *visit) readMember(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return recall(ctx, v, "member "+string(id), func(ctx context.Context) (*tallyfy.Member, error) {
		return v.api.Members.Get(ctx, v.org(), id, "groups")
	})
}
