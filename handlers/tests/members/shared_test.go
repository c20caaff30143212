package members_test

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
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

// Two sessions with one token tick others on a list that Tallyfy itself gave, at the same time. The
// race detector looks at it, too.
func TestTicksOnAListOfTallyfyAreThoseOfTheSession(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	other := s.As(t)
	other.SignIn()
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/groups", Method: http.MethodGet, Status: http.StatusInternalServerError})
	s.Get("/members").Whole(http.StatusOK)
	var all sync.WaitGroup
	for of, name := range map[*sitetest.Site]string{s: "chiara.dangelo", other: "anna.kowalska"} {
		id := s.ID(name)
		of.Post("/members/selection", url.Values{"do": {"keep"}, "ids": {id}}).Whole(http.StatusOK)
		all.Go(func() {
			for range 10 {
				ticked := of.Get("/members").Whole(http.StatusOK).Find("tbody input[checked]")
				value, _ := ticked.Attr("value")
				assert.Equal(t, []any{1, id}, []any{ticked.Length(), value}, name)
			}
		})
	}
	all.Wait()
}
