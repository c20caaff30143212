package review

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// Started is the kind of a Starting, Extended that of an Adding.
const (
	Started  = "review.start"
	Extended = "review.extend"
)

// The kinds of the sentences about a review that was started, and about people who came into one
// later.
const (
	lineStarting = "review started"
	lineAdding   = "review extended"
)

// reviewFacts is what the check of an entry about a review compares with. It holds nothing about
// the people.
type reviewFacts struct {
	ID, Name string
	// People and At are how many people came into the review later, and when. After is the last
	// number of its queue before.
	People int       `json:",omitempty"`
	At     time.Time `json:",omitzero"`
	After  int       `json:",omitempty"`
}

func factsOf(e *journal.Entry) (f reviewFacts, err error) {
	err = json.Unmarshal(e.Plan.Facts, &f)
	return f, err
}

// IDOf is the id of the review that an entry started, extended or closed; "" for any other entry.
func IDOf(e *journal.Entry) string {
	if e.Unreadable || !slices.Contains([]string{Started, Extended, Closed}, e.Kind) {
		return ""
	}
	f, _ := factsOf(e)
	return f.ID
}

func quoted(name string) string { return "“" + names.Isolate(name) + "”" }

// A Starting starts a review in the dashboard's own database. Nothing is sent to Tallyfy.
type Starting struct {
	Book *Book
	Org  tallyfy.ID
	// Review is what is started, with its people. Rule says in words who is in it.
	Review *Review
	Rule   string
}

// Kind implements change.Change.
func (c *Starting) Kind() string { return Started }

// Target implements change.Change. Two reviews may be started at the same time.
func (c *Starting) Target() string { return "new review " + c.Review.Press }

// Look gives the review its id, which the plan names.
func (c *Starting) Look(context.Context) error {
	id, err := uuid.NewV7()
	c.Review.ID = id.String()
	return err
}

// Plan implements change.Change.
func (c *Starting) Plan() change.Plan {
	name, people := quoted(c.Review.Name), words.Count(len(c.Review.People), "person", "people")
	plan := change.Plan{Plan: journal.Plan{
		Here: true, Will: "start the review " + name + " of " + people, Did: "started the review " + name + " of " + people,
		Lines: []journal.Line{{Kind: lineStarting, Text: "The review " + name + " of " + people + " is started. Its rule: " + c.Rule + "."}},
	}}
	plan.Facts = journal.Facts(reviewFacts{ID: c.Review.ID, Name: c.Review.Name})
	return plan
}

// Send starts the review.
func (c *Starting) Send(ctx context.Context) ([]journal.Subject, error) {
	if err := c.Book.Create(ctx, c.Review); err != nil {
		return nil, &change.NotSent{Words: "The dashboard's database did not take the review.", Err: err}
	}
	return nil, nil
}

// Check implements change.Change. A review that was started may be past its time, so that nothing
// can be found out.
func (c *Starting) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	f, err := factsOf(e)
	if err != nil {
		return nil, err
	}
	_, err = c.Book.Head(ctx, c.Org, f.ID)
	missing := errors.Is(err, ErrNotFound) && e.State != journal.Done
	if err != nil && !missing {
		return nil, err
	}
	return []journal.Finding{journal.Confirm(!missing, "There is no such review.")}, nil
}

// Summary implements change.Change.
func (c *Starting) Summary(e *journal.Entry, _ bool) (change.Tone, string) {
	f, _ := factsOf(e)
	switch e.Finding(lineStarting).Result {
	case journal.Confirmed:
		return change.Good, "The review " + quoted(f.Name) + " was started."
	case journal.NotAsExpected:
		return change.Warning, "The review " + quoted(f.Name) + " was not started."
	}
	return change.Warning, "Whether the review " + quoted(f.Name) + " was started could not be checked."
}

// Log implements change.Change.
func (c *Starting) Log() []slog.Attr { return []slog.Attr{slog.Int("people", len(c.Review.People))} }

// An Adding takes people who joined later into a review that has begun. Nothing is sent to Tallyfy.
type Adding struct {
	Book *Book
	Org  tallyfy.ID
	ID   string
	// People are those to take. Look leaves out those who are in the review already.
	People []*Person

	// Review, At, the time that the people come in, and After, the last number of the queue, are
	// what Look found.
	Review *Review
	At     time.Time
	After  int
}

// Kind implements change.Change.
func (c *Adding) Kind() string { return Extended }

// Target implements change.Change.
func (c *Adding) Target() string { return "review " + c.ID }

// Look implements change.Change.
func (c *Adding) Look(ctx context.Context) (err error) {
	if c.Review, err = c.Book.Head(ctx, c.Org, c.ID); err != nil {
		return err
	}
	places, err := c.Book.Places(ctx, c.Org, c.ID)
	c.At = c.Book.Now()
	if len(places) > 0 {
		c.After = places[len(places)-1].N
	}
	c.People = slices.DeleteFunc(c.People, func(p *Person) bool {
		return slices.ContainsFunc(places, func(other *Place) bool { return other.Member == p.ID })
	})
	return err
}

// Plan implements change.Change.
func (c *Adding) Plan() change.Plan {
	name, people := quoted(c.Review.Name), words.Count(len(c.People), "person", "people")
	what := people + " who joined later to the review " + name
	plan := change.Plan{Stopped: len(c.People) == 0 || !c.Review.Closed.IsZero(), Plan: journal.Plan{
		Here: true, Will: "add " + what, Did: "added " + what,
		Lines: []journal.Line{{Kind: lineAdding, Text: "The review " + name + " has " + people + " more who joined after it was started."}},
	}}
	plan.Facts = journal.Facts(reviewFacts{c.ID, c.Review.Name, len(c.People), c.At, c.After})
	return plan
}

// Send takes the people into the review.
func (c *Adding) Send(ctx context.Context) ([]journal.Subject, error) {
	switch err := c.Book.Add(ctx, c.Review, c.People, c.At); {
	case errors.Is(err, ErrClosed):
		return nil, &change.NotSent{Words: "Somebody else has closed the review since.", Err: err}
	case err != nil:
		return nil, &change.NotSent{Words: "The dashboard's database did not take the people.", Err: err}
	}
	return nil, nil
}

// Check implements change.Change. Somebody who was erased since counts as added.
func (c *Adding) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	f, err := factsOf(e)
	if err != nil {
		return nil, err
	}
	r, err := c.Book.Review(ctx, c.Org, f.ID)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, p := range r.People {
		if p.Unreadable && p.Place.N > f.After || p.Added.Equal(f.At) {
			n++
		}
	}
	return []journal.Finding{journal.Confirm(n >= f.People, "They are not in the review.")}, nil
}

// Summary implements change.Change.
func (c *Adding) Summary(e *journal.Entry, _ bool) (change.Tone, string) {
	f, _ := factsOf(e)
	what := words.Count(f.People, "person", "people") + " who joined later"
	switch e.Finding(lineAdding).Result {
	case journal.Confirmed:
		return change.Good, what + words.Noun(f.People, " is", " are") + " in the review " + quoted(f.Name) + " now."
	case journal.NotAsExpected:
		return change.Warning, "Nobody was added to the review " + quoted(f.Name) + "."
	}
	return change.Warning, "Whether " + what + " came into the review " + quoted(f.Name) + " could not be checked."
}

// Log implements change.Change.
func (c *Adding) Log() []slog.Attr { return []slog.Attr{slog.Int("people", len(c.People))} }

var (
	_ change.Single = (*Starting)(nil)
	_ change.Single = (*Adding)(nil)
)
