package change

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// A Change is one press of a button. Look and Plan are called in that order, then Send of a Single, or that of
// each part of a Series.
type Change interface {
	// Kind is the name in the journal, the audit log and the metric: "member.remove".
	Kind() string
	// Target names what two changes must not touch at the same time: "member 20552".
	Target() string
	// Look reads what is so now.
	Look(ctx context.Context) error
	// Plan says what will happen to what Look found.
	Plan() Plan
	// Check compares the sentences of an entry of this kind with what is so now, one finding a line.
	// It works without Look. An error means that nothing could be found out.
	Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error)
	// Summary is the entry in a sentence, from its state and its latest check. underWay says that the call
	// may still be unanswered. It works without Look.
	Summary(e *journal.Entry, underWay bool) (Tone, string)
	// Log gives the facts of the change for the audit line, after Send.
	Log() []slog.Attr
}

// A Single is a change that takes one call.
type Single interface {
	Change
	// Send makes the call. The subjects are those that only the answer names, such as a new group.
	Send(ctx context.Context) ([]journal.Subject, error)
}

// A Series is a change of several things, with a call for each. Its plan says how many they are, and its first
// sentences are about one of them each, in the order of the parts.
type Series interface {
	Change
	// Parts are the calls in their order. They are asked for after Plan.
	Parts() []Part
}

// A Part is one call of a Series. It is made while no other change of its target is, and once.
type Part interface {
	// Target is what Change.Target would be for a change of this alone.
	Target() string
	// Send looks at the thing again and makes the call, if there is anything to do. The error is a *NotSent
	// where no call was made.
	Send(ctx context.Context) error
	// Facts is what the part did, after Send. Only the kind's own package reads it.
	Facts() json.RawMessage
}

// A NotSent says why a part of a series made no call.
type NotSent struct {
	Words string
	// Missing says that what it was to change is gone.
	Missing bool
	Err     error // may be nil
}

func (e *NotSent) Error() string {
	if e.Err != nil {
		return e.Words + ": " + e.Err.Error()
	}
	return e.Words
}

func (e *NotSent) Unwrap() error { return e.Err }

// OnlyUnauthorized drops every error of a call but that of a sign-in that has ended: a check goes on
// without what Tallyfy does not answer.
func OnlyUnauthorized(err error) error {
	if tallyfy.IsUnauthorized(err) {
		return err
	}
	return nil
}

// Tone says how a summary is marked.
type Tone string

// The tones.
const (
	Good    Tone = "done"
	Info    Tone = "info"
	Warning Tone = "warning"
	Problem Tone = "problem"
)

// A Plan is a journal's plan with what is needed until it is sent.
type Plan struct {
	journal.Plan
	// Stopped says that the change cannot be made as things are. The change itself knows why.
	Stopped bool
	// Subjects, Concerned and ConcernedGuests are as in journal.Intent.
	Subjects        []journal.Subject
	Concerned       []tallyfy.UserID
	ConcernedGuests []string
	// Contents is what the change deletes, as in journal.Intent.
	Contents *journal.Contents
	// Seen is what the person saw besides the sentences, such as the guests of a group, in any order.
	Seen []string
}

// Digest stands for a text where it is too long, or not for everybody to read.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Fingerprint identifies what the plan promises: whom and what it is about, and its sentences. Counts of
// work are left out, because work goes on while somebody reads. So are the differences: the names in them
// depend on what is known of the members.
func (p Plan) Fingerprint() string {
	about := slices.Clone(p.Seen)
	for _, s := range p.Subjects {
		about = append(about, s.Key())
	}
	for _, id := range p.Concerned {
		about = append(about, string(id))
	}
	slices.Sort(about) // Tallyfy promises no order
	var text strings.Builder
	fmt.Fprintf(&text, "%q\n", about)
	for _, l := range p.Lines {
		fmt.Fprintf(&text, "%q %q\n", l.Kind, l.Text)
		for _, r := range l.Rows {
			fmt.Fprintf(&text, "%q %q %q\n", r.ID, r.Name, r.Text)
		}
	}
	fmt.Fprintf(&text, "%q\n", p.Warnings)
	return Digest(text.String())
}
