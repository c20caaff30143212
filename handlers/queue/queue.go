// Package queue runs long work in the background, on River in the dashboard's database: with SQLite in this
// process, with PostgreSQL in any of all replicas. River delivers at least once; what is delivered is only the
// id of a job, and the work itself sees to it that nobody else is at it.
//
// It may import store. It knows nothing of what the work is.
package queue

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"tallyfy-admin/handlers/store"
)

const (
	// workers is how many jobs one process works at together.
	workers = 4
	// poll is how often the queue is asked for work that another process put there.
	poll = time.Second
	// watch is how often jobs are looked for that nobody works at, because a process died.
	watch = 5 * time.Second
	// migrationWait bounds the wait for another replica that makes River's tables.
	migrationWait = 30 * time.Second
)

// Options is what a queue works with. All fields must be set.
type Options struct {
	// Work does the work of a job until it is over or ctx ends. It returns at once where somebody else is at it.
	Work func(ctx context.Context, id string) error
	// Open returns the jobs that are not over.
	Open func(ctx context.Context) (ids []string, err error)
	Log  *slog.Logger
}

// A Queue gives jobs to workers. It is safe for concurrent use.
type Queue struct {
	Options
	client *river.Client[*sql.Tx]
	stop   context.CancelFunc
	over   chan struct{}
}

type job struct {
	ID string `json:"id"`
}

// Kind implements river.JobArgs.
func (job) Kind() string { return "tallyfy_admin_job" }

type worker struct {
	river.WorkerDefaults[job]
	work func(ctx context.Context, id string) error
}

// Timeout implements river.Worker: a job takes as long as it takes.
func (worker) Timeout(*river.Job[job]) time.Duration { return -1 }

// Work implements river.Worker.
func (w worker) Work(ctx context.Context, j *river.Job[job]) error { return w.work(ctx, j.Args.ID) }

// Start makes River's tables, whose names begin with river_, if they are missing, and begins to work.
func Start(ctx context.Context, db *store.DB, o Options) (*Queue, error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db.SQL())
	if db.Dialect() == store.Postgres {
		// The driver for database/sql, not that of pgx: it needs no second pool, and no connection of its own to
		// listen on, which poolers in transaction mode do not give.
		driver = riverdatabasesql.New(db.SQL())
	}
	if err := migrate(ctx, db, driver, o.Log); err != nil {
		return nil, fmt.Errorf("making the tables of the queue: %w", err)
	}
	list := river.NewWorkers()
	river.AddWorker(list, worker{work: o.Work})
	client, err := river.NewClient(driver, &river.Config{
		Logger: slog.New(quiet{o.Log.Handler()}), Workers: list, PollOnly: true, FetchPollInterval: poll, JobTimeout: -1,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
	})
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	q := &Queue{Options: o, client: client, stop: stop, over: make(chan struct{})}
	if err := client.Start(working); err != nil {
		stop()
		return nil, fmt.Errorf("the queue: %w", err)
	}
	go q.watch(working)
	return q, nil
}

// migrate makes River's tables. One replica does so at a time.
func migrate(ctx context.Context, db *store.DB, driver riverdriver.Driver[*sql.Tx], log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, migrationWait)
	defer cancel()
	lease, err := db.Leases().Wait(ctx, "river tables", migrationWait)
	if err != nil {
		return err
	}
	defer func() { _, _ = lease.Release(context.WithoutCancel(ctx)) }() // it ends by itself
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(quiet{log.Handler()})})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Add asks for the work of a job. One that is lost is found again by the next look at the open jobs.
func (q *Queue) Add(ctx context.Context, id string) error {
	_, err := q.client.Insert(ctx, job{id}, &river.InsertOpts{MaxAttempts: 1})
	return err
}

// watch adds the jobs that are open at once and every few seconds: those of a process that died, too.
func (q *Queue) watch(ctx context.Context) {
	defer close(q.over)
	for {
		ids, err := q.Open(ctx)
		for _, id := range ids {
			if err == nil {
				_, err = q.client.Insert(ctx, job{id}, &river.InsertOpts{
					MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: watch},
				})
			}
		}
		if err != nil && ctx.Err() == nil {
			q.Log.Error("jobs not looked for", slog.Any("error", err))
		}
		select {
		case <-time.After(watch):
		case <-ctx.Done():
			return
		}
	}
}

// Stop ends the work: each job stops after the step that is under way, and another process, or the next start,
// goes on with it.
func (q *Queue) Stop(ctx context.Context) error {
	q.stop()
	<-q.over
	return q.client.StopAndCancel(ctx)
}

// quiet lets only warnings and errors of River through: it tells of each job.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}
