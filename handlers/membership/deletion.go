package membership

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GroupDeleted is the kind of a Deletion.
const GroupDeleted = "group.delete"

// The kinds of sentence of a deletion.
const (
	leave = "leave" // the people of the group leave it
	// undecided is the sentence about the group's open tasks, of which Tallyfy does not say what becomes of them.
	undecided = "tasks"
	// Gone is the sentence that Tallyfy does not list the group any more.
	Gone = "gone"
)

// A Deletion deletes a group for good.
type Deletion struct {
	Source Source
	Client *tallyfy.Client
	Org    tallyfy.ID
	ID     tallyfy.ID
	// Typed is the confirmation that was typed. Asked says that the form had a field for it.
	Typed string
	Asked bool
	// ReadLogo reads the picture at the address of the group's logo; none is one that cannot be shown.
	ReadLogo func(ctx context.Context, address string) ([]byte, error)
	// Group and Tasks are what Look found.
	Group *tallyfy.Group
	Tasks tallyfy.OpenTasks
	// Logo is the picture of the group's logo, LogoError why it could not be read.
	Logo      []byte
	LogoError error
	// Namesake is another group that looks the same, as far as a copy of the groups is at hand; else nil.
	Namesake *tallyfy.Group
	copy     *directory.Members // of all members; nil before Look
}

// Kind implements change.Change.
func (d *Deletion) Kind() string { return GroupDeleted }

// Target implements change.Change.
func (d *Deletion) Target() string { return "group " + string(d.ID) }

// logoTime bounds the reading of a logo: the group can be deleted without it, and the page says so.
const logoTime = 4 * time.Second

// Look reads the group and its logo, its open tasks, and the names of its members.
func (d *Deletion) Look(ctx context.Context) error {
	d.Logo, d.LogoError = nil, nil
	err := parallel.Run(ctx,
		func(ctx context.Context) (err error) {
			d.Group, err = d.Source.Group(ctx, d.ID)
			if err != nil || d.Group.Logo == "" || d.ReadLogo == nil {
				return err
			}
			ctx, done := context.WithTimeout(ctx, logoTime)
			defer done()
			d.Logo, d.LogoError = d.ReadLogo(ctx, d.Group.Logo)
			return change.OnlyUnauthorized(d.LogoError)
		},
		func(ctx context.Context) error {
			d.copy, _ = d.Source.Members(ctx) // what it can give is good enough
			return nil
		},
		func(ctx context.Context) error {
			d.Tasks = d.Source.OpenTasks(ctx, tallyfy.TaskListOptions{Group: d.ID})
			return nil
		})
	if err == nil {
		d.Namesake = AlikeInCopy(d.Source, d.Group.DisplayName(), d.Group.ID)
	}
	return err
}

// Phrase is what has to be typed before the group is deleted: its name if open tasks are given to it, else
// nothing, because a phrase that is typed every time becomes a habit. Once asked for, it is not waived
// because the tasks could not be counted again. A group whose name nobody can type is confirmed by its id.
func (d *Deletion) Phrase() string {
	switch {
	case d.Tasks.Total == 0 && (d.Tasks.Checked || !d.Asked):
		return ""
	case d.ByID():
		return string(d.Group.ID)
	}
	return names.Unwrap(d.Group.Name)
}

// ByID says that the phrase is the id.
func (d *Deletion) ByID() bool {
	return names.Unwrap(d.Group.Name) == "" || !tallyfy.Visible(d.Group.Name)
}

// PhraseError says what is wrong with the confirmation, "" if nothing is.
func (d *Deletion) PhraseError() string {
	what := "name"
	if d.ByID() {
		what = "id"
	}
	switch phrase := d.Phrase(); {
	case phrase == "" || names.Alike(names.Unwrap(d.Typed), phrase) || names.Alike(d.Typed, d.Group.Name) && what == "name":
		return ""
	case names.Unwrap(d.Typed) == "":
		return "Type the group's " + what + " to go on. Nothing was deleted."
	}
	return "That is not the group's " + what + ". Nothing was deleted."
}

