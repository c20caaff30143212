package bulk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

const (
	// leaseTime is how long a job stays with a process that does not say any more that it is at work. Another
	// one then goes on: at most this and the time between two looks at the jobs after a process has died.
	leaseTime = 15 * time.Second
	// busyWait is how long a step waits that another change of the same is under way for, before it asks again.
	busyWait = 2 * time.Second
	// mostPause is the longest pause that Tallyfy asks for which a job waits out by itself.
	mostPause = 2 * time.Minute
	// mostTries is how often a step is tried again that never left.
	mostTries = 3
)

// A Runner carries jobs out. Its fields must be set.
type Runner struct {
	Book    *Book
	Leases  *store.Leases
	Changes *change.Service
	Log     *slog.Logger
	// Work is what a job works with in its owner's name.
	Work func(j *Job, token string) Work
}

// Work is what the steps of a job are made with.
type Work struct {
	// Context marks the calls of the job, which go behind those of people who click.
	Context func(context.Context) context.Context
	Caller  change.Caller
	// Change makes the change of a step.
	Change func(rows []*Row) change.Change
	// Rest, if set, is told how all rows are when the job comes to rest: before it ends or pauses, or after somebody
	// paused or stopped it. It may be told the same again.
	Rest func(ctx context.Context, rows []*Row) error
}

// Run goes on with a job until it ends, pauses or stops, or ctx ends. Where another process is at it, it does
// nothing.
func (r *Runner) Run(ctx context.Context, id string) error {
	lease, holder, err := r.Leases.Acquire(ctx, "job "+id, rand.Text(), leaseTime)
	if err != nil || holder != nil {
		return err
	}
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.stay(ctx, lease, lost)
	}()
	err = r.run(ctx, lease, id)
	lost(nil)
	<-over
	_, releaseErr := lease.Release(context.WithoutCancel(ctx))
	return errors.Join(err, releaseErr)
}

// stay extends the lease until ctx ends, and ends ctx when the lease is lost.
func (r *Runner) stay(ctx context.Context, l *store.Lease, lost context.CancelCauseFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(leaseTime / 4):
		}
		if err := l.Extend(ctx, leaseTime); errors.Is(err, store.ErrLost) {
			lost(err)
			return
		}
	}
}

func (r *Runner) run(ctx context.Context, lease *store.Lease, id string) error {
	list, err := r.Book.jobs(ctx, `WHERE id = $1`, id)
	if err != nil || len(list) == 0 || list[0].State != Running || list[0].Unreadable {
		return err
	}
	j := list[0]
	token, err := r.Book.Token(ctx, id)
	if err != nil {
		return err
	}
	w := r.Work(j, token)
	w.Caller.RequestID = "job " + id
	run := jobRun{Runner: r, Job: j, Work: w, lease: lease}
	left, err := run.unfinished(ctx)
	if err != nil {
		return err
	}
	for {
		switch s, err := r.Book.state(ctx, id); {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return nil
		case s != Running:
			return run.rest(ctx)
		}
		rows, err := r.Book.next(ctx, id, Waiting)
		if err != nil {
			return err
		}
		resumed := len(rows) == 0 && len(left) > 0
		if resumed {
			rows, left = left[0], left[1:]
		}
		if len(rows) == 0 {
			return run.over(ctx)
		}
		if err := run.step(ctx, rows, resumed); err != nil {
			return run.paused(ctx, err)
		}
	}
}

// A jobRun is the work of this process at a job.
type jobRun struct {
	*Runner
	*Job
	Work
	lease *store.Lease
}

// rest tells how all rows are.
func (run jobRun) rest(ctx context.Context) error {
	if run.Rest == nil {
		return nil
	}
	rows, err := run.Book.Rows(ctx, run.ID)
	if err != nil {
		return err
	}
	return run.Rest(ctx, rows)
}

