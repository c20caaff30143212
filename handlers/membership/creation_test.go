package membership_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// restoration is the wish for a deleted group with a guest who was removed meanwhile.
func (d *desk) restoration() *membership.Creation {
	c := membership.Again(&journal.Entry{ID: "e"}, membership.DeletedGroup{
		Name: "Payroll 2", Description: "d", Members: []tallyfy.UserID{d.id("maren.dahl"), d.id("gareth.pugh")}, Guests: []string{"mehmet@broker.example.com", "bram@tyres.example.com"},
	})
	c.Source, c.Client, c.Org = d, d.client, d.org()
	c.AllGuests = func(ctx context.Context) (*directory.Guests, error) {
		all, err := d.copies.Guests(ctx, d.client, cache.ScopeOf(sandbox.AdminToken, d.org()))
		for _, g := range all.Items {
			if g.Email == "bram@tyres.example.com" {
				g.DeletedAt = tallyfy.Time{Time: time.Now()}
			}
		}
		return all, err
	}
	return &c
}

// Members who are not read are not left out of a group that is created again: it waits, however
// often it is looked at.
func TestAGroupIsCreatedAgainOnceItIsKnownWhoCanBeAdded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sandbox.Options{})
	d.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Status: 500})
	c := d.restoration()
	for range 2 {
		require.NoError(t, c.Look(t.Context()))
		assert.True(t, c.Unread())
		assert.True(t, c.Plan().Stopped)
	}
	d.ClearFaults()
	c = d.restoration()
	for range 2 {
		require.NoError(t, c.Look(t.Context()))
		assert.False(t, c.Unread())
		assert.False(t, c.Plan().Stopped)
		assert.Equal(t, []tallyfy.UserID{d.id("maren.dahl")}, c.Request.Members)
		assert.Equal(t, []string{"mehmet@broker.example.com"}, c.Request.Guests)
		assert.Equal(t, "Not added: Gareth Pugh (is disabled); bram@tyres.example.com (is not a guest of the organisation any more).", c.LeftOutText())
	}
	c.Saw = c.PeopleKey()
	assert.False(t, c.Plan().Stopped)
	c.Saw = "of others"
	assert.True(t, c.Plan().Stopped)
}
