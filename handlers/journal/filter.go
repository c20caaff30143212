package journal

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A Filter says which entries of an organisation are asked for. A zero field does not narrow down.
type Filter struct {
	Org   tallyfy.ID
	Actor tallyfy.UserID
	// Subject is a member or a group that the entry is about, or a member who made the change.
	Subject Subject
	Kind    string
	State   State
	// From is the first moment, To the first one after the last.
	From, To time.Time
	// Before is an entry's id: only older ones are asked for.
	Before string
}

// rowsAtATime is how many entries one query brings.
const rowsAtATime = 100

// List yields the entries that fit, newest first. It reads on only as far as its caller goes.
func (j *Journal) List(ctx context.Context, f Filter) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		for {
			var page []*Entry
			query, args := j.query(f)
			err := j.db.Query(ctx, query, args, func(rows *sql.Rows) error {
				e, err := j.scan(rows)
				page = append(page, e)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < rowsAtATime {
				return
			}
			f.Before = page[len(page)-1].ID
		}
	}
}

// query builds the statement of a filter. Ids grow with time, so they are the order and the cursor.
func (j *Journal) query(f Filter) (string, []any) {
	var where []string
	var args []any
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	add(`org = ?`, string(f.Org))
	add(`at > ?`, j.oldest())
	if f.Actor != "" {
		add(`actor = ?`, string(f.Actor))
	}
	if f.Subject.ID != "" {
		add(`id IN (SELECT entry FROM dashboard_journal_subjects WHERE org = $1 AND subject = ?)`, f.Subject.Key())
	}
	if f.Kind != "" {
		add(`kind = ?`, f.Kind)
	}
	if f.State != "" {
		add(`state = ?`, string(f.State))
	}
	if !f.From.IsZero() {
		add(`at >= ?`, f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		add(`at < ?`, f.To.UnixMilli())
	}
	if f.Before != "" {
		add(`id < ?`, f.Before)
	}
	return `SELECT ` + columns + ` FROM dashboard_journal WHERE ` + strings.Join(where, " AND ") +
		fmt.Sprintf(` ORDER BY id DESC LIMIT %d`, rowsAtATime), args
}

// Actors returns the members who have made changes in an organisation, as they were at their latest one.
func (j *Journal) Actors(ctx context.Context, org tallyfy.ID) ([]Subject, error) {
	var actors []Subject
	err := j.db.Query(ctx, `SELECT `+columns+` FROM dashboard_journal WHERE id IN
		(SELECT MAX(id) FROM dashboard_journal WHERE org = $1 AND at > $2 GROUP BY actor) ORDER BY id DESC`,
		[]any{string(org), j.oldest()}, func(rows *sql.Rows) error {
			e, err := j.scan(rows)
			if err == nil {
				actors = append(actors, e.Actor)
			}
			return err
		})
	return actors, err
}
