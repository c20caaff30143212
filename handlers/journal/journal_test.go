package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

func TestEntryFromItsIntentToItsCheck(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		e := d.begin(in)
		replica := newDesk(t, open())

		read := replica.get(e.ID)
		assert.Equal(t, in, read.Intent, "names and ids as they were then")
		assert.Equal(t, journal.Sent, read.State, "never as done")
		assert.Equal(t, d.clock.Now(), read.At.UTC())
		assert.Nil(t, read.Outcome)
		assert.Nil(t, read.Check)

		d.clock.Advance(time.Second)
		made := journal.Subject{Kind: journal.Group, ID: "new", Name: "New"}
		outcome := journal.Outcome{State: journal.Done, At: d.clock.Now(), Words: "w", Tallyfys: true, UpstreamID: "u", Subjects: []journal.Subject{made}}
		require.NoError(t, d.End(t.Context(), e, outcome))
		check := journal.Check{At: d.clock.Now(), Findings: []journal.Finding{{Result: journal.Confirmed}, {Result: journal.NotAsExpected, Detail: "Payroll has 1 member."}}}
		require.NoError(t, d.SetCheck(t.Context(), e, check))
		read = replica.get(e.ID)
		assert.Equal(t, journal.Done, read.State)
		assert.Equal(t, &outcome, read.Outcome)
		assert.Equal(t, &check, read.Check)
		assert.Equal(t, e.Outcome, read.Outcome)

		later := journal.Check{At: d.clock.Now().Add(time.Hour), Findings: []journal.Finding{{Result: journal.NotChecked}}}
		require.NoError(t, d.SetCheck(t.Context(), e, later))
		assert.Equal(t, &later, replica.get(e.ID).Check, "the latest")
	})
}

func TestEachIntentGetsOneOutcome(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		e := d.begin(d.intent())
		stale := *e
		d.end(e, journal.NotConfirmed)
		require.Error(t, d.End(t.Context(), &stale, journal.Outcome{State: journal.Done}))
		assert.Equal(t, journal.NotConfirmed, d.get(e.ID).State)
		assert.Equal(t, journal.NotConfirmed, d.get(e.ID).Outcome.State)
	})
}

func TestNothingIsStoredWithoutTheLease(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		lease, _, err := d.db.Leases().Acquire(t.Context(), "change", "first", time.Minute)
		require.NoError(t, err)
		_, err = d.db.Write(t.Context(), `UPDATE dashboard_leases SET expires_at = 0`)
		require.NoError(t, err)
		_, err = d.Begin(t.Context(), lease, d.intent())
		require.ErrorIs(t, err, store.ErrLost)
		assert.Empty(t, d.ids(journal.Filter{Org: org}))
		assert.Empty(t, d.ids(journal.Filter{Org: org, Subject: bo}))
	})
}

// One press makes one entry, unless that change was certainly not made.
func TestPressHasOneEntry(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		for _, state := range []journal.State{journal.Sent, journal.Done, journal.NotConfirmed, journal.Refused, journal.NotSent} {
			again := state == journal.Refused || state == journal.NotSent
			in := d.intent()
			in.Press = string(state)
			first := d.begin(in)
			if state != journal.Sent {
				d.end(first, state)
			}
			e, err := d.ByPress(t.Context(), org, in.Press)
			require.NoError(t, err)
			assert.Equal(t, first.ID, e.ID)

			second, err := d.tryBegin(in)
			assert.Equal(t, again, err == nil, "%s: %v", state, err)
			assert.Len(t, d.ids(journal.Filter{Org: org, State: state}), 1, "the first one stays as it was")
			if again {
				e, err = d.ByPress(t.Context(), org, in.Press)
				require.NoError(t, err)
				assert.Equal(t, second.ID, e.ID)
				d.end(second, journal.NotConfirmed)
			}
		}
		_, err := d.ByPress(t.Context(), other, "done")
		require.ErrorIs(t, err, journal.ErrNotFound)
	})
}

