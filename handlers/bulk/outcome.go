package bulk

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
)

// applyOutcome gives the rows of a step the state that its outcome says.
func (run jobRun) applyOutcome(ctx context.Context, rows []*Row, c change.Change, out change.Outcome) {
	if out.Kind == change.Stopped {
		run.setStopped(rows, c)
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

// look finds out what became of a call whose process died before it could: it waits until the call
// can't be under way any more, and reads.
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

// setStopped gives their state to the rows of a step that the change itself stopped.
func (run jobRun) setStopped(rows []*Row, c change.Change) {
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
	s, reason := obstacle(c)
	if s != Nothing {
		s = Failed
	}
	setStates(rows, s, cmp.Or(reason, "It can't be done as things are now."))
}
