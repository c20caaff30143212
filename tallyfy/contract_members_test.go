package tallyfy_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

func (s *service) testMembers(t *testing.T) {
	ctx := t.Context()
	me, err := s.client.Organizations.Me(ctx)
	require.NoError(t, err)
	s.wire(t, sent{"GET", "/me", "", "", 200})

	found, err := s.client.Members.List(ctx, s.org, tallyfy.MemberListOptions{
		Query: me.Email, Sort: "-created_at", Page: 1, PerPage: 5, With: []string{"groups", "stats"},
	})
	require.NoError(t, err)
	require.NotEmpty(t, found.Items)
	assert.Equal(t, me.ID, found.Items[0].ID)
	assert.True(t, found.Items[0].GroupsIncluded)
	s.wire(t, sent{"GET", s.at("/users"), "page=1&per_page=5&q=" + url.QueryEscape(me.Email) +
		"&sort=-created_at&with=groups%2Cstats", "", 200})

	member, err := s.client.Members.Get(ctx, s.org, me.ID, "groups", "stats")
	require.NoError(t, err)
	assert.Equal(t, me.Email, member.Email)
	assert.Equal(t, tallyfy.StatusActive, member.Status)
	assert.True(t, member.CanWork())
	assert.False(t, member.CreatedAt.IsZero())
	assert.True(t, member.GroupsIncluded)
	assert.NotNil(t, member.Stats)
	s.wire(t, sent{"GET", s.at("/users/%s", me.ID), "with=groups%2Cstats", "", 200})

	seen := map[tallyfy.UserID]bool{}
	for m, err := range s.client.Members.All(ctx, s.org, tallyfy.MemberListOptions{PerPage: 25}) {
		require.NoError(t, err)
		assert.False(t, seen[m.ID], "twice: %s", m.Name())
		assert.False(t, m.GroupsIncluded, "not asked for")
		seen[m.ID] = true
	}
	assert.True(t, seen[me.ID])
	var pages []sent
	for from := 0; from < len(seen); from += 25 {
		pages = append(pages, sent{"GET", s.at("/users"), fmt.Sprintf("page=%d&per_page=25", len(pages)+1), "", 200})
	}
	s.wire(t, pages...)

	_, err = s.client.Members.Get(ctx, s.org, "999999999")
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
}

func (s *service) testGuests(t *testing.T) {
	ctx := t.Context()
	page, err := s.client.Guests.List(ctx, s.org, tallyfy.GuestListOptions{Sort: "created_at", Page: 1, PerPage: 3})
	require.NoError(t, err)
	s.wire(t, sent{"GET", s.at("/guests"), "page=1&per_page=3&sort=created_at", "", 200})
	assert.LessOrEqual(t, len(page.Items), 3)
	count := 0
	for g, err := range s.client.Guests.All(ctx, s.org, tallyfy.GuestListOptions{}) {
		require.NoError(t, err)
		assert.Contains(t, g.Email, "@")
		assert.False(t, g.CreatedAt.IsZero())
		count++
	}
	assert.Equal(t, page.Pagination.Total, count)
	if count <= 100 {
		s.wire(t, sent{"GET", s.at("/guests"), "page=1&per_page=100", "", 200})
	}
}

func (s *service) testTasks(t *testing.T) {
	ctx := t.Context()
	me, err := s.client.Organizations.Me(ctx)
	require.NoError(t, err)
	s.wire(t, sent{"GET", "/me", "", "", 200})
	page, err := s.client.Tasks.List(ctx, s.org, tallyfy.TaskListOptions{Owner: me.ID, Status: "active", Page: 1, PerPage: 2})
	require.NoError(t, err)
	s.wire(t, sent{"GET", s.at("/tasks"), fmt.Sprintf("owners=%s&page=1&per_page=2&status=active", me.ID), "", 200})
	assert.LessOrEqual(t, len(page.Items), 2)
	assert.GreaterOrEqual(t, page.Pagination.Total, len(page.Items))
	for _, task := range page.Items {
		assert.NotEmpty(t, task.ID)
		assert.NotEmpty(t, task.Title)
	}

	g, _ := s.makeGroup(t)
	s.forget()
	page, err = s.client.Tasks.List(ctx, s.org, tallyfy.TaskListOptions{Group: g.ID, Status: "active", PerPage: 5})
	require.NoError(t, err)
	assert.Zero(t, page.Pagination.Total, "a new group has no tasks")
	s.wire(t, sent{"GET", s.at("/tasks"), fmt.Sprintf("groups=%s&per_page=5&status=active", g.ID), "", 200})
}

