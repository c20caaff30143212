package members_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// The list of a member's groups is that of all who look at them at the same time.
func TestAPageLeavesTheGroupsOfTheCopyAsTheyAre(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/members").Whole(http.StatusOK)
	_, groups, ok := s.App.Directory.Cached(cache.ScopeOf(sandbox.AdminToken, tallyfy.ID(s.Sandbox.OrgID())))
	require.True(t, ok)
	shared := groups.Of(tallyfy.UserID(s.ID("soren.kjaergaard")))
	before := slices.Clone(shared)
	s.Get(s.MemberPath("soren.kjaergaard") + "/groups").Whole(http.StatusOK)
	assert.True(t, slices.Equal(before, shared))
}
