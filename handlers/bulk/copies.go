package bulk

import (
	"context"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
)

// Source is a source of changes that asks nobody, and knows what the copies have.
func (o *Organisation) Source() Source { return copies{o} }

// copies is a source of changes that asks nobody.
type copies struct{ *Organisation }

// Group implements membership.Source.
func (c copies) Group(_ context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	g, ok := c.Organisation.Groups.ByID(id)
	if !ok {
		return nil, &tallyfy.Error{Status: 404}
	}
	return g, nil
}

// OpenTasks implements membership.Source: they are not counted.
func (c copies) OpenTasks(context.Context, tallyfy.TaskListOptions) tallyfy.OpenTasks {
	return tallyfy.OpenTasks{}
}

// Member implements lifecycle.Source.
func (c copies) Member(_ context.Context, id tallyfy.UserID) (*tallyfy.Member, error) {
	m, ok := c.Organisation.Members.ByID(id)
	if !ok {
		return nil, &tallyfy.Error{Status: 404}
	}
	with := *m
	for _, g := range c.Organisation.Groups.Of(id) {
		with.Groups = append(with.Groups, *g)
	}
	with.GroupsIncluded = true
	return &with, nil
}

// Members implements membership.Source.
func (c copies) Members(context.Context) (*directory.Members, error) {
	return c.Organisation.Members, nil
}

// CopiedGroups implements membership.Source.
func (c copies) CopiedGroups() *directory.Groups { return c.Organisation.Groups }

// CopiedGuests implements lifecycle.Source.
func (c copies) CopiedGuests() *directory.Guests { return c.Organisation.Guests }
