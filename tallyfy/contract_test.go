package tallyfy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// groupPrefix marks the groups that the suite makes, so that a leftover is recognised. It deletes only what it made.
const groupPrefix = "tallyfy-admin contract"

// service is what the contract suite runs against: the sandbox (contract_sandbox_test.go) or a staging service
// (contract_staging_test.go). The suite holds what is true of both; exact values of the demo organisation stand in
// the sandbox's own tests.
type service struct {
	client    *tallyfy.Client
	org       tallyfy.ID
	removable tallyfy.UserID  // a member who may be removed and enabled again; "": removal is left out
	server    *sandbox.Server // nil when what goes over the wire cannot be seen
}

// sent is a request as it arrived. Body is compared as JSON.
type sent struct {
	method, path, query, body string
	status                    int
}

// wire checks all requests since the last check, their headers included, and so the number of calls.
func (s *service) wire(t *testing.T, want ...sent) {
	t.Helper()
	if s.server == nil {
		return
	}
	got := s.server.Requests()
	s.server.ClearRequests()
	require.Len(t, got, len(want))
	for i, w := range want {
		r := got[i]
		assert.Equal(t, w, sent{r.Method, r.Path, r.RawQuery, w.body, r.Status})
		assert.Equal(t, sandbox.AdminToken, r.Token)
		assert.Equal(t, "application/json", r.Header.Get("Accept"))
		assert.Equal(t, "APIClient", r.Header.Get("X-Tallyfy-Client"))
		if w.body == "" {
			assert.Empty(t, r.Body)
			assert.NotContains(t, r.Header, "Content-Type")
			continue
		}
		assert.JSONEq(t, w.body, string(r.Body))
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
	}
}

// forget leaves the requests so far out of the next check.
func (s *service) forget() {
	if s.server != nil {
		s.server.ClearRequests()
	}
}

// at is a path inside the organisation.
func (s *service) at(format string, ids ...any) string {
	return "/organizations/" + string(s.org) + fmt.Sprintf(format, ids...)
}

func runContract(t *testing.T, s *service) {
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"me", s.testMe},
		{"groups", s.testGroups},
		{"group lists", s.testGroupLists},
		{"group refusals", s.testGroupRefusals},
		{"members", s.testMembers},
		{"guests", s.testGuests},
		{"tasks", s.testTasks},
		{"files", s.testFiles},
		{"activity", s.testActivity},
		{"removal", s.testRemoval},
		{"enable refusals", s.testEnableRefusals},
		{"role", s.testRole},
		{"disabling", s.testDisabling},
		{"invitation refusals", s.testInvitationRefusals},
		{"guest changes", s.testGuestChanges},
	} {
		s.forget()
		t.Run(part.name, part.run)
	}
}

func (s *service) testMe(t *testing.T) {
	me, err := s.client.Organizations.Me(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, me.ID)
	assert.Contains(t, me.Email, "@")
	assert.NotEmpty(t, me.Name())
	s.wire(t, sent{"GET", "/me", "", "", 200})

	all, err := s.client.Organizations.List(t.Context())
	require.NoError(t, err)
	found := false
	for _, o := range all {
		assert.NotEmpty(t, o.Name)
		assert.False(t, o.CreatedAt.IsZero())
		found = found || o.ID == s.org
	}
	assert.True(t, found)
	if len(all) < 10 {
		s.wire(t, sent{"GET", "/me/organizations", "page=1&per_page=100", "", 200})
	}

	member, err := s.client.Organizations.Membership(t.Context(), s.org)
	require.NoError(t, err)
	assert.Equal(t, me.ID, member.ID)
	assert.Equal(t, tallyfy.RoleAdmin, member.Role, "the suite needs an administrator's token")
	s.wire(t, sent{"GET", s.at("/me"), "", "", 200})
}
