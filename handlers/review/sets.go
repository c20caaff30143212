package review

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// SetChanged is the kind of a SetEdit.
const SetChanged = "review.set"

// lineSet is the kind of the sentence about a starter set.
const lineSet = "starter set"

// A SetEdit changes which groups are expected of people with a job title. It is kept in the dashboard's own database,
// and nothing is sent to Tallyfy.
type SetEdit struct {
	Sets *store.StarterSets
	Org  tallyfy.ID
	// By is the name of who edits.
	By string
	// Title is the job title, "" for everybody. Groups are those of the set from now on, none to delete it.
	Title  string
	Groups []store.PlannedGroup
	// Base is BaseOf the set as the form showed it, "" to compare with nothing.
	Base string

	// Before is what Look found.
	Before store.StarterSet
}

// Kind implements change.Change.
func (c *SetEdit) Kind() string { return SetChanged }

// Target implements change.Change.
func (c *SetEdit) Target() string { return "starter set " + change.Digest(TitleKey(c.Title)) }

// SetFor is the set for a title among others, an empty one if there is none.
func SetFor(title string, sets []store.StarterSet) store.StarterSet {
	for _, s := range sets {
		if TitleKey(s.Title) == TitleKey(title) {
			return s
		}
	}
	return store.StarterSet{Title: title}
}

// idsOf are the ids of groups, sorted.
func idsOf(groups []store.PlannedGroup) []string {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	slices.Sort(ids)
	return ids
}

// BaseOf identifies the groups of a set.
func BaseOf(s store.StarterSet) string {
	text := ""
	for _, id := range idsOf(s.Groups) {
		text += id + "\x00"
	}
	return change.Digest(text)
}

// Look implements change.Change.
func (c *SetEdit) Look(ctx context.Context) error {
	sets, err := c.Sets.List(ctx, string(c.Org))
	c.Before = SetFor(c.Title, sets)
	return err
}

// Nothing reports that the set is as wished already.
func (c *SetEdit) Nothing() bool { return slices.Equal(idsOf(c.Before.Groups), idsOf(c.Groups)) }

// Overtaken reports that somebody else has edited the set since the form showed it.
func (c *SetEdit) Overtaken() bool { return c.Base != "" && c.Base != BaseOf(c.Before) }

// setFacts is what the check compares with.
type setFacts struct {
	Title  string
	Groups []store.PlannedGroup
}

// of names the people of a title in a sentence.
func of(title string) string {
	if title == "" {
		return "everybody"
	}
	return "people with the job title " + names.Isolate(title)
}

func namesOf(groups []store.PlannedGroup) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = g.Name
	}
	return list
}

// text says what is expected.
func (f setFacts) text() string {
	if len(f.Groups) == 0 {
		return "There is no starter set for " + of(f.Title) + "."
	}
	return "The starter set for " + of(f.Title) + " is " + names.List(namesOf(f.Groups)) + "."
}

// Now says which groups the set has, as Look found it.
func (c *SetEdit) Now() string { return setFacts{c.Title, c.Before.Groups}.text() }

// Plan implements change.Change.
func (c *SetEdit) Plan() change.Plan {
	f := setFacts{c.Title, c.Groups}
	plan := change.Plan{Stopped: c.Nothing() || c.Overtaken(), Plan: journal.Plan{
		Here: true, Will: "change the starter set for " + of(c.Title), Did: "changed the starter set for " + of(c.Title),
		Lines:       []journal.Line{{Kind: lineSet, Text: f.text()}},
		Differences: []journal.Difference{{What: "Groups", Before: namesOf(c.Before.Groups), After: namesOf(c.Groups)}},
	}}
	plan.Facts = journal.Facts(f)
	return plan
}

// Send keeps the set.
func (c *SetEdit) Send(ctx context.Context) ([]journal.Subject, error) {
	if err := c.Sets.Put(ctx, string(c.Org), TitleKey(c.Title), store.StarterSet{Title: c.Title, Groups: c.Groups, By: c.By}); err != nil {
		return nil, &change.NotSent{Words: "The dashboard's database did not take the starter set.", Err: err}
	}
	return nil, nil
}

// Check implements change.Change.
func (c *SetEdit) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	var f setFacts
	if err := json.Unmarshal(e.Plan.Facts, &f); err != nil {
		return nil, err
	}
	sets, err := c.Sets.List(ctx, string(c.Org))
	if err != nil {
		return nil, err
	}
	now := setFacts{f.Title, SetFor(f.Title, sets).Groups}
	same := slices.Equal(idsOf(now.Groups), idsOf(f.Groups))
	otherwise := "It was edited again: "
	if e.State != journal.Done { // it may never have been so
		otherwise = "It is otherwise now: "
	}
	return []journal.Finding{journal.Confirm(same, otherwise+now.text())}, nil
}

// Summary implements change.Change.
func (c *SetEdit) Summary(e *journal.Entry, _ bool) (change.Tone, string) {
	f, _ := journal.FactsOf[setFacts](e, SetChanged)
	switch finding := e.Finding(lineSet); {
	case finding.Result == journal.Confirmed:
		return change.Good, f.text()
	case finding.Result == journal.NotAsExpected && e.State != journal.Done:
		return change.Warning, finding.Detail
	case finding.Result == journal.NotAsExpected:
		return change.Info, finding.Detail
	}
	return change.Warning, "Whether the starter set for " + of(f.Title) + " was kept could not be checked."
}

// Log implements change.Change.
func (c *SetEdit) Log() []slog.Attr { return []slog.Attr{slog.Int("groups", len(c.Groups))} }

var _ change.Single = (*SetEdit)(nil)
