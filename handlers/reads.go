package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// largestKept is the size of the largest group that is kept, in people: the memory is for many small
// answers.
const largestKept = 1000

// A reader reads of an organisation what one person's token sees: for a request, or for a job.
type reader struct {
	app   *App
	api   *tallyfy.Client
	scope cache.Scope
	// fresh says that what another page has read will not do: on a reload, and for what checks what it changes.
	fresh bool
	// id names the request or the job in the log.
	id string
}

// readAs lets the reader read what a token sees of an organisation.
func (r *reader) readAs(token string, org tallyfy.ID) {
	r.api, r.scope = r.app.API.WithToken(token), cache.ScopeOf(token, org)
}

// fetch returns the answer to a read that pages share for a while, or reads it. keep says which answers
// are worth keeping; nil keeps all.
func fetch[V any](ctx context.Context, r *reader, key string, fresh bool, keep func(V) bool, read func(context.Context) (V, error)) (V, error) {
	return cache.Fetch(ctx, r.app.answers, r.scope, key, cache.Options[V]{TTL: r.app.Recall, Fresh: fresh, Keep: keep}, read)
}

// Group reads a group.
func (r *reader) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return r.group(ctx, id, r.fresh)
}

func (r *reader) group(ctx context.Context, id tallyfy.ID, fresh bool) (*tallyfy.Group, error) {
	keep := func(g *tallyfy.Group) bool { return len(g.Members)+len(g.Guests) <= largestKept }
	return fetch(ctx, r, "group "+string(id), fresh, keep, func(ctx context.Context) (*tallyfy.Group, error) {
		return r.api.Groups.Get(ctx, r.scope.Organisation(), id)
	})
}

// Member reads a member with the groups.
func (r *reader) Member(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return fetch(ctx, r, "member "+string(id), r.fresh, nil, func(ctx context.Context) (*tallyfy.Member, error) {
		return r.api.Members.Get(ctx, r.scope.Organisation(), id, "groups")
	})
}

// Members gives the copy of the members as this person's token sees them. It is never nil.
func (r *reader) Members(ctx context.Context) (*directory.Members, error) {
	return r.app.Directory.Members(ctx, r.api, r.scope)
}

// CopiedGroups is the copy of the groups as this person's token sees them, if it costs no call, else nil.
func (r *reader) CopiedGroups() *directory.Groups {
	_, groups, _ := r.app.Directory.Cached(r.scope)
	return groups
}

// Groups gives the copy of the groups as this person's token sees them. It is never nil.
func (r *reader) Groups(ctx context.Context) (*directory.Groups, error) {
	return r.app.Directory.Groups(ctx, r.api, r.scope)
}

// CopiedGuests is the copy of the guests as this person's token sees them, if it costs no call, else nil.
func (r *reader) CopiedGuests() *directory.Guests { return r.app.Directory.CachedGuests(r.scope) }

// Guests gives the copy of the guests as this person's token sees them. It is never nil.
func (r *reader) Guests(ctx context.Context) (*directory.Guests, error) {
	return r.app.Directory.Guests(ctx, r.api, r.scope)
}

// Guest reads a guest.
func (r *reader) Guest(ctx context.Context, email string) (*tallyfy.Guest, error) {
	return fetch(ctx, r, "guest "+strings.ToLower(email), r.fresh, nil, func(ctx context.Context) (*tallyfy.Guest, error) {
		return r.api.Guests.Get(ctx, r.scope.Organisation(), email)
	})
}

// OpenTasks counts the open tasks of a person or a group, and brings along as many as one call does. A failure is
// a result too: not checked.
func (r *reader) OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks {
	o.PerPage = tallyfy.MostTasks
	keep := func(t tallyfy.OpenTasks) bool { return t.Checked }
	tasks, err := fetch(ctx, r, "tasks "+string(o.Owner)+" "+string(o.Group)+" "+o.Guest, r.fresh, keep, func(ctx context.Context) (tallyfy.OpenTasks, error) {
		return r.api.Tasks.Open(ctx, r.scope.Organisation(), o)
	})
	if err != nil {
		r.notCounted(err)
	}
	return tasks
}

// notCounted logs why tasks could not be read: the page only says that they were not.
func (r *reader) notCounted(err error) { r.logInfo("open tasks not counted", err) }

// logInfo logs what a page or a job can do without.
func (r *reader) logInfo(what string, err error) {
	r.app.Log.Info(what, slog.String("request_id", r.id), slog.Any("error", err))
}

// logError is logInfo for what went wrong here, and not at Tallyfy.
func (r *reader) logError(what string, err error) {
	r.app.Log.Error(what, slog.String("request_id", r.id), slog.Any("error", err))
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
	return len(members.Others(m.Name(), m.ID)) > 0
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
	return fetch(ctx, &req.reader, "me", fresh, nil, func(ctx context.Context) (*tallyfy.Member, error) {
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
	if err == nil {
		var may bool
		if may, err = req.maySee(e); err == nil && !may {
			err = journal.ErrNotFound
		}
	}
	if errors.Is(err, journal.ErrNotFound) {
		return nil, noReceipt(req, err)
	}
	return e, err
}

// maySee reports whether the person may see an entry: their own, and as an administrator all.
func (req *request) maySee(e *journal.Entry) (bool, error) {
	if e.Actor.ID == string(req.who.UserID) {
		return true, nil
	}
	return req.isAdmin(req.ctx())
}

func noReceipt(req *request, err error) error {
	return &problem{
		status: http.StatusNotFound, title: "There is no such receipt",
		text: "Receipts are kept for " + words.Count(req.app.Journal.KeptDays(), "day", "days") +
			". They belong to one organisation, and only administrators can open those of others.",
		links: []components.LinkProps{{Text: "Activity", URL: req.urls().Activity(views.ActivityState{})}}, cause: err,
	}
}
