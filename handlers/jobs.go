package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/queue"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/words"
)

// bulkFile is the name of the field for a file.
const bulkFile = "file"

// jobRows is how many rows of a job a page shows.
const jobRows = 100

// StartJobs begins to work at jobs, and goes on with those that another process left. stop ends that: each job
// stops after the step that is under way.
func (a *App) StartJobs(ctx context.Context, db *store.DB) (stop func(context.Context) error, err error) {
	runner := &bulk.Runner{Book: a.Jobs, Leases: a.Leases, Changes: a.changes, Log: a.Log, Work: a.work}
	a.queue, err = queue.Start(ctx, db, queue.Options{Work: runner.Run, Open: a.Jobs.Running, Log: a.Log})
	if err != nil {
		return nil, err
	}
	return a.queue.Stop, nil
}

// work makes the steps of a job in its owner's name.
func (a *App) work(j *bulk.Job, token string) bulk.Work {
	r := &reader{app: a, fresh: true, id: "job " + j.ID}
	r.readAs(token, j.Org)
	desk := bulk.Desk{Source: r, Client: r.api, Org: tallyfy.Organization{ID: j.Org, Name: j.OrgName}, By: tallyfy.UserID(j.Owner.ID), ByName: j.Owner.Name, Plans: a.PlannedGroups, Now: a.Now}
	var last change.Change
	var rest func(ctx context.Context, rows []*bulk.Row) error
	if j.Kind.Name == bulk.AddToGroups {
		desk.Held = a.heldSince(r, j)
	}
	if j.Kind == bulk.Reviewed {
		desk.Held = a.heldInReview(r, j)
		rest = func(ctx context.Context, rows []*bulk.Row) error {
			_, err := a.record(ctx, j.Org, j.Review, j.Owner, jobResults(j, rows))
			return err
		}
	}
	return bulk.Work{
		Rest: rest,
		Context: func(ctx context.Context) context.Context {
			return ratelimit.Background(ratelimit.For(ctx, j.Owner.ID))
		},
		Caller: change.Caller{Org: j.Org, Actor: j.Owner, Client: "job", Sent: func(err error) {
			c := directory.Change{Members: j.Kind.Admins}
			if done, ok := last.(memberChange); ok && err == nil {
				c.Member = done.Changed()
			}
			r.drop(c)
		}},
		Change: func(rows []*bulk.Row) change.Change {
			last = desk.Change(j.Kind, rows)
			return last
		},
	}
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

// openJob reads a job of which the rows are needed, too.
func (req *request) openJob(id string) (*bulk.Job, error) {
	j, err := req.job(id)
	if err == nil && j.Unreadable {
		return nil, &problem{
			status: http.StatusConflict, title: "This job can't be opened",
			text:  "It was sealed with a secret that the dashboard does not have any more, or is of another version. Nothing was changed.",
			links: req.wayHome(),
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
		req.app.Log.Error("job not queued", slog.String("request_id", web.IDOf(req)), slog.String("job", id), slog.Any("error", err))
	}
}

// jobCounts is how many rows of a job have each state. In a job that rests none is under way for
// good.
func (req *request) jobCounts(j *bulk.Job) (map[bulk.State]int, error) {
	counts, err := req.app.Jobs.Counts(req.ctx(), j.ID)
	if err != nil || counts[bulk.Working] == 0 || j.Unreadable {
		return counts, err
	}
	if err := req.app.Jobs.MarkUnknown(req.ctx(), req.app.Leases, j); err != nil { // the page is as good without
		req.logError("rows of a job that rests not marked as not known", err)
		return counts, nil
	}
	return req.app.Jobs.Counts(req.ctx(), j.ID)
}

// jobHead is what is said of a job wherever it stands.
func (req *request) jobHead(j *bulk.Job, counts map[bulk.State]int) views.JobHead {
	h := views.JobHead{ID: j.ID, At: j.At, Begun: j.Note.Begun, Over: j.Note.Over, Changed: j.Changed, By: j.Owner.Name, State: string(j.State), Why: j.Note.Why, SignIn: j.Note.SignIn, Unreadable: j.Unreadable}
	h.Review = j.Review
	h.Own = j.Owner.ID == string(req.who.UserID)
	if h.Title = "A job of another version"; j.Kind != nil {
		h.Title = j.Kind.Title
	}
	for _, n := range counts {
		h.Rows += n
	}
	h.Done, h.Failed, h.Unknown, h.Held = counts[bulk.Done], counts[bulk.Failed], counts[bulk.Unknown], counts[bulk.Held]
	h.Left = counts[bulk.Waiting] + counts[bulk.Working] + counts[bulk.Held]
	h.Nothing, h.Cant, h.Skipped = counts[bulk.Nothing], counts[bulk.Cant], counts[bulk.Skipped]
	h.Moving = j.State == bulk.Running || counts[bulk.Working] > 0 && !j.Unreadable
	h.Stalled = j.State == bulk.Running && req.app.Now().Sub(j.Changed) > stalledAfter
	return h
}

// mayRun reports that the person's role may do what a kind does.
func (req *request) mayRun(k *bulk.Kind) bool {
	if k.Admins {
		return req.rights().Members
	}
	return req.rights().Groups
}

// stalledAfter is how long nothing may happen in a running job before the page says so.
const stalledAfter = time.Minute

// showJobPage shows a dry run, or a job with how far it is.
func (req *request) showJobPage(j *bulk.Job) error {
	counts, err := req.jobCounts(j)
	if err != nil {
		return err
	}
	v := views.JobPage{JobHead: req.jobHead(j, counts), Notes: j.Notes}
	if j.Unreadable {
		return req.show(http.StatusOK, views.JobDetails(req.page(v.Title, views.SectionActivity), v))
	}
	v.Kind, v.OfGroups = j.Kind.Name, j.Kind.Person == ""
	v.Only = req.QueryParam("rows")
	var in []bulk.State
	v.Tabs = append(v.Tabs, components.Tab{Text: "All", URL: req.urls().JobRows(j.ID, v.Planned(), "", 1), Number: words.Number(v.Rows), Current: true})
	for _, s := range bulk.States {
		if counts[s] == 0 {
			continue
		}
		current := v.Only == string(s)
		if current {
			in, v.Tabs[0].Current = []bulk.State{s}, false
		}
		v.Tabs = append(v.Tabs, components.Tab{Text: views.RowState(string(s), v.Planned()), URL: req.urls().JobRows(j.ID, v.Planned(), string(s), 1), Number: words.Number(counts[s]), Current: current})
	}
	rows, err := req.app.Jobs.Rows(req.ctx(), j.ID, in...)
	if err != nil {
		return err
	}
	starting := rows // the button starts all of them, whichever are shown
	if v.Planned() && v.Only != "" && v.Only != string(bulk.Waiting) {
		if starting, err = req.app.Jobs.Rows(req.ctx(), j.ID, bulk.Waiting); err != nil {
			return err
		}
	}
	for _, r := range starting {
		if r.Warning != "" && v.Planned() && r.State == bulk.Waiting && !slices.Contains(v.Warnings, r.Warning) {
			v.Warnings = append(v.Warnings, r.Warning)
		}
	}
	rows, v.Pager = pageOf(rows, parsePage(req.QueryParams(), "page"), jobRows)
	for _, r := range rows {
		v.List = append(v.List, req.jobRow(r))
	}
	if v.Planned() {
		v.Takes, v.Writes = req.app.Pace.Background(j.Reads), j.Writes
		v.Can, v.Ends = req.mayRun(j.Kind), j.Kind.Name == bulk.RemoveMembers || j.Kind.Name == bulk.Disable
		return req.show(http.StatusOK, views.JobDetails(req.page(v.Title+": dry run", views.SectionActivity), v))
	}
	p := req.page(v.Title, views.SectionActivity)
	if v.Moving {
		p.Refresh = 5
	}
	return req.show(http.StatusOK, views.JobDetails(p, v))
}

// jobRow shapes a row of a job.
func (req *request) jobRow(r *bulk.Row) views.JobRow {
	row := views.JobRow{
		Line: r.Line, Name: r.Called(), Email: r.Who.Email, Before: r.Before, After: r.After,
		State: string(r.State), Reason: r.Reason, Tallyfys: r.Tallyfys, Entry: r.Entry, Group: r.Group.Name, GroupID: tallyfy.ID(r.Group.ID),
	}
	if r.Who.ID != "" && r.New == nil {
		row.Member = tallyfy.UserID(r.Who.ID)
	}
	return row
}
