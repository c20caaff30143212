package handlers

import (
	"context"
	"log/slog"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
)

// Group reads a group.
func (v *visit) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return recall(ctx, v, "group "+string(id), func(ctx context.Context) (*tallyfy.Group, error) {
		return v.api.Groups.Get(ctx, v.org(), id)
	})
}

// Member reads a member with the groups.
func (v *visit) Member(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return recall(ctx, v, "member "+string(id), func(ctx context.Context) (*tallyfy.Member, error) {
		return v.api.Members.Get(ctx, v.org(), id, "groups")
	})
}

// Members gives the directory as this person's token sees it. It is never nil.
func (v *visit) Members(ctx context.Context) (*directory.Snapshot, error) {
	return v.app.Directory.Get(ctx, v.api, v.directoryKey())
}

// MemberName is the best name for an id that the copy at hand has.
func (v *visit) MemberName(id tallyfy.UserID) string {
	if members, _, ok := v.app.Directory.Kept(v.directoryKey()); ok {
		if m, ok := members.Member(id); ok {
			return m.Name()
		}
	}
	return "Member " + string(id)
}

// OpenTasks counts the open tasks of a person or a group. A failure is a result too: not checked.
func (v *visit) OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks {
	tasks, err := recall(ctx, v, "tasks "+string(o.Owner)+" "+string(o.Group), func(ctx context.Context) (tallyfy.OpenTasks, error) {
		return v.api.Tasks.Open(ctx, v.org(), o)
	})
	if err != nil {
		v.app.Log.Info("open tasks not counted", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
	}
	return tasks
}

// isAdmin reports whether the person is an administrator now, as the copy of the members says, or Tallyfy.
func (v *visit) isAdmin(ctx context.Context) (bool, error) {
	if members, _, ok := v.app.Directory.Kept(v.directoryKey()); ok {
		if m, ok := members.Member(v.who.UserID); ok {
			return m.Role == tallyfy.RoleAdmin, nil
		}
	}
	m, err := recall(ctx, v, "me", func(ctx context.Context) (*tallyfy.Member, error) {
		return v.api.Organizations.Membership(ctx, v.org())
	})
	if err != nil {
		return false, err
	}
	return m.Role == tallyfy.RoleAdmin, nil
}
