package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// largestKept is the size of the largest group that is kept, in people: the memory is for many small
// answers.
const largestKept = 1000

// fetch returns the answer to a read that pages share for a while, or reads it. keep says which answers
// are worth keeping; nil keeps all.
func fetch[V any](ctx context.Context, req *request, key string, fresh bool, keep func(V) bool, read func(context.Context) (V, error)) (V, error) {
	return cache.Fetch(ctx, req.app.answers, req.scope, key, cache.Options[V]{TTL: req.app.Recall, Fresh: fresh, Keep: keep}, read)
}

// Group reads a group.
func (req *request) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return req.group(ctx, id, req.fresh)
}

func (req *request) group(ctx context.Context, id tallyfy.ID, fresh bool) (*tallyfy.Group, error) {
	keep := func(g *tallyfy.Group) bool { return len(g.Members)+len(g.Guests) <= largestKept }
	return fetch(ctx, req, "group "+string(id), fresh, keep, func(ctx context.Context) (*tallyfy.Group, error) {
		return req.api.Groups.Get(ctx, req.org(), id)
	})
}

// Member reads a member with the groups.
func (req *request) Member(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return fetch(ctx, req, "member "+string(id), req.fresh, nil, func(ctx context.Context) (*tallyfy.Member, error) {
		return req.api.Members.Get(ctx, req.org(), id, "groups")
	})
}

// Members gives the copy of the members as this person's token sees them. It is never nil.
func (req *request) Members(ctx context.Context) (*directory.Members, error) {
	return req.app.Directory.Members(ctx, req.api, req.scope)
}

// CopiedGroups is the copy of the groups as this person's token sees them, if it costs no call, else nil.
func (req *request) CopiedGroups() *directory.Groups {
	_, groups, _ := req.app.Directory.Cached(req.scope)
	return groups
}

// OpenTasks counts the open tasks of a person or a group, and brings along as many as one call does. A failure is
// a result too: not checked.
func (req *request) OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks {
	o.PerPage = tallyfy.MostTasks
	keep := func(t tallyfy.OpenTasks) bool { return t.Checked }
	tasks, err := fetch(ctx, req, "tasks "+string(o.Owner)+" "+string(o.Group), req.fresh, keep, func(ctx context.Context) (tallyfy.OpenTasks, error) {
		return req.api.Tasks.Open(ctx, req.org(), o)
	})
	if err != nil {
		req.notCounted(err)
	}
	return tasks
}

// notCounted logs why tasks could not be read: the page only says that they were not.
func (req *request) notCounted(err error) {
	req.app.Log.Info("open tasks not counted", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
}

// called is a member's name, with the address where somebody else in the organisation looks the same, as far as
// that is known without a call.
func (req *request) called(m *tallyfy.Member) string {
	if members, _, _ := req.app.Directory.Cached(req.scope); members != nil && hasNamesake(members, m) {
		return names.Marked(m.Name(), m.Email)
	}
	return names.Isolate(m.Name())
}

// hasNamesake reports that the name of somebody else looks the same.
func hasNamesake(members *directory.Members, m *tallyfy.Member) bool {
	return len(members.Search(m.Name(), func(other *tallyfy.Member) bool { return other.ID != m.ID && names.Alike(other.Name(), m.Name()) })) > 0
}

// memberName is the best name for an id that costs no call.
func (req *request) memberName(id tallyfy.UserID) string {
	if members, _, _ := req.app.Directory.Cached(req.scope); members != nil {
		if m, ok := members.ByID(id); ok {
			return m.Name()
		}
	}
	return "Member " + string(id)
}

// membership reads what the person is in the organisation.
func (req *request) membership(ctx context.Context, fresh bool) (*tallyfy.Member, error) {
	if req.asked != nil {
		return req.asked, nil
	}
	return fetch(ctx, req, "me", fresh, nil, func(ctx context.Context) (*tallyfy.Member, error) {
		return req.api.Organizations.Membership(ctx, req.org())
	})
}

// isAdmin reports whether the person is an administrator now. Tallyfy decides, not a copy of the members.
func (req *request) isAdmin(ctx context.Context) (bool, error) {
	m, err := req.membership(ctx, req.fresh)
	if err != nil {
		return false, err
	}
	return m.Role == tallyfy.RoleAdmin, nil
}

// entry reads an entry that the person may see: their own, and for administrators everybody's.
func (req *request) entry(id string) (*journal.Entry, error) {
	e, err := req.app.Journal.Get(req.ctx(), req.org(), id)
	if err == nil && e.Actor.ID != string(req.who.UserID) {
		var admin bool
		if admin, err = req.isAdmin(req.ctx()); err == nil && !admin {
			err = journal.ErrNotFound
		}
	}
	if errors.Is(err, journal.ErrNotFound) {
		return nil, noReceipt(req, err)
	}
	return e, err
}

func noReceipt(req *request, err error) error {
	return &problem{
		status: http.StatusNotFound, title: "There is no such receipt",
		text: "Receipts are kept for " + words.Count(req.app.Journal.KeptDays(), "day", "days") +
			". They belong to one organisation, and only administrators can open those of others.",
		links: req.wayHome(), cause: err,
	}
}
