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
	Members(ctx context.Context) (*directory.Members, error)
	// CopiedGroups is the copy of all groups if it costs no call, else nil.
	CopiedGroups() *directory.Groups
}

// memberNames are the names of members, for the journal. For a member that the copy lacks the id has to do. Without a
// copy there are none.
func memberNames(members *directory.Members, ids []tallyfy.UserID) []string {
	if members == nil {
		return nil
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = "Member " + string(id)
		if m, ok := members.ByID(id); ok {
			list[i] = m.Name()
		}
	}
	return list
}

// AlikeInCopy finds a group other than one whose name looks the same as a name, in the copy of the groups.
// It is nil without one, and without a copy.
func AlikeInCopy(source Source, name string, other tallyfy.ID) *tallyfy.Group {
	if groups := source.CopiedGroups(); groups != nil {
		if found := groups.Others(name, other); len(found) > 0 {
			return found[0]
		}
	}
	return nil
}
