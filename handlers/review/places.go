package review

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// A Place is where somebody in a review stands. It is kept plain: many are read without opening anything.
type Place struct {
	// Review is the id of the review.
	Review string
	Member tallyfy.UserID
	// N is the number in the queue. There may be gaps.
	N int
	// Stored is the state that the latest decision says, Decision its number, 0 for none. Until is its day if it is Later.
	Stored   State
	Decision int
	Until    time.Time
	// ReadAt is when the person was read.
	ReadAt time.Time
	// Closed is when the review was closed, zero for one that is open. The states of a closed one stay.
	Closed time.Time
	// before is what was stored about somebody who is Left by MarkLeft, or since the review was closed.
	before State
}

// State is what the latest decision says now. A Later whose day has come leaves the person undecided again, and so does a
// second look that differs.
func (p *Place) State(now time.Time) State {
	if !p.Closed.IsZero() {
		now = p.Closed
	}
	if p.Stored == "" || p.Stored == Differs || p.Stored == Later && !p.Until.After(now) {
		return Undecided
	}
	return p.Stored
}

// Open reports that the review has still to decide about the person. Somebody who was put off is
// not, until the day comes.
func (p *Place) Open(now time.Time) bool {
	s := p.State(now)
	return p.Closed.IsZero() && (s == Undecided || s == Ask)
}

// LeftOpen reports that a closed review has not decided about the person. Of somebody who had left
// by then it has decided nothing that was not carried out: they may come back.
func (p *Place) LeftOpen() bool {
	was := *p
	if p.Stored == Left {
		was.Stored = p.before
	}
	s := was.State(p.Closed)
	return !p.Closed.IsZero() && (s == Undecided || s == Later || s == Ask || s == Change)
}

// MarkLeft makes Left of somebody who was disabled, or is not in the organisation any more, since
// they were read. It says how they left, "" for everybody else. Nothing is stored: people who come
// back stand where they stood.
func (p *Place) MarkLeft(members *directory.Members) (how string) {
	if p.Stored == Applied || p.Stored == Left || !p.Closed.IsZero() {
		return ""
	}
	if how = departed(p.Member, p.ReadAt, members); how != "" {
		p.before, p.Stored = p.Stored, Left
	}
	return how
}

// LookedAt is at how many people somebody has looked: also at those who left afterwards, but not at
// those who are to be decided.
func LookedAt(places []*Place, now time.Time) (n int) {
	for _, p := range places {
		was := *p
		if p.before != "" {
			was.Stored = p.before
		}
		if s := was.State(now); s != Undecided && s != Left {
			n++
		}
	}
	return n
}

// departed says how somebody left whom a review read at a time, "" for those who are there, as far as the copy can tell.
func departed(id tallyfy.UserID, readAt time.Time, members *directory.Members) string {
	m, ok := members.ByID(id)
	switch {
	case !members.ReadAt.After(readAt):
	case ok && m.IsDisabled():
		return "Disabled."
	case !ok && members.Complete:
		return "Not in the organisation any more."
	}
	return ""
}

// Counts is how many places are in each state. Together they are all.
func Counts(places []*Place, now time.Time) map[State]int {
	counts := map[State]int{}
	for _, p := range places {
		counts[p.State(now)]++
	}
	return counts
}

const placeColumns = `p.review, p.member, p.n, p.state, p.decision, p.until, p.read_at, ` + stateBefore

// stateBefore is the state of a place before its person left, "" where they did not.
const stateBefore = `CASE WHEN p.state = 'left' THEN COALESCE((SELECT e.state FROM dashboard_review_decisions e WHERE e.review = p.review AND e.member = p.member AND e.n < p.decision ORDER BY e.n DESC LIMIT 1), '') ELSE '' END`

func (p *Place) scan(scan func(...any) error, more ...any) error {
	var until, readAt int64
	err := scan(append([]any{&p.Review, &p.Member, &p.N, &p.Stored, &p.Decision, &until, &readAt, &p.before}, more...)...)
	p.Until, p.ReadAt = timeOf(until), timeOf(readAt)
	return err
}

// timeOf is a time of a column, where 0 is none.
func timeOf(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds)
}

// millisecondsOf is a time for a column, where 0 is none.
func millisecondsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Places returns where everybody in an organisation's reviews stands: of one review in the order of its queue, or with
// an empty id of all of them, the oldest review first.
func (b *Book) Places(ctx context.Context, org tallyfy.ID, id string) (list []*Place, err error) {
	return b.places(ctx, &b.DB.Querier, org, id)
}

// places is Places, perhaps within a transaction.
func (b *Book) places(ctx context.Context, q *store.Querier, org tallyfy.ID, id string) (list []*Place, err error) {
	where, args := ``, []any{string(org), b.oldest()}
	if id != "" {
		where, args = ` AND r.id = $3`, append(args, id)
	}
	err = q.Query(ctx, `SELECT `+placeColumns+`, r.closed FROM dashboard_reviews r JOIN dashboard_review_people p ON p.review = r.id
		WHERE r.org = $1 AND r.at > $2`+where+` ORDER BY p.review, p.n, p.member`, args, func(rows *sql.Rows) error {
		p, closed := &Place{}, int64(0)
		list = append(list, p)
		err := p.scan(rows.Scan, &closed)
		p.Closed = timeOf(closed)
		return err
	})
	return list, err
}

