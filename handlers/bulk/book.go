package bulk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// Keep is how long a job is kept after it was made.
const Keep = 90 * 24 * time.Hour

// ErrNotFound is returned for a job that does not exist, belongs to another organisation, or is past its time.
var ErrNotFound = errors.New("no such job")

// ErrNotNow is returned when a job is not in a state in which that can be done.
var ErrNotNow = errors.New("the job is in another state")

// A JobState says what a job is doing.
type JobState string

// The states of a job.
const (
	Planned JobState = "planned" // a dry run that nobody has started
	Running JobState = "running"
	Paused  JobState = "paused" // Note says why
	Stopped JobState = "stopped"
	Ended   JobState = "ended"
)

// A Job is many changes of one kind.
type Job struct {
	ID    string
	Org   tallyfy.ID
	Kind  *Kind
	State JobState
	// At is when it was planned, Changed when it last went on.
	At, Changed time.Time
	// Owner is the person in whose name it runs.
	Owner journal.Subject
	Spec
	Note Note
	// Unreadable says that the secret that sealed the job is not listed any more.
	Unreadable bool
}

// A Spec is what a plan was made of.
type Spec struct {
	OrgName string
	// Header is the first line of the sheet, empty without one.
	Header []string `json:",omitempty"`
	// Notes are the sentences about the whole.
	Notes []string `json:",omitempty"`
	// Reads and Writes are the calls that it takes.
	Reads, Writes int
	// Planner is who planned it.
	Planner journal.Subject
	// Review is the id of the review that the job carries out, and Press the press of the button; "" for other kinds.
	Review, Press string `json:",omitempty"`
}

// A Note is what changes while a job runs.
type Note struct {
	Owner journal.Subject
	// Why says why the job is paused.
	Why string `json:",omitempty"`
	// SignIn says that it waits for its owner to sign in.
	SignIn bool `json:",omitempty"`
	// Begun and Over are when it was first started and when it ended or was stopped.
	Begun, Over time.Time `json:",omitzero"`
}

// A Book keeps jobs in the dashboard's database. It is safe for concurrent use.
type Book struct {
	DB   *store.DB
	Keys *store.Keys
	Now  func() time.Time
}

func (b *Book) seal(id, part string, v any) (string, error) {
	return b.Keys.SealJSON("job "+part+" "+id, v)
}

func (b *Book) open(id, part, text string, v any) error {
	return b.Keys.OpenJSON("job "+part+" "+id, text, v)
}

// Create stores a dry run, and gives it an id.
func (b *Book) Create(ctx context.Context, j *Job, rows []*Row) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	j.ID, j.State, j.At, j.Changed = id.String(), Planned, b.Now(), b.Now()
	j.Planner, j.Note.Owner = j.Owner, j.Owner
	plan, err := b.seal(j.ID, "plan", j.Spec)
	if err != nil {
		return err
	}
	note, err := b.seal(j.ID, "note", j.Note)
	if err != nil {
		return err
	}
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if _, err := tx.Write(ctx, `INSERT INTO dashboard_jobs (id, org, kind, owner, state, at, changed, plan, note, token)
			VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, '')`,
			j.ID, string(j.Org), j.Kind.Name, j.Owner.ID, string(j.State), j.At.UnixMilli(), plan, note); err != nil {
			return err
		}
		stored := make([][]any, len(rows))
		for i, r := range rows {
			what, err := b.seal(j.ID, "row "+strconv.Itoa(r.N), r)
			if err != nil {
				return err
			}
			stored[i] = []any{j.ID, r.N, r.Step, string(r.State), what, ""}
		}
		return tx.Insert(ctx, `dashboard_job_rows (job, n, step, state, what, result)`, stored, "")
	})
}

const jobColumns = `id, org, kind, owner, state, at, changed, plan, note`