// over ends a job without a step that waits. One whose rows wait for a seat pauses.
func (run jobRun) over(ctx context.Context) error {
	counts, err := run.Book.Counts(ctx, run.ID)
	if err == nil {
		err = run.rest(ctx)
	}
	if err != nil {
		return err
	}
	if counts[Held] > 0 {
		return ignoreNotNow(run.Book.Pause(ctx, run.Job, "Tallyfy has no free seat for the rest. Remove somebody who has one, or buy seats in Tallyfy under Settings, Billing. Then go on here.", false))
	}
	return ignoreNotNow(run.Book.end(ctx, run.Job))
}

func ignoreNotNow(err error) error {
	if errors.Is(err, ErrNotNow) { // somebody paused or stopped it at the same moment
		return nil
	}
	return err
}

// leftUnderWay puts rows down as not known that a process which died has left under way. An entry
// that they have is of an earlier attempt.
func leftUnderWay(rows []*Row) {
	setStates(rows, Unknown, "The program stopped while this was under way. It is looked at before anything is sent again.")
	for _, r := range rows {
		r.Entry = ""
	}
}

// unfinished are the steps that were under way when the process died that was at this job. Nothing is sent for one
// before what is so now was read; that is done last, for its call may still be under way, and the others need not
// wait for it.
func (run jobRun) unfinished(ctx context.Context) (left [][]*Row, err error) {
	rows, err := run.Book.Rows(ctx, run.ID, Working, Unknown)
	if err != nil {
		return nil, err
	}
	for _, step := range steps(rows) {
		if step[0].State == Unknown && step[0].Entry != "" { // it was read before
			continue
		}
		leftUnderWay(step)
		if err := run.store(ctx, step); err != nil {
			return nil, err
		}
		left = append(left, step)
	}
	return left, nil
}

// A pause is why a job cannot go on by itself.
type pause struct {
	why    string
	signIn bool
}

func (p *pause) Error() string { return p.why }

// paused pauses the job where an error says so.
func (run jobRun) paused(ctx context.Context, err error) error {
	var p *pause
	if errors.As(err, &p) {
		if err := run.rest(ctx); err != nil {
			return err
		}
		return ignoreNotNow(run.Book.Pause(ctx, run.Job, p.why, p.signIn))
	}
	return err
}

func (run jobRun) store(ctx context.Context, rows []*Row) error {
	return run.Book.setRows(ctx, run.lease, run.ID, rows)
}

// setStates gives the rows of a step a state.
func setStates(rows []*Row, s State, reason string) {
	for _, r := range rows {
		r.setState(s, reason)
	}
}

