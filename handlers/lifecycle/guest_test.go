package lifecycle_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/tallyfy"
)

// Tallyfy may list a guest who was removed, with the time in deleted_at.
func TestARemovedGuestCanBeAddedAndInvitedAgain(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/guests/") {
			_, _ = io.WriteString(w, `{"data":{"id":1,"email":"ann@out.example","first_name":"Ann","deleted_at":"2026-11-01 10:00:00","details":{"associated_members":null}}}`)
			return
		}
		_, _ = io.WriteString(w, `{"data":[]}`)
	}))
	defer server.Close()
	base, err := tallyfy.New(tallyfy.Options{BaseURL: server.URL})
	require.NoError(t, err)
	client, org := base.WithToken("token"), tallyfy.Organization{ID: "o"}

	c := &lifecycle.GuestCreation{Client: client, Org: org, Request: tallyfy.CreateGuestRequest{Email: "ann@out.example"}}
	require.NoError(t, c.Look(t.Context()))
	assert.Empty(t, c.Standing())
	plan := c.Plan()
	assert.False(t, plan.Stopped)
	findings, err := c.Check(t.Context(), &journal.Entry{Intent: journal.Intent{Subjects: plan.Subjects, Plan: plan.Plan}})
	require.NoError(t, err)
	assert.Equal(t, journal.NotAsExpected, findings[0].Result, "who is still marked as removed was not added")

	i := &lifecycle.Invitation{Client: client, Org: org, Request: tallyfy.InviteRequest{Email: "ann@out.example", FirstName: "Ann", LastName: "B", Role: tallyfy.RoleStandard, Message: "Hello"}}
	require.NoError(t, i.Look(t.Context()))
	assert.Empty(t, i.Standing())
	assert.False(t, i.Plan().Stopped)
}
