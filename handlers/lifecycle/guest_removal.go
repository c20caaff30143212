package lifecycle

import (
	"context"
	"log/slog"
	"slices"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GuestRemoved is the kind of a GuestRemoval.
const GuestRemoved = "guest.remove"

// GuestSource is where a change of guests reads from.
type GuestSource interface {
	// Guest reads a guest.
	Guest(ctx context.Context, email string) (*tallyfy.Guest, error)
	// OpenTasks counts open tasks. Not being able to is a result, too.
	OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks
	// Members and Groups give the copies of all, which may be incomplete. They are never nil.
	Members(ctx context.Context) (*directory.Members, error)
	Groups(ctx context.Context) (*directory.Groups, error)
}

// A GuestRemoval takes a guest off all tasks and out of the organisation.
type GuestRemoval struct {
	Source GuestSource
	Client *tallyfy.Client
	Org    tallyfy.Organization
	Email  string

	// Guest, Tasks and Groups are what Look found: the open tasks, and the copy of all groups.
	Guest  *tallyfy.Guest
	Tasks  tallyfy.OpenTasks
	Groups *directory.Groups

	removed bool
}

// Kind implements change.Change.
func (c *GuestRemoval) Kind() string { return GuestRemoved }

// Target implements change.Change.
func (c *GuestRemoval) Target() string { return guestTarget(c.Email) }

// Look implements change.Change.
func (c *GuestRemoval) Look(ctx context.Context) error {
	return parallel.Run(ctx,
		func(ctx context.Context) (err error) {
			c.Guest, err = c.Source.Guest(ctx, c.Email)
			return err
		},
		func(ctx context.Context) error {
			c.Tasks = c.Source.OpenTasks(ctx, tallyfy.TaskListOptions{Guest: c.Email})
			return nil
		},
		func(ctx context.Context) error {
			c.Groups, _ = c.Source.Groups(ctx) // what it can give is good enough
			return nil
		})
}

// Called is the guest in a sentence: guests are told apart by their addresses.
func (c *GuestRemoval) Called() string { return names.Marked(c.Guest.Name(), c.Guest.Email) }

// Blockers gives all reasons that hold at once.
func (c *GuestRemoval) Blockers() []Blocker {
	return Blockers(Block(c.Guest.IsDeleted(), c.Called()+" is removed already.", "Tallyfy still lists the address, marked as deleted."))
}

// Plan implements change.Change. What Blockers says stops it.
func (c *GuestRemoval) Plan() change.Plan {
	if len(c.Blockers()) > 0 {
		return change.Plan{Stopped: true}
	}
	name, organisation := c.Called(), names.Isolate(c.Org.DisplayName())
	tasks := journal.Line{Kind: lineTasks, Text: name + " is on no open task.", Now: "How many there are now could not be counted."}
	if c.Tasks.Checked {
		tasks.Now = "Now: " + words.Count(c.Tasks.Total, "open task", "open tasks") + "."
	}
	differences := []journal.Difference{{What: "Email", Before: []string{c.Guest.Email}}}
	if company := c.Guest.Company(); company != "" {
		differences = append(differences, journal.Difference{What: "Company", Before: []string{company}})
	}
	subjects := []journal.Subject{guestSubject(c.Guest)}
	for _, g := range c.Groups.OfGuest(c.Guest.Email) {
		subjects = append(subjects, journal.GroupSubject(g))
	}
	return change.Plan{
		Subjects: subjects,
		Plan: journal.Plan{
			Will: "remove the guest " + name, Did: "removed the guest " + name,
			Lines: []journal.Line{
				{Kind: lineGuest, Text: name + " is no guest of " + organisation + " any more."}, tasks,
			},
			Warnings: c.notes(), Differences: differences,
		},
	}
}

// notes are what the removal brings about besides, and what it does not.
func (c *GuestRemoval) notes() []string {
	name := names.Isolate(c.Guest.Name())
	groups := "It could not be read in which groups " + name + " is. Tallyfy does not say what becomes of the address there."
	if c.Groups.Complete {
		groups = name + " is in no group."
		in := GroupNames(c.Groups.OfGuest(c.Guest.Email))
		slices.SortFunc(in, names.Compare)
		if len(in) > 0 {
			groups = name + " is in " + words.Count(len(in), "group", "groups") + ": " + names.List(in) + ". Tallyfy does not say what becomes of the address there: take it out first, or look afterwards."
		}
	}
	return []string{
		groups, "Tasks that only " + name + " was on are then assigned to nobody. Assign them in Tallyfy first.",
		"Other organisations that " + name + " is a guest of are not touched.", "There is no way back but to add the guest anew.",
	}
}

// Send implements change.Change.
func (c *GuestRemoval) Send(ctx context.Context) ([]journal.Subject, error) {
	err := c.Client.Guests.Remove(ctx, c.Org.ID, c.Email)
	c.removed = err == nil
	return nil, err
}

// Check implements change.Change.
func (c *GuestRemoval) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	s, gone, off := e.Subject(journal.Guest), couldNotAsk, journal.Finding{Result: journal.NotChecked, Detail: "They could not be counted."}
	err := parallel.Run(ctx,
		func(ctx context.Context) error {
			g, err := c.Client.Guests.Get(ctx, c.Org.ID, s.Email)
			if err == nil || tallyfy.IsGone(err) {
				gone = journal.Confirm(err != nil || g.IsDeleted(), names.Isolate(s.Name)+" is still a guest.")
			}
			return change.OnlyUnauthorized(err)
		},
		func(ctx context.Context) error {
			tasks, err := c.Client.Tasks.Open(ctx, c.Org.ID, tallyfy.TaskListOptions{Guest: s.Email})
			if tasks.Checked {
				off = journal.Confirm(tasks.Total == 0, "Now: "+words.Count(tasks.Total, "open task", "open tasks")+".")
			}
			return change.OnlyUnauthorized(err)
		})
	if err != nil {
		return nil, err
	}
	return []journal.Finding{gone, off}, nil
}

// Summary implements change.Change.
func (c *GuestRemoval) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	s := e.Subject(journal.Guest)
	name := names.Marked(s.Name, s.Email)
	tone, text := summary(e, underWay, e.Finding(lineGuest), "the removal of the guest "+name, name+" is no guest any more")
	if tone == change.Good && e.Finding(lineTasks).Result == journal.NotAsExpected {
		return change.Warning, text + " But there are still open tasks."
	}
	return tone, text
}

// Log implements change.Change. Addresses of people outside the organisation are not for the log.
func (c *GuestRemoval) Log() []slog.Attr {
	return []slog.Attr{slog.String("guest", string(c.Guest.ID)), slog.Bool("removed", c.removed)}
}