// testRemoval removes a member and lets them in again, which puts them back in their groups.
func (s *service) testRemoval(t *testing.T) {
	if s.removable == "" {
		t.Skip("no member is named who may be removed")
	}
	ctx := t.Context()
	me, err := s.client.Organizations.Me(ctx)
	require.NoError(t, err)
	s.wire(t, sent{"GET", "/me", "", "", 200})
	read := func() *tallyfy.Member {
		t.Helper()
		m, err := s.client.Members.Get(ctx, s.org, s.removable, "groups")
		require.NoError(t, err)
		s.wire(t, sent{"GET", s.at("/users/%s", s.removable), "with=groups", "", 200})
		return m
	}
	before := read()
	require.True(t, before.CanWork())
	for query, o := range map[string]tallyfy.RemoveOptions{
		"": {}, fmt.Sprintf("to=%s&with_reassignment=true", me.ID): {ReassignTo: me.ID},
	} {
		removed, err := s.client.Members.Remove(ctx, s.org, s.removable, o)
		require.NoError(t, err)
		s.wire(t, sent{"DELETE", s.at("/users/%s", s.removable), query, "", 200})
		if removed != nil {
			assert.Equal(t, s.removable, removed.ID)
			assert.Equal(t, tallyfy.StatusDisabled, removed.Status)
		}
		after := read()
		assert.Equal(t, tallyfy.StatusDisabled, after.Status)
		assert.False(t, after.CanWork())
		assert.Empty(t, after.Groups)
		_, err = s.client.Members.Disable(ctx, s.org, s.removable)
		require.NoError(t, err, "once more, without more")
		s.wire(t, sent{"DELETE", s.at("/users/%s/disable", s.removable), "", "", 200})

		_, err = s.client.Members.Enable(ctx, s.org, s.removable)
		require.NoError(t, err)
		s.wire(t, sent{"PUT", s.at("/users/%s/enable", s.removable), "", "", 200})
		again := read()
		assert.True(t, again.CanWork())
		assert.ElementsMatch(t, groupIDs(before), groupIDs(again), "the groups come back by themselves")
	}
}

func groupIDs(m *tallyfy.Member) (ids []tallyfy.ID) {
	for _, g := range m.Groups {
		ids = append(ids, g.ID)
	}
	return ids
}

// testEnableRefusals enables who cannot be enabled. Nobody is changed by it.
func (s *service) testEnableRefusals(t *testing.T) {
	ctx := t.Context()
	_, err := s.client.Members.Enable(ctx, s.org, "999999999")
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
	s.wire(t, sent{"PUT", s.at("/users/999999999/enable"), "", "", 404})
	for m, err := range s.client.Members.All(ctx, s.org, tallyfy.MemberListOptions{}) {
		require.NoError(t, err)
		if !m.IsBot() {
			continue
		}
		s.forget()
		_, err := s.client.Members.Enable(ctx, s.org, m.ID)
		assert.True(t, tallyfy.IsValidation(err) && tallyfy.IsRefused(err), "%v", err)
		s.wire(t, sent{"PUT", s.at("/users/%s/enable", m.ID), "", "", 422})
		return
	}
}

// testRole gives a member another role and the old one back.
func (s *service) testRole(t *testing.T) {
	if s.removable == "" {
		t.Skip("no member is named who may be changed")
	}
	ctx := t.Context()
	before, err := s.client.Members.Get(ctx, s.org, s.removable)
	require.NoError(t, err)
	s.forget()
	for _, role := range []tallyfy.Role{tallyfy.RoleLight, before.Role} {
		m, err := s.client.Members.SetRole(ctx, s.org, s.removable, role)
		require.NoError(t, err)
		s.wire(t, sent{"PUT", s.at("/users/%s/role", s.removable), "", fmt.Sprintf(`{"role":%q}`, role), 200})
		if m != nil {
			assert.Equal(t, role, m.Role)
		}
	}
	_, err = s.client.Members.SetRole(ctx, s.org, s.removable, "king")
	assert.True(t, tallyfy.IsValidation(err), "%v", err)
	_, err = s.client.Members.SetRole(ctx, s.org, "999999999", tallyfy.RoleLight)
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
}