// Two replicas store a thousand changes at once. Each is there once, whoever asks, and also page by page while more come in.
func TestManyAppendsAtOnceLoseNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		replicas := []*desk{newDesk(t, open()), newDesk(t, open())}
		append := func(n int, then func(*desk, *journal.Entry)) []string {
			ids := make([]string, n)
			var group sync.WaitGroup
			limit := make(chan struct{}, 16)
			for i := range n {
				limit <- struct{}{}
				group.Go(func() {
					defer func() { <-limit }()
					d := replicas[i%2]
					in := d.intent()
					in.Press = fmt.Sprint(n, i)
					e := d.begin(in)
					then(d, e)
					ids[i] = e.ID
				})
			}
			group.Wait()
			return ids
		}
		first := append(1000, func(d *desk, e *journal.Entry) { d.end(e, journal.Done) })
		for _, d := range replicas {
			assert.ElementsMatch(t, first, d.ids(journal.Filter{Org: org}))
			assert.ElementsMatch(t, first, d.ids(journal.Filter{Org: org, Subject: payroll, Actor: "20526", State: journal.Done}))
		}

		coming := make(chan []string)
		go func() { coming <- append(1100, func(*desk, *journal.Entry) {}) }()
		var paged []string
		f := journal.Filter{Org: org, Subject: bo}
		for {
			page, err := replicas[0].Latest(t.Context(), f, 37)
			require.NoError(t, err)
			for _, e := range page {
				paged = slices.Concat(paged, []string{e.ID})
			}
			if len(page) < 37 {
				break
			}
			f.Before = page[len(page)-1].ID
		}
		all := <-coming
		all = slices.Concat(all, first)
		assert.IsDecreasing(t, paged, "newest first, none twice")
		assert.Subset(t, paged, first, "what was there is not lost")
		assert.Subset(t, all, paged)
		assert.ElementsMatch(t, all, replicas[1].ids(journal.Filter{Org: org}), "2,100 in pages of 100")
	})
}

func TestFiltersAloneAndTogether(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		names := map[string]string{} // by id
		add := func(name string, change func(*journal.Intent), state journal.State) {
			d.clock.Advance(time.Hour)
			in := d.intent()
			change(&in)
			e := d.begin(in)
			if state != journal.Sent {
				d.end(e, state)
			}
			names[e.ID] = name
		}
		start := d.clock.Now()
		created := func(in *journal.Intent) {
			in.Kind, in.Subjects, in.Concerned = "group.create", []journal.Subject{{Kind: journal.Group, Name: "New"}}, []tallyfy.UserID{"20530", "20530", "7"}
		}
		add("removed", func(*journal.Intent) {}, journal.Done)
		add("removed by Omar", func(in *journal.Intent) { in.Actor = omar }, journal.Refused)
		add("created", created, journal.Done)
		add("created by Omar", func(in *journal.Intent) { created(in); in.Actor = omar }, journal.NotConfirmed)
		add("deleted", func(in *journal.Intent) { in.Kind, in.Subjects = "group.delete", []journal.Subject{payroll} }, journal.Sent)
		add("elsewhere", func(in *journal.Intent) { in.Org = other }, journal.Done)

		at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
		for name, test := range map[string]struct {
			filter journal.Filter
			want   []string
		}{
			"all":                        {journal.Filter{}, []string{"deleted", "created by Omar", "created", "removed by Omar", "removed"}},
			"actor":                      {journal.Filter{Actor: "20530"}, []string{"created by Omar", "removed by Omar"}},
			"nobody":                     {journal.Filter{Actor: "1"}, nil},
			"kind":                       {journal.Filter{Kind: "group.create"}, []string{"created by Omar", "created"}},
			"state":                      {journal.Filter{State: journal.Done}, []string{"created", "removed"}},
			"without an outcome":         {journal.Filter{State: journal.Sent}, []string{"deleted"}},
			"the person it is about":     {journal.Filter{Subject: bo}, []string{"removed by Omar", "removed"}},
			"a group":                    {journal.Filter{Subject: payroll}, []string{"deleted", "removed by Omar", "removed"}},
			"actor or member":            {journal.Filter{Subject: omar}, []string{"created by Omar", "created", "removed by Omar"}},
			"member only":                {journal.Filter{Subject: journal.Subject{Kind: journal.Member, ID: "7"}}, []string{"created by Omar", "created"}},
			"a group with a member's id": {journal.Filter{Subject: journal.Subject{Kind: journal.Group, ID: "7"}}, nil},
			"from":                       {journal.Filter{From: at(4)}, []string{"deleted", "created by Omar"}},
			"to":                         {journal.Filter{To: at(2)}, []string{"removed"}},
			"from and to":                {journal.Filter{From: at(2), To: at(4)}, []string{"created", "removed by Omar"}},
			"everything at once": {
				journal.Filter{Actor: "20530", Subject: omar, Kind: "group.create", State: journal.NotConfirmed, From: at(1), To: at(5)},
				[]string{"created by Omar"},
			},
			"everything at once, but the state": {
				journal.Filter{Actor: "20530", Subject: omar, Kind: "group.create", State: journal.Done, From: at(1), To: at(5)}, nil,
			},
		} {
			t.Run(name, func(t *testing.T) {
				test.filter.Org = org
				var got []string
				ids := d.ids(test.filter)
				for _, id := range ids {
					got = append(got, names[id])
				}
				assert.Equal(t, test.want, got)
				if len(ids) > 1 {
					test.filter.Before = ids[0]
					assert.Equal(t, ids[1:], d.ids(test.filter), "older than the first")
					test.filter.Before, test.filter.After = "", ids[len(ids)-1]
					assert.Equal(t, ids[:len(ids)-1], d.ids(test.filter), "newer than the last")
				}
			})
		}
	})
}

