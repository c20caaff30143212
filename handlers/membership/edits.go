package membership

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GroupsChanged is the kind of Edits.
const GroupsChanged = "groups.people"

// MostEdits is how many groups one change may be about: two calls for each must fit into change.SendTime.
const MostEdits = 25

// Edits changes who is in several groups, each with people to add and to remove: one plan, one entry in the
// journal, one call for each group that is not as wished already. Each call is that of an Edit: the group is
// read, merged and written while no other change of ours of that group is under way. A group that fails does
// not stop the others. Undone and applied once more it is a change of the same kind.
//
// The plan is made from the copy of the groups where it is at hand, and costs no call then; so there are two
// reads and one write for each group.
type Edits struct {
	Source Source
	Client *tallyfy.Client
	Org    tallyfy.ID
	// Groups is who is to come and to go, each group once. Those beyond MostEdits are for another change.
	Groups []GroupPeople
	// Sure says that the person has seen what is at stake; until then that stops the change, and a group whose
	// stakes turn out to be others than in the plan is left as it is.
	Sure bool
	// Undoes is the entry that this change undoes, Repeats the one whose lost part it applies once more.
	Undoes, Repeats string
	// Review is the id of the review that this change carries out, "" for none.
	Review string
	// Note is what the page has to say besides, such as what others have changed since it was opened.
	Note string
	// RereadFor is as in Edit.
	RereadFor time.Duration

	// LeftOut are those who are added to no group.
	LeftOut []LeftOut
	// Skipped are the groups that cannot be changed, and why. Already are those that are as wished.
	Skipped []SkippedGroup
	Already []string

	parts []*groupPart
	copy  *directory.Members
}

// GroupPeople says who comes into a group and who goes.
type GroupPeople struct {
	ID tallyfy.ID
	People
}

// A SkippedGroup cannot be changed; Why says why.
type SkippedGroup struct {
	ID        tallyfy.ID
	Name, Why string
}

// A groupPart is the change of one of the groups.
type groupPart struct {
	*Edit
	// wish is who is to be in the group and who not, without those who cannot be added.
	wish People
	// stakes are those of the plan.
	stakes []string
	err    error
}

// Kind implements change.Change.
func (c *Edits) Kind() string { return GroupsChanged }

// Target implements change.Change. The groups have a target each, see groupPart.Target.
func (c *Edits) Target() string {
	ids := make([]string, len(c.Groups))
	for i, g := range c.Groups {
		ids[i] = string(g.ID)
	}
	slices.Sort(ids)
	return "groups " + change.Digest(strings.Join(ids, " "))
}

// Look makes the parts from the copy of the groups, or reads the groups that it lacks. A group that is as
// wished by the copy is read, too: the copy may be from before.
func (c *Edits) Look(ctx context.Context) error {
	c.parts, c.LeftOut, c.Skipped, c.Already = nil, nil, nil, nil
	copied := c.Source.CopiedGroups()
	all := make([]*groupPart, len(c.Groups))
	calls := make([]func(context.Context) error, len(c.Groups))
	gone := make([]bool, len(c.Groups))
	for i, wish := range c.Groups {
		all[i] = &groupPart{Edit: &Edit{
			Source: c.Source, Client: c.Client, Org: c.Org, ID: wish.ID, People: wish.People, Sure: c.Sure, Undoes: c.Undoes, Repeats: c.Repeats, RereadFor: c.RereadFor,
		}}
		calls[i] = func(ctx context.Context) (err error) {
			gone[i], err = all[i].look(ctx, copied)
			return err
		}
	}
	if err := parallel.Run(ctx, calls...); err != nil {
		return err
	}
	for i, p := range all {
		c.copy = p.copy
		switch {
		case gone[i]:
			c.Skipped = append(c.Skipped, SkippedGroup{p.ID, "Group " + string(p.ID), "it is not there any more"})
			continue
		case !p.Nothing() && p.NeedsDescription():
			c.Skipped = append(c.Skipped, SkippedGroup{p.ID, p.Group.DisplayName(), "it has no description, and Tallyfy takes no change without one: edit it first"})
		case p.Nothing() && p.wish.Empty(): // nobody of the wish can be added
		case p.Nothing():
			c.Already = append(c.Already, p.Group.DisplayName())
		default:
			c.parts = append(c.parts, p)
		}
		for _, l := range p.LeftOut {
			if !slices.Contains(c.LeftOut, l) {
				c.LeftOut = append(c.LeftOut, l)
			}
		}
	}
	slices.SortStableFunc(c.parts, func(a, b *groupPart) int { return names.Compare(a.Group.DisplayName(), b.Group.DisplayName()) })
	return nil
}