// testDisabling disables a member, who loses the groups, and lets them in again. Deleting for good is refused before that,
// and never tried afterwards.
func (s *service) testDisabling(t *testing.T) {
	if s.removable == "" {
		t.Skip("no member is named who may be disabled")
	}
	ctx := t.Context()
	before, err := s.client.Members.Get(ctx, s.org, s.removable, "groups")
	require.NoError(t, err)
	require.True(t, before.CanWork())
	s.forget()
	_, err = s.client.Members.Delete(ctx, s.org, s.removable)
	require.True(t, tallyfy.IsValidation(err), "%v", err)
	s.wire(t, sent{"DELETE", s.at("/users/%s/delete", s.removable), "", "", 422})
	_, err = s.client.Members.Disable(ctx, s.org, s.removable)
	require.NoError(t, err)
	s.wire(t, sent{"DELETE", s.at("/users/%s/disable", s.removable), "", "", 200})
	after, err := s.client.Members.Get(ctx, s.org, s.removable, "groups")
	require.NoError(t, err)
	assert.True(t, after.IsDisabled())
	assert.Empty(t, after.Groups)
	_, err = s.client.Members.Enable(ctx, s.org, s.removable)
	require.NoError(t, err)
	again, err := s.client.Members.Get(ctx, s.org, s.removable, "groups")
	require.NoError(t, err)
	assert.ElementsMatch(t, groupIDs(before), groupIDs(again))
}

// testInvitationRefusals sends nobody a mail.
func (s *service) testInvitationRefusals(t *testing.T) {
	ctx := t.Context()
	me, err := s.client.Organizations.Me(ctx)
	require.NoError(t, err)
	s.forget()
	_, err = s.client.Members.Invite(ctx, s.org, tallyfy.InviteRequest{Email: me.Email, FirstName: "A", LastName: "B", Role: tallyfy.RoleLight, Message: "Hello"})
	assert.True(t, tallyfy.IsValidation(err), "%v", err)
	s.wire(t, sent{"POST", s.at("/users/invite"), "", fmt.Sprintf(`{"email":%q,"first_name":"A","last_name":"B","role":"light","message":"Hello"}`, me.Email), 422})
	_, err = s.client.Members.Invite(ctx, s.org, tallyfy.InviteRequest{Email: "contract@example.com", FirstName: strings.Repeat("a", 33), LastName: "B", Role: tallyfy.RoleLight, Message: "Hello"})
	assert.NotEmpty(t, tallyfy.FieldErrors(err)["first_name"], "%v", err)
}

// testGuestChanges adds a guest, says who knows them, and removes them.
func (s *service) testGuestChanges(t *testing.T) {
	if s.server == nil {
		t.Skip("a guest who is added gets mail")
	}
	ctx := t.Context()
	const email = "contract+guest@partner.example.com"
	path := s.at("/guests/%s", url.PathEscape(email))
	made, err := s.client.Guests.Create(ctx, s.org, tallyfy.CreateGuestRequest{Email: email, FirstName: "Con", Company: "Tract"})
	require.NoError(t, err)
	s.wire(t, sent{"POST", s.at("/guests"), "", fmt.Sprintf(`{"email":%q,"first_name":"Con","company_name":"Tract"}`, email), 201})
	assert.Equal(t, "Tract", made.Company())
	assert.Empty(t, made.KnownBy())
	tasks, err := s.client.Tasks.Open(ctx, s.org, tallyfy.TaskListOptions{Guest: email})
	require.NoError(t, err)
	s.wire(t, sent{"GET", s.at("/tasks"), "guests=contract%2Bguest%40partner.example.com&per_page=5&status=active", "", 200})
	assert.Equal(t, tallyfy.OpenTasks{Checked: true, Sample: []tallyfy.Task{}}, tasks, "the sample of nobody else")
	for _, ids := range [][]tallyfy.UserID{{s.removable}, nil} {
		body := `[]`
		if len(ids) > 0 {
			body = fmt.Sprintf(`[%s]`, ids[0])
		}
		_, err = s.client.Guests.SetKnownBy(ctx, s.org, email, ids)
		require.NoError(t, err)
		s.wire(t, sent{"PUT", path, "", fmt.Sprintf(`{"email":%q,"associated_members":%s}`, email, body), 201})
		g, err := s.client.Guests.Get(ctx, s.org, email)
		require.NoError(t, err)
		assert.Equal(t, ids, append([]tallyfy.UserID(nil), g.KnownBy()...))
		s.wire(t, sent{"GET", path, "", "", 200})
	}
	require.NoError(t, s.client.Guests.Remove(ctx, s.org, email))
	s.wire(t, sent{"DELETE", path, "", "", 200})
	assert.True(t, tallyfy.IsValidation(s.client.Guests.Remove(ctx, s.org, email)))
	_, err = s.client.Guests.Get(ctx, s.org, email)
	assert.True(t, tallyfy.IsNotFound(err), "%v", err)
}