// Job returns a job of an organisation.
func (b *Book) Job(ctx context.Context, org tallyfy.ID, id string) (*Job, error) {
	if !journal.IsID(id) { // PostgreSQL refuses some texts
		return nil, ErrNotFound
	}
	list, err := b.jobs(ctx, `WHERE id = $1 AND org = $2`, id, string(org))
	if err == nil && (len(list) == 0 || list[0].At.Before(b.Now().Add(-Keep))) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Jobs returns the latest jobs of an organisation that were started, the newest first: those of one person, or
// everybody's where owner is empty. Only those before the one with the id before count, if it is set.
func (b *Book) Jobs(ctx context.Context, org tallyfy.ID, owner tallyfy.UserID, before string, most int) ([]*Job, error) {
	if !journal.IsID(before) { // PostgreSQL refuses some texts
		before = ""
	}
	return b.jobs(ctx, `WHERE org = $1 AND state <> $2 AND at > $3 AND ($4 = '' OR owner = $4) AND ($5 = '' OR id < $5) ORDER BY id DESC LIMIT $6`,
		string(org), string(Planned), b.Now().Add(-Keep).UnixMilli(), string(owner), before, most)
}

func (b *Book) jobs(ctx context.Context, where string, args ...any) (list []*Job, err error) {
	err = b.DB.Query(ctx, `SELECT `+jobColumns+` FROM dashboard_jobs `+where, args, func(rows *sql.Rows) error {
		j := &Job{Owner: journal.Subject{Kind: journal.Member}}
		var kind, plan, note string
		var at, changed int64
		if err := rows.Scan(&j.ID, &j.Org, &kind, &j.Owner.ID, &j.State, &at, &changed, &plan, &note); err != nil {
			return err
		}
		j.At, j.Changed, j.Kind = time.UnixMilli(at), time.UnixMilli(changed), kindOf(kind)
		err := errors.Join(b.open(j.ID, "plan", plan, &j.Spec), b.open(j.ID, "note", note, &j.Note))
		if j.Unreadable = err != nil || j.Kind == nil; !j.Unreadable {
			j.Owner = j.Note.Owner
		}
		list = append(list, j)
		return nil
	})
	return list, err
}

// OfReview returns the jobs that carry a review out, the newest first.
func (b *Book) OfReview(ctx context.Context, org tallyfy.ID, review string) ([]*Job, error) {
	all, err := b.jobs(ctx, `WHERE org = $1 AND kind = $2 AND state <> $3 AND at > $4 ORDER BY id DESC`,
		string(org), ApplyReview, string(Planned), b.Now().Add(-Keep).UnixMilli())
	return slices.DeleteFunc(all, func(j *Job) bool { return j.Review != review }), err
}

// Running returns the ids of the jobs that run, or should.
func (b *Book) Running(ctx context.Context) (ids []string, err error) {
	err = b.DB.Query(ctx, `SELECT id FROM dashboard_jobs WHERE state = $1`, []any{string(Running)}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// Token is the token with which a running job works.
func (b *Book) Token(ctx context.Context, id string) (token string, err error) {
	var sealed string
	if err := b.DB.Read(ctx, []any{&sealed}, `SELECT token FROM dashboard_jobs WHERE id = $1`, id); err != nil {
		return "", err
	}
	err = b.open(id, "token", sealed, &token)
	return token, err
}

// state reads what a job is doing.
func (b *Book) state(ctx context.Context, id string) (s JobState, err error) {
	err = b.DB.Read(ctx, []any{&s}, `SELECT state FROM dashboard_jobs WHERE id = $1`, id)
	return s, err
}

// Rows returns the rows of a job in their order: those in one of the states, or all of them.
func (b *Book) Rows(ctx context.Context, job string, in ...State) ([]*Row, error) {
	where, args := `WHERE job = $1`, []any{job}
	if len(in) > 0 {
		var marks string
		marks, args = store.Marks(args, in)
		where += ` AND state IN (` + marks + `)`
	}
	return b.rows(ctx, job, where+` ORDER BY n`, args...)
}

func (b *Book) rows(ctx context.Context, job, where string, args ...any) (list []*Row, err error) {
	err = b.DB.Query(ctx, `SELECT n, state, what, result FROM dashboard_job_rows `+where, args, func(rows *sql.Rows) error {
		var r Row
		var n int
		var state State
		var what, result string
		if err := rows.Scan(&n, &state, &what, &result); err != nil {
			return err
		}
		part := "row " + strconv.Itoa(n)
		if err := b.open(job, part, what, &r); err != nil {
			return err
		}
		if result != "" {
			if err := b.open(job, part+" result", result, &r.Result); err != nil {
				return err
			}
		}
		r.State = state
		list = append(list, &r)
		return nil
	})
	return list, err
}

// Counts returns how many rows have each state.
func (b *Book) Counts(ctx context.Context, job string) (map[State]int, error) {
	counts := map[State]int{}
	err := b.DB.Query(ctx, `SELECT state, COUNT(*) FROM dashboard_job_rows WHERE job = $1 GROUP BY state`, []any{job}, func(rows *sql.Rows) error {
		var s State
		var n int
		err := rows.Scan(&s, &n)
		counts[s] = n
		return err
	})
	return counts, err
}

// next returns the rows of the next step in one of some states; none when there is no such step.
func (b *Book) next(ctx context.Context, job string, in State) ([]*Row, error) {
	return b.rows(ctx, job, `WHERE job = $1 AND state = $2 AND step = (SELECT MIN(step) FROM dashboard_job_rows WHERE job = $1 AND state = $2) ORDER BY n`, job, string(in))
}

// setRows stores how far rows are. It fails if the lease is not held any more.
func (b *Book) setRows(ctx context.Context, l *store.Lease, job string, rows []*Row) error {
	return l.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		for _, r := range rows {
			r.At = b.Now()
			if err := b.setRow(ctx, tx, job, r); err != nil {
				return err
			}
		}
		_, err := tx.Write(ctx, `UPDATE dashboard_jobs SET changed = $1 WHERE id = $2`, b.Now().UnixMilli(), job)
		return err
	})
}

// setRow stores how far a row is.
func (b *Book) setRow(ctx context.Context, tx *store.Querier, job string, r *Row) error {
	result, err := b.seal(job, "row "+strconv.Itoa(r.N)+" result", r.Result)
	if err != nil {
		return err
	}
	_, err = tx.Write(ctx, `UPDATE dashboard_job_rows SET state = $1, result = $2 WHERE job = $3 AND n = $4`, string(r.State), result, job, r.N)
	return err
}

// Start lets a planned, paused or stopped job run in somebody's name, with their token.
func (b *Book) Start(ctx context.Context, j *Job, owner journal.Subject, token string) error {
	return b.run(ctx, j, owner, token, func(ctx context.Context, tx *store.Querier) error {
		_, err := tx.Write(ctx, `UPDATE dashboard_job_rows SET state = $1 WHERE job = $2 AND state IN ($3, $4) AND step > 0`,
			string(Waiting), j.ID, string(Held), string(Skipped))
		return err
	}, Planned, Paused, Stopped)
}

// run lets a job run in somebody's name, with their token, as move does.
func (b *Book) run(ctx context.Context, j *Job, owner journal.Subject, token string, more func(context.Context, *store.Querier) error, from ...JobState) error {
	sealed, err := b.seal(j.ID, "token", token)
	if err != nil {
		return err
	}
	note := Note{Owner: owner, Begun: j.Note.Begun}
	if note.Begun.IsZero() {
		note.Begun = b.Now()
	}
	return b.move(ctx, j, Running, note, sealed, more, from...)
}

// Pause lets a running job rest after the step that is under way, and forgets the token. why says why, if nobody
// asked for it.
func (b *Book) Pause(ctx context.Context, j *Job, why string, signIn bool) error {
	note := j.Note
	note.Why, note.SignIn = why, signIn
	return b.move(ctx, j, Paused, note, "", nil, Running)
}

// Stop ends a job after the step that is under way. What waits is skipped.
func (b *Book) Stop(ctx context.Context, j *Job) error {
	note := j.Note
	note.Over, note.Why, note.SignIn = b.Now(), "", false
	return b.move(ctx, j, Stopped, note, "", func(ctx context.Context, tx *store.Querier) error {
		_, err := tx.Write(ctx, `UPDATE dashboard_job_rows SET state = $1 WHERE job = $2 AND state IN ($3, $4)`,
			string(Skipped), j.ID, string(Waiting), string(Held))
		return err
	}, Running, Paused)
}

// end ends a job whose steps are all over.
func (b *Book) end(ctx context.Context, j *Job) error {
	note := j.Note
	note.Over, note.Why, note.SignIn = b.Now(), "", false
	return b.move(ctx, j, Ended, note, "", nil, Running)
}

// MarkUnknown puts the rows down as not known that a process had under way when it died, in a job
// that was paused or stopped since. While a process is at the job, or another one asks the same, it
// changes nothing.
func (b *Book) MarkUnknown(ctx context.Context, leases *store.Leases, j *Job) error {
	if j.State != Paused && j.State != Stopped {
		return nil
	}
	lease, holder, err := leases.Acquire(ctx, "job "+j.ID, rand.Text(), leaseTime)
	if err != nil || holder != nil {
		return err
	}
	rows, err := b.Rows(ctx, j.ID, Working)
	if err == nil && len(rows) > 0 {
		leftUnderWay(rows)
		err = b.setRows(ctx, lease, j.ID, rows)
	}
	_, releaseErr := lease.Release(context.WithoutCancel(ctx))
	return errors.Join(err, releaseErr)
}

// Retry lets the rows that failed, or of which nobody knows, wait for another turn, and starts the
// job again in somebody's name. A row that a process left under way keeps its press: its fate is
// read, and nothing is sent. Retry returns how many rows there are; without one nothing changes.
func (b *Book) Retry(ctx context.Context, j *Job, owner journal.Subject, token string) (n int, err error) {
	rows, err := b.Rows(ctx, j.ID, Failed, Unknown)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	err = b.run(ctx, j, owner, token, func(ctx context.Context, tx *store.Querier) error {
		for _, r := range rows {
			if r.Step == 0 || r.State == Unknown && r.Entry == "" {
				continue
			}
			r.Attempt++
			r.setState(Waiting, "")
			if err := b.setRow(ctx, tx, j.ID, r); err != nil {
				return err
			}
		}
		return nil
	}, Ended, Stopped, Paused)
	return len(rows), err
}

// move leads a job from one of some states to another, or returns ErrNotNow.
func (b *Book) move(ctx context.Context, j *Job, to JobState, note Note, token string, more func(context.Context, *store.Querier) error, from ...JobState) error {
	sealed, err := b.seal(j.ID, "note", note)
	if err != nil {
		return err
	}
	marks, args := store.Marks([]any{string(to), note.Owner.ID, b.Now().UnixMilli(), sealed, token, j.ID}, from)
	err = b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		n, err := tx.Write(ctx, `UPDATE dashboard_jobs SET state = $1, owner = $2, changed = $3, note = $4, token = $5
			WHERE id = $6 AND state IN (`+marks+`)`, args...)
		if err == nil && n == 0 {
			err = ErrNotNow
		}
		if err == nil && more != nil {
			err = more(ctx, tx)
		}
		return err
	})
	if err == nil {
		j.State, j.Note, j.Owner = to, note, note.Owner
	}
	return err
}

// Sweep deletes the jobs past their time, and dry runs that nobody has started for a day. It returns their number.
func (b *Book) Sweep(ctx context.Context) (deleted int64, err error) {
	old := []any{b.Now().Add(-Keep).UnixMilli(), string(Planned), b.Now().Add(-24 * time.Hour).UnixMilli(), string(Running)}
	const which = `(at <= $1 OR state = $2 AND at <= $3) AND state <> $4`
	err = b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if _, err := tx.Write(ctx, `DELETE FROM dashboard_job_rows WHERE job IN (SELECT id FROM dashboard_jobs WHERE `+which+`)`, old...); err != nil {
			return err
		}
		deleted, err = tx.Write(ctx, `DELETE FROM dashboard_jobs WHERE `+which, old...)
		return err
	})
	return deleted, err
}
