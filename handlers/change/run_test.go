package change_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

var (
	errRefused    = &tallyfy.Error{Status: 422, Message: "The name is taken.", RequestID: "up-1"}
	errNoAnswer   = &tallyfy.Error{Status: 502, Message: "Bad gateway.", RequestID: "up-2"}
	errStranger   = errors.New("something that is no answer")
	errBeforehand = &tallyfy.Error{Status: 403, Message: "No."}
)

func TestEachStepOnceAndInOrder(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	f.onSend = func(context.Context) ([]journal.Subject, error) {
		stored := d.entries()
		require.Len(t, stored, 1, "the intent is stored before the call")
		assert.Equal(t, journal.Sent, stored[0].State)
		assert.Equal(t, f.plan.Plan, stored[0].Plan)
		return []journal.Subject{{Kind: journal.Group, ID: "9f", Name: "Made"}}, nil
	}
	out := d.run(maren, change.Press{Press: "p", Fingerprint: f.plan.Fingerprint()}, f)
	assert.Equal(t, change.Done, out.Kind)
	assert.Equal(t, f.plan, out.Plan)
	require.NoError(t, errors.Join(out.Err, out.CheckErr))
	assert.Equal(t, []string{"look", "plan", "send", "check"}, f.steps)

	e := d.entries()[0]
	assert.Equal(t, out.Entry.ID, e.ID)
	assert.Equal(t, "req-1", e.RequestID)
	assert.Equal(t, maren.Actor, e.Actor)
	assert.Equal(t, f.plan.Subjects, e.Subjects)
	assert.Equal(t, journal.Done, e.State)
	assert.Equal(t, "9f", e.Subject(journal.Group).ID)
	assert.Equal(t, 2, e.Check.Count(journal.Confirmed))
	for _, id := range []string{"7", "8", "20526", "20552"} {
		list, err := d.Journal.Latest(t.Context(), journal.Filter{Org: org, Subject: journal.Subject{Kind: journal.Member, ID: id}}, 1)
		require.NoError(t, err)
		assert.Len(t, list, 1, id)
	}
	d.free(f)
}

func TestOutcomeOfEachAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err            error
		kind           change.OutcomeKind
		state          journal.State
		words, up      string
		checked, fresh bool
	}{
		"done":                 {nil, change.Done, journal.Done, "", "", true, true},
		"refused":              {errRefused, change.Refused, journal.Refused, "The name is taken.", "up-1", false, false},
		"refused at fields":    {&tallyfy.Error{Status: 422, Message: "The given data was invalid.", Fields: map[string][]string{"name": {"The name is taken."}, "members": {"One.", "Two."}}}, change.Refused, journal.Refused, "One. Two. The name is taken.", "", false, false},
		"asked to slow down":   {&tallyfy.Error{Status: 429, Message: "Slow down."}, change.Refused, journal.Refused, "Slow down.", "", false, false},
		"no answer":            {errNoAnswer, change.NotConfirmed, journal.NotConfirmed, "Bad gateway.", "up-2", true, true},
		"an unreadable answer": {&tallyfy.Error{Status: 200, Message: "Unreadable."}, change.NotConfirmed, journal.NotConfirmed, "Unreadable.", "", true, true},
		"anything else":        {errStranger, change.NotConfirmed, journal.NotConfirmed, "", "", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, f, by := newDesk(t), bo().answer(test.err), maren
			var told []error
			by.Sent = func(err error) {
				told = append(told, err)
				assert.NotContains(t, f.steps, "check", "copies are dropped before anything is read again")
			}
			out := d.run(by, change.Press{Press: "p"}, f)
			assert.Equal(t, test.kind, out.Kind)
			assert.Equal(t, test.err, out.Err)
			e := d.entries()[0]
			assert.Equal(t, test.state, e.State)
			assert.Equal(t, test.words, e.Outcome.Words)
			assert.Equal(t, test.up, e.Outcome.UpstreamID)
			assert.Equal(t, began, e.Outcome.At.UTC())
			assert.Equal(t, test.checked, e.Check != nil)
			assert.Equal(t, test.fresh, len(told) == 1)
			if test.fresh {
				assert.Equal(t, test.err, told[0])
			}
			assert.Equal(t, []string{"member.rename " + string(test.state)}, d.counts)
			d.free(f)
		})
	}
}