// A Step is one person of a review, with what is needed to decide about them. It takes as long in a large review as in a
// small one.
type Step struct {
	// Review has no people.
	*Review
	Person *Person
	// At is the place in the queue from 1, of Of people. Previous and Following are their neighbours, "" for none.
	At, Of              int
	Previous, Following tallyfy.UserID
	// Last is whom the reader decided last in the review, "" for nobody, and LastDecided the latest
	// decision about that person, whoever made it.
	Last        tallyfy.UserID
	LastDecided *Decision
	// Sets is the version of the organisation's starter sets. Planned says that groups are planned
	// for anybody who was invited.
	Sets    string
	Planned bool
}

// Step reads one person of a review with the decisions about them. by is who reads it.
func (b *Book) Step(ctx context.Context, org tallyfy.ID, id string, member, by tallyfy.UserID) (*Step, error) {
	if !journal.IsID(id) { // PostgreSQL refuses some texts
		return nil, ErrNotFound
	}
	s, place := &Step{}, Place{}
	var row reviewRow
	var decision, last decisionRow
	var data string
	var decisions int
	// One row, and not a query for each: a query takes longer than all that it reads here.
	err := place.scan(func(dest ...any) error {
		return b.DB.Read(ctx, slices.Concat(row.dest(), dest, decision.dest(), last.dest()), `SELECT `+reviewColumns+`, `+placeColumns+`, p.data,
			(SELECT COUNT(*) FROM dashboard_review_people WHERE review = p.review AND n <= p.n),
			(SELECT COUNT(*) FROM dashboard_review_people WHERE review = p.review),
			COALESCE((SELECT member FROM dashboard_review_people WHERE review = p.review AND n < p.n ORDER BY n DESC LIMIT 1), ''),
			COALESCE((SELECT member FROM dashboard_review_people WHERE review = p.review AND n > p.n ORDER BY n LIMIT 1), ''),
			(SELECT COUNT(*) FROM dashboard_review_decisions WHERE review = p.review AND member = p.member), (`+store.StarterSetsVersion+` r.org), `+store.AnyPlanned+` r.org),
			`+orNone("d")+`, `+orNone("l")+`
			FROM dashboard_reviews r JOIN dashboard_review_people p ON p.review = r.id
			LEFT JOIN dashboard_review_decisions d ON d.review = r.id AND d.n = p.decision
			LEFT JOIN dashboard_review_people q ON q.review = r.id AND q.member = (
				SELECT d.member FROM dashboard_review_decisions d WHERE d.review = r.id AND d.author = $5 AND `+byPerson+` ORDER BY d.n DESC LIMIT 1)
			LEFT JOIN dashboard_review_decisions l ON l.review = r.id AND l.n = q.decision
			WHERE r.id = $1 AND r.org = $2 AND r.at > $3 AND p.member = $4`, id, string(org), b.oldest(), string(member), string(by))
	}, &data, &s.At, &s.Of, &s.Previous, &s.Following, &decisions, &s.Sets, &s.Planned)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	place.Closed = timeOf(row.closed)
	s.Review, s.Person = b.review(row), b.person(place, data)
	if last.N > 0 {
		s.Last, s.LastDecided = last.Member, b.decision(last)
	}
	switch {
	case decisions == 1:
		s.Person.Decisions = []*Decision{b.decision(decision)}
	case decisions > 1:
		s.Person.Decisions, err = b.decisions(ctx, `WHERE review = $1 AND member = $2 ORDER BY n`, id, string(member))
	}
	return s, err
}

// orNone are the columns of a decision that may not be there.
func orNone(table string) string {
	d := table + "."
	return `COALESCE(` + d + `review, ''), COALESCE(` + d + `n, 0), COALESCE(` + d + `member, ''), COALESCE(` + d + `state, ''), COALESCE(` + d + `data, '')`
}

// openAtOnce is how many people NextOpen looks at before it asks for more.
const openAtOnce = 8

// NextOpen is the first person after a number of the queue of a review, 0 for its start, who is to be decided and whom skip
// does not refuse, going round to the start; "" if there is nobody. The person of the number is left out.
func (b *Book) NextOpen(ctx context.Context, r *Review, after int, skip func(*Place) bool) (next tallyfy.UserID, err error) {
	for _, part := range [][2]int{{after, math.MaxInt32}, {0, after}} {
		for more := true; more; {
			var found []*Place
			if err := b.DB.Query(ctx, `SELECT `+placeColumns+` FROM dashboard_review_people p
				WHERE p.review = $1 AND p.n > $2 AND p.n < $3 AND (p.state IN ('undecided', 'differs') OR p.state = 'later' AND p.until <= $4) ORDER BY p.n LIMIT $5`,
				[]any{r.ID, part[0], part[1], b.Now().UnixMilli(), openAtOnce}, func(rows *sql.Rows) error {
					p := &Place{}
					found = append(found, p)
					return p.scan(rows.Scan)
				}); err != nil {
				return "", err
			}
			for _, p := range found {
				if !skip(p) {
					return p.Member, nil
				}
				part[0] = p.N
			}
			more = len(found) == openAtOnce
		}
	}
	return "", nil
}