// Plan implements change.Change. A confirmation that is missing stops it.
func (d *Deletion) Plan() change.Plan {
	g := d.Group
	name, called := names.Isolate(g.DisplayName()), names.Isolate(g.DisplayName())
	if d.Namesake != nil {
		called = names.Marked(g.DisplayName(), string(g.ID))
	}
	members := len(g.Members)
	if d.copy != nil {
		members = d.copy.Count(g.Members)
	}
	tasks := -1
	if d.Tasks.Checked {
		tasks = d.Tasks.Total
	}
	seen := g.Guests
	if d.LogoLost() {
		seen = append(slices.Clone(seen), "the logo is lost")
	}
	contents := journal.Facts(DeletedGroup{Name: g.Name, Description: g.Description, Members: g.Members, Guests: g.Guests})
	return change.Plan{
		Stopped:         d.PhraseError() != "",
		Subjects:        []journal.Subject{journal.GroupSubject(g)},
		Concerned:       g.Members,
		ConcernedGuests: g.Guests,
		Seen:            seen,
		Contents:        &journal.Contents{Data: contents, Picture: d.Logo},
		Plan: journal.Plan{
			Will: "delete the group " + called, Did: "deleted the group " + called,
			Lines: []journal.Line{
				{Kind: leave, Text: whoLeaves(members, len(g.Guests))},
				{Kind: Gone, Text: name + " is deleted for good. It can't be undone: Tallyfy can't bring a group back."},
				{Kind: undecided, Text: "Tallyfy does not say what becomes of the open tasks that are assigned to the group.", Now: d.tasksNow()},
			},
			Differences: []journal.Difference{
				{What: "Name", Before: []string{g.Name}},
				{What: "Description", Before: []string{g.Description}},
				{What: "Members", Before: memberNames(d.copy, g.Members)},
				{What: "Guests", Before: g.Guests},
			},
			Facts: journal.Facts(deletionFacts{
				Namesake: d.Namesake != nil, Tasks: tasks, Kept: true, MemberCount: members, GuestCount: len(g.Guests), HadLogo: g.Logo != "", LogoKept: len(d.Logo) > 0,
			}),
		},
	}
}

// LogoLost reports that the group has a logo that could not be read, so that it is not kept.
func (d *Deletion) LogoLost() bool { return d.Group.Logo != "" && len(d.Logo) == 0 }

// deletionFacts is what a deletion's check compares with, and what there is to say of it later.
type deletionFacts struct {
	// Namesake says that another group looked the same.
	Namesake bool `json:",omitempty"`
	// Tasks is how many open tasks were assigned to the group; -1 when that is not known.
	Tasks int
	// Kept says that the contents are stored beside the entry. Entries from before hold them in Logo and
	// Members, and in the differences.
	Kept    bool             `json:",omitempty"`
	Logo    string           `json:",omitempty"`
	Members []tallyfy.UserID `json:",omitempty"`
	// MemberCount and GuestCount are how many were in the group.
	MemberCount, GuestCount int
	// HadLogo says that the group had a logo, LogoKept that its picture is stored.
	HadLogo, LogoKept bool
}

// A DeletedGroup is a group that was deleted, as it is stored to be created again.
type DeletedGroup struct {
	Name, Description string
	Members           []tallyfy.UserID
	Guests            []string
}

// A Remnant is what the entry of a deletion says of the group that it deleted.
type Remnant struct {
	Group journal.Subject
	// Members and Guests are how many were in it, Tasks how many open tasks were assigned to it; -1 when that
	// is not known.
	Members, Guests, Tasks int
	// HadLogo says that it had a logo, LogoKept that the picture is stored.
	HadLogo, LogoKept bool
	// InEntry is the group where the entry itself holds it, as entries did before contents were
	// stored beside them; else nil.
	InEntry *DeletedGroup
}

// RemnantOf reads the entry of a deletion. ok is false for entries of another kind, and for a deletion that was
// not carried out as far as is known.
func RemnantOf(e *journal.Entry) (r Remnant, ok bool) {
	facts, ok := journal.FactsOf[deletionFacts](e, GroupDeleted)
	gone := e.Finding(Gone).Result
	done := gone == journal.Confirmed || e.State == journal.Done && gone != journal.NotAsExpected
	if !ok || !done {
		return Remnant{}, false
	}
	r = Remnant{e.Subject(journal.Group), facts.MemberCount, facts.GuestCount, facts.Tasks, facts.HadLogo, facts.LogoKept, nil}
	if !facts.Kept {
		r.InEntry = &DeletedGroup{Name: e.Before("Name"), Description: e.Before("Description"), Members: facts.Members}
		for _, d := range e.Differences {
			if d.What == "Guests" {
				r.InEntry.Guests = d.Before
			}
		}
		r.Members, r.Guests, r.HadLogo = len(r.InEntry.Members), len(r.InEntry.Guests), facts.Logo != ""
	}
	return r, true
}

func (d *Deletion) tasksNow() string {
	switch {
	case !d.Tasks.Checked:
		return "How many there are could not be counted."
	case d.Tasks.Total == 0:
		return "There are none now."
	case d.Tasks.Total == 1:
		return "There is 1 now: look at it in Tallyfy afterwards."
	}
	return "There are " + words.Number(d.Tasks.Total) + " now: look at them in Tallyfy afterwards."
}