// The call did not leave: the state for it needs a client, because only the client knows.
func TestCallThatDidNotLeave(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]tallyfy.Options{
		"no connection":         {},
		"a pause for everybody": {Limiter: paused{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options.BaseURL = "http://127.0.0.1:1/api"
			client, err := tallyfy.New(options)
			require.NoError(t, err)
			d, f := newDesk(t), bo()
			f.onSend = func(ctx context.Context) ([]journal.Subject, error) {
				_, err := client.WithToken("t").Groups.Update(ctx, org, "9f", tallyfy.UpdateGroupRequest{Members: &[]tallyfy.UserID{}})
				return nil, err
			}
			out := d.run(maren, change.Press{Press: "p"}, f)
			assert.Equal(t, change.Refused, out.Kind)
			assert.Equal(t, journal.NotSent, d.entries()[0].State)
			assert.Equal(t, []string{"member.rename not sent"}, d.counts)
		})
	}
}

// paused lets no call through, with the words of an earlier answer.
type paused struct{}

func (paused) Wait(context.Context, tallyfy.Call) (time.Duration, error) {
	return 0, &tallyfy.Error{Status: 429, Message: "Slow down.", FromService: true, RetryAfter: 20 * time.Second}
}

func (paused) Observe(tallyfy.Call) {}

// Whoever opens the receipt while the call waits finds what is so before it, or what somebody else
// did.
func TestReceiptOpenedDuringTheCall(t *testing.T) {
	t.Parallel()
	for _, result := range []journal.Result{journal.Confirmed, journal.NotAsExpected} {
		t.Run(string(result), func(t *testing.T) {
			t.Parallel()
			d, f, other := newDesk(t), bo(), bo()
			f.onSend = func(ctx context.Context) ([]journal.Subject, error) {
				early := bo()
				early.onCheck = func() ([]journal.Finding, error) { return []journal.Finding{{Result: result}, {Result: result}}, nil }
				require.NoError(t, d.Check(ctx, d.entries()[0], early))
				d.run(omar(), change.Press{Press: "q", Queue: true}, other)
				assert.Zero(t, other.sent(), "the target is not given away")
				return nil, errRefused
			}
			assert.Equal(t, change.Refused, d.run(maren, change.Press{Press: "p", Queue: true}, f).Kind)
			assert.True(t, d.entries()[0].NotMade(), "a plain refusal is certain")
			f.answer(nil)
			assert.Equal(t, change.Done, d.run(maren, change.Press{Press: "p"}, f).Kind, "the button can be pressed again")
			assert.Equal(t, 2, f.sent())
		})
	}
}

// A check that began before the outcome, and ends after it, is not taken for one of the outcome.
func TestCheckOfBeforeTheOutcome(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	var early *journal.Entry
	f.onSend = func(context.Context) ([]journal.Subject, error) {
		early = d.entries()[0]
		return nil, errRefused
	}
	d.run(maren, change.Press{Press: "p"}, f)
	require.NoError(t, d.Journal.SetCheck(t.Context(), early, journal.Check{At: began}))
	assert.True(t, d.entries()[0].NotMade())
}