// A new group gets its id from the outcome.
func TestEntryShowsOnThePageOfWhatItMade(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		in.Subjects = []journal.Subject{{Kind: journal.Group, Name: "New"}, {Kind: journal.Member, ID: "not\x00plausible"}}
		e := d.begin(in)
		made := journal.Subject{Kind: journal.Group, ID: "9f", Name: "New"}
		require.NoError(t, d.End(t.Context(), e, journal.Outcome{State: journal.Done, Subjects: []journal.Subject{made}}))
		assert.Equal(t, []string{e.ID}, d.ids(journal.Filter{Org: org, Subject: made}))
		assert.Equal(t, "9f", d.get(e.ID).Subject(journal.Group).ID)
	})
}

func TestActorsAsTheyWereLast(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		before, after := maren, maren
		before.Name = "Maren Berg"
		for _, actor := range []journal.Subject{before, omar, after} {
			in := d.intent()
			in.Actor = actor
			d.begin(in)
		}
		in := d.intent()
		in.Org, in.Actor = other, bo
		d.begin(in)
		actors, err := d.Actors(t.Context(), org)
		require.NoError(t, err)
		assert.Equal(t, []journal.Subject{after, omar}, actors)
		actors, err = d.with(newSecret).Actors(t.Context(), org)
		require.NoError(t, err)
		assert.Equal(t, []journal.Subject{{Kind: journal.Member, ID: maren.ID}, {Kind: journal.Member, ID: omar.ID}}, actors, "ids need no secret")
	})
}

func TestOtherOrganisationsSeeNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		e := d.begin(in)
		_, err := d.Get(t.Context(), other, e.ID)
		require.ErrorIs(t, err, journal.ErrNotFound)
		_, err = d.ByPress(t.Context(), other, in.Press)
		require.ErrorIs(t, err, journal.ErrNotFound)
		for _, f := range []journal.Filter{{}, {Subject: bo}, {Actor: "20526"}, {Before: "ffffffff-ffff-7fff-bfff-ffffffffffff"}} {
			f.Org = other
			assert.Empty(t, d.ids(f))
		}
		actors, err := d.Actors(t.Context(), other)
		require.NoError(t, err)
		assert.Empty(t, actors)
	})
}

// Past its time an entry cannot be read, whether it has been swept or not.
func TestSweepDeletesWhatIsPastItsTime(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		old := d.begin(in)
		d.clock.Advance(time.Millisecond)
		young := d.begin(d.intent())
		assert.Equal(t, 400, d.KeptDays())

		d.clock.Advance(keep - time.Millisecond)
		_, err := d.Get(t.Context(), org, old.ID)
		require.ErrorIs(t, err, journal.ErrNotFound)
		_, err = d.ByPress(t.Context(), org, in.Press)
		require.ErrorIs(t, err, journal.ErrNotFound)
		for _, f := range []journal.Filter{{}, {Subject: bo}, {Actor: "20526"}} {
			f.Org = org
			assert.Equal(t, []string{young.ID}, d.ids(f))
		}
		deleted, err := d.Sweep(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, deleted)
		count := func(table string) (n int) {
			require.NoError(t, d.db.Read(t.Context(), []any{&n}, `SELECT COUNT(*) FROM `+table))
			return n
		}
		assert.Equal(t, 1, count("dashboard_journal"))
		assert.Equal(t, 3, count("dashboard_journal_subjects"), "those of the other one: Maren, Bo and Payroll")

		d.clock.Advance(time.Millisecond)
		actors, err := d.Actors(t.Context(), org)
		require.NoError(t, err)
		assert.Empty(t, actors)
		_, err = d.Sweep(t.Context())
		require.NoError(t, err)
		assert.Zero(t, count("dashboard_journal")+count("dashboard_journal_subjects"))
	})
}

