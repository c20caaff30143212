package site_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
)

// The page after a change may be answered by another process on the same database, which keeps what it read before.
func TestAChangeIsSeenAtOnceAtEveryReplica(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	here := sitetest.New(t, sitetest.Options{Recall: time.Minute, Store: db})
	there := sitetest.New(t, sitetest.Options{Recall: time.Minute, Store: db, Transport: here.Sandbox.Transport()})
	there.Client, there.Sandbox = here.Client, here.Sandbox // cookies do not know ports
	here.SignIn()

	lists := []string{"/groups?per_page=100", "/groups?people=one", "/groups?q=council"}
	names := func() (all []string) {
		for _, list := range lists {
			all = append(all, there.Get(list).Whole(http.StatusOK).Texts("tbody .name")...)
		}
		return all
	}
	here.Elsewhere(http.MethodPut, here.GroupPath("Works Council"), `{"name":"Works Council","description":"x","members":[`+here.ID("fatou.ndiaye")+`]}`)
	person, group := here.MemberPath("fatou.ndiaye"), here.GroupPath("Works Council")
	require.Contains(t, names(), "Works Council")
	require.Contains(t, there.Get(person).Texts(".rows a"), "Works Council")
	there.Get(group).Whole(http.StatusOK)

	here.Once(here.Get(here.DeletePath("Works Council")).Form("main form").Prepare(""))
	require.False(t, here.Exists("Works Council"))
	assert.NotContains(t, names(), "Works Council")
	assert.NotContains(t, there.Get(person).Texts(".rows a"), "Works Council")
	there.Get(group).Whole(http.StatusNotFound)

	here.Once(here.GroupForm("Night Council", "x").Prepare("Create the group"))
	require.True(t, here.Exists("Night Council"))
	assert.Contains(t, names(), "Night Council")

	people := "/members?status=active&q=chiara"
	require.Len(t, there.Get(people).Whole(http.StatusOK).Texts("tbody .name"), 1)
	here.Once(here.Get(here.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form").Prepare(""))
	require.Equal(t, "disabled", here.Member("chiara.dangelo").Status)
	assert.Empty(t, there.Get(people).Whole(http.StatusOK).Texts("tbody .name"))

	// A page that is looked at again has nothing to drop.
	there.Get("/groups?people=one")
	here.Sandbox.ClearRequests()
	there.Get("/groups?people=one").Whole(http.StatusOK)
	assert.Empty(t, here.Sandbox.Requests())
}
