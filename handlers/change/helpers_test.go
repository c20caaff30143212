package change_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const org = tallyfy.ID("6d0aa48725f2ed12a7dc900ce58a6798")

var began = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// A desk is a service with what it is made of.
type desk struct {
	*change.Service
	t      *testing.T
	db     *store.DB
	log    *logBuffer
	counts []string // "kind state"
	now    atomic.Pointer[time.Time]
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	keys, err := store.NewKeys([]byte("a secret for tests, of 32 or more bytes"))
	require.NoError(t, err)
	d := &desk{t: t, db: db, log: &logBuffer{}}
	d.set(began)
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	d.Service = &change.Service{
		Journal: journal.New(db, keys, 400*24*time.Hour, 90*24*time.Hour, d.Now), Leases: db.Leases(), RepeatWait: 2 * time.Second,
		Log: slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{ReplaceAttr: withoutTime})), Now: d.Now,
		Count: func(kind string, state journal.State) { d.counts = append(d.counts, kind+" "+string(state)) },
	}
	return d
}

func (d *desk) Now() time.Time    { return *d.now.Load() }
func (d *desk) set(now time.Time) { d.now.Store(&now) }

var maren = change.Caller{
	Org: org, RequestID: "req-1", Client: "192.0.2.7",
	Actor: journal.Subject{Kind: journal.Member, ID: "20526", Name: "Maren Dahl", Email: "maren.dahl@example.com"},
}

func omar() change.Caller {
	by := maren
	by.RequestID, by.Actor = "req-2", journal.Subject{Kind: journal.Member, ID: "20530", Name: "Omar Ali"}
	return by
}

// run runs a change and asserts that nothing failed before the call.
func (d *desk) run(by change.Caller, p change.Press, c change.Change) change.Outcome {
	d.t.Helper()
	out, err := d.Run(d.t.Context(), by, p, c)
	require.NoError(d.t, err)
	return out
}

// entries are those of the journal, newest first.
func (d *desk) entries() []*journal.Entry {
	d.t.Helper()
	list, err := d.Journal.Latest(d.t.Context(), journal.Filter{Org: org}, 100)
	require.NoError(d.t, err)
	return list
}

// failing lets each write to a table fail that a trigger describes.
func (d *desk) failing(trigger string) {
	d.t.Helper()
	_, err := d.db.Write(d.t.Context(), `CREATE TRIGGER fault BEFORE `+trigger+` BEGIN SELECT RAISE(FAIL, 'the disk is gone'); END`)
	require.NoError(d.t, err)
}

// free asserts that nobody holds the target any more.
func (d *desk) free(f *fake) {
	d.t.Helper()
	lease, holder, err := d.Leases.Acquire(d.t.Context(), "change "+string(org)+" "+f.Target(), "test", time.Minute)
	require.NoError(d.t, err)
	assert.Nil(d.t, holder, "the lease is given back")
	if lease != nil {
		_, err = lease.Release(d.t.Context())
		require.NoError(d.t, err)
	}
}

// A fake is a change whose steps a test sets.
type fake struct {
	target  string
	plan    change.Plan
	onLook  func(context.Context) error
	onSend  func(context.Context) ([]journal.Subject, error)
	onCheck func() ([]journal.Finding, error)

	mu    sync.Mutex
	steps []string
}

func (f *fake) step(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.steps = append(f.steps, name)
}

// sent counts the calls.
func (f *fake) sent() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.steps {
		if s == "send" {
			n++
		}
	}
	return n
}

// bo is a change that goes well: Bo is renamed.
func bo() *fake {
	return &fake{target: "member 20552", plan: change.Plan{
		Subjects:  []journal.Subject{{Kind: journal.Member, ID: "20552", Name: "Bo"}},
		Concerned: []tallyfy.UserID{"7", "8"},
		Seen:      []string{"a@example.com", "b@example.com"},
		Plan: journal.Plan{
			Will: "rename Bo", Did: "renamed Bo", Warnings: []string{"Mind the gap."}, Facts: []byte(`{}`),
			Lines:       []journal.Line{{Kind: "renamed", Text: "Bo has another name.", Now: "There are 3."}, {Kind: "kept", Text: "The rest stays."}},
			Differences: []journal.Difference{{What: "Name", Before: []string{"Bo"}, After: []string{"Bob"}}},
		},
	}}
}

func (f *fake) Kind() string   { return "member.rename" }
func (f *fake) Target() string { return f.target }

func (f *fake) Look(ctx context.Context) error {
	f.step("look")
	if f.onLook != nil {
		return f.onLook(ctx)
	}
	return nil
}

func (f *fake) Plan() change.Plan { f.step("plan"); return f.plan }

func (f *fake) Send(ctx context.Context) ([]journal.Subject, error) {
	f.step("send")
	if f.onSend != nil {
		return f.onSend(ctx)
	}
	return nil, nil
}

func (f *fake) Check(_ context.Context, e *journal.Entry) ([]journal.Finding, error) {
	f.step("check")
	if f.onCheck != nil {
		return f.onCheck()
	}
	findings := make([]journal.Finding, len(e.Lines))
	for i := range findings {
		findings[i].Result = journal.Confirmed
	}
	return findings, nil
}

func (f *fake) Summary(*journal.Entry, bool) (change.Tone, string) { return change.Good, "" }

func (f *fake) Log() []slog.Attr { return []slog.Attr{slog.String("member", "20552")} }

// answer lets the call end with an error.
func (f *fake) answer(err error) *fake {
	f.onSend = func(context.Context) ([]journal.Subject, error) { return nil, err }
	return f
}
