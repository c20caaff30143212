package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/queue"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
)

// StartJobs begins to work at jobs, and goes on with those that another process left. stop ends that: each job
// stops after the step that is under way.
func (a *App) StartJobs(ctx context.Context, db *store.DB) (stop func(context.Context) error, err error) {
	runner := &bulk.Runner{Book: a.Jobs, Leases: a.Leases, Journal: a.Journal, Changes: a.changes, Log: a.Log, Work: a.work}
	a.queue, err = queue.Start(ctx, db, queue.Options{Work: runner.Run, Open: a.Jobs.Running, Log: a.Log})
	if err != nil {
		return nil, err
	}
	return a.queue.Stop, nil
}

// work makes the steps of a job in its owner's name.
func (a *App) work(_ context.Context, j *bulk.Job, token string) (bulk.Work, error) {
	r := &reader{app: a, fresh: true, id: "job " + j.ID}
	r.readAs(token, j.Org)
	desk := bulk.Desk{Source: r, Client: r.api, Org: tallyfy.Organization{ID: j.Org, Name: j.OrgName}, By: tallyfy.UserID(j.Owner.ID), Now: a.Now}
	var last change.Change
	return bulk.Work{
		Context: func(ctx context.Context) context.Context {
			return ratelimit.Background(ratelimit.For(ctx, j.Owner.ID))
		},
		Caller: change.Caller{Org: j.Org, Actor: j.Owner, Client: "job", Sent: func(err error) {
			c := directory.Change{}
			if removed, ok := last.(*removal.Removal); ok {
				if c.Members = true; err == nil {
					c.Member = removed.Removed()
				}
			}
			r.drop(c)
		}},
		Change: func(rows []*bulk.Row) change.Change {
			last = desk.Change(j.Kind, rows)
			return last
		},
	}, nil
}

// job reads a job that the person may see: their own, and for administrators everybody's.
func (req *request) job(id string) (*bulk.Job, error) {
	j, err := req.app.Jobs.Job(req.ctx(), req.org(), id)
	if err == nil && j.Owner.ID != string(req.who.UserID) {
		var admin bool
		if admin, err = req.isAdmin(req.ctx()); err == nil && !admin {
			err = bulk.ErrNotFound
		}
	}
	if errors.Is(err, bulk.ErrNotFound) {
		return nil, &problem{
			status: 404, title: "There is no such job",
			text:  fmt.Sprintf("Jobs are kept for %d days, and dry runs that nobody starts for one. They belong to one organisation, and only administrators can open those of others.", bulk.Keep/(24*time.Hour)),
			links: req.wayHome(), cause: err,
		}
	}
	return j, err
}

// me is the person as the journal names people.
func (req *request) me() journal.Subject { return req.caller().Actor }

// deliver asks the workers for a job that was started. One that the queue does not take is found by the next look
// at the jobs.
func (req *request) deliver(id string) {
	if req.app.queue == nil {
		return
	}
	if err := req.app.queue.Add(req.ctx(), id); err != nil {
		req.app.Log.Error("job not queued", "request_id", web.IDOf(req), "job", id, "error", err)
	}
}