// look finds out what there is to do, and reports a group that is gone.
func (p *groupPart) look(ctx context.Context, copied *directory.Groups) (gone bool, err error) {
	p.prepare(ctx)
	known := false
	if copied != nil {
		var g *tallyfy.Group
		if g, known = copied.ByID(p.ID); known {
			p.take(g)
		}
	}
	if !known || p.Nothing() {
		g, err := p.Source.Group(ctx, p.ID)
		if tallyfy.IsGone(err) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		p.take(g)
	}
	p.wish, p.stakes = p.admissible(), p.Stakes()
	return false, nil
}

// Nothing reports that no group is to be changed.
func (c *Edits) Nothing() bool { return len(c.parts) == 0 }

// NothingText says that all groups are as wished already.
func (c *Edits) NothingText() string {
	return "There was nothing to change, so nothing was sent to Tallyfy."
}

// Stakes is what the person should know before the change is carried out.
func (c *Edits) Stakes() (list []string) {
	for _, p := range c.parts {
		list = append(list, p.stakes...)
	}
	return list
}

// Before and after of a group that is to be changed, for a page, with those who come and go and what is at stake.
type Preview struct {
	ID                  tallyfy.ID
	Name, Before, After string
	People
	Stakes []string
}

// Previews are the groups that are to be changed.
func (c *Edits) Previews() (list []Preview) {
	for _, p := range c.parts {
		before, after := p.Sizes()
		list = append(list, Preview{p.ID, p.Group.DisplayName(), before, after, p.wish, p.stakes})
	}
	return list
}

// Plan implements change.Change. It is stopped where there is nothing to do, and where the person has to see
// first what is at stake. The sentences say how each group is to be: who is in it already is named, too.
func (c *Edits) Plan() change.Plan {
	stakes := c.Stakes()
	will, did, result := c.words()
	facts := editsFacts{Undoes: c.Undoes, Repeats: c.Repeats, Review: c.Review, Result: result}
	plan := change.Plan{
		Stopped: c.Nothing() || len(stakes) > 0 && !c.Sure,
		Plan:    journal.Plan{Will: will, Did: did, Warnings: stakes, Calls: len(c.parts)},
	}
	for _, p := range c.parts {
		f := groupFacts{
			ID: p.ID, Name: p.Group.DisplayName(), People: p.wish,
			Added: namesOf(c.copy, p.wish.Add, p.wish.AddGuests), Removed: namesOf(c.copy, p.wish.Remove, p.wish.RemoveGuests),
		}
		facts.Groups = append(facts.Groups, f)
		plan.Subjects = append(plan.Subjects, journal.GroupSubject(p.Group))
		plan.Concerned = append(plan.Concerned, slices.Concat(p.wish.Add, p.wish.Remove)...)
		plan.ConcernedGuests = append(plan.ConcernedGuests, slices.Concat(p.wish.AddGuests, p.wish.RemoveGuests)...)
		plan.Lines = append(plan.Lines, journal.Line{Kind: lineGroup, Text: f.text(), ID: p.ID})
		plan.Differ(
			journal.Difference{What: "Added to " + names.Isolate(f.Name), After: f.Added},
			journal.Difference{What: "Taken out of " + names.Isolate(f.Name), Before: f.Removed},
		)
		plan.Seen = append(plan.Seen, string(p.ID)+" "+fmt.Sprint(p.wish))
	}
	slices.Sort(plan.Concerned)
	plan.Concerned = slices.Compact(plan.Concerned)
	plan.Lines = append(plan.Lines, journal.Line{Kind: lineKept, Text: "Everybody else stays where they are."})
	plan.Facts = journal.Facts(facts)
	return plan
}

// Parts implements change.Series.
func (c *Edits) Parts() []change.Part {
	list := make([]change.Part, len(c.parts))
	for i, p := range c.parts {
		list[i] = p
	}
	return list
}

// Send implements change.Part. Between the reading and the call nothing else is asked of Tallyfy.
func (p *groupPart) Send(ctx context.Context) error {
	p.Did, p.Group = People{}, nil
	p.err = p.send(ctx)
	return p.err
}