// Time goes on while a sweep is under way. Nothing that hangs on an entry is left without it.
func TestASweepIsOfOneMoment(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		in.Contents = &journal.Contents{Data: []byte(`{}`)}
		d.begin(in)
		began := d.clock.Now().Add(keep - time.Second)
		var asked atomic.Int64
		going := journal.New(d.db, keysOf(t, oldSecret), keep, keep, func() time.Time {
			return began.Add(time.Duration(asked.Add(1)) * 300 * time.Millisecond)
		})
		for range 2 {
			_, err := going.Sweep(t.Context())
			require.NoError(t, err)
			var entries, rest int
			require.NoError(t, d.db.Read(t.Context(), []any{&entries, &rest}, `SELECT (SELECT COUNT(*) FROM dashboard_journal),
				(SELECT COUNT(*) FROM dashboard_journal_subjects) + (SELECT COUNT(*) FROM dashboard_journal_contents)`))
			assert.Equal(t, entries > 0, rest > 0, "%d entries", entries)
		}
		assert.Empty(t, d.ids(journal.Filter{Org: org}))
	})
}

// A group has its guests by their addresses only. A guest's page finds the group's changes all the
// same.
func TestEntriesOfAGuestByTheAddress(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		in.Subjects, in.ConcernedGuests = []journal.Subject{payroll}, []string{" Ada@Partner.example.com"}
		group := d.begin(in)
		guest := journal.Subject{Kind: journal.Guest, ID: "9f3b", Name: "Ada", Email: "ada@partner.example.com"}
		in = d.intent()
		in.Subjects = []journal.Subject{guest}
		own := d.begin(in)
		assert.Equal(t, []string{own.ID, group.ID}, d.ids(journal.Filter{Org: org, Subject: guest}))
		assert.Equal(t, []string{own.ID}, d.ids(journal.Filter{Org: org, Subject: journal.Subject{Kind: journal.Guest, ID: "9f3b"}}), "whose address is not known")
		assert.Empty(t, d.ids(journal.Filter{Org: org, Subject: journal.Subject{Kind: journal.Guest, ID: "1", Email: "eve@partner.example.com"}}))
		var plain int
		require.NoError(t, d.db.Read(t.Context(), []any{&plain}, `SELECT COUNT(*) FROM dashboard_journal_subjects WHERE LOWER(subject) LIKE '%ada%'`))
		assert.Zero(t, plain, "the address is not plain")
	})
}

// The papers say how to erase what concerns one member.
func TestErasingWhatConcernsOneMember(t *testing.T) {
	paper, err := os.ReadFile("../../.github/deployment.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(paper), "```sql\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```")
	require.Contains(t, text, "'"+bo.Key()+"'")
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		in.Contents = &journal.Contents{Data: []byte(`{}`)}
		d.begin(in)
		in = d.intent()
		in.Subjects, in.Contents = []journal.Subject{payroll}, &journal.Contents{Data: []byte(`{}`)}
		other := d.begin(in)
		for _, statement := range strings.Split(strings.TrimSpace(text), "\n") {
			_, err := d.db.Write(t.Context(), statement)
			require.NoError(t, err)
		}
		assert.Equal(t, []string{other.ID}, d.ids(journal.Filter{Org: org}))
		assert.Empty(t, d.ids(journal.Filter{Org: org, Subject: bo}))
		assert.Equal(t, []string{other.ID}, d.ids(journal.Filter{Org: org, Subject: payroll}))
		var n int
		require.NoError(t, d.db.Read(t.Context(), []any{&n}, `SELECT COUNT(*) FROM dashboard_journal_subjects`))
		assert.Equal(t, 2, n, "Maren and Payroll of the other one")
		require.NoError(t, d.db.Read(t.Context(), []any{&n}, `SELECT COUNT(*) FROM dashboard_journal_contents`))
		assert.Equal(t, 1, n)
	})
}

