package review

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// looked is that one in so many people who look right is given to another administrator.
const looked = 10

// The answers of a second look.
const (
	Agrees = "agrees"
	// Disagrees leads the person back to be decided, with the note.
	Disagrees = "disagrees"
)

// A Look is a second look at somebody who looks right, by another administrator who is not told who decided.
type Look struct {
	Member tallyfy.UserID `json:"-"`
	// Decision is the number of the decision that is looked at. Author is the id of who made it.
	Decision int    `json:"-"`
	Author   string `json:"-"`
	// Answer is Agrees, Disagrees, or "" while there is none.
	Answer string `json:"-"`
	// Current says that the person still looks right by the decision that is looked at.
	Current bool `json:"-"`
	// Over says that there will be no answer: the person was decided anew or has left, or the
	// review was closed.
	Over bool `json:"-"`
	By   journal.Subject
	At   time.Time
	Note string `json:",omitempty"`
	// Press is the press of the button. Earlier versions kept none.
	Press string `json:",omitempty"`
	// Groups are those that were seen then, read at ReadAt.
	Groups []Group `json:",omitempty"`
	ReadAt time.Time
}

// Waits reports that an answer is still needed.
func (l *Look) Waits() bool { return l.Answer == "" && !l.Over }

// ErrLookOver is returned for an answer that is not needed any more: there is one, or the person was decided anew.
var ErrLookOver = errors.New("nobody needs this second look any more")

// ErrOwnLook is returned for an answer of the person who decided, or whom it is about.
var ErrOwnLook = errors.New("a second look takes another administrator")

func purposeOfLook(decision int) string { return fmt.Sprintf("look %d", decision) }

// ChooseLooks chooses by chance at whom to look again: as many as MoreLooks says. Who is chosen
// stays so. It returns how many are new. Nobody who left, as members has it, is chosen.
func (b *Book) ChooseLooks(ctx context.Context, r *Review, members *directory.Members) (chosen int, err error) {
	err = b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if err := b.lock(ctx, tx, r, 0); err != nil {
			return err
		}
		var given, open []*Look
		if err := tx.Query(ctx, `SELECT p.member, p.decision, d.author, l.review IS NOT NULL, p.read_at FROM dashboard_review_people p
			JOIN dashboard_review_decisions d ON d.review = p.review AND d.n = p.decision
			LEFT JOIN dashboard_review_looks l ON l.review = p.review AND l.member = p.member AND l.decision = p.decision
			WHERE p.review = $1 AND p.state = $2 ORDER BY p.n`, []any{r.ID, string(Right)}, func(rows *sql.Rows) error {
			l := &Look{}
			var readAt int64
			err := rows.Scan(&l.Member, &l.Decision, &l.Author, &l.Current, &readAt)
			switch {
			case departed(l.Member, timeOf(readAt), members) != "":
			case l.Current:
				given = append(given, l)
			default:
				open = append(open, l)
			}
			return err
		}); err != nil {
			return err
		}
		rand.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
		chosen = MoreLooks(len(given)+len(open), given)
		for _, l := range open[:chosen] {
			if _, err := tx.Write(ctx, `INSERT INTO dashboard_review_looks (review, member, decision, author, answer, data) VALUES ($1, $2, $3, $4, '', '')`,
				r.ID, string(l.Member), l.Decision, l.Author); err != nil {
				return err
			}
		}
		return nil
	})
	return chosen, err
}

// MoreLooks is how many second looks are still to be given, with so many people who look right: a
// tenth of them, at least one, less the looks at those who still do.
func MoreLooks(right int, looks []*Look) int {
	more := (right + looked - 1) / looked
	for _, l := range looks {
		if l.Current {
			more--
		}
	}
	return max(0, more)
}

// Looks returns the second looks of a review, in the order of its queue. members says who has left.
func (b *Book) Looks(ctx context.Context, r *Review, members *directory.Members) (list []*Look, err error) {
	err = b.DB.Query(ctx, `SELECT l.member, l.decision, l.author, l.answer, l.data, p.state = $2 AND p.decision = l.decision, p.decision <> l.decision, p.read_at
		FROM dashboard_review_looks l JOIN dashboard_review_people p ON p.review = l.review AND p.member = l.member
		WHERE l.review = $1 ORDER BY p.n, l.decision`, []any{r.ID, string(Right)}, func(rows *sql.Rows) error {
		l := &Look{}
		var data string
		var anew bool
		var readAt int64
		if err := rows.Scan(&l.Member, &l.Decision, &l.Author, &l.Answer, &data, &l.Current, &anew, &readAt); err != nil {
			return err
		}
		left := r.Closed.IsZero() && departed(l.Member, timeOf(readAt), members) != ""
		l.Current, l.Over = l.Current && !left, l.Answer == "" && (anew || left || !r.Closed.IsZero())
		if data != "" {
			plain := *l
			if err := b.open(r.ID, purposeOfLook(l.Decision), data, l); err != nil {
				*l = plain
			}
		}
		list = append(list, l)
		return nil
	})
	return list, err
}

