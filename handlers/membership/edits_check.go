package membership

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// lineGroup is the kind of the sentence about one of several groups.
const lineGroup = "group"

// Check reads each group again, as the check of an Edit does, and says for each how it is. The last finding is
// about everybody else in all of them.
func (c *Edits) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, ok := severalFacts(e)
	if !ok {
		return nil, errors.New("the entry has no facts of its groups")
	}
	findings := make([]journal.Finding, len(e.Plan.Lines))
	kept := make([]journal.Finding, len(facts.Groups))
	calls := make([]func(context.Context) error, len(facts.Groups))
	for i := range facts.Groups {
		calls[i] = func(ctx context.Context) (err error) {
			findings[i], kept[i], err = c.checkPart(ctx, e, facts, i)
			return err
		}
	}
	if err := parallel.Run(ctx, calls...); err != nil {
		return nil, err
	}
	if last := len(facts.Groups); last < len(findings) {
		findings[last] = worst(kept)
	}
	return findings, nil
}

// checkPart compares one group by the check of an edit of it alone.
func (c *Edits) checkPart(ctx context.Context, e *journal.Entry, facts editsFacts, i int) (finding, kept journal.Finding, err error) {
	f := facts.Groups[i]
	edit, sent := &Edit{Client: c.Client, Org: c.Org, RereadFor: c.RereadFor}, true
	outcome, ok := e.Part(i)
	if ok {
		sent = outcome.State == journal.Done || outcome.State == journal.NotConfirmed
	} else {
		outcome.State = journal.Sent
	}
	if i < len(c.parts) && sent { // right after the call
		edit = c.parts[i].Edit
		sent = !edit.Did.Empty()
	}
	findings, err := edit.Check(ctx, f.entry(e, i, outcome.State))
	if err != nil {
		return finding, kept, err
	}
	last := len(findings) - 1
	finding, kept = worst(findings[:last]), findings[last]
	if !sent {
		kept = journal.Finding{Result: journal.Confirmed}
		switch {
		case outcome.State == journal.Done: // all was so already
		case finding.Result == journal.NotChecked:
			finding = journal.Finding{Result: journal.NotAsExpected, Detail: why(outcome)}
		case finding.Result == journal.NotAsExpected:
			finding.Detail = strings.TrimSpace(why(outcome) + " " + finding.Detail)
		}
	}
	return finding, kept, nil
}

// why says why a part was not done.
func why(o journal.Outcome) string {
	switch {
	case o.State == journal.NotSent:
		return o.Words
	case o.Tallyfys && o.Words != "":
		return "Tallyfy refused: “" + names.Isolate(o.Words) + "”"
	}
	return "Tallyfy refused."
}

// entry is that of an edit of the group alone, with what the last check found.
func (f groupFacts) entry(whole *journal.Entry, i int, state journal.State) *journal.Entry {
	e := &journal.Entry{ID: whole.ID, At: whole.At, State: state, Intent: journal.Intent{
		Kind: PeopleChanged, Subjects: []journal.Subject{{Kind: journal.Group, ID: string(f.ID)}},
	}}
	e.Plan.Facts = journal.Facts(editFacts{People: f.People, Called: names.Isolate(f.Name)})
	var before []journal.Finding
	line := func(kind, text string, at int) {
		if text == "" {
			return
		}
		e.Plan.Lines = append(e.Plan.Lines, journal.Line{Kind: kind, Text: text})
		before = append(before, whole.FindingAt(at))
	}
	line(lineIn, f.inText(), i)
	line(lineOut, f.outText(), i)
	line(lineKept, "Everybody else stays.", whole.Calls)
	if whole.Check != nil {
		e.Check = &journal.Check{At: whole.Check.At, Findings: before}
	}
	e.Differences = []journal.Difference{{What: addedList, After: f.Added}, {What: removedList, Before: f.Removed}}
	return e
}

// worst is the finding that decides for several sentences.
func worst(findings []journal.Finding) journal.Finding {
	for _, result := range []journal.Result{journal.NotAsExpected, journal.NotChecked} {
		for _, f := range findings {
			if f.Result == result {
				return f
			}
		}
	}
	for _, f := range findings {
		if f.Detail != "" {
			return f
		}
	}
	return journal.Finding{Result: journal.Confirmed}
}

// Summary implements change.Change.
func (c *Edits) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	facts, ok := severalFacts(e)
	if !ok {
		return change.Warning, "What this change was about can't be read."
	}
	confirmed, missed, open := 0, []string{}, []string{}
	for i, f := range facts.Groups {
		switch e.FindingAt(i).Result {
		case journal.Confirmed:
			confirmed++
		case journal.NotAsExpected:
			missed = append(missed, f.Name)
		default:
			open = append(open, f.Name)
		}
	}
	lost := e.Finding(lineKept).Result == journal.NotAsExpected
	done := e.State == journal.Done
	switch {
	case underWay:
		return change.Info, "The change of " + words.Count(len(facts.Groups), "group", "groups") + " has been sent and is not answered yet. Check again in a moment."
	case confirmed == len(facts.Groups) && lost:
		return change.Problem, "Not all of the change is in place. " + e.Finding(lineKept).Detail
	case confirmed == len(facts.Groups) && done && facts.nothing(e):
		return change.Good, "All was so already, so nothing was sent to Tallyfy."
	case confirmed == len(facts.Groups) && done:
		return change.Good, facts.Result
	case confirmed == len(facts.Groups):
		return change.Good, "Tallyfy didn't confirm all of the change, but it is done. " + facts.Result
	case len(missed) > 0 && done:
		return change.Problem, "Not all of the change is in place: " + some(missed) + " " + words.Noun(len(missed), "is", "are") + " not as planned. " + rest(confirmed, open)
	case len(missed) > 0:
		return change.Problem, "Tallyfy didn't confirm all of the change, and " + some(missed) + " " + words.Noun(len(missed), "is", "are") + " not as planned. " + rest(confirmed, open) + " Look again in a minute."
	case done:
		return change.Warning, facts.Result + " It could not be checked for " + some(open) + "."
	}
	return change.Warning, "Tallyfy didn't confirm all of the change, and could not be asked about " + some(open) + " afterwards. Please don't repeat it; check again in a minute."
}

// rest says how many groups are as planned, and which could not be checked.
func rest(confirmed int, open []string) string {
	var list []string
	switch {
	case confirmed > 0:
		list = append(list, words.Count(confirmed, "group is", "groups are")+" as planned.")
	case len(open) == 0:
		list = append(list, "No group is as planned.")
	}
	if len(open) > 0 {
		list = append(list, "Not checked: "+some(open)+".")
	}
	return strings.Join(list, " ")
}

// nothing reports that every group was as wished when its turn came.
func (f editsFacts) nothing(e *journal.Entry) bool {
	if e.Outcome == nil || len(e.Outcome.Parts) != len(f.Groups) {
		return false
	}
	for _, o := range e.Outcome.Parts {
		var did People
		if o.State != journal.Done || json.Unmarshal(o.Facts, &did) != nil || !did.Empty() {
			return false
		}
	}
	return true
}

var _ change.Series = (*Edits)(nil)

// GroupsOf are the groups that an entry is about: the main one, or all of a change of several.
func GroupsOf(e *journal.Entry) []journal.Subject {
	if e.Kind != GroupsChanged {
		return []journal.Subject{e.Subject(journal.Group)}
	}
	return e.SubjectsOf(journal.Group)
}
