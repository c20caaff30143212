package history_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest/postgres"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

const (
	org     = tallyfy.ID("6d0aa48725f2ed12a7dc900ce58a6798")
	maren   = tallyfy.UserID("20526") // an administrator
	keep    = 400 * 24 * time.Hour
	finance = tallyfy.ID("4f5ce93b47a0147df7e3cf9f572b6c4b")
)

var march = time.Date(2026, 3, 3, 17, 20, 0, 0, time.UTC)

// A desk is a history with an organisation to read.
type desk struct {
	*history.History
	t       testing.TB
	db      *store.DB
	journal *journal.Journal
	now     time.Time
	members map[tallyfy.UserID]tallyfy.Member
	groups  map[tallyfy.ID]tallyfy.Group
	guests  map[tallyfy.ID]tallyfy.Guest
	presses int
	// fails lets errors be logged: the test makes the database fail.
	fails bool
}

func keysOf(t testing.TB, secret string) *store.Keys {
	keys, err := store.NewKeys([]byte(secret + " of 32 or more bytes, for tests"))
	require.NoError(t, err)
	return keys
}

func newDesk(t testing.TB, db *store.DB) *desk {
	t.Helper()
	d := &desk{t: t, db: db, now: march, members: map[tallyfy.UserID]tallyfy.Member{}, groups: map[tallyfy.ID]tallyfy.Group{}, guests: map[tallyfy.ID]tallyfy.Guest{}}
	d.open("a secret")
	d.member(maren, "Maren Dahl", tallyfy.RoleAdmin)
	for i, name := range []string{"Ada", "Bo", "Cy"} {
		d.member(tallyfy.UserID(fmt.Sprint(i+1)), name, tallyfy.RoleStandard)
	}
	d.group(finance, "Finance", "1")
	return d
}

// open makes the history and the journal of the database anew, as another process does.
func (d *desk) open(secret string) {
	keys, clock := keysOf(d.t, secret), func() time.Time { return d.now }
	d.journal = journal.New(d.db, keys, keep, keep, clock)
	d.History = history.New(history.Options{DB: d.db, Keys: keys, Journal: d.journal, Keep: keep, Now: clock, Log: slog.New(slog.NewTextHandler(failing{d}, &slog.HandlerOptions{Level: slog.LevelError}))})
}

// failing fails the test for each line that is logged, unless the database is meant to fail.
type failing struct{ *desk }

func (f failing) Write(b []byte) (int, error) {
	if !f.fails {
		f.t.Error(string(bytes.TrimSpace(b)))
	}
	return len(b), nil
}

// takesNoEvents lets the database refuse each event while do runs.
func (d *desk) takesNoEvents(do func()) {
	d.t.Helper()
	write := func(query string) {
		_, err := d.db.Write(context.Background(), query)
		require.NoError(d.t, err)
	}
	write(`CREATE TRIGGER full BEFORE INSERT ON dashboard_history_events BEGIN SELECT RAISE(ABORT, 'no room'); END`)
	d.fails = true
	do()
	d.fails = false
	write(`DROP TRIGGER full`)
}

// readAt is when the last reading of groups that is stored had ended.
func (d *desk) readAt() time.Time {
	d.t.Helper()
	var ended int64
	require.NoError(d.t, d.db.Read(context.Background(), []any{&ended}, `SELECT ended FROM dashboard_history_readings WHERE list = 'groups'`))
	return time.UnixMilli(ended)
}

func (d *desk) member(id tallyfy.UserID, name string, role tallyfy.Role) {
	d.members[id] = tallyfy.Member{ID: id, FullName: name, Email: name + "@example.com", Role: role, Status: tallyfy.StatusActive}
}

func (d *desk) group(id tallyfy.ID, name string, members ...tallyfy.UserID) {
	d.groups[id] = tallyfy.Group{ID: id, Name: name, Members: members}
}

// move puts somebody into a group, or takes them out: a member, or a guest by the key.
func (d *desk) move(id tallyfy.ID, who tallyfy.UserID, in bool) {
	g := d.groups[id]
	if address, guest := strings.CutPrefix(string(who), "guest "); guest {
		g.Guests = slices.DeleteFunc(slices.Clone(g.Guests), func(a string) bool { return strings.EqualFold(a, address) })
		if in {
			g.Guests = append(g.Guests, strings.ToUpper(address)) // the case does not matter
		}
		d.groups[id] = g
		return
	}
	g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m tallyfy.UserID) bool { return m == who })
	if in {
		g.Members = append(g.Members, who)
	}
	d.groups[id] = g
}