// whoLeaves counts members of the organisation: not the ids of people who are gone.
func whoLeaves(members, guests int) string {
	var who string
	switch {
	case members+guests == 0:
		return "Nobody is in the group, so nobody leaves it."
	case guests == 0:
		who = words.Count(members, "member", "members")
	case members == 0:
		who = words.Count(guests, "guest", "guests")
	default:
		who = people(members, guests)
	}
	verb, accounts := "leave", "their accounts stay as they are"
	if members+guests == 1 {
		verb, accounts = "leaves", "their account stays as it is"
	}
	return fmt.Sprintf("%s %s the group; %s.", who, verb, accounts)
}

// Send implements change.Change.
func (d *Deletion) Send(ctx context.Context) ([]journal.Subject, error) {
	return nil, d.Client.Groups.Delete(ctx, d.Org, d.ID)
}

// Check reads the group again: Tallyfy must not list it any more. It also counts the open tasks that Tallyfy still
// lists for it.
func (d *Deletion) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	subject := e.Subject(journal.Group)
	var missing error
	var tasks tallyfy.OpenTasks
	err := parallel.Run(ctx,
		func(ctx context.Context) error {
			_, missing = d.Client.Groups.Get(ctx, d.Org, tallyfy.ID(subject.ID))
			return change.OnlyUnauthorized(missing)
		},
		func(ctx context.Context) (err error) {
			if !slices.ContainsFunc(e.Lines, func(l journal.Line) bool { return l.Kind == undecided }) {
				return nil // an entry from before there was that sentence
			}
			tasks, err = d.Client.Tasks.Open(ctx, d.Org, tallyfy.TaskListOptions{Group: tallyfy.ID(subject.ID)})
			return change.OnlyUnauthorized(err)
		})
	if err != nil {
		return nil, err
	}
	f := journal.Finding{Result: journal.Confirmed}
	switch {
	case missing == nil:
		f = journal.Finding{Result: journal.NotAsExpected, Detail: names.Isolate(subject.Name) + " is still there."}
	case !tallyfy.IsGone(missing):
		f = journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy could not be asked about the group."}
	}
	findings := make([]journal.Finding, len(e.Lines))
	for i, l := range e.Lines {
		findings[i] = f
		if l.Kind == undecided {
			findings[i] = tasksLeft(e, tasks)
		}
	}
	return findings, nil
}

// tasksLeft says what is known of the open tasks of a group that was deleted. Only that there were none, and are
// none, is certain: elsewhere Tallyfy may have taken the group off, or the tasks may have been done.
func tasksLeft(e *journal.Entry, now tallyfy.OpenTasks) journal.Finding {
	before, _ := journal.FactsOf[deletionFacts](e, GroupDeleted)
	switch {
	case !now.Checked:
		return journal.Finding{Result: journal.NotChecked, Detail: "They could not be counted."}
	case now.Total > 0:
		return journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy still lists " + words.Count(now.Total, "open task", "open tasks") + " for the group."}
	case before.Tasks == 0:
		return journal.Finding{Result: journal.Confirmed, Detail: "There were none, and there are none."}
	}
	return journal.Finding{Result: journal.NotChecked, Detail: "Tallyfy lists no open task for the group any more. Look in Tallyfy who has to do them now."}
}

// Log implements change.Change.
func (d *Deletion) Log() []slog.Attr {
	return []slog.Attr{
		slog.String("group", string(d.ID)), groupAttrs("before", d.Group), slog.Int("open_tasks", d.Tasks.Total),
	}
}

// groupAttrs are a group's facts before or after a change.
func groupAttrs(when string, g *tallyfy.Group) slog.Attr {
	return slog.Group(when, slog.String("name", g.Name), slog.Int("members", len(g.Members)), slog.Int("guests", len(g.Guests)))
}

// Summary implements change.Change.
func (d *Deletion) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	group, gone := e.Subject(journal.Group), e.Finding(Gone).Result
	name := names.Isolate(group.Name)
	if facts, _ := journal.FactsOf[deletionFacts](e, GroupDeleted); facts.Namesake {
		name = names.Marked(group.Name, group.ID)
	}
	done := e.State == journal.Done
	switch {
	case underWay:
		return change.Info, "The deletion of " + name + " has been sent and is not answered yet. Check again in a moment."
	case gone == journal.Confirmed && done:
		return change.Good, name + " was deleted."
	case gone == journal.Confirmed:
		return change.Good, "Tallyfy didn't confirm the deletion, but " + name + " is gone."
	case gone == journal.NotAsExpected && done:
		return change.Problem, "Tallyfy said that " + name + " is deleted, but still has it. Check again in a minute."
	case gone == journal.NotAsExpected:
		return change.Problem, "Tallyfy didn't confirm the deletion, and " + name + " is still there. It may still be deleted: look again in a minute."
	case done:
		return change.Warning, "Tallyfy said that " + name + " is deleted. It could not be checked."
	}
	return change.Warning, "Tallyfy didn't confirm the deletion, and could not be asked about " + name + " afterwards. Please don't repeat it; check again in a minute."
}
