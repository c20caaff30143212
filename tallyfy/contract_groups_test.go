package tallyfy_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// makeGroup creates a group with the token's owner and one guest in it, and deletes it when the test ends.
func (s *service) makeGroup(t *testing.T) (*tallyfy.Group, tallyfy.CreateGroupRequest) {
	t.Helper()
	me, err := s.client.Organizations.Me(t.Context())
	require.NoError(t, err)
	want := tallyfy.CreateGroupRequest{
		Name:        fmt.Sprintf("%s %d é <b>", groupPrefix, time.Now().UnixNano()),
		Description: "Made by a test; may be deleted.",
		Members:     []tallyfy.UserID{me.ID},
		Guests:      []string{"contract.guest@example.com"},
	}
	g, err := s.client.Groups.Create(t.Context(), s.org, want)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if err := s.client.Groups.Delete(ctx, s.org, g.ID); err != nil && !tallyfy.IsNotFound(err) {
			t.Errorf("the group %q is left behind: %v", g.Name, err)
		}
		s.forget()
	})
	return g, want
}

func (s *service) testGroups(t *testing.T) {
	ctx := t.Context()
	g, want := s.makeGroup(t)
	s.wire(t, sent{"GET", "/me", "", "", 200}, sent{"POST", s.at("/groups"), "", fmt.Sprintf(
		`{"name":%q,"description":%q,"members":[%s],"guests":["contract.guest@example.com"]}`,
		want.Name, want.Description, want.Members[0]), 201})
	require.NotEmpty(t, g.ID)
	same := func(got *tallyfy.Group) {
		t.Helper()
		assert.Equal(t, want.Name, got.Name)
		assert.Equal(t, want.Description, got.Description)
		assert.Equal(t, want.Members, append([]tallyfy.UserID(nil), got.Members...))
		assert.Equal(t, want.Guests, append([]string(nil), got.Guests...))
		assert.WithinDuration(t, time.Now(), got.CreatedAt.Time, 10*time.Minute)
		assert.False(t, got.LastUpdated.IsZero())
	}
	same(g)

	got, err := s.client.Groups.Get(ctx, s.org, g.ID, "assets")
	require.NoError(t, err)
	same(got)
	assert.Empty(t, got.Assets)
	s.wire(t, sent{"GET", s.at("/groups/%s", g.ID), "with=assets", "", 200})

	want.Description = "Changed."
	got, err = s.client.Groups.Update(ctx, s.org, g.ID, tallyfy.UpdateGroupRequest{Description: want.Description})
	require.NoError(t, err)
	same(got) // name and people stay when they are not sent
	s.wire(t, sent{"PUT", s.at("/groups/%s", g.ID), "", `{"description":"Changed."}`, 201})

	// All four at once, as an edit sends them: both lists are replaced.
	was := got.LastUpdated
	want.Guests = []string{"contract.guest@example.com", "contract.other@example.com"}
	got, err = s.client.Groups.Update(ctx, s.org, g.ID, tallyfy.UpdateGroupRequest{
		Name: want.Name, Description: want.Description, Members: &want.Members, Guests: &want.Guests,
	})
	require.NoError(t, err)
	same(got)
	assert.False(t, got.LastUpdated.Before(was.Time), "the time of the last change never goes back")
	s.wire(t, sent{"PUT", s.at("/groups/%s", g.ID), "", fmt.Sprintf(
		`{"name":%q,"description":"Changed.","members":[%s],"guests":["contract.guest@example.com","contract.other@example.com"]}`,
		want.Name, want.Members[0]), 201})

	want.Name, want.Members, want.Guests = want.Name+" 2", nil, nil
	nobody, noGuests := []tallyfy.UserID{}, []string{}
	_, err = s.client.Groups.Update(ctx, s.org, g.ID, tallyfy.UpdateGroupRequest{
		Name: want.Name, Description: want.Description, Members: &nobody, Guests: &noGuests,
	})
	require.NoError(t, err)
	s.wire(t, sent{
		"PUT", s.at("/groups/%s", g.ID), "",
		fmt.Sprintf(`{"name":%q,"description":"Changed.","members":[],"guests":[]}`, want.Name), 201,
	})
	got, err = s.client.Groups.Get(ctx, s.org, g.ID)
	require.NoError(t, err)
	same(got)
	s.wire(t, sent{"GET", s.at("/groups/%s", g.ID), "", "", 200})

	require.NoError(t, s.client.Groups.Delete(ctx, s.org, g.ID))
	_, err = s.client.Groups.Get(ctx, s.org, g.ID)
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
	err = s.client.Groups.Delete(ctx, s.org, g.ID)
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
	assert.False(t, tallyfy.MayHaveHappened(err))
	s.wire(t, sent{"DELETE", s.at("/groups/%s", g.ID), "", "", 204},
		sent{"GET", s.at("/groups/%s", g.ID), "", "", 404}, sent{"DELETE", s.at("/groups/%s", g.ID), "", "", 404})
}

