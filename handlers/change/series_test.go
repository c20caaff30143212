package change_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// A series is a change of several things whose parts a test sets.
type series struct {
	parts   []change.Part
	checked int
}

func (s *series) Kind() string                                       { return "things.rename" }
func (s *series) Target() string                                     { return "things" }
func (s *series) Look(context.Context) error                         { return nil }
func (s *series) Parts() []change.Part                               { return s.parts }
func (s *series) Log() []slog.Attr                                   { return nil }
func (s *series) Summary(*journal.Entry, bool) (change.Tone, string) { return change.Good, "" }
func (s *series) Check(_ context.Context, e *journal.Entry) ([]journal.Finding, error) {
	s.checked++
	findings := make([]journal.Finding, len(e.Lines))
	for i, o := range e.Outcome.Parts {
		findings[i].Result = journal.NotAsExpected
		if o.State == journal.Done {
			findings[i].Result = journal.Confirmed
		}
	}
	return findings, nil
}

func (s *series) Plan() change.Plan {
	p := change.Plan{Plan: journal.Plan{Will: "rename", Did: "renamed", Calls: len(s.parts)}}
	for range s.parts {
		p.Lines = append(p.Lines, journal.Line{Kind: "renamed", Text: "It has another name."})
	}
	return p
}

type part struct {
	target string
	sent   int
	send   func(ctx context.Context) error
}

func (p *part) Target() string         { return p.target }
func (p *part) Facts() json.RawMessage { return json.RawMessage(`"` + p.target + `"`) }

func (p *part) Send(ctx context.Context) error {
	p.sent++
	return p.send(ctx)
}

func TestSeriesMakesEachCallOnItsOwn(t *testing.T) {
	t.Parallel()
	var (
		gone       = &change.NotSent{Words: "Gone.", Missing: true, Err: &tallyfy.Error{Status: 404}}
		signedOut  = &tallyfy.Error{Status: 401, Message: "Unauthenticated."}
		slowDown   = &tallyfy.Error{Status: 429, Message: "Slow down."}
		d, r, n, q = journal.Done, journal.Refused, journal.NotSent, journal.NotConfirmed
	)
	require.True(t, tallyfy.IsUnauthorized(signedOut))
	for name, test := range map[string]struct {
		answers []error
		states  []journal.State
		whole   journal.State
		kind    change.OutcomeKind
		err     error
		checked int
	}{
		"all done":              {[]error{nil, nil, nil}, []journal.State{d, d, d}, d, change.Done, nil, 1},
		"one refused":           {[]error{nil, errRefused, nil}, []journal.State{d, r, d}, d, change.Done, nil, 1},
		"one gone":              {[]error{gone, nil, nil}, []journal.State{n, d, d}, d, change.Done, nil, 1},
		"one not answered":      {[]error{nil, errNoAnswer, nil}, []journal.State{d, q, d}, q, change.NotConfirmed, errNoAnswer, 1},
		"all refused":           {[]error{errRefused, errBeforehand, errRefused}, []journal.State{r, r, r}, r, change.Refused, errRefused, 0},
		"none left":             {[]error{gone, gone, gone}, []journal.State{n, n, n}, n, change.Refused, gone, 0},
		"signed out on the way": {[]error{nil, signedOut, nil}, []journal.State{d, r, n}, d, change.Done, nil, 1},
		"slowed down at once":   {[]error{slowDown, nil, nil}, []journal.State{r, n, n}, r, change.Refused, slowDown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, s := newDesk(t), &series{}
			var parts []*part
			for i, err := range test.answers {
				p := &part{target: "thing " + string(rune('a'+i))}
				p.send = func(ctx context.Context) error {
					stored := d.entries()
					require.Len(t, stored, 1, "the intent is stored before the first call")
					assert.Equal(t, journal.Sent, stored[0].State)
					_, holder, lockErr := d.Leases.Acquire(ctx, "change "+string(org)+" "+p.target, "test", time.Minute)
					require.NoError(t, lockErr)
					assert.NotNil(t, holder, "nobody else changes it meanwhile")
					return err
				}
				s.parts, parts = append(s.parts, p), append(parts, p)
			}
			told := 0
			by := maren
			by.Sent = func(error) { told++ }
			out := d.run(by, change.Press{Press: "p"}, s)
			assert.Equal(t, test.kind, out.Kind)
			assert.Equal(t, test.err, out.Err)
			e := d.entries()[0]
			assert.Equal(t, test.whole, e.State)
			require.Len(t, e.Outcome.Parts, len(parts))
			for i, o := range e.Outcome.Parts {
				assert.Equal(t, test.states[i], o.State, i)
				assert.Equal(t, json.RawMessage(`"`+parts[i].target+`"`), o.Facts)
				assert.LessOrEqual(t, parts[i].sent, 1, "never twice")
			}
			assert.Equal(t, test.checked, s.checked)
			assert.Equal(t, test.checked, told)
			assert.Equal(t, test.kind == change.Done && e.Check.Count(journal.Confirmed) == 3, e.CarriedOut())

			if test.checked > 0 {
				again := d.run(by, change.Press{Press: "p"}, s)
				assert.Equal(t, change.Repeated, again.Kind, "a second press sends nothing")
				for _, p := range parts {
					assert.LessOrEqual(t, p.sent, 1)
				}
			}
		})
	}
}

func TestSeriesTakesTurns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.RepeatWait = time.Nanosecond
	_, held, err := d.Leases.Acquire(t.Context(), "change "+string(org)+" thing a", "another", time.Minute)
	require.NoError(t, err)
	require.Nil(t, held)
	send := func(context.Context) error { return nil }
	busy, free := &part{target: "thing a", send: send}, &part{target: "thing b", send: send}
	out := d.run(maren, change.Press{Press: "p"}, &series{parts: []change.Part{busy, free}})
	assert.Equal(t, change.Done, out.Kind)
	assert.Zero(t, busy.sent, "somebody else is changing it")
	assert.Equal(t, journal.NotSent, out.Entry.Outcome.Parts[0].State)
	assert.Equal(t, 1, free.sent)
	d.free(&fake{target: "thing b"})

	d = newDesk(t)
	lost := &part{target: "thing a", send: func(context.Context) error { return errors.New("the connection broke") }}
	d.run(maren, change.Press{Press: "p"}, &series{parts: []change.Part{lost}})
	_, held, err = d.Leases.Acquire(t.Context(), "change "+string(org)+" thing a", "another", time.Minute)
	require.NoError(t, err)
	assert.NotNil(t, held, "the call may still be carried out")
}
