package handlers

import (
	"context"
	"log/slog"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
)

// largestKept is the size of the largest group that is kept, in people: the memory is for many small
// answers.
const largestKept = 1000

// fetch returns the answer to a read that pages share for a while, or reads it. keep says which answers
// are worth keeping; nil keeps all.
func fetch[V any](ctx context.Context, v *visit, key string, fresh bool, keep func(V) bool, read func(context.Context) (V, error)) (V, error) {
	return cache.Fetch(ctx, v.app.answers, v.scope, key, cache.Options[V]{TTL: v.app.Recall, Fresh: fresh, Keep: keep}, read)
}

// Group reads a group.
func (v *visit) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return v.group(ctx, id, v.fresh)
}

func (v *visit) group(ctx context.Context, id tallyfy.ID, fresh bool) (*tallyfy.Group, error) {
	keep := func(g *tallyfy.Group) bool { return len(g.Members)+len(g.Guests) <= largestKept }
	return fetch(ctx, v, "group "+string(id), fresh, keep, func(ctx context.Context) (*tallyfy.Group, error) {
		return v.api.Groups.Get(ctx, v.org(), id)
	})
}

// Member reads a member with the groups.
func (v *visit) Member(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return fetch(ctx, v, "member "+string(id), v.fresh, nil, func(ctx context.Context) (*tallyfy.Member, error) {
		return v.api.Members.Get(ctx, v.org(), id, "groups")
	})
}

// Members gives the copy of the members as this person's token sees them. It is never nil.
func (v *visit) Members(ctx context.Context) (*directory.Members, error) {
	return v.app.Directory.Members(ctx, v.api, v.scope)
}

// OpenTasks counts the open tasks of a person or a group. A failure is a result too: not checked.
func (v *visit) OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks {
	keep := func(t tallyfy.OpenTasks) bool { return t.Checked }
	tasks, err := fetch(ctx, v, "tasks "+string(o.Owner)+" "+string(o.Group), v.fresh, keep, func(ctx context.Context) (tallyfy.OpenTasks, error) {
		return v.api.Tasks.Open(ctx, v.org(), o)
	})
	if err != nil {
		v.app.Log.Info("open tasks not counted", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
	}
	return tasks
}

// memberName is the best name for an id that costs no call.
func (v *visit) memberName(id tallyfy.UserID) string {
	if members, _, _ := v.app.Directory.Cached(v.scope); members != nil {
		if m, ok := members.ByID(id); ok {
			return m.Name()
		}
	}
	return "Member " + string(id)
}

// isAdmin reports whether the person is an administrator now. Tallyfy decides, not a copy of the members.
func (v *visit) isAdmin(ctx context.Context) (bool, error) {
	m, err := fetch(ctx, v, "me", v.fresh, nil, func(ctx context.Context) (*tallyfy.Member, error) {
		return v.api.Organizations.Membership(ctx, v.org())
	})
	if err != nil {
		return false, err
	}
	return m.Role == tallyfy.RoleAdmin, nil
}