func TestNothingIsSentWhenSomethingFailsBefore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange  func(*testing.T, *desk, *fake)
		recorded bool // else the error is ErrNotRecorded
		steps    []string
	}{
		"the look": {func(_ *testing.T, _ *desk, f *fake) {
			f.onLook = func(context.Context) error { return errBeforehand }
		}, true, []string{"look"}},
		"the lease": {func(_ *testing.T, d *desk, _ *fake) { d.failing(`INSERT ON dashboard_leases`) }, false, nil},
		"the look for the press": {func(t *testing.T, d *desk, _ *fake) {
			_, err := d.db.Write(t.Context(), `ALTER TABLE dashboard_journal RENAME TO elsewhere`)
			require.NoError(t, err)
		}, false, nil},
		"the intent":           {func(_ *testing.T, d *desk, _ *fake) { d.failing(`INSERT ON dashboard_journal`) }, false, []string{"look", "plan"}},
		"the index":            {func(_ *testing.T, d *desk, _ *fake) { d.failing(`INSERT ON dashboard_journal_subjects`) }, false, []string{"look", "plan"}},
		"the whole database":   {func(_ *testing.T, d *desk, _ *fake) { _ = d.db.Close() }, false, nil},
		"the database, midway": {func(_ *testing.T, d *desk, f *fake) { f.onLook = func(context.Context) error { return d.db.Close() } }, false, []string{"look", "plan"}},
		"more than a row may hold": {func(_ *testing.T, _ *desk, f *fake) {
			f.plan.Will = strings.Repeat("x", 64<<20)
		}, false, []string{"look", "plan"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, f := newDesk(t), bo()
			test.arrange(t, d, f)
			_, err := d.Run(t.Context(), maren, change.Press{Press: "p"}, f)
			require.Error(t, err)
			assert.Equal(t, !test.recorded, errors.Is(err, change.ErrNotRecorded), "%v", err)
			assert.Equal(t, test.steps, f.steps)
			assert.Empty(t, d.counts, "nothing to audit")
			assert.NotContains(t, d.log.String(), `"msg":"change"`)
		})
	}
}

// A lease that ended while somebody looked may be another replica's now.
func TestLeaseThatWasLostSendsNothing(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	f.onLook = func(ctx context.Context) error {
		_, err := d.db.Write(ctx, `UPDATE dashboard_leases SET expires_at = 0`)
		return err
	}
	out := d.run(maren, change.Press{Press: "p"}, f)
	assert.Equal(t, change.Busy, out.Kind)
	assert.Zero(t, f.sent())
	assert.Empty(t, d.entries())
}

func TestContextThatEnds(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "during the look", "at the end of the look"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			d, f := newDesk(t), bo()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f.onLook = func(ctx context.Context) error {
				cancel()
				if when == "during the look" {
					return ctx.Err()
				}
				return nil
			}
			if when == "before" {
				cancel()
			}
			_, err := d.Run(ctx, maren, change.Press{Press: "p"}, f)
			require.ErrorIs(t, err, context.Canceled)
			assert.Zero(t, f.sent())
			assert.Empty(t, d.entries())
			d.free(f)
		})
	}
	t.Run("during the call", func(t *testing.T) {
		t.Parallel()
		d, f := newDesk(t), bo()
		ctx, cancel := context.WithCancel(t.Context())
		f.onSend = func(sending context.Context) ([]journal.Subject, error) {
			cancel()
			_, bounded := sending.Deadline()
			assert.True(t, bounded)
			return nil, sending.Err()
		}
		out, err := d.Run(ctx, maren, change.Press{Press: "p"}, f)
		require.NoError(t, err)
		assert.Equal(t, change.Done, out.Kind, "it is not broken off")
		e := d.entries()[0]
		assert.Equal(t, journal.Done, e.State)
		assert.Equal(t, 2, e.Check.Count(journal.Confirmed))
		d.free(f)
	})
}

// The entry then says that its outcome is not known; the page that waits knows better.
func TestOutcomeThatCannotBeStored(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	d.failing(`UPDATE OF outcome ON dashboard_journal`)
	out := d.run(maren, change.Press{Press: "p"}, f)
	assert.Equal(t, change.Done, out.Kind)
	assert.Equal(t, journal.Done, out.Entry.State)
	assert.Contains(t, d.log.String(), `"msg":"outcome not stored"`)
	assert.Contains(t, d.log.String(), `"result":"done"`, "the audit log has it")
	e := d.entries()[0]
	assert.Equal(t, journal.Sent, e.State)
	assert.Nil(t, e.Outcome)
	assert.True(t, change.UnderWay(e, began.Add(change.SendTime-time.Millisecond)))
	assert.False(t, change.UnderWay(e, began.Add(change.SendTime)))
	assert.Equal(t, change.Repeated, d.run(maren, change.Press{Press: "p"}, f).Kind)
	assert.Equal(t, 1, f.sent())
}

