package journal

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// ErrNotFound is returned for an entry that does not exist, belongs to another organisation, or is past
// its time.
var ErrNotFound = errors.New("no such entry in the journal")

// A Journal keeps entries in the dashboard's database. It is safe for concurrent use.
type Journal struct {
	db   *store.DB
	keys *store.Keys
	// keepContents is never longer than keep.
	keep, keepContents time.Duration
	now                func() time.Time
}

// New returns the journal of a database. keep is how long an entry lives, keepContents how long the contents
// of it do, and now the clock.
func New(db *store.DB, keys *store.Keys, keep, keepContents time.Duration, now func() time.Time) *Journal {
	return &Journal{db: db, keys: keys, keep: keep, keepContents: min(keep, keepContents), now: now}
}

// KeptDays is how many days an entry lives.
func (j *Journal) KeptDays() int { return int(j.keep / (24 * time.Hour)) }

// Begin stores an intent in a new entry. It fails if the lease is not held any more: another replica may
// then be making a change of the same thing.
func (j *Journal) Begin(ctx context.Context, l *store.Lease, in Intent) (*Entry, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	e := &Entry{ID: id.String(), At: j.now(), State: Sent, Intent: in}
	err = l.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		// A change that was certainly not made frees its press: the button may be pressed again.
		if _, err := tx.Write(ctx, `UPDATE dashboard_journal SET press = id WHERE org = $1 AND press = $2 AND state IN ($3, $4)`,
			string(e.Org), e.Press, string(Refused), string(NotSent)); err != nil {
			return err
		}
		inserted, err := j.insert(ctx, tx, e)
		if err == nil && !inserted {
			err = errors.New("the press has an entry already")
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("storing the intent of a change: %w", err)
	}
	return e, nil
}

// Import stores an entry that was made before there was a journal, with the outcome and the time that it
// has. An entry of the same press is left as it is.
func (j *Journal) Import(ctx context.Context, e *Entry) error {
	id, err := NewID(e.At)
	if err != nil {
		return err
	}
	e.ID = id
	return j.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		_, err := j.insert(ctx, tx, e)
		return err
	})
}

// NewID is a new id for something of a time: ids grow with time.
func NewID(t time.Time) (string, error) {
	id, err := uuid.NewV7()
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16|uint64(id[6])<<8|uint64(id[7])) //nolint:gosec // times are after 1970
	return id.String(), err
}

// insert stores an entry, unless there is one of its press.
func (j *Journal) insert(ctx context.Context, tx *store.Querier, e *Entry) (inserted bool, err error) {
	intent, err := j.seal(e, partIntent, e.Intent)
	if err != nil {
		return false, err
	}
	outcome, checked := "", ""
	if e.Outcome != nil {
		if outcome, err = j.seal(e, partOutcome, e.Outcome); err != nil {
			return false, err
		}
	}
	if e.Check != nil {
		if checked, err = j.seal(e, partCheck, e.Check); err != nil {
			return false, err
		}
	}
	n, err := tx.Write(ctx, `INSERT INTO dashboard_journal (id, org, at, actor, kind, state, press, intent, outcome, checked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (org, press) DO NOTHING`,
		e.ID, string(e.Org), e.At.UnixMilli(), e.Actor.ID, e.Kind, string(e.State), e.Press, intent, outcome, checked)
	if err != nil || n == 0 {
		return false, err
	}
	if e.Contents != nil {
		if err := j.storeContents(ctx, tx, e, e.Contents); err != nil {
			return false, err
		}
	}
	subjects := append([]Subject{e.Actor}, append(e.Subjects, members(e.Concerned)...)...)
	for _, address := range e.ConcernedGuests {
		subjects = append(subjects, Subject{Kind: Guest, Email: address})
	}
	return true, j.index(ctx, tx, e, subjects)
}

func members(ids []tallyfy.UserID) []Subject {
	list := make([]Subject, len(ids))
	for i, id := range ids {
		list[i] = Subject{Kind: Member, ID: string(id)}
	}
	return list
}

// index makes an entry show on the pages of its subjects.
func (j *Journal) index(ctx context.Context, tx *store.Querier, e *Entry, subjects []Subject) error {
	var rows [][]any
	for _, s := range subjects {
		if tallyfy.PlausibleID(s.ID) {
			rows = append(rows, []any{string(e.Org), s.Key(), e.ID})
		}
		if key := s.addressKey(e.Org); key != "" {
			rows = append(rows, []any{string(e.Org), key, e.ID})
		}
	}
	return tx.Insert(ctx, `dashboard_journal_subjects (org, subject, entry)`, rows, `ON CONFLICT DO NOTHING`)
}

// End stores the outcome of an entry, once. e has it even if it cannot be stored; the stored entry is then
// one without an outcome.
func (j *Journal) End(ctx context.Context, e *Entry, o Outcome) error {
	e.State, e.Outcome = o.State, &o
	body, err := j.seal(e, partOutcome, o)
	if err == nil {
		err = j.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
			n, err := tx.Write(ctx, `UPDATE dashboard_journal SET state = $1, outcome = $2 WHERE id = $3 AND state = $4`,
				string(o.State), body, e.ID, string(Sent))
			if err == nil && n == 0 {
				err = ErrNotFound
			}
			if err != nil {
				return err
			}
			return j.index(ctx, tx, e, o.Subjects)
		})
	}
	if err != nil {
		return fmt.Errorf("storing the outcome of a change: %w", err)
	}
	return nil
}

