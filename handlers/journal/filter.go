package journal

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// A Filter says which entries of an organisation are asked for. A zero field does not narrow down.
type Filter struct {
	Org   tallyfy.ID
	Actor tallyfy.UserID
	// Subject is a member, a group or a guest that the entry is about, or a member who made the
	// change. Of a guest whose address is given, too, the groups' changes are found as well.
	Subject Subject
	Kind    string
	State   State
	// From is the first moment, To the first one after the last.
	From, To time.Time
	// Before is an entry's id: only older ones are asked for.
	Before string
	// After is an entry's id: only newer ones are asked for.
	After string
}

// rowsAtATime is how many entries one query brings.
const rowsAtATime = 100

// List yields the entries that fit, newest first. It reads on only as far as its caller goes.
func (j *Journal) List(ctx context.Context, f Filter) iter.Seq2[*Entry, error] {
	return store.Paged(rowsAtATime, f.Before, func(before string) ([]*Entry, error) {
		f.Before = before
		return j.Latest(ctx, f, rowsAtATime)
	}, func(e *Entry) string { return e.ID })
}

// Latest returns the newest entries that fit, at most n.
func (j *Journal) Latest(ctx context.Context, f Filter, n int) ([]*Entry, error) {
	where, args := j.where(f)
	return j.entries(ctx, fmt.Sprintf(`WHERE %s ORDER BY id DESC LIMIT %d`, where, n), args)
}

// where is the condition of a filter. Ids grow with time, so they are the order and the cursor.
func (j *Journal) where(f Filter) (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	add(`org = ?`, string(f.Org))
	add(`at > ?`, j.oldest())
	if f.Actor != "" {
		add(`actor = ?`, string(f.Actor))
	}
	if f.Subject.ID != "" {
		condition := `id IN (SELECT entry FROM dashboard_journal_subjects WHERE org = $1 AND subject IN (?`
		if key := f.Subject.addressKey(f.Org); key != "" {
			args = append(args, key)
			condition += fmt.Sprintf(`, $%d`, len(args))
		}
		add(condition+`))`, f.Subject.Key())
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
	if f.After != "" {
		add(`id > ?`, f.After)
	}
	return strings.Join(conditions, " AND "), args
}

// Actors returns the members who have made changes in an organisation, as they were at their latest one.
func (j *Journal) Actors(ctx context.Context, org tallyfy.ID) ([]Subject, error) {
	latest, err := j.entries(ctx, `WHERE id IN
		(SELECT MAX(id) FROM dashboard_journal WHERE org = $1 AND at > $2 AND actor <> '' GROUP BY actor) ORDER BY id DESC`, []any{string(org), j.oldest()})
	actors := make([]Subject, len(latest))
	for i, e := range latest {
		actors[i] = e.Actor
	}
	return actors, err
}