func TestCheckThatFails(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	f.onCheck = func() ([]journal.Finding, error) { return nil, errBeforehand }
	out := d.run(maren, change.Press{Press: "p"}, f)
	assert.Equal(t, change.Done, out.Kind)
	assert.Equal(t, errBeforehand, out.CheckErr)
	assert.Nil(t, d.entries()[0].Check)

	f.onCheck = nil
	d.set(began.Add(time.Hour))
	e := d.entries()[0]
	require.NoError(t, d.Check(t.Context(), e, f))
	assert.Equal(t, began.Add(time.Hour), d.entries()[0].Check.At.UTC())
	assert.Equal(t, 1, f.sent())
}

// What a panic leaves is what a crash leaves: a call whose outcome is not known. The target is free again.
func TestPanicInTheCall(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	f.onSend = func(context.Context) ([]journal.Subject, error) { panic("a mistake of ours") }
	assert.PanicsWithValue(t, "a mistake of ours", func() { _, _ = d.Run(t.Context(), maren, change.Press{Press: "p"}, f) })
	require.Len(t, d.entries(), 1)
	assert.Equal(t, journal.Sent, d.entries()[0].State)
	d.free(f)
	assert.Equal(t, change.Repeated, d.run(maren, change.Press{Press: "p"}, f).Kind)
	assert.Equal(t, 1, f.sent())
}

func TestPlanThatStops(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	seen := f.plan.Fingerprint()
	f.plan.Stopped = true
	out := d.run(maren, change.Press{Press: "p", Fingerprint: seen}, f)
	assert.Equal(t, change.Stopped, out.Kind)
	assert.Equal(t, f.plan, out.Plan)
	f.plan = change.Plan{Stopped: true}
	assert.Equal(t, change.Stopped, d.run(maren, change.Press{Press: "p", Fingerprint: seen}, f).Kind, "what stops it goes before what has changed")
	f.plan = bo().plan
	f.plan.Lines[0].Text = "Another."
	assert.Equal(t, change.Changed, d.run(maren, change.Press{Press: "p", Fingerprint: seen}, f).Kind)
	assert.Zero(t, f.sent())
	assert.Empty(t, d.entries())
	d.free(f)

	f.plan = bo().plan
	assert.Equal(t, change.Done, d.run(maren, change.Press{Press: "p", Fingerprint: seen}, f).Kind, "the press is still free")
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	same := map[string]func(*change.Plan){
		"nothing":            func(*change.Plan) {},
		"counted work":       func(p *change.Plan) { p.Lines[0].Now = "There are 4." },
		"order of members":   func(p *change.Plan) { p.Concerned = []tallyfy.UserID{"8", "7"} },
		"order of the rest":  func(p *change.Plan) { p.Seen = []string{"b@example.com", "a@example.com"} },
		"names in the plan":  func(p *change.Plan) { p.Differences[0].Before = []string{"Member 20552"} },
		"words of the entry": func(p *change.Plan) { p.Will, p.Did, p.Facts = "x", "y", []byte(`{"z":1}`) },
	}
	others := map[string]func(*change.Plan){
		"sentence":          func(p *change.Plan) { p.Lines[1].Text = "The rest goes." },
		"kind of sentence":  func(p *change.Plan) { p.Lines[1].Kind = "gone" },
		"one sentence less": func(p *change.Plan) { p.Lines = p.Lines[:1] },
		"order of them":     func(p *change.Plan) { p.Lines[0], p.Lines[1] = p.Lines[1], p.Lines[0] },
		"warning":           func(p *change.Plan) { p.Warnings = nil },
		"subject":           func(p *change.Plan) { p.Subjects[0].ID = "20553" },
		"kind of subject":   func(p *change.Plan) { p.Subjects[0].Kind = journal.Group },
		"a member more":     func(p *change.Plan) { p.Concerned = append(p.Concerned, "9") },
		"another member":    func(p *change.Plan) { p.Concerned[0] = "9" },
		"another guest":     func(p *change.Plan) { p.Seen[0] = "c@example.com" },
	}
	first := bo().plan.Fingerprint()
	assert.Len(t, first, 16)
	for name, alter := range same {
		p := bo().plan
		alter(&p)
		assert.Equal(t, first, p.Fingerprint(), name)
	}
	for name, alter := range others {
		p := bo().plan
		alter(&p)
		assert.NotEqual(t, first, p.Fingerprint(), name)
	}
}