// SetCheck stores what a check found, in place of an earlier one. e has it even if it cannot be
// stored. What was found before an outcome that has come since is dropped: [Entry.NotMade] would
// take it for a check of that outcome.
func (j *Journal) SetCheck(ctx context.Context, e *Entry, c Check) error {
	before := e.Check
	e.Check = &c
	body, err := j.seal(e, partCheck, c)
	if err != nil {
		return fmt.Errorf("storing the check of a change: %w", err)
	}
	n, err := j.db.Write(ctx, `UPDATE dashboard_journal SET checked = $1 WHERE id = $2 AND state IN ($3, $4)`, body, e.ID, string(e.State), string(Sent))
	switch {
	case err != nil:
		return fmt.Errorf("storing the check of a change: %w", err)
	case n == 0:
		e.Check = before
	}
	return nil
}

const columns = `id, org, at, actor, kind, state, intent, outcome, checked, added_days`

// IsID reports whether a text has the form of an entry's id.
func IsID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// Get returns an entry of an organisation.
func (j *Journal) Get(ctx context.Context, org tallyfy.ID, id string) (*Entry, error) {
	if !IsID(id) { // PostgreSQL refuses some texts
		return nil, ErrNotFound
	}
	return j.one(ctx, `org = $1 AND id = $2`, string(org), id)
}

// ByPress returns the entry that a press made.
func (j *Journal) ByPress(ctx context.Context, org tallyfy.ID, press string) (*Entry, error) {
	return j.one(ctx, `org = $1 AND press = $2`, string(org), press)
}

func (j *Journal) one(ctx context.Context, where string, args ...any) (*Entry, error) {
	found, err := j.entries(ctx, fmt.Sprintf(`WHERE %s AND at > $%d`, where, len(args)+1), append(args, j.oldest()))
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// oldest is the time before which entries are past their time.
func (j *Journal) oldest() int64 { return j.now().Add(-j.keep).UnixMilli() }

// entries reads and opens rows.
func (j *Journal) entries(ctx context.Context, where string, args []any) (list []*Entry, err error) {
	err = j.db.Query(ctx, `SELECT `+columns+` FROM dashboard_journal `+where, args, func(rows *sql.Rows) error {
		e, err := j.scan(rows)
		list = append(list, e)
		return err
	})
	return list, err
}

// scan opens one row of columns.
func (j *Journal) scan(rows *sql.Rows) (*Entry, error) {
	var e Entry
	var at int64
	var intent, outcome, check string
	if err := rows.Scan(&e.ID, &e.Org, &at, &e.Actor.ID, &e.Kind, &e.State, &intent, &outcome, &check, &e.AddedDays); err != nil {
		return nil, err
	}
	e.At, e.Actor.Kind = time.UnixMilli(at), Member
	plain := e
	if err := errors.Join(
		j.open(&e, partIntent, intent, &e.Intent),
		j.openOptional(&e, partOutcome, outcome, &e.Outcome),
		j.openOptional(&e, partCheck, check, &e.Check),
	); err != nil {
		// Pages show it. Each view of them repeats this line.
		slog.Debug("an entry of the journal cannot be opened", slog.String("entry", e.ID), slog.Any("error", err))
		e = plain
		e.Unreadable = true
	}
	return &e, nil
}

// The sealed parts of an entry.
const (
	partIntent  = "intent"
	partOutcome = "outcome"
	partCheck   = "check"
	// Those of the contents.
	partContents = "contents"
	partPicture  = "picture"
)

// purpose binds a part to its entry and organisation: it opens nowhere else.
func purpose(e *Entry, part string) string {
	return "journal " + part + " " + string(e.Org) + " " + e.ID
}

func (j *Journal) seal(e *Entry, part string, v any) (string, error) {
	return j.keys.SealJSON(purpose(e, part), v)
}

// open reads a sealed part into v.
func (j *Journal) open(e *Entry, part, text string, v any) error {
	return j.keys.OpenJSON(purpose(e, part), text, v)
}

// openOptional is open for a part that may not be there yet.
func (j *Journal) openOptional(e *Entry, part, text string, v any) error {
	if text == "" {
		return nil
	}
	return j.open(e, part, text, v)
}

// Sweep deletes the entries past their time and returns their number. It also deletes the contents past theirs,
// and puts an entry in the journal for each.
func (j *Journal) Sweep(ctx context.Context) (deleted int64, err error) {
	if err := j.purge(ctx); err != nil {
		return 0, err
	}
	oldest := j.oldest() // one moment for all: what hangs on an entry goes with it
	err = j.db.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		// Contents are there where days were added, and JOURNAL_DAYS is less now.
		for _, table := range []string{"contents", "subjects"} {
			if _, err := tx.Write(ctx, `DELETE FROM dashboard_journal_`+table+` WHERE entry IN
				(SELECT id FROM dashboard_journal WHERE at <= $1)`, oldest); err != nil {
				return err
			}
		}
		deleted, err = tx.Write(ctx, `DELETE FROM dashboard_journal WHERE at <= $1`, oldest)
		return err
	})
	return deleted, err
}
