package membership

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

const (
	// rereadFor is how long a reading is repeated that may be older than the change, unless
	// Edit.RereadFor says another time.
	rereadFor = 1500 * time.Millisecond
	// looks is how many more readings that makes.
	looks = 2
)

// Why a part of an edit is not in place.
const (
	notTaken  = "Tallyfy did not take it. "
	overtaken = "Somebody else changed the group at the same moment. "
)

// Check reads the group again. Right after the call it also compares with Tallyfy's answer, which tells a
// part that was not taken from one that somebody else has overtaken. What was found done once stays so:
// people go on changing the group.
func (c *Edit) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, err := factsOf(e)
	if err != nil {
		return nil, err
	}
	var findings []journal.Finding
	for look := 0; ; look++ {
		g, err := c.Client.Groups.Get(ctx, c.Org, tallyfy.ID(e.Subject(journal.Group).ID))
		if tallyfy.IsUnauthorized(err) {
			return nil, err
		}
		findings = c.compare(e, facts, g, err)
		if err != nil || c.Answer == nil || confirmed(findings) || look == looks || g.LastUpdated.After(c.Answer.LastUpdated.Time) {
			return findings, nil
		}
		// The reading may come from a copy of Tallyfy's that lags behind.
		select {
		case <-time.After(cmp.Or(c.RereadFor, rereadFor) / looks):
		case <-ctx.Done():
			return findings, nil
		}
	}
}

func confirmed(findings []journal.Finding) bool {
	return !slices.ContainsFunc(findings, func(f journal.Finding) bool { return f.Result != journal.Confirmed })
}

// compare judges each sentence by a reading of the group, which may have failed.
func (c *Edit) compare(e *journal.Entry, facts editFacts, g *tallyfy.Group, err error) []journal.Finding {
	findings := make([]journal.Finding, len(e.Plan.Lines))
	for i, l := range e.Plan.Lines {
		findings[i] = c.judge(l, e, facts, e.FindingAt(i), g, err)
	}
	return findings
}

// judge compares one sentence. before is what an earlier check found.
func (c *Edit) judge(l journal.Line, e *journal.Entry, facts editFacts, before journal.Finding, g *tallyfy.Group, err error) journal.Finding {
	proved := before.Result == journal.Confirmed
	switch {
	case tallyfy.IsGone(err) && proved:
		return journal.Finding{Result: journal.Confirmed, Detail: "The group has been deleted since."}
	case tallyfy.IsGone(err):
		return journal.Finding{Result: journal.NotAsExpected, Detail: "The group is not there any more."}
	case err != nil && proved:
		return before
	case err != nil && c.Answer != nil && c.lacks(l, e, facts, c.Answer) == "":
		return journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy's answer says so. The group could not be read again."}
	case err != nil:
		return journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy could not be asked about the group."}
	case l.Kind == lineKept && c.Group == nil: // a later check, which knows no more who else was in the group
		return before
	}
	missing := c.lacks(l, e, facts, g)
	switch {
	case missing == "":
		return journal.Finding{Result: journal.Confirmed}
	case proved:
		return journal.Finding{Result: journal.Confirmed, Detail: "Since then somebody has changed the group. " + missing}
	case c.Answer == nil: // a later check, which knows from an earlier one why it is missing
		for _, why := range []string{notTaken, overtaken} {
			if strings.HasPrefix(before.Detail, why) {
				missing = why + missing
			}
		}
		return journal.Finding{Result: journal.NotAsExpected, Detail: missing}
	case c.lacks(l, e, facts, c.Answer) != "":
		return journal.Finding{Result: journal.NotAsExpected, Detail: notTaken + missing}
	case l.Kind == lineKept: // the call kept everybody, and somebody else took them out
		return journal.Finding{Result: journal.Confirmed, Detail: "Since then somebody has changed the group. " + missing}
	case g.LastUpdated.Before(c.Answer.LastUpdated.Time):
		return journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy took it, and still shows the group as it was before."}
	}
	return journal.Finding{Result: journal.NotAsExpected, Detail: overtaken + missing}
}

