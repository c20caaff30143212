package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

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
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return b.Keys.Seal("review "+part+" "+review, text)
}

func (b *Book) open(review, part, text string, v any) error {
	plain, err := b.Keys.Open("review "+part+" "+review, text)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, v)
}

// Create starts a review with its people in their order, and gives it an id.
func (b *Book) Create(ctx context.Context, r *Review) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	r.ID, r.At = id.String(), b.Now()
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

// Add takes more people into a review that has begun. Those who are in it already stay as they are.
func (b *Book) Add(ctx context.Context, r *Review, people []*Person) error {
	for _, p := range people {
		p.Added = b.Now()
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

// insertedAtOnce is how many people one statement stores: three arguments each, and engines bound those.
const insertedAtOnce = 200

// insert stores people after those that a review has.
func (b *Book) insert(ctx context.Context, tx *store.Querier, review string, last int, people []*Person) error {
	for len(people) > 0 {
		n := min(insertedAtOnce, len(people))
		values, args := make([]string, n), []any{review}
		for i, p := range people[:n] {
			data, err := b.seal(review, "person "+string(p.ID), p)
			if err != nil {
				return err
			}
			last++
			at := len(args)
			values[i] = fmt.Sprintf("($1, $%d, $%d, $%d)", at+1, at+2, at+3)
			args = append(args, string(p.ID), last, data)
		}
		if _, err := tx.Write(ctx, `INSERT INTO dashboard_review_people (review, member, n, data) VALUES `+strings.Join(values, ", ")+
			` ON CONFLICT (review, member) DO NOTHING`, args...); err != nil {
			return err
		}
		people = people[n:]
	}
	return nil
}

// lock holds the review until the transaction ends, and counts more decisions.
func (b *Book) lock(ctx context.Context, tx *store.Querier, r *Review, more int) error {
	n, err := tx.Write(ctx, `UPDATE dashboard_reviews SET decisions = decisions + $1 WHERE id = $2 AND org = $3`, more, r.ID, string(r.Org))
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// Append adds a decision, and numbers it. base is the number of the decision about the same person that it follows,
// Person.Base of the page that was shown: if there is another by now, it adds nothing and returns an OvertakenError. The
// caller has asked Decision.Problems where a person decides.
func (b *Book) Append(ctx context.Context, r *Review, d *Decision, base int) error {
	d.At = b.Now()
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if err := b.lock(ctx, tx, r, 1); err != nil {
			return err
		}
		var people, last int
		if err := tx.Read(ctx, []any{&d.N, &people, &last}, `SELECT r.decisions,
			(SELECT COUNT(*) FROM dashboard_review_people WHERE review = $1 AND member = $2),
			(SELECT COALESCE(MAX(n), 0) FROM dashboard_review_decisions WHERE review = $1 AND member = $2)
			FROM dashboard_reviews r WHERE r.id = $1`, r.ID, string(d.Member)); err != nil {
			return err
		}
		switch {
		case people == 0:
			return ErrNotFound
		case last != base:
			return &OvertakenError{Base: last}
		}
		data, err := b.seal(r.ID, fmt.Sprintf("decision %d", d.N), d)
		if err != nil {
			return err
		}
		if _, err = tx.Write(ctx, `INSERT INTO dashboard_review_decisions (review, n, member, state, data) VALUES ($1, $2, $3, $4, $5)`,
			r.ID, d.N, string(d.Member), string(d.State), data); err != nil {
			return err
		}
		return b.touch(ctx, tx, r.ID, d)
	})
}

func (b *Book) oldest() int64 { return b.Now().Add(-b.Keep).UnixMilli() }

// Review returns a review of an organisation with its people and decisions.
func (b *Book) Review(ctx context.Context, org tallyfy.ID, id string) (*Review, error) {
	if !journal.IsID(id) { // PostgreSQL refuses some texts
		return nil, ErrNotFound
	}
	list, err := b.reviews(ctx, `id = $1 AND org = $2 AND at > $3`, id, string(org), b.oldest())
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	r := list[0]
	of := map[tallyfy.UserID]*Person{}
	if err := b.DB.Query(ctx, `SELECT member, data FROM dashboard_review_people WHERE review = $1 ORDER BY n, member`, []any{id}, func(rows *sql.Rows) error {
		var member, data string
		if err := rows.Scan(&member, &data); err != nil {
			return err
		}
		p := &Person{}
		if err := b.open(id, "person "+member, data, p); err != nil {
			p = &Person{Unreadable: true}
		}
		p.ID = tallyfy.UserID(member)
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

// decisions reads and opens decisions. Of those that no listed secret opens the state is known.
func (b *Book) decisions(ctx context.Context, where string, args ...any) (list []*Decision, err error) {
	err = b.DB.Query(ctx, `SELECT review, n, member, state, data FROM dashboard_review_decisions `+where, args, func(rows *sql.Rows) error {
		var review, data string
		d := &Decision{}
		if err := rows.Scan(&review, &d.N, &d.Member, &d.State, &data); err != nil {
			return err
		}
		sealed := *d
		if err := b.open(review, fmt.Sprintf("decision %d", d.N), data, d); err != nil {
			*d = sealed
		}
		list = append(list, d)
		return nil
	})
	return list, err
}

func (b *Book) reviews(ctx context.Context, where string, args ...any) (list []*Review, err error) {
	err = b.DB.Query(ctx, `SELECT id, org, at, data FROM dashboard_reviews WHERE `+where, args, func(rows *sql.Rows) error {
		r := &Review{}
		var at int64
		var data string
		if err := rows.Scan(&r.ID, &r.Org, &at, &data); err != nil {
			return err
		}
		r.At = time.UnixMilli(at)
		r.Unreadable = b.open(r.ID, "start", data, &r.Spec) != nil
		list = append(list, r)
		return nil
	})
	return list, err
}

// List returns the reviews of an organisation without people and decisions, the newest first.
func (b *Book) List(ctx context.Context, org tallyfy.ID) ([]*Review, error) {
	return b.reviews(ctx, `org = $1 AND at > $2 ORDER BY id DESC`, string(org), b.oldest())
}

// latest picks the latest decision about each person of a review.
const latest = `d.n = (SELECT MAX(n) FROM dashboard_review_decisions WHERE review = d.review AND member = d.member)`

// Counts returns for each review of an organisation how many people are in each state, by its id. Unlike
// Review.Counts it does not know which Later are over.
func (b *Book) Counts(ctx context.Context, org tallyfy.ID) (map[string]map[State]int, error) {
	counts := map[string]map[State]int{}
	if err := b.DB.Query(ctx, `SELECT p.review, COUNT(*) FROM dashboard_review_people p JOIN dashboard_reviews r ON r.id = p.review
		WHERE r.org = $1 AND r.at > $2 GROUP BY p.review`, []any{string(org), b.oldest()}, func(rows *sql.Rows) error {
		var id string
		var n int
		err := rows.Scan(&id, &n)
		counts[id] = map[State]int{Undecided: n}
		return err
	}); err != nil {
		return nil, err
	}
	err := b.DB.Query(ctx, `SELECT d.review, d.state, COUNT(*) FROM dashboard_review_decisions d JOIN dashboard_reviews r ON r.id = d.review
		WHERE r.org = $1 AND r.at > $2 AND `+latest+` GROUP BY d.review, d.state`, []any{string(org), b.oldest()}, func(rows *sql.Rows) error {
		var id string
		var s State
		var n int
		err := rows.Scan(&id, &s, &n)
		if counts[id] != nil { // nil for one that was started just now
			counts[id][s] = n
			counts[id][Undecided] -= n
		}
		return err
	})
	return counts, err
}

// A Standing is what reviews have made of somebody so far.
type Standing struct {
	// Review is the id of the latest review with this person.
	Review string
	State  State
}

// Known returns everybody who is in a review of an organisation: for each the latest review that came to an end about
// them, else the latest.
func (b *Book) Known(ctx context.Context, org tallyfy.ID) (map[tallyfy.UserID]Standing, error) {
	known := map[tallyfy.UserID]Standing{}
	err := b.DB.Query(ctx, `SELECT p.member, p.review, COALESCE((SELECT d.state FROM dashboard_review_decisions d
			WHERE d.review = p.review AND d.member = p.member AND `+latest+`), $1)
		FROM dashboard_review_people p JOIN dashboard_reviews r ON r.id = p.review WHERE r.org = $2 AND r.at > $3 ORDER BY p.review`,
		[]any{string(Undecided), string(org), b.oldest()}, func(rows *sql.Rows) error {
			var member tallyfy.UserID
			var s Standing
			err := rows.Scan(&member, &s.Review, &s.State)
			if s.State.Reviewed() || !known[member].State.Reviewed() {
				known[member] = s
			}
			return err
		})
	return known, err
}

// Latest returns the latest decision about somebody with which a review came to an end, and the review's id; nil if
// there is none.
func (b *Book) Latest(ctx context.Context, org tallyfy.ID, member tallyfy.UserID) (d *Decision, review string, err error) {
	err = b.DB.Read(ctx, []any{&review}, `SELECT d.review FROM dashboard_review_decisions d JOIN dashboard_reviews r ON r.id = d.review
		WHERE r.org = $1 AND r.at > $2 AND d.member = $3 AND d.state IN ($4, $5, $6) AND `+latest+` ORDER BY d.review DESC LIMIT 1`,
		string(org), b.oldest(), string(member), string(Right), string(Change), string(Applied))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	list, err := b.decisions(ctx, `WHERE review = $1 AND member = $2 ORDER BY n DESC LIMIT 1`, review, string(member))
	if err != nil || len(list) == 0 {
		return nil, "", err
	}
	return list[0], review, nil
}

// Erase drops all that is said of a member in an organisation's reviews. The ids and states stay, so that they count as before.
func (b *Book) Erase(ctx context.Context, org tallyfy.ID, member tallyfy.UserID) error {
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		for _, table := range []string{"people", "decisions"} {
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
		for _, table := range []string{"people", "decisions", "groups"} {
			if _, err := tx.Write(ctx, `DELETE FROM dashboard_review_`+table+` WHERE review IN (SELECT id FROM dashboard_reviews WHERE at <= $1)`, old); err != nil {
				return err
			}
		}
		deleted, err = tx.Write(ctx, `DELETE FROM dashboard_reviews WHERE at <= $1`, old)
		return err
	})
	return deleted, err
}