// People returns those of a review who stand at some of its places, in that order, each with the latest decision.
func (b *Book) People(ctx context.Context, r *Review, places []*Place) ([]*Person, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids := make([]tallyfy.UserID, len(places))
	for i, p := range places {
		ids[i] = p.Member
	}
	in, args := store.Marks([]any{r.ID}, ids)
	sealed := map[tallyfy.UserID]string{}
	if err := b.DB.Query(ctx, `SELECT member, data FROM dashboard_review_people WHERE review = $1 AND member IN (`+in+`)`, args, func(rows *sql.Rows) error {
		var id tallyfy.UserID
		var data string
		err := rows.Scan(&id, &data)
		sealed[id] = data
		return err
	}); err != nil {
		return nil, err
	}
	decisions, err := b.decisions(ctx, `WHERE review = $1 AND n IN (SELECT decision FROM dashboard_review_people WHERE review = $1 AND member IN (`+in+`))`, args...)
	latest := map[tallyfy.UserID][]*Decision{}
	for _, d := range decisions {
		latest[d.Member] = []*Decision{d}
	}
	list := make([]*Person, len(places))
	for i, p := range places {
		list[i] = b.person(*p, sealed[p.Member])
		list[i].Decisions = latest[p.Member]
	}
	return list, err
}

// byPerson are the decisions that a person has made, in SQL. A decision that stands once more,
// because a part of it was carried out, keeps its author and its time, and was not made again.
const byPerson = `d.state IN ('right', 'change', 'later', 'ask') AND NOT EXISTS (SELECT 1 FROM dashboard_review_decisions e
	WHERE e.member = d.member AND e.review = d.review AND e.n < d.n AND e.author = d.author AND e.at = d.at)`

// DecidedLast are those about whom somebody decided last in a review, the latest first, at most fastRun of them.
func (b *Book) DecidedLast(ctx context.Context, r *Review, by tallyfy.UserID) (people []tallyfy.UserID, err error) {
	err = b.DB.Query(ctx, `SELECT d.member FROM dashboard_review_decisions d WHERE d.review = $1 AND d.author = $2 AND `+byPerson+`
		GROUP BY d.member ORDER BY MAX(d.n) DESC LIMIT $3`, []any{r.ID, string(by), fastRun}, func(rows *sql.Rows) error {
		var id tallyfy.UserID
		err := rows.Scan(&id)
		people = append(people, id)
		return err
	})
	return people, err
}

// TooFast reports that somebody has made the latest decisions in a review too fast to have looked,
// and whether they made some so fast before.
func (b *Book) TooFast(ctx context.Context, r *Review, by tallyfy.UserID) (fast, before bool, err error) {
	latest, err := b.decidedAt(ctx, r, by, fastRun)
	if err != nil || len(latest) < fastRun || b.Now().Sub(latest[fastRun-1]) >= fastRun*fastTime {
		return false, false, err
	}
	all, err := b.decidedAt(ctx, r, by, math.MaxInt32)
	for i := 1; i+fastRun <= len(all); i++ {
		if all[i].Sub(all[i+fastRun-1]) < fastRun*fastTime {
			return true, true, err
		}
	}
	return true, false, err
}

// decidedAt is when somebody made the latest decisions in a review, so many of them, the latest
// first.
func (b *Book) decidedAt(ctx context.Context, r *Review, by tallyfy.UserID, most int) (list []time.Time, err error) {
	err = b.DB.Query(ctx, `SELECT d.at FROM dashboard_review_decisions d WHERE d.review = $1 AND d.author = $2 AND `+byPerson+`
		ORDER BY d.n DESC LIMIT $3`, []any{r.ID, string(by), most}, func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		list = append(list, timeOf(at))
		return err
	})
	return list, err
}

// MarkLeft is Place.MarkLeft of everybody in a review that was read whole. It puts that into their
// record.
func (r *Review) MarkLeft(members *directory.Members) {
	for _, p := range r.People {
		p.MarkLeft(members)
	}
}

// MarkLeft is Place.MarkLeft. It puts that into the person's record.
func (p *Person) MarkLeft(members *directory.Members) {
	if how := p.Place.MarkLeft(members); how != "" {
		p.Decisions = append(p.Decisions, &Decision{
			N: p.Base(), Member: p.ID, State: Left, At: members.ReadAt, ReadAt: members.ReadAt, Note: how,
		})
	}
}
