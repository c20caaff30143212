package change

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// SendTime bounds the call of a change. Once begun it is not broken off because the browser went away.
const SendTime = 30 * time.Second

// LockMinutes is how long the target of a change stays locked that was broken off, or whose call may
// still be carried out.
const LockMinutes = 2

const (
	// checkTime bounds the check after the call.
	checkTime = 8 * time.Second
	// lockTime is how long a lock holds that is not given back: the look and the call take less.
	lockTime = LockMinutes * time.Minute
	// repeatWait is how long a second press waits for the end of the first one: three times the two
	// seconds of a slow answer, with a margin. A page must come within 12 seconds.
	repeatWait = 8 * time.Second
)

// ErrNotRecorded is returned when the database did not take what has to be there before a change is sent.
// Nothing was sent.
var ErrNotRecorded = errors.New("the change could not be recorded")

// A Service carries changes out. Its fields must be set.
type Service struct {
	Journal *journal.Journal
	Leases  *store.Leases
	Log     *slog.Logger
	// Count counts changes by kind and state.
	Count func(kind string, state journal.State)
	Now   func() time.Time
	// Checked, if set, is told of each entry that was checked, with what was found.
	Checked func(ctx context.Context, e *journal.Entry)
	// RepeatWait is how long a second press of a button waits for the end of the first one; 0 is the
	// default of 8 seconds.
	RepeatWait time.Duration
}

// A Caller is the person in whose name a change is made.
type Caller struct {
	Org       tallyfy.ID
	Actor     journal.Subject
	RequestID string
	Client    string // network address
	// Barred, if set, is asked last before a change is recorded and sent. Its error stops the change.
	Barred func() error
	// Sent, if set, is told that the call is over, before anything is read again: copies from before are
	// out of date. err is that of the call.
	Sent func(err error)
}

// A Press is what the form of a plan sends back. Press identifies the press of the button. Fingerprint is
// that of the plan that was shown; empty is not compared, for clients that send the form without a page.
type Press struct {
	Press, Fingerprint string
	// Queue says that the press waits a while for its turn when another change of the same target is under
	// way: for changes that are merged with what others did.
	Queue bool
	// Resume says that whoever began this press before is gone, such as a process that died: its lock is ended
	// where nothing is recorded under the press, so that it can't send any more.
	Resume bool
	// Shared says that the press is nobody's own: whoever goes on with a job makes the same one.
	Shared bool
}

// OutcomeKind says how a run ended.
type OutcomeKind int

// The kinds of outcome. Nothing was sent for the first four.
const (
	Stopped  OutcomeKind = iota // by the plan
	Changed                     // what the person saw is no longer so
	Busy                        // another change of the same target is under way; Entry may be nil
	Repeated                    // this press made Entry before
	Done
	Refused      // by Tallyfy, or the call did not leave; Err is the reason
	NotConfirmed // the call left and its result is not known; Err is the reason
)

// An Outcome is how a run ended.
type Outcome struct {
	Kind  OutcomeKind
	Plan  Plan
	Entry *journal.Entry
	Err   error
	// CheckErr is why nothing could be found out afterwards.
	CheckErr error
}

