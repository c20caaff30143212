package site_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
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

// The form for a group's people may be sent to another process than the one that showed it, which cannot name whom
// others have added since. It says that somebody did, and keeps them.
func TestAnEditSaysAtEveryReplicaThatOthersChangedTheGroup(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	here := sitetest.New(t, sitetest.Options{Store: db})
	there := sitetest.New(t, sitetest.Options{Store: db, Transport: here.Sandbox.Transport()})
	there.Client, there.Sandbox = here.Client, here.Sandbox // cookies do not know ports
	here.SignIn()
	group := here.Group("Finance")
	form := func() *sitetest.Form {
		f := here.Get("/groups/"+group.ID+"/people?find=noor").Form("main form[data-form]").Tick("add", here.ID("noor.vandermeer"))
		f.Page.Site = there // where it is sent to
		return f
	}
	f := form()
	here.Sandbox.ChangeGroup(group.ID, sandbox.GroupChange{Add: []int{here.Member("yuki.tanabe").ID}})
	p := f.Submit("Save").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .notice"), "Noor van der Meer was added to Finance. Since you opened this page it was changed who is in the group. That is kept.")
	assert.Contains(t, here.Group("Finance").Members, here.Member("yuki.tanabe").ID)

	here.Sandbox.ChangeGroup(group.ID, sandbox.GroupChange{Remove: []int{here.Member("noor.vandermeer").ID}})
	p = form().Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Done. Noor van der Meer was added to Finance. Undo", p.Text("main .notice"), "nobody else changed anything")
}