// The line has the attributes that it always had, in their order.
func TestAuditLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.run(maren, change.Press{Press: "p"}, bo())
	d.run(maren, change.Press{Press: "q"}, bo().answer(errRefused))
	assert.Equal(t, []string{
		`{"level":"INFO","msg":"change","request_id":"req-1","change":"member.rename","result":"done","user":"20526","email":"maren.dahl@example.com","organisation":"6d0aa48725f2ed12a7dc900ce58a6798","client":"192.0.2.7","member":"20552"}`,
		`{"level":"INFO","msg":"change","request_id":"req-1","change":"member.rename","result":"refused","user":"20526","email":"maren.dahl@example.com","organisation":"6d0aa48725f2ed12a7dc900ce58a6798","client":"192.0.2.7","member":"20552","error":"tallyfy:  : 422: The name is taken. (request id up-1)"}`,
	}, strings.Split(strings.TrimSpace(d.log.String()), "\n"))
}

func TestSecondPress(t *testing.T) {
	t.Parallel()
	for state, err := range map[journal.State]error{journal.Done: nil, journal.NotConfirmed: errNoAnswer} {
		t.Run("after one that is "+string(state), func(t *testing.T) {
			t.Parallel()
			d, f := newDesk(t), bo().answer(err)
			first := d.run(maren, change.Press{Press: "p"}, f)
			second := d.run(maren, change.Press{Press: "p", Fingerprint: "of another plan"}, f)
			assert.Equal(t, change.Repeated, second.Kind)
			assert.Equal(t, first.Entry.ID, second.Entry.ID)
			assert.Equal(t, 1, f.sent())
			assert.Len(t, d.counts, 1)
			d.free(f)
		})
	}
	t.Run("after a refusal", func(t *testing.T) {
		t.Parallel()
		d, f := newDesk(t), bo().answer(errRefused)
		first := d.run(maren, change.Press{Press: "p"}, f)
		second := d.run(maren, change.Press{Press: "p"}, f.answer(nil))
		assert.Equal(t, change.Done, second.Kind, "the button may be pressed again")
		assert.NotEqual(t, first.Entry.ID, second.Entry.ID)
		assert.Equal(t, 2, f.sent())
		require.Len(t, d.entries(), 2)
		assert.Equal(t, journal.Refused, d.entries()[1].State, "the first one stays as it was")
	})
	t.Run("of another change", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		elsewhere, another := maren, bo()
		elsewhere.Org, another.target = "another organisation", "member 7"
		for _, run := range []struct {
			by change.Caller
			c  *fake
		}{{maren, bo()}, {omar(), bo()}, {maren, another}, {elsewhere, bo()}} {
			assert.Equal(t, change.Done, d.run(run.by, change.Press{Press: "p"}, run.c).Kind)
			assert.Equal(t, 1, run.c.sent(), "a press is one person's own, for one target in one organisation")
		}
	})
}

// held runs a change whose call waits until open is called.
func (d *desk) held(p change.Press, f *fake, err error) (open func() change.Outcome) {
	arrived, release, done := make(chan struct{}), make(chan struct{}), make(chan change.Outcome)
	f.onSend = func(context.Context) ([]journal.Subject, error) {
		close(arrived)
		<-release
		return nil, err
	}
	go func() {
		out, failed := d.Run(context.Background(), maren, p, f)
		assert.NoError(d.t, failed)
		done <- out
	}()
	<-arrived
	return func() change.Outcome { close(release); return <-done }
}

// A waiter is the context of a press. It counts how often it is asked whether it is over: a press
// that waits asks again and again.
type waiter struct {
	context.Context
	asked atomic.Int32
}

func (w *waiter) Done() <-chan struct{} {
	w.asked.Add(1)
	return w.Context.Done()
}

// waits reports that the press waits: each look at the lock asks four times.
func (w *waiter) waits() bool { return w.asked.Load() > 12 }

