package views

import (
	"time"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ElsewhereView is one change that was made elsewhere, with what Tallyfy can be asked about it or
// was.
type ElsewhereView struct {
	ID, Sentence string
	// When says between which times it happened.
	When string
	// WhyNot says why Tallyfy cannot be asked, "" where it can.
	WhyNot string
	// Thing is what is asked about: "group" or "member".
	Thing string
	// First and Last are the days that are asked for, MostCalls is how many calls that takes at
	// most.
	First, Last time.Time
	MostCalls   int
	// Asked says that Tallyfy was asked. Problem says why that failed, nil where it did not.
	Asked   bool
	Problem *Notice
	Rows    []ActorRow
	// Cut says that not all entries of those days could be looked at.
	Cut bool
	// Aside says what else may have made the change, for an answer that names nobody; "" for
	// nothing.
	Aside string
}

// ActorRow is an entry of Tallyfy's activity.
type ActorRow struct {
	// Who is "" where the entry names nobody. Email may be empty.
	Who, Email string
	// Did is what was done: "the group was updated".
	Did string
	At  time.Time
}

// days are those that are asked for, as UTC has them.
func (v ElsewhereView) days() string {
	return "from " + Clock{}.Day(v.First) + " to " + Clock{}.Day(v.Last)
}

// cost says what the press of the button asks.
func (v ElsewhereView) cost() string {
	return "The button asks Tallyfy for its activity of all " + v.Thing + "s " + v.days() + ": one call, or up to " + words.Number(v.MostCalls) +
		" where much was done. Nothing of the answer is kept."
}

// nobody is the answer without a name. Of entries that were not looked at nothing is known.
func (v ElsewhereView) nobody() string {
	if v.Cut {
		return "The entries that could be looked at name nobody for this " + v.When + "."
	}
	return "Tallyfy's activity names nobody for this " + v.When + "."
}

// cut says what an answer leaves open that is not all of it.
func (v ElsewhereView) cut() string {
	who := "somebody else"
	if len(v.Rows) == 0 {
		who = "somebody"
	}
	return "Not all entries of Tallyfy's activity " + v.days() + " could be looked at, so " + who + " may be named in the others."
}

// doubt says how far the answer goes.
func (v ElsewhereView) doubt() string {
	return "This is Tallyfy's record of the " + v.Thing + ". It may be about another change in the same time: the dashboard saw what changed, not who changed it."
}

func (r ActorRow) sentence(c Clock) string {
	who := "nobody"
	if r.Who != "" {
		who = names.Isolate(r.Who)
	}
	return "Tallyfy's activity names " + who + ": " + r.Did + ", " + c.Day(r.At) + ", " + c.Minute(r.At) + "."
}
