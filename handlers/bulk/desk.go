package bulk

import (
	"context"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
)

// A Source is where the changes of all kinds read from.
type Source interface {
	membership.Source
	lifecycle.Source
}

// A Desk makes the changes of a job.
type Desk struct {
	Source Source
	Client *tallyfy.Client
	Org    tallyfy.Organization
	// By is the person in whose name the changes are made, ByName the name.
	By     tallyfy.UserID
	ByName string
	// Plans keeps the groups that invited people are to be put into.
	Plans *store.PlannedGroups
	Now   func() time.Time
	// Held, if set, says who of the rows of a group is to stay as they are, see membership.Edit.
	Held func(ctx context.Context, rows []*Row) (map[tallyfy.UserID]string, error)
}

// Change makes the change of a step.
func (d Desk) Change(kind *Kind, rows []*Row) change.Change {
	switch r := rows[0]; kind.Name {
	case RemoveMembers:
		return &removal.Removal{Person: d.person(r), Now: d.Now, To: r.To, Sending: true}
	case ChangeRole:
		return &lifecycle.RoleChange{Person: d.person(r), Role: r.Role, Reason: r.Text}
	case Disable:
		return &lifecycle.Disabling{Person: d.person(r)}
	case Enable:
		return &lifecycle.Comeback{Person: d.person(r), AsRestored: true}
	case Invite:
		return &lifecycle.Invitation{Client: d.Client, Org: d.Org, By: d.ByName, Request: *r.Invite, Groups: r.Planned, Plans: d.Plans}
	case CreateGroups:
		return &membership.Creation{Source: d.Source, Client: d.Client, Org: d.Org.ID, Request: *r.New}
	default:
		c := editOf(rows, kind.Name)
		c.Source, c.Client, c.Org = d.Source, d.Client, d.Org.ID
		if d.Held != nil {
			c.Held = func(ctx context.Context) (map[tallyfy.UserID]string, error) { return d.Held(ctx, rows) }
		}
		return c
	}
}

func (d Desk) person(r *Row) lifecycle.Person {
	return lifecycle.Person{Source: d.Source, Client: d.Client, Org: d.Org, By: d.By, ID: tallyfy.UserID(r.Who.ID)}
}
