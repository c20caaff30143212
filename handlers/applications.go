package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// startLease bounds the time in which a job of a review is stored and started, or a review is
// closed; applyLease that in which a page carries one out.
const (
	startLease = 30 * time.Second
	applyLease = change.LockMinutes * time.Minute
)

// clocksApart is how far the clocks of two replicas may be apart.
const clocksApart = 2 * time.Minute

// closer begins the owner of a turn in which a review is closed.
const closer = "close "

// turnOf is the name of the lease under which a review is carried out by a page, given to a job, or
// closed.
func turnOf(review string) string { return "apply review " + review }

// beingCarriedOut says that somebody else has the turn.
func beingCarriedOut() refusedForm {
	return stoppedForm("The review is being carried out, or closed, right now. Nothing was done. Look again in a moment.")
}

// endTurn gives a lease back, if there is one. It ends by itself, too.
func (req *request) endTurn(l *store.Lease) {
	if l != nil {
		_, _ = l.Release(context.WithoutCancel(req.ctx()))
	}
}

// reviewJobs are the jobs of a review, the newest first, after what those that rest have changed was recorded: a process
// may have died before it was. open is the one that runs or is paused, nil for none.
func (req *request) reviewJobs(review string) (all []*bulk.Job, open *bulk.Job, err error) {
	all, err = req.app.Jobs.OfReview(req.ctx(), req.org(), review)
	for _, j := range all {
		if err == nil && (j.State == bulk.Paused || j.State == bulk.Stopped) {
			var rows []*bulk.Row
			if rows, err = req.app.Jobs.Rows(req.ctx(), j.ID); err == nil {
				_, err = req.app.record(req.ctx(), j.Org, j.Review, j.Owner, jobResults(j, rows))
			}
		}
	}
	return all, openJob(all), err
}

// openJob is the one of a review's jobs that runs or is paused, nil for none.
func openJob(jobs []*bulk.Job) *bulk.Job {
	for _, j := range jobs {
		if j.State == bulk.Running || j.State == bulk.Paused {
			return j
		}
	}
	return nil
}

// underJob says that a job carries a review out, or rests on the way; nil where none does.
func (req *request) underJob(j *bulk.Job) (*views.Notice, error) {
	if j == nil {
		return nil, nil
	}
	counts, err := req.jobCounts(j)
	if err != nil {
		return nil, err
	}
	h := req.jobHead(j, counts)
	text := "This review is being carried out in the name of " + names.Isolate(h.By) + ". "
	if j.State == bulk.Paused {
		text = "This review is carried out in part, in the name of " + names.Isolate(h.By) + ", and rests. "
	}
	return &views.Notice{Kind: views.NoticeInfo, Text: text + h.Progress() + " What is in place is recorded here when the job ends or rests.", LinkText: "The job", LinkURL: req.urls().Job(j.ID)}, nil
}

// peopleTime is how long a job takes people to be as they were read. In a large organisation that
// takes a good part of a minute's reads.
const peopleTime = 5 * time.Minute

// A lookup finds a member by the id; false says that there is none.
type lookup func(tallyfy.UserID) (*tallyfy.Member, bool)

// peopleOfJob reads the people of the rows that a job has still to do. They are read again when
// that was peopleTime ago.
func (a *App) peopleOfJob(r *reader, j *bulk.Job, read func(context.Context, []tallyfy.UserID) (lookup, error)) func(context.Context) (lookup, error) {
	var now lookup
	var readAt time.Time
	return func(ctx context.Context) (lookup, error) {
		began := a.Now()
		if began.Sub(readAt) < peopleTime {
			return now, nil
		}
		rows, err := a.Jobs.Rows(ctx, j.ID, bulk.Waiting, bulk.Working, bulk.Unknown)
		if err != nil {
			return nil, err
		}
		found, err := read(ctx, peopleOf(rows))
		if err == nil {
			now, readAt = found, began
		}
		return now, err
	}
}

// heldSince says before a step of a job who of those to be added is to stay out: members who were
// disabled or have left since the dry run. Whether Tallyfy refuses them is not known. Of whom
// nothing can be read now, nothing is said.
func (a *App) heldSince(r *reader, j *bulk.Job) func(context.Context, []*bulk.Row) (map[tallyfy.UserID]string, error) {
	people := a.peopleOfJob(r, j, r.peopleListed)
	return func(ctx context.Context, rows []*bulk.Row) (map[tallyfy.UserID]string, error) {
		now, err := people(ctx)
		if err != nil {
			return nil, err
		}
		held := map[tallyfy.UserID]string{}
		for _, id := range peopleOf(rows) {
			if m, ok := now(id); !ok {
				held[id] = "is not in the organisation any more"
			} else if m.IsDisabled() {
				held[id] = "is disabled"
			}
		}
		return held, nil
	}
}

