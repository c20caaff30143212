package change

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
)

// A Change is one change of one thing. Look, Plan and Send are called in that order.
type Change interface {
	// Kind is the name in the journal, the audit log and the metric: "member.remove".
	Kind() string
	// Target names what two changes must not touch at the same time: "member 20552".
	Target() string
	// Look reads what is so now.
	Look(ctx context.Context) error
	// Plan says what will happen to what Look found.
	Plan() Plan
	// Send makes the call. The subjects are those that only the answer names, such as a new group.
	Send(ctx context.Context) ([]journal.Subject, error)
	// Check compares the sentences of an entry of this kind with what is so now, one finding a line.
	// It works without Look. An error means that nothing could be found out.
	Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error)
	// Summary is the entry in a sentence, from its state and its latest check. underWay says that the call
	// may still be unanswered. It works without Look.
	Summary(e *journal.Entry, underWay bool) (Tone, string)
	// Log gives the facts of the change for the audit line, after Send.
	Log() []slog.Attr
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
	// Subjects and Concerned are as in journal.Intent.
	Subjects  []journal.Subject
	Concerned []tallyfy.UserID
}

// Fingerprint identifies what the plan promises. Counts of work are left out, because work goes on while
// somebody reads.
func (p Plan) Fingerprint() string {
	h := sha256.New()
	for _, s := range p.Subjects {
		fmt.Fprintf(h, "%q\n", []string{string(s.Kind), s.ID, s.Name})
	}
	fmt.Fprintf(h, "%q\n", p.Concerned)
	for _, l := range p.Lines {
		fmt.Fprintf(h, "%q\n", []string{l.Kind, l.Text})
	}
	for _, d := range p.Differences {
		fmt.Fprintf(h, "%q %q %q\n", d.What, d.Before, d.After)
	}
	fmt.Fprintf(h, "%q\n", p.Warnings)
	return hex.EncodeToString(h.Sum(nil))[:16]
}
