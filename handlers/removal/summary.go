package removal

import (
	"fmt"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// Summary is the receipt of a removal in a sentence.
func (r *Removal) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	name := e.Called(e.Subject(journal.Member))
	access := e.Finding(Access).Result
	unexpected, unchecked := e.Check.Count(journal.NotAsExpected), e.Check.Count(journal.NotChecked)
	gaps := ""
	if unchecked > 0 {
		gaps = fmt.Sprintf(" %d of %s could not be checked.", unchecked, words.Count(len(e.Lines), "point", "points"))
	}
	done, said := e.State == journal.Done, ""
	if !done {
		said = "Tallyfy didn't confirm the removal, but "
	}
	switch {
	case e.State == journal.Refused && e.Outcome.Missing && access == journal.Confirmed:
		if unexpected > 0 {
			gaps = " " + words.Count(unexpected, "point is", "points are") + " not as expected." + gaps
		}
		return change.Info, name + " was removed already. Nothing was done by this press of the button." + gaps
	case underWay:
		return change.Info, "The removal of " + name + " has been sent and is not answered yet. Check again in a moment."
	case access == journal.NotChecked && done:
		return change.Warning, "Tallyfy said that " + name + " is removed, but does not answer now, so it could not be checked."
	case access == journal.NotChecked:
		return change.Warning, "Tallyfy didn't confirm the removal. " + name + " may or may not be removed. Please don't repeat it; check again in a minute."
	case access == journal.NotAsExpected && done:
		return change.Problem, "Tallyfy said that " + name + " is removed, but still lists them as active. Check again in a minute; if it stays so, ask Tallyfy's support."
	case access == journal.NotAsExpected:
		return change.Problem, "Tallyfy didn't confirm the removal, and " + name + " is still active. It may still be under way: check again in a minute before you repeat it."
	case unexpected > 0:
		return change.Warning, name + " is removed, but " + words.Count(unexpected, "point is", "points are") + " not as expected."
	case e.Finding(Moves).Result == journal.GoingOn:
		return change.Info, said + name + " is removed. The work is still being moved: " + e.Finding(Moves).Detail
	case e.Check.Count(journal.GoingOn) > 0:
		return change.Info, said + name + " is removed. Tallyfy is still carrying out the rest, look again in a moment."
	case !done:
		return change.Good, said + name + " is removed." + gaps
	}
	return change.Good, name + " is removed from " + names.Isolate(r.Org.DisplayName()) + "." + gaps
}