func (p *groupPart) send(ctx context.Context) error {
	g, err := p.Source.Group(ctx, p.ID)
	switch {
	case tallyfy.IsGone(err):
		return &change.NotSent{Words: "The group is gone.", Missing: true, Err: err}
	case err != nil:
		return &change.NotSent{Words: "The group could not be read.", Err: err}
	}
	p.take(g)
	fresh := func(stake string) bool { return !slices.Contains(p.stakes, stake) }
	switch stakes := p.Stakes(); {
	case p.Nothing():
		return nil
	case p.NeedsDescription():
		p.Did = People{}
		return &change.NotSent{Words: "The group has no description any more, and Tallyfy takes no change without one."}
	case slices.ContainsFunc(stakes, fresh):
		p.Did = People{}
		return &change.NotSent{Words: "Somebody has changed the group since, and it would be left otherwise than planned: " + strings.Join(stakes, " ")}
	}
	_, err = p.Edit.Send(ctx)
	return err
}

// partFacts is what a part did, which undoing it needs. Shown says that the group was so in
// Tallyfy's answer, or before the call, which was not made then.
type partFacts struct {
	People
	Shown bool `json:",omitempty"`
}

// Facts implements change.Part.
func (p *groupPart) Facts() json.RawMessage {
	f := partFacts{People: p.Did}
	if p.err == nil {
		f.Shown = p.Did.Empty() || p.Answer != nil && shows(p.Answer, p.Did)
	}
	return journal.Facts(f)
}

// shows reports that a group is as people were to come and to go.
func shows(g *tallyfy.Group, did People) bool {
	return len(absent(did.Add, g.Members, memberKey))+len(absent(did.AddGuests, g.Guests, GuestKey))+
		len(present(did.Remove, g.Members, memberKey))+len(present(did.RemoveGuests, g.Guests, GuestKey)) == 0
}

// editsFacts is what the check of a change of several groups compares with, and what undoing it needs.
type editsFacts struct {
	Undoes, Repeats string `json:",omitempty"`
	Review          string `json:",omitempty"`
	// Result is what the change did.
	Result string
	Groups []groupFacts
}

// groupFacts is one of the groups, in the order of the plan's sentences.
type groupFacts struct {
	ID   tallyfy.ID
	Name string
	People
	// Added and Removed are the names of the people, members first.
	Added, Removed []string `json:",omitempty"`
}

func (f groupFacts) inText() string {
	if len(f.Added) == 0 {
		return ""
	}
	return some(f.Added) + " " + are(len(f.Added)) + " in " + names.Isolate(f.Name) + "."
}

func (f groupFacts) outText() string {
	if len(f.Removed) == 0 {
		return ""
	}
	return some(f.Removed) + " " + are(len(f.Removed)) + " not in " + names.Isolate(f.Name) + " any more."
}

func (f groupFacts) text() string { return strings.TrimSpace(f.inText() + " " + f.outText()) }

func severalFacts(e *journal.Entry) (f editsFacts, ok bool) {
	f, ok = journal.FactsOf[editsFacts](e, GroupsChanged)
	return f, ok && len(f.Groups) == e.Calls
}

// ReviewOf is the id of the review that an entry carried out from its page, "" for none.
func ReviewOf(e *journal.Entry) string {
	f, _ := severalFacts(e)
	return f.Review
}

// Reached says for each group whose people an entry changes whether the latest check found it as
// planned. Of a change of several groups that could not be checked it says whether Tallyfy's answer
// showed that. It is nil for entries of another kind.
func Reached(e *journal.Entry) map[tallyfy.ID]bool {
	reached := map[tallyfy.ID]bool{}
	if e.Kind == PeopleChanged {
		is := e.Check != nil
		for i, l := range e.Plan.Lines {
			is = is && (l.Kind == lineKept || e.FindingAt(i).Result == journal.Confirmed)
		}
		reached[tallyfy.ID(e.Subject(journal.Group).ID)] = is
		return reached
	}
	f, ok := severalFacts(e)
	if !ok {
		return nil
	}
	for i, g := range f.Groups {
		reached[g.ID] = e.FindingAt(i).Result == journal.Confirmed || e.Check == nil && shown(e, i)
	}
	return reached
}

// shown reports that Tallyfy's answer to the call of a part had the group as planned.
func shown(e *journal.Entry, i int) bool {
	var f partFacts
	o, _ := e.Part(i)
	return o.State == journal.Done && json.Unmarshal(o.Facts, &f) == nil && f.Shown
}

// did is what the part of an entry did. Without an outcome it is what was planned, as far as it was found so.
// What was found so after a call that was refused, or was not made, is the work of somebody else.
func (f editsFacts) did(e *journal.Entry, i int) (did People) {
	found := e.FindingAt(i).Result == journal.Confirmed
	o, ok := e.Part(i)
	if !ok && found {
		return f.Groups[i].People
	}
	made := o.State == journal.Done || o.State == journal.NotConfirmed && found
	if !made || json.Unmarshal(o.Facts, &did) != nil {
		return People{}
	}
	return did
}

