package review

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/words"
)

// Closed is the kind of a Closing.
const Closed = "review.close"

// lineClosing is the kind of the sentence about a closing.
const lineClosing = "review closed"

// ErrClosed is returned for anything that would change a closed review.
var ErrClosed = errors.New("the review is closed")

// ErrWaiting is returned where a review cannot be closed, because decisions to change groups wait to be carried out.
var ErrWaiting = errors.New("decisions of the review are not carried out")

// Close closes a review. Those who left are put down as left. It returns ErrWaiting while changes of groups wait, so that
// none is under way.
func (b *Book) Close(ctx context.Context, r *Review, by journal.Subject, members *directory.Members) error {
	now := b.Now()
	data, err := b.seal(r.ID, "closing", by)
	if err != nil {
		return err
	}
	return b.DB.Tx(ctx, func(ctx context.Context, tx *store.Querier) error {
		if err := b.lock(ctx, tx, r, 0); err != nil {
			return err
		}
		places, err := b.places(ctx, tx, r.Org, r.ID) // under the lock, so that nobody decides meanwhile
		if err != nil {
			return err
		}
		for _, p := range places {
			how := p.MarkLeft(members)
			if how == "" {
				continue
			}
			d := &Decision{Member: p.Member, State: Left, At: now, ReadAt: members.ReadAt, Note: how}
			if err := b.lock(ctx, tx, r, 1); err != nil {
				return err
			}
			if err := b.append(ctx, tx, r, d, p.Decision); err != nil {
				return err
			}
		}
		var waiting int
		if err := tx.Read(ctx, []any{&waiting}, `SELECT COUNT(*) FROM dashboard_review_people WHERE review = $1 AND state = $2`, r.ID, string(Change)); err != nil {
			return err
		}
		if waiting > 0 {
			return ErrWaiting
		}
		_, err = tx.Write(ctx, `UPDATE dashboard_reviews SET closed = $1, closing = $2 WHERE id = $3`, now.UnixMilli(), data, r.ID)
		return err
	})
}

// LeftOpen is how many of a review are not decided: the next review of new joiners offers them again.
func LeftOpen(counts map[State]int) int { return counts[Undecided] + counts[Later] + counts[Ask] }

// A Closing closes a review in the dashboard's own database. Nothing is sent to Tallyfy.
type Closing struct {
	Book *Book
	Org  tallyfy.ID
	ID   string
	By   journal.Subject
	// Members are those as they were read last.
	Members *directory.Members

	// Review, and Counts of its people by state, are what Look found. Gone is how many left without
	// a decision, Looks how many second looks wait.
	Review *Review
	Counts map[State]int
	Gone   int
	Looks  int
}

// Kind implements change.Change.
func (c *Closing) Kind() string { return Closed }

// Target implements change.Change.
func (c *Closing) Target() string { return "review " + c.ID }

// Look implements change.Change.
func (c *Closing) Look(ctx context.Context) (err error) {
	if c.Review, err = c.Book.Head(ctx, c.Org, c.ID); err != nil {
		return err
	}
	places, err := c.Book.Places(ctx, c.Org, c.ID)
	c.Gone = 0
	for _, p := range places {
		decided := p.Stored.Reviewed()
		if p.MarkLeft(c.Members); p.Stored == Left && !decided {
			c.Gone++
		}
	}
	c.Counts = Counts(places, c.Book.Now())
	if err != nil {
		return err
	}
	looks, err := c.Book.Looks(ctx, c.Review, c.Members)
	c.Looks = CountLooks(looks).Wait
	return err
}

// Waiting is how many decisions to change groups are not carried out, which stops the closing.
func (c *Closing) Waiting() int { return c.Counts[Change] }

// Plan implements change.Change.
func (c *Closing) Plan() change.Plan {
	all, open := 0, LeftOpen(c.Counts)
	for _, n := range c.Counts {
		all += n
	}
	name := quoted(c.Review.Name)
	text := "The review " + name + " of " + words.Count(all, "person", "people") + " is closed. "
	if c.Gone > 0 {
		text += words.Count(c.Gone, "of them left without a decision. ", "of them left without a decision. ")
	}
	switch {
	case open == 0 && c.Gone == 0:
		text += "All of them are decided."
	case open == 0 && c.Gone < all:
		text += "All others are decided."
	case open > 0:
		text += words.Count(open, "of them is not decided: the next review of new joiners offers this person again.", "of them are not decided: the next review of new joiners offers them again.")
	}
	text = strings.TrimSpace(text)
	if c.Looks > 0 {
		text += " " + words.Count(c.Looks, "second look that waits is", "second looks that wait are") + " not taken any more."
	}
	plan := change.Plan{Stopped: c.Waiting() > 0 || !c.Review.Closed.IsZero(), Plan: journal.Plan{
		Here: true, Will: "close the review " + name, Did: "closed the review " + name, Lines: []journal.Line{{Kind: lineClosing, Text: text}},
	}}
	plan.Facts = journal.Facts(reviewFacts{ID: c.ID, Name: c.Review.Name})
	return plan
}

// Send closes the review.
func (c *Closing) Send(ctx context.Context) ([]journal.Subject, error) {
	switch err := c.Book.Close(ctx, c.Review, c.By, c.Members); {
	case errors.Is(err, ErrClosed), errors.Is(err, ErrWaiting):
		return nil, &change.NotSent{Words: "Somebody else has closed the review, or decided to change groups, since."}
	case err != nil:
		return nil, &change.NotSent{Words: "The dashboard's database did not close the review.", Err: err}
	}
	return nil, nil
}

// Check implements change.Change.
func (c *Closing) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	f, err := factsOf(e)
	if err != nil {
		return nil, err
	}
	r, err := c.Book.Head(ctx, c.Org, f.ID)
	if err != nil {
		return nil, err
	}
	return []journal.Finding{journal.Confirm(!r.Closed.IsZero(), "It is not closed.")}, nil
}

// Summary implements change.Change.
func (c *Closing) Summary(e *journal.Entry, _ bool) (change.Tone, string) {
	f, _ := factsOf(e)
	name := quoted(f.Name)
	switch e.Finding(lineClosing).Result {
	case journal.Confirmed:
		return change.Good, "The review " + name + " is closed."
	case journal.NotAsExpected:
		return change.Warning, "The review " + name + " is not closed."
	}
	return change.Warning, "Whether the review " + name + " was closed could not be checked."
}

// Log implements change.Change.
func (c *Closing) Log() []slog.Attr { return []slog.Attr{slog.Int("left_open", LeftOpen(c.Counts))} }

var _ change.Single = (*Closing)(nil)
