package bulk_test

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
	"tallyfy-admin/views/names"
)

// A desk is a sandbox with jobs in a database of its own, at which its administrator Maren works.
type desk struct {
	*sandbox.Server
	t       *testing.T
	client  *tallyfy.Client
	copies  *directory.Cache
	db      *store.DB
	book    *bulk.Book
	journal *journal.Journal
	counts  map[string]int // of changes, by kind and state
}

func newDesk(t *testing.T, url string) *desk {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	client, err := tallyfy.New(tallyfy.Options{BaseURL: sandbox.BaseURL, Transport: s.Transport()})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	keys, err := store.NewKeys([]byte("a secret for tests, of 32 or more bytes"))
	require.NoError(t, err)
	return &desk{
		Server: s, t: t, client: client.WithToken(sandbox.AdminToken), copies: directory.New(directory.Options{}), db: db,
		book: &bulk.Book{DB: db, Keys: keys, Now: time.Now}, journal: journal.New(db, keys, 400*24*time.Hour, 90*24*time.Hour, time.Now), counts: map[string]int{},
	}
}

func (d *desk) org() tallyfy.ID    { return tallyfy.ID(d.OrgID()) }
func (d *desk) scope() cache.Scope { return cache.ScopeOf(sandbox.AdminToken, d.org()) }

// organisation reads all of the sandbox.
func (d *desk) organisation() *bulk.Organisation {
	d.t.Helper()
	o := &bulk.Organisation{Organization: tallyfy.Organization{ID: d.org(), Name: "Aldermoor"}, By: d.id("maren.dahl")}
	require.Eventually(d.t, func() (ended bool) {
		var err error
		o.Members, err = d.copies.Members(d.t.Context(), d.client, d.scope())
		require.NoError(d.t, err)
		o.Groups, err = d.copies.Groups(d.t.Context(), d.client, d.scope())
		require.NoError(d.t, err)
		o.Guests, err = d.copies.Guests(d.t.Context(), d.client, d.scope())
		require.NoError(d.t, err)
		return o.Members.Ended() && o.Groups.Ended() && o.Guests.Ended()
	}, 10*time.Second, time.Millisecond)
	return o
}

// plan makes a dry run of pasted lines.
func (d *desk) plan(kind, text string, change ...func(*bulk.Wish)) bulk.Plan {
	d.t.Helper()
	k := bulk.KindOf(kind)
	sheet, problems := bulk.ReadText(text, k)
	require.Empty(d.t, problems)
	w := bulk.Wish{Kind: k, Sheet: sheet}
	for _, f := range change {
		f(&w)
	}
	return d.organisation().Plan(w)
}

// job keeps a plan and starts it.
func (d *desk) job(kind string, p bulk.Plan) *bulk.Job {
	d.t.Helper()
	maren := journal.Subject{Kind: journal.Member, ID: string(d.id("maren.dahl")), Name: "Maren Dahl"}
	j := &bulk.Job{Org: d.org(), Kind: bulk.KindOf(kind), Owner: maren, Spec: bulk.Spec{OrgName: "Aldermoor"}}
	require.NoError(d.t, d.book.Create(d.t.Context(), j, p.Rows))
	require.NoError(d.t, d.book.Start(d.t.Context(), j, maren, sandbox.AdminToken))
	return j
}

// runner is one process that works at jobs.
func (d *desk) runner() *bulk.Runner {
	leases := d.db.Leases()
	r := &bulk.Runner{
		Book: d.book, Leases: leases, Log: slog.New(slog.DiscardHandler),
		Changes: &change.Service{
			Journal: d.journal, Leases: leases, Log: slog.New(slog.DiscardHandler), Now: time.Now, RepeatWait: time.Second,
			Count: func(kind string, s journal.State) { d.counts[kind+" "+string(s)]++ },
		},
	}
	r.Work = func(j *bulk.Job, token string) bulk.Work {
		work := bulk.Desk{Source: d, Client: d.client.WithToken(token), Org: tallyfy.Organization{ID: j.Org, Name: j.OrgName}, By: tallyfy.UserID(j.Owner.ID), ByName: j.Owner.Name, Plans: d.db.PlannedGroups(d.book.Keys, time.Now), Now: time.Now}
		return bulk.Work{
			Context: func(ctx context.Context) context.Context { return ctx },
			Caller:  change.Caller{Org: j.Org, Actor: j.Owner},
			Change:  func(rows []*bulk.Row) change.Change { return work.Change(j.Kind, rows) },
		}
	}
	return r
}

// count is how many rows have a state.
func count(rows []*bulk.Row, s bulk.State) (n int) {
	for _, r := range rows {
		if r.State == s {
			n++
		}
	}
	return n
}

// read gives the rows of a job: "Lin Chen, Payroll: done".
func read(rows []*bulk.Row) (list []string) {
	for _, r := range rows {
		text := r.Called()
		if r.Group.Name != "" {
			text += ", " + r.Group.Name
		}
		text += ": " + string(r.State)
		if r.After != "" && r.State == bulk.Waiting {
			text += " " + r.Before + " → " + r.After
		}
		list = append(list, names.Plain(strings.Join(strings.Fields(text+" "+r.Reason+" "+r.Warning), " ")))
	}
	return list
}

func (d *desk) rows(j *bulk.Job) []string {
	d.t.Helper()
	rows, err := d.book.Rows(d.t.Context(), j.ID)
	require.NoError(d.t, err)
	return read(rows)
}

// all are the rows of a job.
func (d *desk) all(j *bulk.Job) []*bulk.Row {
	d.t.Helper()
	rows, err := d.book.Rows(d.t.Context(), j.ID)
	require.NoError(d.t, err)
	return rows
}

func (d *desk) state(j *bulk.Job) *bulk.Job {
	d.t.Helper()
	now, err := d.book.Job(d.t.Context(), j.Org, j.ID)
	require.NoError(d.t, err)
	return now
}

func (d *desk) id(name string) tallyfy.UserID {
	d.t.Helper()
	m, ok := d.MemberByEmail(name + "@example.com")
	require.True(d.t, ok, name)
	return tallyfy.UserID(strconv.Itoa(m.ID))
}

func (d *desk) group(name string) sandbox.Group {
	d.t.Helper()
	g, ok := d.GroupByName(name)
	require.True(d.t, ok, name)
	return g
}

// writes are the calls that change something.
func (d *desk) writes() (list []string) {
	for _, r := range d.Requests() {
		if r.Method != "GET" {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}

// Group implements membership.Source.
func (d *desk) Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return d.client.Groups.Get(ctx, d.org(), id)
}

// Member implements lifecycle.Source.
func (d *desk) Member(ctx context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	return d.client.Members.Get(ctx, d.org(), id, "groups")
}

// OpenTasks implements both sources.
func (d *desk) OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks {
	tasks, _ := d.client.Tasks.Open(ctx, d.org(), o)
	return tasks
}

// Members implements both sources.
func (d *desk) Members(ctx context.Context) (*directory.Members, error) {
	return d.copies.Members(ctx, d.client, d.scope())
}

// CopiedGuests implements lifecycle.Source.
func (d *desk) CopiedGuests() *directory.Guests { return nil }

// CopiedGroups implements membership.Source.
func (d *desk) CopiedGroups() *directory.Groups { return nil }
