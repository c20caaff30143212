package removal

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// MemberRemoved is the kind of a Removal.
const MemberRemoved = "member.remove"

// LeaveWork is the choice to leave the work with the member who goes.
const LeaveWork = "leave"

// A Removal takes a member out of the organisation.
type Removal struct {
	lifecycle.Person
	// Now is the clock.
	Now func() time.Time
	// To is who takes over: a member's id, LeaveWork, or empty while nothing is chosen.
	To string
	// Sending says that Look is for the press of the button: then the open tasks of the one who takes over
	// are counted, too, to compare with afterwards.
	Sending bool

	// Departure is what Look found. CopyError says why Copy is not whole, if it is not.
	Departure
	CopyError error
	// Guests are those whom the leaver knows, as far as that costs no call.
	Guests         []*tallyfy.Guest
	successor      *tallyfy.Member // nil for nobody and for somebody who is not there
	successorTasks tallyfy.OpenTasks
	removed        bool
}

// Kind implements change.Change.
func (r *Removal) Kind() string { return MemberRemoved }

// SuccessorID is the member chosen to take over, empty for a choice that is none.
func (r *Removal) SuccessorID() tallyfy.UserID {
	if r.To == LeaveWork || r.To == string(r.ID) || !tallyfy.PlausibleID(r.To) {
		return ""
	}
	return tallyfy.UserID(r.To)
}

// Look reads the member with the groups, the open tasks, who else is there, and the one who takes over:
// people leave, so no copy will do for either.
func (r *Removal) Look(ctx context.Context) error {
	r.Departure = Departure{Organisation: r.Org.DisplayName()}
	successor := r.SuccessorID()
	err := parallel.Run(ctx,
		func(ctx context.Context) (err error) {
			if successor == "" {
				return nil
			}
			r.successor, err = r.Client.Members.Get(ctx, r.Org.ID, successor)
			if tallyfy.IsGone(err) {
				return nil
			}
			return err
		},
		func(ctx context.Context) error {
			if successor != "" && r.Sending {
				r.successorTasks = r.Source.OpenTasks(ctx, tallyfy.TaskListOptions{Owner: successor})
			}
			return nil
		},
		func(ctx context.Context) (err error) {
			r.Member, err = r.Source.Member(ctx, r.ID)
			return err
		},
		func(ctx context.Context) error {
			r.Tasks = r.Source.OpenTasks(ctx, tallyfy.TaskListOptions{Owner: r.ID})
			return nil
		},
		func(ctx context.Context) error {
			r.Copy, r.CopyError = r.Source.Members(ctx)
			return nil
		})
	if err != nil {
		return err
	}
	r.Leaver, r.Departure.Self, r.Departure.OtherAdmin = r.Member, r.Person.Self(), r.Person.OtherAdmin()
	r.Lookup, r.AllMembers = r.Copy.ByID, r.Copy.Complete
	if guests := r.Source.CopiedGuests(); guests != nil {
		r.Guests = directory.KnownTo(guests, r.ID)
	}
	if by, ok := r.Copy.ByID(r.By); ok {
		r.others = append(r.others, by)
	}
	for _, m := range []*tallyfy.Member{r.Leaver, r.successor} {
		if m != nil {
			r.others = append(r.others, r.Copy.Others(m.Name(), m.ID)...)
		}
	}
	return nil
}

// ChoiceProblem says what is wrong with the choice of who takes over, "" if nothing is.
func (r *Removal) ChoiceProblem() string {
	switch {
	case r.To == "":
		return "Choose who takes over, or leave the work where it is."
	case r.To == LeaveWork:
		return ""
	case r.To == string(r.Leaver.ID):
		return names.Isolate(r.Leaver.Name()) + " is the one to be removed. Choose somebody else."
	case r.successor == nil:
		return "The person chosen is not in this organisation any more. Choose somebody else."
	case !r.CanTakeOver(r.successor):
		return names.Isolate(r.successor.Name()) + " can't take over: only active members can, and no bots. Choose somebody else."
	}
	return ""
}

// Words is the plan with the choice that was made.
func (r *Removal) Words() Plan {
	p := r.Departure.Plan(r.successor)
	p.Guests = len(r.Guests)
	if r.successorTasks.Checked {
		p.SuccessorTasksNow = r.successorTasks.Total
	}
	return p
}

// Plan implements change.Change. What stands in the way of the removal stops it, and a choice that cannot be.
func (r *Removal) Plan() change.Plan {
	if len(r.Blockers()) > 0 || r.ChoiceProblem() != "" {
		return change.Plan{Stopped: true}
	}
	return r.Record(r.Words(), r.successor)
}

