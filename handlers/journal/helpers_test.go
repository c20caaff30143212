package journal_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest/postgres"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const (
	org   = tallyfy.ID("6d0aa48725f2ed12a7dc900ce58a6798")
	other = tallyfy.ID("0c4d1dd0d5b0a9b8a2f1c0ce58a67e11")
	keep  = 400 * 24 * time.Hour

	keepContents = 90 * 24 * time.Hour
)

var (
	oldSecret = bytes.Repeat([]byte("0123456789abcdef"), 2)
	newSecret = []byte(strings.Repeat("another secret! ", 3))
)

func keysOf(t testing.TB, secrets ...[]byte) *store.Keys {
	t.Helper()
	keys, err := store.NewKeys(secrets...)
	require.NoError(t, err)
	return keys
}

// eachEngine runs a test on every engine there is. open opens the same database once more, as another
// replica does; a database in memory has one process only. dir holds the files of the database, if any.
func eachEngine(t *testing.T, test func(t *testing.T, open func() *store.DB, dir string)) {
	t.Helper()
	t.Parallel()
	opener := func(t *testing.T, url string) func() *store.DB {
		return func() *store.DB {
			db, err := store.Open(t.Context(), url)
			require.NoError(t, err)
			t.Cleanup(func() { _ = db.Close() })
			return db
		}
	}
	t.Run("file", func(t *testing.T) {
		dir := t.TempDir()
		test(t, opener(t, filepath.Join(dir, "dashboard.db")), dir)
	})
	t.Run("memory", func(t *testing.T) {
		db := opener(t, "memory:")()
		test(t, func() *store.DB { return db }, "")
	})
	t.Run("postgres", func(t *testing.T) { test(t, opener(t, postgres.URL(t)), "") })
}

// A clock moves only when told to.
type clock struct{ now atomic.Pointer[time.Time] }

func newClock() *clock {
	c := &clock{}
	c.set(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
	return c
}

func (c *clock) Now() time.Time          { return *c.now.Load() }
func (c *clock) set(t time.Time)         { c.now.Store(&t) }
func (c *clock) Advance(d time.Duration) { c.set(c.Now().Add(d)) }

// A desk is a journal with what it is made of.
type desk struct {
	*journal.Journal
	t      testing.TB
	db     *store.DB
	clock  *clock
	number atomic.Int64
}

func newDesk(t testing.TB, db *store.DB, secrets ...[]byte) *desk {
	t.Helper()
	if len(secrets) == 0 {
		secrets = [][]byte{oldSecret}
	}
	d := &desk{t: t, db: db, clock: newClock()}
	d.Journal = journal.New(db, keysOf(t, secrets...), keep, keepContents, d.clock.Now)
	return d
}

// with is the same desk with other secrets.
func (d *desk) with(secrets ...[]byte) *desk {
	return &desk{t: d.t, db: d.db, clock: d.clock, Journal: journal.New(d.db, keysOf(d.t, secrets...), keep, keepContents, d.clock.Now)}
}

var (
	maren   = journal.Subject{Kind: journal.Member, ID: "20526", Name: "Maren Dahl", Email: "maren.dahl@example.com"}
	omar    = journal.Subject{Kind: journal.Member, ID: "20530", Name: "Omar Ali", Email: "omar.ali@example.com"}
	bo      = journal.Subject{Kind: journal.Member, ID: "20552", Name: "Bo Lindqvist", Email: "bo@example.com"}
	payroll = journal.Subject{Kind: journal.Group, ID: "4f5ce93b47a0147df7e3cf9f572b6c4b", Name: "Payroll"}
)

// intent is that of a removal of Bo by Maren, with a press of its own.
func (d *desk) intent() journal.Intent {
	n := d.number.Add(1)
	return journal.Intent{
		Org: org, Kind: "member.remove", Actor: maren, RequestID: fmt.Sprint("request ", n), Press: fmt.Sprint("press ", n),
		Subjects: []journal.Subject{bo, payroll}, Plan: journal.Plan{
			Will: "remove Bo Lindqvist", Did: "removed Bo Lindqvist",
			Lines:       []journal.Line{{Kind: "access", Text: "Bo Lindqvist can't open Aldermoor any more."}, {Kind: "emptied", Text: "Payroll will have nobody in it.", Now: "Now.", ID: tallyfy.ID(payroll.ID)}},
			Warnings:    []string{"Legal will have one active member."},
			Differences: []journal.Difference{{What: "Groups", Before: []string{"Payroll"}}},
			Facts:       []byte(`{"LeaverID":20552}`),
		},
	}
}

// begin stores an intent.
func (d *desk) begin(in journal.Intent) *journal.Entry {
	d.t.Helper()
	e, err := d.tryBegin(in)
	require.NoError(d.t, err)
	return e
}

func (d *desk) tryBegin(in journal.Intent) (*journal.Entry, error) {
	lease, holder, err := d.db.Leases().Acquire(d.t.Context(), "change "+in.Press, rand.Text(), time.Minute)
	if err != nil || holder != nil {
		return nil, fmt.Errorf("%v %w", holder, err)
	}
	e, err := d.Begin(d.t.Context(), lease, in)
	if _, released := lease.Release(d.t.Context()); err == nil {
		err = released
	}
	return e, err
}

// end stores an outcome.
func (d *desk) end(e *journal.Entry, state journal.State) *journal.Entry {
	d.t.Helper()
	require.NoError(d.t, d.End(d.t.Context(), e, journal.Outcome{State: state, At: d.clock.Now()}))
	return e
}

// ids are those of the entries that fit a filter, in the order of the list.
func (d *desk) ids(f journal.Filter) []string {
	d.t.Helper()
	var list []string
	for e, err := range d.List(d.t.Context(), f) {
		require.NoError(d.t, err)
		list = append(list, e.ID)
	}
	return list
}

func (d *desk) get(id string) *journal.Entry {
	d.t.Helper()
	e, err := d.Get(d.t.Context(), org, id)
	require.NoError(d.t, err)
	return e
}