// heldInReview says before a step of a job of a review who of it is to stay as they are: those
// about whom it was decided anew, and those who were disabled, have left or have another role by
// now.
func (a *App) heldInReview(r *reader, j *bulk.Job) func(context.Context, []*bulk.Row) (map[tallyfy.UserID]string, error) {
	people := a.peopleOfJob(r, j, r.peopleNow)
	return func(ctx context.Context, rows []*bulk.Row) (map[tallyfy.UserID]string, error) {
		of, err := a.Reviews.Review(ctx, j.Org, j.Review)
		if errors.Is(err, review.ErrNotFound) {
			of, err = &review.Review{}, nil
		}
		var now lookup
		if err == nil {
			now, err = people(ctx)
		}
		if err != nil {
			return nil, err
		}
		held := map[tallyfy.UserID]string{}
		for _, row := range rows {
			id := tallyfy.UserID(row.Who.ID)
			p, _ := of.Person(id)
			switch m, ok := now(id); {
			case !ok:
				held[id] = "is not in the organisation any more"
			case m.IsDisabled():
				held[id] = "is disabled"
			case p == nil:
				held[id] = "is not in the review any more"
			case !p.Wants(tallyfy.ID(row.Group.ID), row.Leave):
				held[id] = "has been decided anew since"
			case row.Role != "" && m.Role != row.Role:
				held[id] = "has another role by now: look at the review again"
			}
		}
		return held, nil
	}
}

// peopleOf are the members of rows, each once.
func peopleOf(rows []*bulk.Row) (ids []tallyfy.UserID) {
	for _, r := range rows {
		if id := tallyfy.UserID(r.Who.ID); r.Who.Kind == journal.Member && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// peopleListed is peopleNow for anybody: only administrators may read one member, so for others the
// list has to do. Somebody whom a list lacks that was not read to its end may be there.
func (r *reader) peopleListed(ctx context.Context, ids []tallyfy.UserID) (lookup, error) {
	now, err := r.peopleNow(ctx, ids)
	if !tallyfy.IsForbidden(err) {
		return now, err
	}
	r.app.Directory.Forget(r.scope)
	copied, _ := r.Members(ctx)
	return func(id tallyfy.UserID) (*tallyfy.Member, bool) {
		m, ok := copied.ByID(id)
		if !ok && !copied.Complete {
			return &tallyfy.Member{ID: id, Status: tallyfy.StatusActive, IsActive: true}, true
		}
		return m, ok
	}, nil
}

// peopleNow reads people as they are now: one by one, or all members where that takes fewer reads.
func (r *reader) peopleNow(ctx context.Context, ids []tallyfy.UserID) (lookup, error) {
	copied, err := r.Members(ctx)
	if err == nil && copied.Complete && len(copied.Items)/directory.MembersPerRead+1 < len(ids) {
		r.app.Directory.Forget(r.scope)
		if copied, err = r.Members(ctx); err == nil && copied.Complete {
			return copied.ByID, nil
		}
	}
	list := make([]*tallyfy.Member, len(ids))
	calls := make([]func(context.Context) error, len(ids))
	for i, id := range ids {
		calls[i] = func(ctx context.Context) (err error) {
			list[i], err = r.api.Members.Get(ctx, r.scope.Organisation(), id)
			if tallyfy.IsGone(err) {
				err = nil
			}
			return err
		}
	}
	if err := parallel.Run(ctx, calls...); err != nil {
		return nil, err
	}
	return func(id tallyfy.UserID) (*tallyfy.Member, bool) {
		i := slices.Index(ids, id)
		if i < 0 || list[i] == nil {
			return nil, false
		}
		return list[i], true
	}, nil
}

// jobResults are what rows of a job have put in place, or found so.
func jobResults(j *bulk.Job, rows []*bulk.Row) map[tallyfy.UserID][]review.Result {
	results := map[tallyfy.UserID][]review.Result{}
	for _, row := range rows {
		r := review.Result{Group: tallyfy.ID(row.Group.ID), Leave: row.Leave, Entry: row.Entry, At: row.At}
		if r.At.IsZero() { // found by the plan
			r.At = j.At
		}
		if row.State == bulk.Done || row.State == bulk.Nothing {
			id := tallyfy.UserID(row.Who.ID)
			results[id] = append(results[id], r)
		}
	}
	return results
}

// mostRecords is how often a record is made anew because somebody decides at the same moment.
const mostRecords = 5

// record keeps what is in place for the people of a review, and returns for how many something was new. The same results may
// come again, and from two processes at once.
func (a *App) record(ctx context.Context, org tallyfy.ID, id string, by journal.Subject, results map[tallyfy.UserID][]review.Result) (n int, err error) {
	for range mostRecords {
		r, err := a.Reviews.Review(ctx, org, id)
		if errors.Is(err, review.ErrNotFound) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		again := false
		for _, p := range r.People {
			base := p.Base()
			for i, d := range p.Record(by, results[p.ID]) {
				err := a.Reviews.Append(ctx, r, d, base)
				if overtaken := (*review.OvertakenError)(nil); errors.As(err, &overtaken) {
					again = true
					break
				}
				if err != nil {
					return n, err
				}
				if base = d.N; i == 0 {
					n++
				}
			}
		}
		if !again {
			return n, nil
		}
	}
	return n, fmt.Errorf("the record of review %s was overtaken %s", id, words.Count(mostRecords, "time", "times"))
}