// Record is a plan as the journal keeps it.
func (d Departure) Record(p Plan, successor *tallyfy.Member) change.Plan {
	m := d.Leaver
	subjects := []journal.Subject{journal.MemberSubject(m)}
	will, did := "remove "+p.LeaverName+" and leave the work in their name", "removed "+p.LeaverName+" and left the work in their name"
	if s := successor; s != nil {
		subjects = append(subjects, journal.MemberSubject(s))
		will = "remove " + p.LeaverName + " and give the work to " + p.SuccessorName
		did = "removed " + p.LeaverName + " and gave the work to " + p.SuccessorName
	}
	differences := []journal.Difference{
		{What: "Role", Before: []string{string(m.Role)}, After: []string{string(m.Role)}},
		{What: "Status", Before: []string{string(m.Status)}, After: []string{string(tallyfy.StatusDisabled)}},
	}
	if held := d.Groups(); len(held) > 0 {
		groups := make([]string, len(held))
		for i, g := range held {
			groups[i] = g.Name
			subjects = append(subjects, journal.Subject{Kind: journal.Group, ID: string(g.ID), Name: g.Name})
		}
		differences = append(differences, journal.Difference{What: "Groups", Before: groups})
	}
	return change.Plan{
		Subjects: subjects,
		Plan: journal.Plan{
			Will: will, Did: did, Lines: p.Lines, Warnings: p.Warnings, Differences: differences, Facts: journal.Facts(p.Facts),
		},
	}
}

// Changed is the member as the removal leaves the account.
func (r *Removal) Changed() *tallyfy.Member {
	m := *r.Leaver
	m.Status, m.IsActive, m.Groups = tallyfy.StatusDisabled, false, nil
	return &m
}

// Send implements change.Change.
func (r *Removal) Send(ctx context.Context) ([]journal.Subject, error) {
	_, err := r.Client.Members.Remove(ctx, r.Org.ID, r.Leaver.ID, tallyfy.RemoveOptions{ReassignTo: r.SuccessorID()})
	r.removed = err == nil
	return nil, err
}

// mostGroups is how many groups that were to be emptied are read back; more would cost too many calls.
const mostGroups = 4

// Check reads what the sentences can be compared with. What Tallyfy does not answer is left out; only a
// sign-in that has ended is an error.
func (r *Removal) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	var facts Facts
	if err := json.Unmarshal(e.Plan.Facts, &facts); err != nil {
		return nil, err
	}
	var mu sync.Mutex // of groups
	after := After{Groups: map[tallyfy.ID]*tallyfy.Group{}}
	calls := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			after.Leaver, err = r.Client.Members.Get(ctx, r.Org.ID, facts.LeaverID, "groups")
			after.Gone = tallyfy.IsGone(err)
			return change.OnlyUnauthorized(err)
		},
		func(ctx context.Context) (err error) {
			after.Tasks, err = r.Client.Tasks.Open(ctx, r.Org.ID, tallyfy.TaskListOptions{Owner: facts.LeaverID})
			return change.OnlyUnauthorized(err)
		},
	}
	if to := facts.SuccessorID; to != "" {
		calls = append(calls,
			func(ctx context.Context) (err error) {
				after.Successor, err = r.Client.Members.Get(ctx, r.Org.ID, to, "groups")
				return change.OnlyUnauthorized(err)
			},
			func(ctx context.Context) (err error) {
				after.SuccessorTasks, err = r.Client.Tasks.Open(ctx, r.Org.ID, tallyfy.TaskListOptions{Owner: to})
				return change.OnlyUnauthorized(err)
			})
	}
	read := 0
	for _, line := range e.Plan.Lines {
		if line.Kind != Emptied || read == mostGroups {
			continue
		}
		read++
		calls = append(calls, func(ctx context.Context) error {
			g, err := r.Client.Groups.Get(ctx, r.Org.ID, line.ID)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				after.Groups[line.ID] = g
			}
			return change.OnlyUnauthorized(err)
		})
	}
	if err := parallel.Run(ctx, calls...); err != nil {
		return nil, err
	}
	return facts.settle(e, after, r.Now()), nil
}

// Log implements change.Change.
func (r *Removal) Log() []slog.Attr {
	m := r.Leaver
	groups := make([]string, len(m.Groups))
	for i, g := range m.Groups {
		groups[i] = string(g.ID)
	}
	attrs := []slog.Attr{
		slog.String("member", string(m.ID)),
		slog.Group("before", slog.String("email", m.Email), slog.String("role", string(m.Role)),
			slog.String("status", string(m.Status)), slog.Any("groups", groups)),
	}
	if to := r.SuccessorID(); to != "" {
		attrs = append(attrs, slog.String("work_to", string(to)))
	}
	if r.removed {
		attrs = append(attrs, slog.Group("after", slog.String("status", string(tallyfy.StatusDisabled))))
	}
	return attrs
}
