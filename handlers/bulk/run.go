package bulk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
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
	all(rows, Unknown, "The program stopped while this was under way. It is looked at before anything is sent again.")
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

// all gives the rows of a step a state.
func all(rows []*Row, s State, reason string) {
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
			all(rows, Working, "")
			if err := run.store(ctx, rows); err != nil {
				return err
			}
		}
		c := run.Change(rows)
		out, err := run.Changes.Run(run.Context(ctx), run.Caller, press, c)
		var wait time.Duration
		switch {
		case ctx.Err() != nil && (err != nil || out.Kind == change.Busy): // this process stops, or lost the job
			all(rows, Waiting, "")
			_ = run.store(context.WithoutCancel(ctx), rows) // else the next one finds them working, and looks
			return ctx.Err()
		case err != nil:
			wait, err = run.notSent(ctx, rows, err, try)
		case out.Kind == change.Busy:
			all(rows, Waiting, run.behind(ctx, out.Entry)+" is under way. This waits for its end.")
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
	switch {
	case tallyfy.IsUnauthorized(err):
		all(rows, Waiting, "")
		return 0, &pause{"The sign-in with Tallyfy of " + names.Isolate(run.Owner.Name) + " has ended.", true}
	case errors.Is(err, change.ErrNotRecorded):
		all(rows, Waiting, "")
		return 0, &pause{"The dashboard's database did not take the record of a change, so nothing more is sent.", false}
	case later && after > mostPause || tallyfy.IsHourlyCap(err):
		all(rows, Waiting, "")
		return 0, &pause{"Tallyfy takes no more of these for now: “" + names.Isolate(answer.Message) + "” Go on later.", false}
	case later || tallyfy.IsNotAdmitted(err):
		all(rows, Waiting, "")
		return max(after, time.Second), nil
	case noSeat:
		return 0, run.hold(ctx, rows, pool)
	case tallyfy.IsGone(err):
		all(rows, Failed, "Tallyfy does not have it any more.")
	case answer != nil && answer.Status >= 400 && answer.Status < 500:
		all(rows, Failed, answer.Message)
		for _, r := range rows {
			r.Tallyfys = answer.FromService
		}
	case try < mostTries:
		all(rows, Waiting, "")
		return time.Duration(try) * busyWait, nil
	default:
		all(rows, Failed, "Tallyfy could not be reached.")
	}
	return 0, nil
}