// LookFor returns the second look at somebody that waits, nil for none.
func LookFor(looks []*Look, member tallyfy.UserID) *Look {
	i := slices.IndexFunc(looks, func(l *Look) bool { return l.Member == member && l.Waits() })
	if i < 0 {
		return nil
	}
	return looks[i]
}

// For reports that somebody may take the look.
func (l *Look) For(who string) bool { return l.Waits() && l.Author != who && string(l.Member) != who }

// Problems says by field what is missing in an answer, nil for nothing.
func (l *Look) Problems() map[string]string {
	switch problem := tooLong(l.Note); {
	case l.Answer != Agrees && l.Answer != Disagrees:
		return map[string]string{"decision": "Choose what you have found."}
	case problem != "":
		return map[string]string{"note": problem}
	case l.Answer == Disagrees && l.Note == "":
		return map[string]string{"note": "Write what is not right."}
	}
	return nil
}

// AnswerLook keeps the answer of a second look, and At. One that disagrees is also a decision, after which the person is to
// be decided anew. It returns ErrLookOver or ErrOwnLook where the answer does not count, and then keeps nothing.
// The second arrival of a press becomes the answer of the first.
func (b *Book) AnswerLook(ctx context.Context, r *Review, l *Look) error {
	l.At = b.Now()
	var answer, kept string
	err := b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		disagrees := 0
		if l.Answer == Disagrees {
			disagrees = 1
		}
		if err := b.lock(ctx, tx, r, disagrees); err != nil {
			return err
		}
		var decision int
		err := tx.Read(ctx, []any{&l.Author, &answer, &decision, &kept}, `SELECT l.author, l.answer, p.decision, l.data FROM dashboard_review_looks l
			JOIN dashboard_review_people p ON p.review = l.review AND p.member = l.member
			WHERE l.review = $1 AND l.member = $2 AND l.decision = $3`, r.ID, string(l.Member), l.Decision)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case answer != "" || decision != l.Decision:
			return ErrLookOver
		case l.Author == l.By.ID || string(l.Member) == l.By.ID:
			return ErrOwnLook
		}
		data, err := b.seal(r.ID, purposeOfLook(l.Decision), l)
		if err != nil {
			return err
		}
		if _, err := tx.Write(ctx, `UPDATE dashboard_review_looks SET answer = $1, data = $2 WHERE review = $3 AND member = $4 AND decision = $5`,
			l.Answer, data, r.ID, string(l.Member), l.Decision); err != nil || disagrees == 0 {
			return err
		}
		return b.append(ctx, tx, r, &Decision{Member: l.Member, State: Differs, At: l.At, By: l.By, Note: l.Note, Groups: l.Groups, ReadAt: l.ReadAt}, l.Decision)
	})
	if errors.Is(err, ErrLookOver) && b.sameLook(r, l, answer, kept) {
		return nil
	}
	return err
}

// sameLook makes an answer that which is kept, if both are of one press.
func (b *Book) sameLook(r *Review, l *Look, answer, kept string) bool {
	first := Look{Member: l.Member, Decision: l.Decision, Author: l.Author, Answer: answer}
	if err := b.open(r.ID, purposeOfLook(l.Decision), kept, &first); err != nil || !first.Pressed(l.Press, l.By.ID) {
		return false
	}
	*l = first
	return true
}

// Pressed reports that a press of somebody's gave the answer.
func (l *Look) Pressed(press, who string) bool {
	return press != "" && l.Answer != "" && l.Press == press && l.By.ID == who
}

// A LookCount says what became of second looks. Given is the sum of the others.
type LookCount struct{ Given, Agree, Differ, Wait, Over int }

// CountLooks counts second looks.
func CountLooks(looks []*Look) (n LookCount) {
	n.Given = len(looks)
	for _, l := range looks {
		switch {
		case l.Answer == Agrees:
			n.Agree++
		case l.Answer == Disagrees:
			n.Differ++
		case l.Over:
			n.Over++
		default:
			n.Wait++
		}
	}
	return n
}