// lacks says what of a sentence is not so in a group, "" for nothing.
func (c *Edit) lacks(l journal.Line, e *journal.Entry, facts editFacts, g *tallyfy.Group) string {
	switch l.Kind {
	case lineName:
		if facts.Name != nil && !sameText(facts.Name.Yours, g.Name) {
			return "The name is " + names.Isolate(g.DisplayName()) + "."
		}
	case lineDescription:
		if facts.Description != nil && !sameText(facts.Description.Yours, g.Description) {
			return "The description is another one."
		}
	case lineIn:
		out := absent(facts.Add, g.Members, memberKey)
		list := named(e, addedList, append(out, absent(facts.AddGuests, g.Guests, GuestKey)...), len(facts.Add), len(out))
		if len(list) > 0 {
			return some(list) + " " + are(len(list)) + " not in it."
		}
	case lineOut:
		in := present(facts.Remove, g.Members, memberKey)
		list := named(e, removedList, append(in, present(facts.RemoveGuests, g.Guests, GuestKey)...), len(facts.Remove), len(in))
		if len(list) > 0 {
			return some(list) + " " + are(len(list)) + " in it."
		}
	case lineKept:
		gone, goneGuests := without(c.members, g.Members, memberKey), without(c.guests, g.Guests, GuestKey)
		ours := People{Remove: facts.Add, RemoveGuests: facts.AddGuests} // who was added has a sentence of their own
		gone, goneGuests = ours.Merge(gone, goneGuests)
		if list := namesOf(c.copy, gone, goneGuests); len(list) > 0 {
			return some(list) + " " + are(len(list)) + " not in it any more."
		}
	}
	return ""
}

// absent are the places in a list of those whom another list does not have, present those of whom it has.
func absent[T ~string](list, other []T, key func(T) string) []int {
	return places(list, other, key, false)
}

func present[T ~string](list, other []T, key func(T) string) []int {
	return places(list, other, key, true)
}

func places[T ~string](list, other []T, key func(T) string, want bool) (at []int) {
	has := make(map[string]bool, len(other))
	for _, one := range other {
		has[key(one)] = true
	}
	for i, one := range list {
		if has[key(one)] == want {
			at = append(at, i)
		}
	}
	return at
}

// named gives the names at some places of a list of the journal, in which guests follow the members. The
// first of the places are those of members.
func named(e *journal.Entry, what string, at []int, members, first int) (list []string) {
	for _, d := range e.Differences {
		if d.What != what {
			continue
		}
		all := append(slices.Clone(d.Before), d.After...)
		for i, place := range at {
			if i >= first {
				place += members
			}
			if place < len(all) {
				list = append(list, all[place])
			}
		}
	}
	return list
}

// Summary implements change.Change.
func (c *Edit) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	facts, _ := factsOf(e)
	group := cmp.Or(facts.Called, "the group")
	found, missed := 0, ""
	for _, l := range e.Plan.Lines {
		f := e.Finding(l.Kind)
		switch {
		case f.Result == journal.Confirmed || l.Kind == lineKept && f.Result == journal.NotChecked:
			found++
		case f.Result == journal.NotAsExpected:
			missed = strings.TrimSpace(missed + " " + f.Detail)
		}
	}
	all, done := found == len(e.Plan.Lines), e.State == journal.Done
	switch {
	case underWay:
		return change.Info, "The change of " + group + " has been sent and is not answered yet. Check again in a moment."
	case all && done:
		return change.Good, facts.Result
	case all:
		return change.Good, "Tallyfy didn't confirm the change, but it is done. " + facts.Result
	case missed != "" && done:
		return change.Problem, "Not all of the change is in place. " + missed
	case missed != "" && c.inPart(e):
		return change.Problem, "Tallyfy didn't confirm the change, and it is done in part only. " + missed
	case missed != "":
		return change.Problem, "Tallyfy didn't confirm the change, and " + group + " is as it was. It may still be changed: look again in a minute."
	case done:
		return change.Warning, facts.Result + " It could not be checked."
	}
	return change.Warning, "Tallyfy didn't confirm the change, and could not be asked about " + group + " afterwards. Please don't repeat it; check again in a minute."
}

// inPart reports that a sentence that the change was made for was confirmed.
func (c *Edit) inPart(e *journal.Entry) bool {
	return slices.ContainsFunc(e.Plan.Lines, func(l journal.Line) bool {
		return l.Kind != lineKept && e.Finding(l.Kind).Result == journal.Confirmed
	})
}