func (s *service) testGroupLists(t *testing.T) {
	ctx := t.Context()
	g, want := s.makeGroup(t)
	s.makeGroup(t)
	if s.server != nil {
		s.server.ClearRequests()
	}

	found, err := s.client.Groups.List(ctx, s.org, tallyfy.GroupListOptions{
		Query: want.Name, SortBy: "name", Page: 1, PerPage: 10, With: []string{"users", "guests", "assets"},
	})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	assert.Equal(t, g.ID, found.Items[0].ID)
	assert.Equal(t, tallyfy.Emails(want.Guests), found.Items[0].Guests, "as objects, because of with=guests")
	require.Len(t, found.Items[0].Users, 1)
	assert.Equal(t, want.Members[0], found.Items[0].Users[0].ID)
	s.wire(t, sent{"GET", s.at("/groups"), "page=1&per_page=10&q=" + url.QueryEscape(want.Name) +
		"&sort_by=name&with=users%2Cguests%2Cassets", "", 200})

	short, err := s.client.Groups.List(ctx, s.org, tallyfy.GroupListOptions{Query: want.Name, SortBy: "name", Page: 1, PerPage: 10})
	require.NoError(t, err)
	require.Len(t, short.Items, 1)
	assert.Equal(t, found.Items[0].Members, short.Items[0].Members)
	assert.Equal(t, found.Items[0].Guests, short.Items[0].Guests, "as addresses")
	assert.Equal(t, found.Pagination, short.Pagination)
	s.wire(t, sent{"GET", s.at("/groups"), "page=1&per_page=10&q=" + url.QueryEscape(want.Name) + "&sort_by=name", "", 200})

	first, err := s.client.Groups.List(ctx, s.org, tallyfy.GroupListOptions{Page: 2, PerPage: 1})
	require.NoError(t, err)
	require.Len(t, first.Items, 1)
	p := first.Pagination
	assert.True(t, p.Known)
	assert.Equal(t, [4]int{1, 1, 2, p.Total}, [4]int{p.Count, p.PerPage, p.CurrentPage, p.TotalPages})
	s.wire(t, sent{"GET", s.at("/groups"), "page=2&per_page=1", "", 200})

	past, err := s.client.Groups.List(ctx, s.org, tallyfy.GroupListOptions{Page: p.Total + 7, PerPage: 1})
	require.NoError(t, err)
	assert.Empty(t, past.Items)
	s.wire(t, sent{"GET", s.at("/groups"), fmt.Sprintf("page=%d&per_page=1", p.Total+7), "", 200})

	seen := map[tallyfy.ID]bool{}
	for one, err := range s.client.Groups.All(ctx, s.org, tallyfy.GroupListOptions{SortBy: "name"}) {
		require.NoError(t, err)
		assert.False(t, seen[one.ID], "twice: %s", one.Name)
		seen[one.ID] = true
	}
	assert.Len(t, seen, p.Total)
	assert.True(t, seen[g.ID])
	if p.Total <= 100 {
		s.wire(t, sent{"GET", s.at("/groups"), "page=1&per_page=100&sort_by=name", "", 200})
	}
}

func (s *service) testGroupRefusals(t *testing.T) {
	ctx := t.Context()
	g, want := s.makeGroup(t)
	for field, body := range map[string]tallyfy.CreateGroupRequest{
		"name":        {Name: g.Name, Description: "The name is taken."},
		"description": {Name: g.Name + " without description"},
	} {
		_, err := s.client.Groups.Create(ctx, s.org, body)
		assert.True(t, tallyfy.IsValidation(err), "%s: %v", field, err)
		assert.NotEmpty(t, tallyfy.FieldErrors(err)[field], field)
		assert.False(t, tallyfy.MayHaveHappened(err))
	}
	_, err := s.client.Groups.Create(ctx, s.org, tallyfy.CreateGroupRequest{Name: strings.Repeat("x", 201), Description: "Too long."})
	assert.NotEmpty(t, tallyfy.FieldErrors(err)["name"], "%v", err)
	_, err = s.client.Groups.Update(ctx, s.org, g.ID, tallyfy.UpdateGroupRequest{Name: want.Name})
	assert.NotEmpty(t, tallyfy.FieldErrors(err)["description"], "%v", err)
	other, _ := s.makeGroup(t)
	for field, body := range map[string]tallyfy.UpdateGroupRequest{
		"name":    {Name: other.Name, Description: "The name is another group's."},
		"guests":  {Name: g.Name, Description: "No address.", Members: &want.Members, Guests: &[]string{"nobody"}},
		"members": {Name: g.Name, Description: "Nobody has this id.", Members: &[]tallyfy.UserID{"999999999"}, Guests: &want.Guests},
	} {
		_, err := s.client.Groups.Update(ctx, s.org, g.ID, body)
		assert.True(t, tallyfy.IsRefused(err) && !tallyfy.MayHaveHappened(err), "%s: %v", field, err)
		if s.server != nil { // which status and words the service has for them is not documented
			assert.NotEmpty(t, tallyfy.FieldErrors(err)[field], "%v", err)
		}
	}
	got, err := s.client.Groups.Get(ctx, s.org, g.ID)
	require.NoError(t, err)
	assert.Equal(t, [2]any{g.Members, g.Guests}, [2]any{got.Members, got.Guests}, "what was refused changed nothing")
	_, err = s.client.Groups.Get(ctx, s.org, "no/such?group")
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
	_, err = s.client.WithToken("no-such-token").Organizations.Me(ctx)
	assert.True(t, tallyfy.IsUnauthorized(err), "%v", err)
}