// hold lets the rows of a step wait for a seat, and with them all that need one of the same pool.
func (run jobRun) hold(ctx context.Context, rows []*Row, pool string) error {
	reason := "Tallyfy has no free seat."
	if pool != "" {
		reason = "Tallyfy has no free " + pool + " seat."
	}
	all(rows, Held, reason)
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

// applyOutcome gives the rows of a step the state that its outcome says.
func (run jobRun) applyOutcome(ctx context.Context, rows []*Row, c change.Change, out change.Outcome) {
	if out.Kind == change.Stopped {
		run.stopped(rows, c)
		return
	}
	e := out.Entry
	if out.Kind == change.Repeated && e.Check == nil && !e.NotMade() {
		run.look(ctx, rows, c, e)
	}
	s, reason := outcomeOf(c, e)
	for _, r := range rows {
		r.Entry = e.ID
		r.setState(s, reason)
		r.Tallyfys = s == Failed && e.Outcome != nil && e.Outcome.Words != "" && e.Outcome.Tallyfys
	}
	if edit, ok := c.(*membership.Edit); ok && s == Done {
		run.tellPeopleApart(rows, edit, e)
	}
}

// tellPeopleApart tells the people of a group's one write apart: an edit leaves out who can't be
// added, and whoever is in or out already.
func (run jobRun) tellPeopleApart(rows []*Row, c *membership.Edit, e *journal.Entry) {
	looked := c.Group != nil
	if !looked { // another process did
		wish, _ := membership.Undone(e)
		c.Did = wish.People.Inverse()
	}
	for _, r := range rows {
		reason := r.Reason
		switch setEditState(c, r, Done); {
		case r.State == Done:
			r.Reason = reason
		case !looked: // why that was so is found out by looking again
			r.setState(Waiting, "")
			r.Attempt++
		case r.State == Cant:
			r.State = Failed
		}
		if r.State != Done { // the change is not about this person
			r.Entry = ""
		}
	}
}

// look finds out what became of a call whose process died before it could: it waits until the call can't be under
// way any more, and reads.
func (run jobRun) look(ctx context.Context, rows []*Row, c change.Change, e *journal.Entry) {
	for change.UnderWay(e, run.Book.Now()) {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
	}
	if err := run.Changes.Check(run.Context(ctx), e, c); err != nil {
		run.Log.InfoContext(ctx, "step not checked", slog.String("job", run.ID), slog.Int("step", rows[0].Step), slog.Any("error", err))
	}
}

// outcomeOf words how a step ended.
func outcomeOf(c change.Change, e *journal.Entry) (State, string) {
	tone, text := c.Summary(e, false)
	if tone == change.Good {
		text = ""
	}
	switch {
	case e.CarriedOut():
		return Done, text
	case e.State == journal.Done && (e.Check == nil || tone == change.Good || tone == change.Info):
		return Done, text
	case e.NotMade():
		if e.Outcome.Words != "" {
			text = e.Outcome.Words
		}
		return Failed, text
	case e.State == journal.Done:
		return Failed, text
	}
	return Unknown, text
}

// stopped gives their state to the rows of a step that the change itself stopped.
func (run jobRun) stopped(rows []*Row, c change.Change) {
	if edit, ok := c.(*membership.Edit); ok {
		for _, r := range rows {
			if setEditState(edit, r, Failed); r.State == Failed && !edit.NeedsDescription() {
				r.Reason = "Somebody has changed the group since, and it would be left otherwise than planned: " + strings.Join(edit.Stakes(), " ")
			} else if r.State == Failed {
				r.Reason = noDescription
			} else if r.State == Cant {
				r.State = Failed
			}
		}
		return
	}
	s, reason := stopped(c)
	if s != Nothing {
		s = Failed
	}
	all(rows, s, cmp.Or(reason, "It can't be done as things are now."))
}

// stopped says what stops the change of one row, and whether that means that there is nothing to do; "" if nothing
// does.
func stopped(c change.Change) (State, string) {
	switch c := c.(type) {
	case *removal.Removal:
		if s, reason := inTheWay(c.Departure); s != "" {
			return s, reason
		}
		if problem := c.ChoiceProblem(); problem != "" {
			return Cant, problem
		}
	case *lifecycle.RoleChange:
		switch {
		case c.RoleProblem() != "":
			return Cant, "The role is not given: administrator, standard or light."
		case c.Nothing():
			return Nothing, "Has that role already."
		}
		if s, reason := against(c.Blockers()); s != "" {
			return s, reason
		}
		if problem := c.ReasonProblem(); problem != "" {
			return Cant, problem
		}
	case *lifecycle.Disabling:
		if c.Member.IsDisabled() {
			return Nothing, names.Isolate(c.Member.Name()) + " is already disabled."
		}
		return against(c.Blockers())
	case *lifecycle.Comeback:
		if c.Member.CanWork() {
			return Nothing, names.Isolate(c.Member.Name()) + " is active already."
		}
		return against(c.Blockers())
	case *lifecycle.Invitation:
		switch standing := c.Standing(); {
		case standing == "":
		case c.Found != nil && !c.Found.IsDisabled():
			return Nothing, standing
		default:
			return Cant, standing
		}
	}
	return "", ""
}

// inTheWay is stopped for what stands in the way of a removal, whoever takes over.
func inTheWay(d removal.Departure) (State, string) {
	if d.Leaver.IsDisabled() && !d.Leaver.IsBot() && !d.Self {
		return Nothing, names.Isolate(d.Leaver.Name()) + " is already disabled."
	}
	return against(d.Blockers())
}

// against gives the first reason against a change, if there is one.
func against(blockers []lifecycle.Blocker) (State, string) {
	if len(blockers) == 0 {
		return "", ""
	}
	return Cant, blockers[0].Title + " " + blockers[0].Out
}