func (d *desk) after(by time.Duration) { d.now = d.now.Add(by) }

func (d *desk) membersNow() (list []*tallyfy.Member) {
	for _, m := range d.members {
		list = append(list, &m)
	}
	return list
}

func (d *desk) groupsNow() (list []*tallyfy.Group) {
	for _, g := range d.groups {
		list = append(list, &g)
	}
	return list
}

// readGuests reads all guests, in the name of Maren.
func (d *desk) readGuests() {
	d.t.Helper()
	list := []*tallyfy.Guest{}
	for _, g := range d.guests {
		list = append(list, &g)
	}
	d.observe(history.Reading{By: maren, Members: d.membersNow()})
	d.observe(history.Reading{By: maren, Guests: list})
}

// observe hands a reading over and waits until it is compared.
func (d *desk) observe(r history.Reading) {
	d.t.Helper()
	r.Org = org
	d.Observe(r)
	d.WaitUntilCompared(context.Background(), org, time.Minute)
}

// read reads everything as it is now, in the name of Maren.
func (d *desk) read() { d.readAs(maren) }

func (d *desk) readAs(who tallyfy.UserID) {
	d.t.Helper()
	d.observe(history.Reading{By: who, Members: d.membersNow()})
	d.observe(history.Reading{By: who, Groups: d.groupsNow()})
}

// all are the events that happened elsewhere, the newest first, in short: "joined Bo Finance".
func (d *desk) all(f history.Filter) (list []string) {
	d.t.Helper()
	f.Org = org
	for e, err := range d.List(context.Background(), f) {
		require.NoError(d.t, err)
		list = append(list, short(e))
	}
	return list
}

func short(e *history.Event) string {
	text := string(e.Kind)
	for _, part := range []string{e.Who, e.Guest, e.In, e.Was, e.Is} {
		if part != "" {
			text += " " + part
		}
	}
	return text
}

// at is whether somebody was in a group at a moment.
func (d *desk) at(group tallyfy.ID, who tallyfy.UserID, when time.Time) history.Presence {
	d.t.Helper()
	a, err := d.At(context.Background(), org, group, who, when)
	require.NoError(d.t, err)
	return a.Presence
}

// change records a change that was made here, from began to now.
func (d *desk) change(in journal.Intent, began time.Time, state journal.State) *journal.Entry {
	d.t.Helper()
	ended := d.now
	d.now = began
	d.presses++
	in.Org, in.Press, in.Actor = org, fmt.Sprint("press ", d.presses), journal.Subject{Kind: journal.Member, ID: string(maren), Name: "Maren Dahl"}
	lease, _, err := d.db.Leases().Acquire(context.Background(), in.Press, "test", time.Minute)
	require.NoError(d.t, err)
	e, err := d.journal.Begin(context.Background(), lease, in)
	require.NoError(d.t, err)
	d.now = ended
	if state != journal.Sent {
		require.NoError(d.t, d.journal.End(context.Background(), e, journal.Outcome{State: state, At: ended}))
	}
	return e
}

// edit is the intent of an edit of who is in a group.
func edit(group tallyfy.ID, add, remove string) journal.Intent {
	list := func(id string) string {
		if id == "" || strings.HasPrefix(id, "guest ") {
			return "null"
		}
		return `["` + id + `"]`
	}
	guests := func(key string) string {
		address, guest := strings.CutPrefix(key, "guest ")
		if !guest {
			return "null"
		}
		return `["` + address + `"]`
	}
	return journal.Intent{
		Kind: "group.people", Subjects: []journal.Subject{{Kind: journal.Group, ID: string(group), Name: "Finance"}},
		Plan: journal.Plan{Will: "edit", Did: "edited", Facts: []byte(`{"Add":` + list(add) + `,"Remove":` + list(remove) + `,"AddGuests":` + guests(add) + `,"RemoveGuests":` + guests(remove) + `}`)},
	}
}

func eachEngine(t *testing.T, test func(t *testing.T, open func() *store.DB)) {
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
	t.Run("sqlite", func(t *testing.T) { test(t, opener(t, filepath.Join(t.TempDir(), "dashboard.db"))) })
	t.Run("postgres", func(t *testing.T) { test(t, opener(t, postgres.URL(t))) })
}

func memory(t testing.TB) *store.DB {
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
