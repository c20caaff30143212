package review

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// ErrNotFound is returned for a review or a person that does not exist, belongs to another organisation, or is past
// its time.
var ErrNotFound = errors.New("no such review, or nobody of it")

// An OvertakenError is returned when somebody else has decided about the person since the form was opened.
type OvertakenError struct{ Base int }

func (e *OvertakenError) Error() string { return fmt.Sprintf("decided meanwhile: %d", e.Base) }

// A Book keeps reviews in the dashboard's database. It is safe for concurrent use.
type Book struct {
	DB   *store.DB
	Keys *store.Keys
	// Keep is how long a review is kept after it was started.
	Keep time.Duration
	Now  func() time.Time
}

func (b *Book) seal(review, part string, v any) (string, error) {
	return b.Keys.SealJSON("review "+part+" "+review, v)
}

func (b *Book) open(review, part, text string, v any) error {
	return b.Keys.OpenJSON("review "+part+" "+review, text, v)
}

// Create starts a review, which has its id, with its people in their order.
func (b *Book) Create(ctx context.Context, r *Review) error {
	r.At = b.Now()
	r.Rule.Pasted, r.Rule.Emails = len(r.Rule.Emails), nil // who was meant is who is in it
	data, err := b.seal(r.ID, "start", r.Spec)
	if err != nil {
		return err
	}
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if _, err := tx.Write(ctx, `INSERT INTO dashboard_reviews (id, org, at, decisions, data) VALUES ($1, $2, $3, 0, $4)`,
			r.ID, string(r.Org), r.At.UnixMilli(), data); err != nil {
			return err
		}
		return b.insert(ctx, tx, r.ID, 0, r.People)
	})
}

// Add takes more people into a review that has begun, at a time. Those who are in it already stay
// as they are.
func (b *Book) Add(ctx context.Context, r *Review, people []*Person, at time.Time) error {
	for _, p := range people {
		p.Added = at
	}
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if err := b.lock(ctx, tx, r, 0); err != nil {
			return err
		}
		var last int
		if err := tx.Read(ctx, []any{&last}, `SELECT COALESCE(MAX(n), 0) FROM dashboard_review_people WHERE review = $1`, r.ID); err != nil {
			return err
		}
		return b.insert(ctx, tx, r.ID, last, people)
	})
}

// insert stores people after those that a review has.
func (b *Book) insert(ctx context.Context, tx *store.Querier, review string, last int, people []*Person) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		data, err := b.seal(review, "person "+string(p.ID), p)
		if err != nil {
			return err
		}
		rows[i] = []any{review, string(p.ID), last + 1 + i, millisecondsOf(p.ReadAt), data}
	}
	return tx.Insert(ctx, `dashboard_review_people (review, member, n, read_at, data)`, rows, `ON CONFLICT (review, member) DO NOTHING`)
}

// lock holds the review until the transaction ends, and counts more decisions. It returns ErrClosed for a closed one.
func (b *Book) lock(ctx context.Context, tx *store.Querier, r *Review, more int) error {
	n, err := tx.Write(ctx, `UPDATE dashboard_reviews SET decisions = decisions + $1 WHERE id = $2 AND org = $3 AND closed = 0`, more, r.ID, string(r.Org))
	if err != nil || n > 0 {
		return err
	}
	if err := tx.Read(ctx, []any{&n}, `SELECT COUNT(*) FROM dashboard_reviews WHERE id = $1 AND org = $2`, r.ID, string(r.Org)); err != nil {
		return err
	}
	if n > 0 {
		return ErrClosed
	}
	return ErrNotFound
}

// Append adds a decision, and numbers it. base is the number of the decision about the same person that it follows,
// Person.Base of the page that was shown: if there is another by now, it adds nothing and returns
// an OvertakenError; but the second arrival of a press becomes the decision of the first. The
// caller has asked Decision.Problems where a person decides. A closed review takes only what was
// carried out in Tallyfy, and what that left: else the record would lose a change that was sent.
func (b *Book) Append(ctx context.Context, r *Review, d *Decision, base int) error {
	d.At = b.Now()
	err := b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		err := b.lock(ctx, tx, r, 1)
		if recorded := d.State == Applied || !d.Since.IsZero(); recorded && errors.Is(err, ErrClosed) {
			_, err = tx.Write(ctx, `UPDATE dashboard_reviews SET decisions = decisions + 1 WHERE id = $1 AND org = $2`, r.ID, string(r.Org))
		}
		if err != nil {
			return err
		}
		return b.append(ctx, tx, r, d, base)
	})
	if overtaken := (*OvertakenError)(nil); !errors.As(err, &overtaken) || d.Press == "" {
		return err
	}
	since, readErr := b.decisions(ctx, `WHERE review = $1 AND member = $2 AND n > $3 ORDER BY n`, r.ID, string(d.Member), base)
	for _, first := range since {
		if first.Press == d.Press && first.By.ID == d.By.ID {
			*d = *first
			return nil
		}
	}
	return errors.Join(err, readErr)
}

