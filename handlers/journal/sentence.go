package journal

import (
	"cmp"
	"fmt"
	"time"

	"tallyfy-admin/views/names"
)

// Sentence is the entry in words: "Omar Ali removed Bo. Confirmed 10:58." minute words a time of day.
// underWay says that the call may still be unanswered.
func (e *Entry) Sentence(minute func(time.Time) string, underWay bool) string {
	who := e.Called(e.Actor)
	switch {
	case e.Unreadable:
		return "This change can't be read: the secret that sealed it is not listed any more."
	case e.State == Done:
		return who + " " + e.Did + ". " + e.checked(minute)
	case e.State == Refused:
		return who + " wanted to " + e.Will + ". " + e.refused(minute)
	case e.State == NotSent && e.Here:
		return who + " wanted to " + e.Will + ". It was not done."
	case e.State == NotSent:
		return who + " wanted to " + e.Will + ". It was not sent."
	case e.Here && underWay:
		return who + " wanted to " + e.Will + ". It is not done yet."
	case e.Here:
		return who + " wanted to " + e.Will + ". " + e.unanswered(minute)
	case underWay:
		return who + " asked Tallyfy to " + e.Will + ". It is not answered yet."
	}
	return who + " asked Tallyfy to " + e.Will + ". " + e.unanswered(minute)
}

// checked words the check of a change that Tallyfy confirmed.
func (e *Entry) checked(minute func(time.Time) string) string {
	wrong, open := e.Check.Count(NotAsExpected), e.Check.Count(NotChecked)
	switch {
	case e.Check == nil:
		return "Not checked."
	case wrong > 0:
		return fmt.Sprintf("Checked %s: %d of %d points not as expected.", minute(e.Check.At), wrong, len(e.Check.Findings))
	case e.Check.Count(GoingOn) > 0:
		return "Still going on at " + minute(e.Check.At) + "."
	case open == len(e.Check.Findings):
		return "It could not be checked."
	case open > 0:
		return fmt.Sprintf("Confirmed %s, but %d of %d points could not be checked.", minute(e.Check.At), open, len(e.Check.Findings))
	}
	return "Confirmed " + minute(e.Check.At) + "."
}

// refused words a refusal. One in an answer of success was checked, and may be untrue.
func (e *Entry) refused(minute func(time.Time) string) string {
	done := e.made() == max(1, e.Calls)
	if done && e.Outcome.Missing {
		return "It was done already."
	}
	words := "Tallyfy refused."
	if e.Outcome.Tallyfys {
		words = fmt.Sprintf("Tallyfy refused: “%s”", names.Isolate(e.Outcome.Words))
	}
	if done {
		words += " But it was found done " + minute(e.Check.At) + "."
	}
	return words
}

// unanswered words what is known of a change without an answer. The first sentence of a plan decides.
func (e *Entry) unanswered(minute func(time.Time) string) string {
	why := "Tallyfy did not answer"
	if e.State == Sent {
		why = "No outcome was stored"
	}
	if e.Calls > 0 && e.Check != nil && e.Check.Count(NotChecked) < len(e.Check.Findings) && !e.CarriedOut() {
		return fmt.Sprintf("%s. Found %d of %d done %s.", why, e.made(), e.Calls, minute(e.Check.At))
	}
	if e.Check != nil && len(e.Check.Findings) > 0 {
		switch e.Check.Findings[0].Result {
		case Confirmed:
			return why + ". Found done " + minute(e.Check.At) + "."
		case NotAsExpected:
			return why + ". Found not done " + minute(e.Check.At) + "."
		}
	}
	return why + "; not known."
}

// Called is a subject's or the actor's name as it stands in a sentence about the entry: with the email or
// the id where another one of the kind looks the same.
func (e *Entry) Called(s Subject) string {
	for _, other := range append(e.AllSubjects(), e.Actor) {
		if other.Kind == s.Kind && other.ID != s.ID && names.Alike(other.Name, s.Name) {
			mark := cmp.Or(s.Email, s.ID)
			if names.Alike(other.Email, s.Email) {
				mark = s.ID
			}
			return names.Marked(s.Name, mark)
		}
	}
	return names.Isolate(s.Name)
}