// Run carries a change out. An error means that something failed before the call: nothing was sent.
func (s *Service) Run(ctx context.Context, by Caller, p Press, c Change) (Outcome, error) {
	press := pressKey(by, p, c)
	lock, err := s.lock(ctx, by.Org, targetKey(by.Org, c.Target()), press, p)
	if err != nil {
		return Outcome{}, err
	}
	alive := false
	if lock.lease != nil {
		defer func() { s.release(ctx, lock.lease, alive) }()
	}
	e, err := s.Journal.ByPress(ctx, by.Org, lock.press)
	switch {
	case err != nil && !errors.Is(err, journal.ErrNotFound):
		return Outcome{}, notRecorded(err)
	case lock.lease == nil && lock.press != press && e != nil && e.CarriedOut():
		if err := s.Leases.End(ctx, lock.name, lock.owner); err != nil {
			return Outcome{}, notRecorded(err)
		}
		return s.Run(ctx, by, p, c)
	case lock.lease == nil && lock.press != press:
		return Outcome{Kind: Busy, Entry: e}, nil
	case e != nil && (lock.waited || !e.NotMade()):
		return Outcome{Kind: Repeated, Entry: e}, nil
	case lock.lease == nil:
		return Outcome{Kind: Busy}, nil
	}
	if err := c.Look(ctx); err != nil {
		return Outcome{}, err
	}
	plan := c.Plan()
	switch {
	case p.Fingerprint != "" && len(plan.Lines) > 0 && p.Fingerprint != plan.Fingerprint():
		return Outcome{Kind: Changed, Plan: plan}, nil
	case plan.Stopped:
		return Outcome{Kind: Stopped, Plan: plan}, nil
	case ctx.Err() != nil: // nobody waits for it any more
		return Outcome{}, ctx.Err()
	}
	if by.Barred != nil {
		if err := by.Barred(); err != nil {
			return Outcome{}, err
		}
	}
	e, err = s.Journal.Begin(ctx, lock.lease, journal.Intent{
		Org: by.Org, Kind: c.Kind(), Actor: by.Actor, RequestID: by.RequestID, Press: press,
		Subjects: plan.Subjects, Concerned: plan.Concerned, ConcernedGuests: plan.ConcernedGuests, Plan: plan.Plan, Contents: plan.Contents,
	})
	switch {
	case errors.Is(err, store.ErrLost):
		return Outcome{Kind: Busy}, nil
	case err != nil:
		return Outcome{}, notRecorded(err)
	}
	out := s.send(ctx, by, press, plan, e, c)
	alive = out.Kind == NotConfirmed && mayBeAlive(out.Err) && !e.CarriedOut()
	return out, nil
}

func notRecorded(err error) error { return fmt.Errorf("%w: %w", ErrNotRecorded, err) }

// send makes the call, or all calls of a series, stores their outcome and checks it.
func (s *Service) send(ctx context.Context, by Caller, press string, plan Plan, e *journal.Entry, c Change) Outcome {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), SendTime)
	defer cancel()
	var o journal.Outcome
	var err error
	switch c := c.(type) {
	case Single:
		var made []journal.Subject
		made, err = c.Send(sending)
		o = outcomeOf(err, s.Now())
		o.Subjects = made
	case Series:
		o, err = s.sendParts(sending, by.Org, press, c)
	default:
		panic("a change that makes no call: " + c.Kind())
	}
	out := Outcome{Kind: Done, Plan: plan, Entry: e, Err: err}
	switch o.State {
	case journal.Refused, journal.NotSent:
		out.Kind = Refused
	case journal.NotConfirmed:
		out.Kind = NotConfirmed
	}
	s.audit(ctx, by, c, o.State, err)
	checked := out.Kind != Refused || SaysOtherwise(err)
	if by.Sent != nil && checked {
		by.Sent(err)
	}
	if err := s.Journal.End(ctx, e, o); err != nil { // the entry then says that its outcome is not known
		s.Log.ErrorContext(ctx, "outcome not stored", slog.String("request_id", by.RequestID), slog.Any("error", err))
	}
	if checked {
		checking, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTime)
		defer cancel()
		if err := s.Check(checking, e, c); err != nil {
			out.CheckErr = err
			s.Log.InfoContext(ctx, "change not checked", slog.String("request_id", by.RequestID), slog.Any("error", err))
		}
	}
	return out
}

// sendParts makes the calls of a series, one after the other, each in its turn at its target. A call that fails
// does not stop the others, unless they would fail as well. The whole is done if a part of it is and none is in
// doubt, and the error is that of the part that decides.
func (s *Service) sendParts(ctx context.Context, org tallyfy.ID, press string, c Series) (journal.Outcome, error) {
	var stop *NotSent
	var parts []journal.Outcome
	var errs []error
	for _, part := range c.Parts() {
		err := error(stop)
		if stop == nil {
			err = s.turn(ctx, org, part, press)
		}
		if stop == nil && (tallyfy.IsUnauthorized(err) || tallyfy.IsRateLimited(err) || ctx.Err() != nil) {
			stop = &NotSent{Words: "Not sent after the one before had failed."}
		}
		o := outcomeOf(err, s.Now())
		o.Facts = part.Facts()
		parts, errs = append(parts, o), append(errs, err)
	}
	whole, err := decide(parts, errs)
	whole.At, whole.Parts = s.Now(), parts
	return whole, err
}