// While the first press is under way, a second one waits for its end, whatever that is, and sends nothing.
func TestSecondPressMeanwhile(t *testing.T) {
	t.Parallel()
	for state, err := range map[journal.State]error{journal.Done: nil, journal.NotConfirmed: errNoAnswer, journal.Refused: errRefused} {
		t.Run("the first one ends "+string(state), func(t *testing.T) {
			t.Parallel()
			d, f := newDesk(t), bo()
			d.RepeatWait = time.Minute
			open := d.held(change.Press{Press: "p"}, f, err)
			var others sync.WaitGroup
			var mu sync.Mutex
			var seconds []change.Outcome
			waiting := make([]*waiter, 5)
			for i := range waiting {
				waiting[i] = &waiter{Context: t.Context()}
				others.Go(func() {
					out, failed := d.Run(waiting[i], maren, change.Press{Press: "p"}, f)
					assert.NoError(t, failed)
					mu.Lock()
					defer mu.Unlock()
					seconds = append(seconds, out)
				})
			}
			for _, w := range waiting {
				require.Eventually(t, w.waits, time.Minute, time.Millisecond)
			}
			first := open()
			others.Wait()
			for _, second := range seconds {
				assert.Equal(t, change.Repeated, second.Kind)
				assert.Equal(t, first.Entry.ID, second.Entry.ID)
				assert.Equal(t, state, second.Entry.State)
				assert.Equal(t, state != journal.Refused, second.Entry.Check != nil, "and for its check")
			}
			assert.Equal(t, 1, f.sent())
			assert.Len(t, d.entries(), 1)
		})
	}
	t.Run("the first one takes long", func(t *testing.T) {
		t.Parallel()
		d, f := newDesk(t), bo()
		d.RepeatWait = 150 * time.Millisecond
		open := d.held(change.Press{Press: "p"}, f, nil)
		second := d.run(maren, change.Press{Press: "p"}, f)
		assert.Equal(t, change.Repeated, second.Kind)
		assert.Equal(t, journal.Sent, second.Entry.State)
		assert.True(t, change.UnderWay(second.Entry, d.Now()))
		assert.Equal(t, change.Done, open().Kind)
		assert.Equal(t, 1, f.sent())
	})
	t.Run("the second one goes away", func(t *testing.T) {
		t.Parallel()
		d, f := newDesk(t), bo()
		open := d.held(change.Press{Press: "p"}, f, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := d.Run(ctx, maren, change.Press{Press: "p"}, f)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		open()
		assert.Equal(t, 1, f.sent())
	})
	t.Run("the first one stores nothing", func(t *testing.T) {
		t.Parallel()
		d, f := newDesk(t), bo()
		d.RepeatWait = 150 * time.Millisecond
		looking, release := make(chan struct{}), make(chan struct{})
		f.onLook = func(context.Context) error {
			f.onLook = nil
			close(looking)
			<-release
			return errBeforehand
		}
		done := make(chan error)
		go func() { _, err := d.Run(context.Background(), maren, change.Press{Press: "p"}, f); done <- err }()
		<-looking
		assert.Equal(t, change.Busy, d.run(maren, change.Press{Press: "p"}, bo()).Kind)
		close(release)
		require.ErrorIs(t, <-done, errBeforehand)
		assert.Equal(t, change.Done, d.run(maren, change.Press{Press: "p"}, f).Kind)
	})
}

func TestBusyWithTheChangeOfSomebodyElse(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	open := d.held(change.Press{Press: "p"}, f, nil)
	other := bo()
	for name, by := range map[string]change.Caller{"another person": omar(), "another window": maren} {
		out := d.run(by, change.Press{Press: "q"}, other)
		assert.Equal(t, change.Busy, out.Kind, name)
		require.NotNil(t, out.Entry)
		assert.Equal(t, maren.Actor, out.Entry.Actor, "it can be looked at")
	}
	elsewhere := bo()
	elsewhere.target = "member 7"
	assert.Equal(t, change.Done, d.run(omar(), change.Press{Press: "q"}, elsewhere).Kind, "another target is free")
	open()
	assert.Empty(t, other.steps, "nothing is even read")
	assert.Equal(t, change.Done, d.run(omar(), change.Press{Press: "q"}, other).Kind)
}

// Changes that are merged with each other wait for their turn.
func TestPressesThatQueueTakeTurns(t *testing.T) {
	t.Parallel()
	d, first := newDesk(t), bo()
	open := d.held(change.Press{Press: "p"}, first, nil)
	var others sync.WaitGroup
	queued := make([]*fake, 4)
	for i := range queued {
		queued[i] = bo()
		queued[i].onLook = func(context.Context) error {
			assert.Equal(t, journal.Done, d.entries()[0].State, "the one before is over before anything is read")
			return nil
		}
		others.Go(func() {
			assert.Equal(t, change.Done, d.run(omar(), change.Press{Press: fmt.Sprint("q", i), Queue: true}, queued[i]).Kind)
		})
	}
	open()
	others.Wait()
	for _, f := range queued {
		assert.Equal(t, 1, f.sent())
	}
	assert.Len(t, d.entries(), 5)
	d.free(first)

	d.RepeatWait = 150 * time.Millisecond
	open = d.held(change.Press{Press: "r"}, bo(), nil)
	before := time.Now()
	out := d.run(omar(), change.Press{Press: "s", Queue: true}, bo())
	assert.Equal(t, change.Busy, out.Kind, "not for ever")
	assert.GreaterOrEqual(t, time.Since(before), d.RepeatWait, "but for a while")
	require.NotNil(t, out.Entry)
	assert.Equal(t, maren.Actor, out.Entry.Actor)
	open()
}

// A program that was killed holds its target for a while. Then the next one takes it over.
func TestTargetOfAProgramThatWasKilled(t *testing.T) {
	t.Parallel()
	d, f := newDesk(t), bo()
	d.RepeatWait = 150 * time.Millisecond
	lease, _, err := d.Leases.Acquire(t.Context(), fmt.Sprintf("change %s %s", org, f.Target()), "a press of before", change.LockMinutes*time.Minute)
	require.NoError(t, err)
	require.NotNil(t, lease)
	out := d.run(maren, change.Press{Press: "p"}, f)
	assert.Equal(t, change.Busy, out.Kind)
	assert.Nil(t, out.Entry)
	_, err = d.db.Write(t.Context(), `UPDATE dashboard_leases SET expires_at = expires_at - $1`, (change.LockMinutes * time.Minute).Milliseconds())
	require.NoError(t, err)
	assert.Equal(t, change.Done, d.run(maren, change.Press{Press: "p"}, f).Kind)
}

// A call without an answer may still be carried out: nothing else is sent for its target until a look shows
// that it was, or its time is over.
func TestCallThatMayBeAliveKeepsItsTarget(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		keeps bool
	}{
		"no answer":               {&tallyfy.Error{}, true},
		"a proxy gave up":         {&tallyfy.Error{Status: 504}, true},
		"cut off":                 {errStranger, true},
		"an error of the service": {&tallyfy.Error{Status: 500}, false},
		"an unreadable answer":    {&tallyfy.Error{Status: 200}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, first := newDesk(t), bo().answer(test.err)
			found := journal.NotAsExpected
			first.onCheck = func() ([]journal.Finding, error) {
				return []journal.Finding{{Result: found}, {Result: journal.Confirmed}}, nil
			}
			require.Equal(t, change.NotConfirmed, d.run(maren, change.Press{Press: "p"}, first).Kind)
			if !test.keeps {
				d.free(first)
				return
			}
			second := bo()
			out := d.run(omar(), change.Press{Press: "q"}, second)
			assert.Equal(t, change.Busy, out.Kind)
			assert.Equal(t, d.entries()[0].ID, out.Entry.ID)
			assert.Equal(t, change.Repeated, d.run(maren, change.Press{Press: "p"}, first).Kind, "the same press, without a wait")

			require.NoError(t, d.Check(t.Context(), out.Entry, first))
			assert.Equal(t, change.Busy, d.run(omar(), change.Press{Press: "q"}, second).Kind, "a look that shows nothing changes nothing")
			found = journal.Confirmed
			require.NoError(t, d.Check(t.Context(), out.Entry, first))
			assert.Equal(t, change.Done, d.run(omar(), change.Press{Press: "q"}, second).Kind)
			assert.Equal(t, 1, first.sent())
			d.free(second)
		})
	}
}