// AllUndone is the wish that undoes an entry of Edits: for each group the reverse of what was done to it. ok is
// false for entries of another kind, and where nothing was done.
func AllUndone(e *journal.Entry) (wish Edits, ok bool) {
	f, ok := severalFacts(e)
	if !ok {
		return Edits{}, false
	}
	wish.Undoes = e.ID
	for i, g := range f.Groups {
		if did := f.did(e, i); !did.Empty() {
			wish.Groups = append(wish.Groups, GroupPeople{g.ID, did.Inverse()})
		}
	}
	return wish, len(wish.Groups) > 0
}

// AllRepeated is the wish that applies once more what an entry of Edits did not reach: groups that Tallyfy
// refused, that were not sent, and that others have overtaken. ok is false where nothing is missing, and for an
// entry that was such a repetition itself.
func AllRepeated(e *journal.Entry) (wish Edits, ok bool) {
	f, ok := severalFacts(e)
	if !ok || f.Repeats != "" {
		return Edits{}, false
	}
	wish.Repeats, wish.Review = e.ID, f.Review
	for i, g := range f.Groups {
		o, ok := e.Part(i)
		if ok && o.State != journal.NotConfirmed && e.FindingAt(i).Result == journal.NotAsExpected {
			wish.Groups = append(wish.Groups, GroupPeople{g.ID, g.People})
		}
	}
	return wish, len(wish.Groups) > 0
}

// Log implements change.Change.
func (c *Edits) Log() []slog.Attr {
	list := make([]any, len(c.parts))
	for i, p := range c.parts {
		attrs := []slog.Attr{slog.Any("add", p.wish.Add), slog.Any("remove", p.wish.Remove), slog.Int("guests_added", len(p.wish.AddGuests)), slog.Int("guests_removed", len(p.wish.RemoveGuests))}
		if p.err != nil {
			attrs = append(attrs, slog.String("error", p.err.Error()))
		}
		list[i] = slog.Attr{Key: string(p.ID), Value: slog.GroupValue(attrs...)}
	}
	return []slog.Attr{slog.Group("groups", list...)}
}

// words is what the change does in words that follow a name, and what was done. Groups with the same people
// share a clause; where there are many clauses they are counted.
func (c *Edits) words() (will, did, result string) {
	type clause struct {
		who    []string
		groups []string
		add    bool
	}
	var clauses []*clause
	put := func(who []string, group string, add bool) {
		if len(who) == 0 {
			return
		}
		for _, one := range clauses {
			if one.add == add && slices.Equal(one.who, who) {
				one.groups = append(one.groups, group)
				return
			}
		}
		clauses = append(clauses, &clause{who, []string{group}, add})
	}
	var all []string
	for _, p := range c.parts {
		all = append(all, p.Group.DisplayName())
		put(namesOf(c.copy, p.wish.Add, p.wish.AddGuests), p.Group.DisplayName(), true)
		put(namesOf(c.copy, p.wish.Remove, p.wish.RemoveGuests), p.Group.DisplayName(), false)
	}
	var wills, dids, results []string
	for _, one := range clauses {
		who, groups, was := some(one.who), some(one.groups), words.Noun(len(one.who), "was", "were")
		if one.add {
			wills, dids, results = append(wills, "add "+who+" to "+groups), append(dids, "added "+who+" to "+groups), append(results, who+" "+was+" added to "+groups+".")
			continue
		}
		wills, dids = append(wills, "take "+who+" out of "+groups), append(dids, "took "+who+" out of "+groups)
		results = append(results, who+" "+was+" taken out of "+groups+".")
	}
	will, did, result = and(wills), and(dids), strings.Join(results, " ")
	if len(clauses) > mostClauses {
		will, did = "change who is in "+some(all), "changed who is in "+some(all)
		result = "Who is in " + some(all) + " was changed."
	}
	will, did = ofAnother(c.Undoes, c.Repeats, will, did)
	return will, did, result
}

// mostClauses is how many different things are told apart in the sentence about a change of several groups.
const mostClauses = 2

// NotesText says who was not added, which groups were not changed, and the Note; "" for nothing.
func (c *Edits) NotesText() string {
	text := LeftOutText(c.LeftOut)
	for _, s := range c.Skipped {
		text = strings.TrimSpace(text + " " + names.Isolate(s.Name) + " was not changed: " + s.Why + ".")
	}
	if n := len(c.Already); n > 0 {
		text = strings.TrimSpace(text + " " + some(c.Already) + " " + words.Noun(n, "was", "were") + " as wished already.")
	}
	return strings.TrimSpace(text + " " + c.Note)
}
