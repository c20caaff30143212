package membership

import (
	"context"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// Source is where a change of a group reads from.
type Source interface {
	Group(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error)
	// OpenTasks counts open tasks. Not being able to is a result, too.
	OpenTasks(ctx context.Context, o tallyfy.TaskListOptions) tallyfy.OpenTasks
	// Members gives the copy of all members, which may be incomplete. It is never nil.
	Members(ctx context.Context) (*directory.Snapshot, error)
}

// nameMembers looks up the names of members for the journal. It asks for all members unless there is a
// copy of them; without one, and for those it lacks, an id has to do.
func nameMembers(ctx context.Context, source Source, ids []tallyfy.UserID) []string {
	if len(ids) == 0 {
		return nil
	}
	members, _ := source.Members(ctx) // what it could give is good enough
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = "Member " + string(id)
		if m, ok := members.Member(id); ok {
			names[i] = m.Name()
		}
	}
	return names
}