// Two programs that start at once take over the same receipts.
func TestImportTakesOver(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		replicas := []*desk{newDesk(t, open()), newDesk(t, open())}
		d := replicas[0]
		now := d.begin(d.intent())
		in := d.intent()
		at := d.clock.Now().Add(-240 * time.Hour)
		outcome := &journal.Outcome{State: journal.Done, At: at}
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				in := in
				in.Press = fmt.Sprint("receipt ", i/2)
				assert.NoError(t, replicas[i%2].Import(t.Context(), &journal.Entry{At: at.Add(time.Duration(i/2) * time.Hour), State: journal.Done, Intent: in, Outcome: outcome}))
			})
		}
		group.Wait()
		ids := d.ids(journal.Filter{Org: org})
		require.Len(t, ids, 11)
		assert.Equal(t, now.ID, ids[0])
		assert.IsDecreasing(t, ids)
		assert.Equal(t, ids, d.ids(journal.Filter{Org: org, Subject: bo}))
		for i, id := range ids[1:] {
			e := d.get(id)
			assert.Equal(t, at.Add(time.Duration(9-i)*time.Hour), e.At.UTC(), "they are in the order of their own time")
			assert.Equal(t, outcome, e.Outcome)
			byPress, err := d.ByPress(t.Context(), org, fmt.Sprint("receipt ", 9-i))
			require.NoError(t, err)
			assert.Equal(t, id, byPress.ID)
		}
	})
}

func TestFailuresOfTheDatabaseAreErrors(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		in := d.intent()
		e := d.begin(in)
		lease, _, err := d.db.Leases().Acquire(t.Context(), "change", "first", time.Minute)
		require.NoError(t, err)
		require.NoError(t, d.db.Close())
		ctx := t.Context()
		for what, f := range map[string]func() error{
			"begin":    func() error { _, err := d.Begin(ctx, lease, d.intent()); return err },
			"end":      func() error { return d.End(ctx, e, journal.Outcome{State: journal.Done}) },
			"check":    func() error { return d.SetCheck(ctx, e, journal.Check{}) },
			"get":      func() error { _, err := d.Get(ctx, org, e.ID); return err },
			"by press": func() error { _, err := d.ByPress(ctx, org, in.Press); return err },
			"import":   func() error { return d.Import(ctx, &journal.Entry{Intent: d.intent()}) },
			"latest":   func() error { _, err := d.Latest(ctx, journal.Filter{Org: org}, 1); return err },
			"actors":   func() error { _, err := d.Actors(ctx, org); return err },
			"sweep":    func() error { _, err := d.Sweep(ctx); return err },
			"list": func() error {
				for _, err := range d.List(ctx, journal.Filter{Org: org}) {
					return err
				}
				return nil
			},
		} {
			err := f()
			require.ErrorContains(t, err, "the dashboard's database", what)
			assert.NotErrorIs(t, err, journal.ErrNotFound, what)
		}
		assert.Equal(t, journal.Done, e.State, "the page that waits knows what it could not store")
		assert.NotNil(t, e.Check)
	})
}

// Whoever reads a list and goes away ends it.
func TestListObeysItsContextAndItsCaller(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		for range 3 {
			d.begin(d.intent())
		}
		n := 0
		for range d.List(t.Context(), journal.Filter{Org: org}) {
			n++
			break
		}
		assert.Equal(t, 1, n)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var failed error
		for _, err := range d.List(ctx, journal.Filter{Org: org}) {
			failed = errors.Join(failed, err)
		}
		require.ErrorIs(t, failed, context.Canceled)
	})
}

func TestTextsThatAreNoIDs(t *testing.T) {
	eachEngine(t, func(t *testing.T, open func() *store.DB, _ string) {
		d := newDesk(t, open())
		for _, id := range []string{"", "\x00", "x", "00000000-0000-7000-8000-00000000000\x00", "urn:uuid:00000000-0000-7000-8000-000000000000", "00000000-0000-7000-8000-000000000000"} {
			_, err := d.Get(t.Context(), org, id)
			require.ErrorIs(t, err, journal.ErrNotFound, "%q", id)
		}
	})
}