// decide makes one outcome of those of all parts.
func decide(parts []journal.Outcome, errs []error) (journal.Outcome, error) {
	for _, decides := range []func(i int) bool{
		func(i int) bool { return parts[i].State == journal.NotConfirmed },
		func(i int) bool { return parts[i].State == journal.Done },
		func(i int) bool { return SaysOtherwise(errs[i]) },
		func(i int) bool { return parts[i].State == journal.Refused },
		func(int) bool { return true },
	} {
		for i, whole := range parts {
			if decides(i) {
				whole.Facts = nil
				return whole, errs[i]
			}
		}
	}
	return journal.Outcome{State: journal.Done}, nil // there are no parts
}

// turn makes the call of a part while no other change of its target is under way.
func (s *Service) turn(ctx context.Context, org tallyfy.ID, part Part, press string) error {
	l, err := s.lock(ctx, org, targetKey(org, part.Target()), press, Press{Queue: true})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &NotSent{Words: "There was no time left for it.", Err: err}
	case err != nil:
		return &NotSent{Words: "The database did not take the lock.", Err: err}
	case l.lease == nil:
		return &NotSent{Words: "Another change of the same was under way."}
	}
	err = part.Send(ctx)
	s.release(ctx, l.lease, tallyfy.MayHaveHappened(err) && !isNotSent(err) && mayBeAlive(err))
	return err
}

func isNotSent(err error) bool {
	var e *NotSent
	return errors.As(err, &e)
}

// targetKey is the name of the lock of a target.
func targetKey(org tallyfy.ID, target string) string { return "change " + string(org) + " " + target }

// Check compares an entry with what is so now, and stores what was found in it. While the call is
// under way it finds nothing: what is so then may be of before the call, or the work of somebody
// else.
func (s *Service) Check(ctx context.Context, e *journal.Entry, c Change) error {
	if UnderWay(e, s.Now()) {
		return nil
	}
	findings, err := c.Check(ctx, e)
	if err != nil {
		return err
	}
	err = s.Journal.SetCheck(ctx, e, journal.Check{At: s.Now(), Findings: findings})
	if s.Checked != nil {
		s.Checked(ctx, e)
	}
	return err
}

// UnderWay reports whether the call of an entry may still be unanswered.
func UnderWay(e *journal.Entry, now time.Time) bool {
	return e.State == journal.Sent && now.Sub(e.At) < SendTime
}

// outcomeOf words an error of the call.
func outcomeOf(err error, now time.Time) journal.Outcome {
	o := journal.Outcome{State: journal.Done, At: now}
	if err == nil {
		return o
	}
	o.State, o.UpstreamID = journal.NotSent, tallyfy.RequestID(err)
	var left *NotSent
	if errors.As(err, &left) {
		o.Words, o.Missing = left.Words, left.Missing
		return o
	}
	o.Words, o.Tallyfys = Words(err)
	if tallyfy.IsRefused(err) {
		o.State = journal.Refused
	}
	if tallyfy.MayHaveHappened(err) {
		o.State = journal.NotConfirmed
	}
	o.Missing = o.State == journal.Refused && tallyfy.IsNotFound(err)
	return o
}

// SaysOtherwise reports a refusal in an answer of success. It is checked as an answer of success is.
func SaysOtherwise(err error) bool {
	var answer *tallyfy.Error
	return tallyfy.IsRefused(err) && errors.As(err, &answer) && answer.Status < http.StatusBadRequest
}