// step carries the one write of a step out and stores how its rows came out. An error says that the job can't
// go on; the rows then wait as before.
func (run jobRun) step(ctx context.Context, rows []*Row, resumed bool) error {
	press := change.Press{Press: fmt.Sprintf("job %s step %d attempt %d", run.ID, rows[0].Step, rows[0].Attempt), Queue: true, Resume: resumed, Shared: true}
	for try := 1; ; try++ {
		if !resumed {
			setStates(rows, Working, "")
			if err := run.store(ctx, rows); err != nil {
				return err
			}
		}
		c := run.Change(rows)
		out, err := run.Changes.Run(run.Context(ctx), run.Caller, press, c)
		var wait time.Duration
		switch {
		case ctx.Err() != nil && (err != nil || out.Kind == change.Busy): // this process stops, or lost the job
			setStates(rows, Waiting, "")
			_ = run.store(context.WithoutCancel(ctx), rows) // else the next one finds them working, and looks
			return ctx.Err()
		case err != nil:
			wait, err = run.notSent(ctx, rows, err, try)
		case out.Kind == change.Busy:
			setStates(rows, Waiting, run.behind(ctx, out.Entry)+" is under way. This waits for its end.")
			wait = busyWait
		case out.Kind == change.Refused && out.Entry.NotMade():
			wait, err = run.notSent(ctx, rows, out.Err, try)
			for _, r := range rows {
				r.Entry = out.Entry.ID
			}
		default:
			run.applyOutcome(ctx, rows, c, out)
		}
		if storeErr := run.store(context.WithoutCancel(ctx), rows); storeErr != nil {
			return errors.Join(err, storeErr)
		}
		if err != nil || wait == 0 {
			return err
		}
		if resumed && rows[0].State == Waiting {
			resumed, press.Resume = false, false
		}
		if s, err := run.Book.state(ctx, run.ID); err != nil || s != Running {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// JobOf is the job that made a change, "" if none did.
func JobOf(e *journal.Entry) string {
	id, ok := strings.CutPrefix(e.RequestID, "job ")
	if !ok {
		return ""
	}
	return id
}

// behind names the other change that a step waits for: the job that it belongs to, or who makes it. e is nil where that
// is not known yet.
func (run jobRun) behind(ctx context.Context, e *journal.Entry) string {
	if e == nil {
		return "Another change of the same"
	}
	if id := JobOf(e); id != "" {
		if j, err := run.Book.Job(ctx, run.Org, id); err == nil && j.Kind != nil {
			return "The job “" + j.Kind.Title + "” of " + names.Isolate(j.Owner.Name) + ", which changes the same,"
		}
	}
	return "A change of the same by " + names.Isolate(e.Actor.Name)
}

// notSent takes the rows whose write certainly did not happen. wait is the time after which they
// are tried again; an error pauses the job.
func (run jobRun) notSent(ctx context.Context, rows []*Row, err error, try int) (wait time.Duration, _ error) {
	var answer *tallyfy.Error
	_ = errors.As(err, &answer)
	after, later := tallyfy.RetryAfter(err)
	pool, noSeat := tallyfy.IsNoSeat(err)
	words, tallyfys := change.Words(err)
	switch {
	case tallyfy.IsUnauthorized(err):
		setStates(rows, Waiting, "")
		return 0, &pause{"The sign-in with Tallyfy of " + names.Isolate(run.Owner.Name) + " has ended.", true}
	case errors.Is(err, change.ErrNotRecorded):
		setStates(rows, Waiting, "")
		return 0, &pause{"The dashboard's database did not take the record of a change, so nothing more is sent.", false}
	case later && after > mostPause || tallyfy.IsHourlyCap(err):
		setStates(rows, Waiting, "")
		if tallyfys {
			words = "“" + names.Isolate(words) + "”"
		}
		return 0, &pause{"Tallyfy takes no more of these for now: " + words + " Go on later.", false}
	case later || tallyfy.IsNotAdmitted(err):
		setStates(rows, Waiting, "")
		return max(after, time.Second), nil
	case noSeat:
		return 0, run.hold(ctx, rows, pool)
	case tallyfy.IsGone(err):
		setStates(rows, Failed, "Tallyfy does not have it any more.")
	case answer != nil && answer.Status >= 400 && answer.Status < 500:
		setStates(rows, Failed, words)
		for _, r := range rows {
			r.Tallyfys = tallyfys
		}
	case try < mostTries:
		setStates(rows, Waiting, "")
		return time.Duration(try) * busyWait, nil
	default:
		setStates(rows, Failed, "Tallyfy could not be reached.")
	}
	return 0, nil
}

// hold lets the rows of a step wait for a seat, and with them all that need one of the same pool.
func (run jobRun) hold(ctx context.Context, rows []*Row, pool string) error {
	reason := "Tallyfy has no free seat."
	if pool != "" {
		reason = "Tallyfy has no free " + pool + " seat."
	}
	setStates(rows, Held, reason)
	waiting, err := run.Book.Rows(ctx, run.ID, Waiting)
	if err != nil {
		return err
	}
	var same []*Row
	for _, r := range waiting {
		if r.Pool != "" && r.Pool == pool {
			r.setState(Held, reason)
			same = append(same, r)
		}
	}
	return run.store(ctx, same)
}