// append is Append under the lock.
func (b *Book) append(ctx context.Context, tx *store.Querier, r *Review, d *Decision, base int) error {
	var last int
	err := tx.Read(ctx, []any{&d.N, &last}, `SELECT r.decisions, p.decision FROM dashboard_reviews r JOIN dashboard_review_people p ON p.review = r.id
		WHERE r.id = $1 AND p.member = $2`, r.ID, string(d.Member))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return err
	case last != base:
		return &OvertakenError{Base: last}
	}
	data, err := b.seal(r.ID, fmt.Sprintf("decision %d", d.N), d)
	if err != nil {
		return err
	}
	if _, err := tx.Write(ctx, `INSERT INTO dashboard_review_decisions (review, n, member, state, author, at, data) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, d.N, string(d.Member), string(d.State), d.By.ID, d.Made().UnixMilli(), data); err != nil {
		return err
	}
	if _, err := tx.Write(ctx, `UPDATE dashboard_review_people SET state = $1, until = $2, decision = $3 WHERE review = $4 AND member = $5`,
		string(d.State), millisecondsOf(d.Until), d.N, r.ID, string(d.Member)); err != nil {
		return err
	}
	return b.touch(ctx, tx, r.ID, d)
}

// KeptDays is how many days a review is kept.
func (b *Book) KeptDays() int { return int(b.Keep / (24 * time.Hour)) }

func (b *Book) oldest() int64 { return b.Now().Add(-b.Keep).UnixMilli() }

// Head returns a review of an organisation without people.
func (b *Book) Head(ctx context.Context, org tallyfy.ID, id string) (*Review, error) {
	if !journal.IsID(id) { // PostgreSQL refuses some texts
		return nil, ErrNotFound
	}
	var row reviewRow
	err := b.DB.Read(ctx, row.dest(), `SELECT `+reviewColumns+` FROM dashboard_reviews r WHERE r.id = $1 AND r.org = $2 AND r.at > $3`, id, string(org), b.oldest())
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return b.review(row), nil
}

// Review returns a review of an organisation with its people and decisions.
func (b *Book) Review(ctx context.Context, org tallyfy.ID, id string) (*Review, error) {
	r, err := b.Head(ctx, org, id)
	if err != nil {
		return nil, err
	}
	of := map[tallyfy.UserID]*Person{}
	if err := b.DB.Query(ctx, `SELECT `+placeColumns+`, p.data FROM dashboard_review_people p WHERE p.review = $1 ORDER BY p.n, p.member`, []any{id}, func(rows *sql.Rows) error {
		var place Place
		var data string
		if err := place.scan(rows.Scan, &data); err != nil {
			return err
		}
		place.Closed = r.Closed
		p := b.person(place, data)
		of[p.ID] = p
		r.People = append(r.People, p)
		return nil
	}); err != nil {
		return nil, err
	}
	decisions, err := b.decisions(ctx, `WHERE review = $1 ORDER BY n`, id)
	for _, d := range decisions {
		if p := of[d.Member]; p != nil {
			p.Decisions = append(p.Decisions, d)
		}
	}
	return r, err
}

// person opens somebody in a review. Of those whom no listed secret opens the place is known.
func (b *Book) person(place Place, data string) *Person {
	p := &Person{}
	if err := b.open(place.Review, "person "+string(place.Member), data, p); err != nil {
		p = &Person{Unreadable: true}
	}
	p.ID, p.Place = place.Member, place
	return p
}

// A decisionRow is a decision as it is kept.
type decisionRow struct {
	Decision
	review, data string
}

const decisionColumns = `d.review, d.n, d.member, d.state, d.data`

func (row *decisionRow) dest() []any {
	return []any{&row.review, &row.N, &row.Member, &row.State, &row.data}
}

// decision opens a decision. Of one that no listed secret opens the state is known.
func (b *Book) decision(row decisionRow) *Decision {
	d := row.Decision
	if err := b.open(row.review, fmt.Sprintf("decision %d", d.N), row.data, &d); err != nil {
		d = row.Decision
	}
	return &d
}

// decisions reads and opens decisions.
func (b *Book) decisions(ctx context.Context, where string, args ...any) (list []*Decision, err error) {
	err = b.DB.Query(ctx, `SELECT `+decisionColumns+` FROM dashboard_review_decisions d `+where, args, func(rows *sql.Rows) error {
		var row decisionRow
		err := rows.Scan(row.dest()...)
		list = append(list, b.decision(row))
		return err
	})
	return list, err
}

// A reviewRow is a review as it is kept, without its people.
type reviewRow struct {
	id, org, data, closing string
	at, closed             int64
}

const reviewColumns = `r.id, r.org, r.at, r.data, r.closed, r.closing`

func (row *reviewRow) dest() []any {
	return []any{&row.id, &row.org, &row.at, &row.data, &row.closed, &row.closing}
}

// review opens a review. Of one that no listed secret opens the time is known.
func (b *Book) review(row reviewRow) *Review {
	r := &Review{ID: row.id, Org: tallyfy.ID(row.org), At: time.UnixMilli(row.at)}
	r.Unreadable = b.open(r.ID, "start", row.data, &r.Spec) != nil
	if r.Closed = timeOf(row.closed); row.closed != 0 {
		_ = b.open(r.ID, "closing", row.closing, &r.ClosedBy) // nobody's where no secret opens it
	}
	return r
}

// List returns the reviews of an organisation without people and decisions, the newest first.
func (b *Book) List(ctx context.Context, org tallyfy.ID) (list []*Review, err error) {
	err = b.DB.Query(ctx, `SELECT `+reviewColumns+` FROM dashboard_reviews r WHERE r.org = $1 AND r.at > $2 ORDER BY r.id DESC`, []any{string(org), b.oldest()}, func(rows *sql.Rows) error {
		var row reviewRow
		err := rows.Scan(row.dest()...)
		list = append(list, b.review(row))
		return err
	})
	return list, err
}

// latest picks the latest decision about each person of a review.
const latest = `d.n = (SELECT MAX(n) FROM dashboard_review_decisions WHERE review = d.review AND member = d.member)`

// Latest returns what people decided last about somebody with whom a review came to an end, when
// that was, and the review's id. For changes that were carried out it is the decision to make them,
// and the end is later. It is nil if there is none.
func (b *Book) Latest(ctx context.Context, org tallyfy.ID, member tallyfy.UserID) (d *Decision, end time.Time, review string, err error) {
	err = b.DB.Read(ctx, []any{&review}, `SELECT d.review FROM dashboard_review_decisions d JOIN dashboard_reviews r ON r.id = d.review
		WHERE r.org = $1 AND r.at > $2 AND d.member = $3 AND d.state IN ($4, $5, $6) AND `+latest+` ORDER BY d.at DESC, d.review DESC LIMIT 1`,
		string(org), b.oldest(), string(member), string(Right), string(Change), string(Applied))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, end, "", nil
	}
	if err != nil {
		return nil, end, "", err
	}
	list, err := b.decisions(ctx, `WHERE review = $1 AND member = $2 ORDER BY n DESC`, review, string(member))
	for _, d := range list {
		if d.State.ByPerson() {
			return d, list[0].At, review, err
		}
	}
	return nil, end, "", err
}

// Erase drops all that is sealed about a member in an organisation's reviews. What is plain stays,
// so that they count as before, and so does their name where they decided about others.
func (b *Book) Erase(ctx context.Context, org tallyfy.ID, member tallyfy.UserID) error {
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		for _, table := range []string{"people", "decisions", "looks"} {
			if _, err := tx.Write(ctx, `UPDATE dashboard_review_`+table+` SET data = '' WHERE member = $1 AND review IN (SELECT id FROM dashboard_reviews WHERE org = $2)`, member, org); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep deletes the reviews past their time. It returns their number.
func (b *Book) Sweep(ctx context.Context) (deleted int64, err error) {
	old := b.oldest()
	err = b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		for _, table := range []string{"people", "decisions", "groups", "looks"} {
			if _, err := tx.Write(ctx, `DELETE FROM dashboard_review_`+table+` WHERE review IN (SELECT id FROM dashboard_reviews WHERE at <= $1)`, old); err != nil {
				return err
			}
		}
		deleted, err = tx.Write(ctx, `DELETE FROM dashboard_reviews WHERE at <= $1`, old)
		return err
	})
	return deleted, err
}