// Words are the reason of an answer, and whether they are Tallyfy's own. Messages about fields say
// more than the general one beside them.
func Words(err error) (text string, tallyfys bool) {
	var answer *tallyfy.Error
	if !errors.As(err, &answer) {
		return "", false
	}
	var list []string
	for _, field := range slices.Sorted(maps.Keys(answer.Fields)) {
		list = append(list, answer.Fields[field]...)
	}
	return cmp.Or(strings.Join(list, " "), answer.Message), answer.FromService || len(answer.Fields) > 0
}

// mayBeAlive reports whether a call that failed may still be carried out: it was not answered, or a proxy
// on the way gave up.
func mayBeAlive(err error) bool {
	var answer *tallyfy.Error
	if !errors.As(err, &answer) {
		return true
	}
	return answer.Status == 0 || answer.Status == http.StatusBadGateway || answer.Status == http.StatusGatewayTimeout
}

// A lock is the lease of a target, or, without one, the press that has it.
type lock struct {
	name, owner string
	lease       *store.Lease
	press       string
	// waited says that an earlier press of the same button was under way.
	waited bool
}

// lock takes the lease of a target for a press. While an earlier press of the same button has it, lock
// waits for the end of that one; if it queues, for that of any other, too. A press that is resumed waits for
// nobody.
func (s *Service) lock(ctx context.Context, org tallyfy.ID, name, press string, p Press) (lock, error) {
	l := lock{name: name, press: press}
	until := time.Now().Add(cmp.Or(s.RepeatWait, repeatWait))
	for {
		lease, held, err := s.Leases.Acquire(ctx, name, press+" "+rand.Text(), lockTime)
		if err != nil {
			return l, notRecorded(err)
		}
		if held == nil {
			l.lease = lease
			return l, nil
		}
		l.owner = held.Owner
		holder, _, _ := strings.Cut(held.Owner, " ")
		own := holder == press
		if own && p.Resume {
			switch _, err := s.Journal.ByPress(ctx, org, press); {
			case errors.Is(err, journal.ErrNotFound):
				if err := s.Leases.End(ctx, name, held.Owner); err != nil {
					return l, notRecorded(err)
				}
				continue
			case err != nil:
				return l, notRecorded(err)
			}
			l.waited = true
			return l, nil
		}
		if !own && !p.Queue {
			l.press = holder
			return l, nil
		}
		l.waited = l.waited || own
		if e, err := s.Journal.ByPress(ctx, org, holder); time.Now().After(until) || err == nil && e.State == journal.NotConfirmed && e.Check != nil {
			l.press = holder
			return l, nil // that one is over, and keeps the lock
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return l, ctx.Err()
		}
	}
}

// release gives a lock back. While the call may be alive the lock stays, for its time from now: a second
// call could be carried out beside the first one.
func (s *Service) release(ctx context.Context, l *store.Lease, alive bool) {
	ctx = context.WithoutCancel(ctx)
	end := func() error { _, err := l.Release(ctx); return err }
	if alive {
		end = func() error { return l.Extend(ctx, lockTime) }
	}
	if err := end(); err != nil {
		s.Log.ErrorContext(ctx, "lock not released", slog.Any("error", err))
	}
}

// audit writes the one line about a change that was sent, or was about to be.
func (s *Service) audit(ctx context.Context, by Caller, c Change, state journal.State, err error) {
	s.Count(c.Kind(), state)
	line := append([]slog.Attr{
		slog.String("request_id", by.RequestID), slog.String("change", c.Kind()), slog.String("result", string(state)),
		slog.String("user", by.Actor.ID), slog.String("email", by.Actor.Email),
		slog.String("organisation", string(by.Org)), slog.String("client", by.Client),
	}, c.Log()...)
	if err != nil {
		line = append(line, slog.Any("error", err))
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "change", line...)
}

// pressKey makes a press one person's own, unless it is shared, for one kind of change of one target.
func pressKey(by Caller, p Press, c Change) string {
	actor := by.Actor.ID
	if p.Shared {
		actor = ""
	}
	h := sha256.New()
	for _, part := range []string{string(by.Org), actor, c.Kind(), c.Target(), p.Press} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
