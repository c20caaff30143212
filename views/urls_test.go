package views

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

func TestURLsAreBelowTheBaseAndEscaped(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		u := URLs{Base: base}
		for got, want := range map[string]string{
			u.Home():                       "/",
			u.Overview():                   "/",
			u.In("a/b").Overview():         "/o/a%2Fb/",
			u.SignIn(""):                   "/signin",
			u.SignIn("/groups?q=a&page=2"): "/signin?next=%2Fgroups%3Fq%3Da%26page%3D2",
			u.SignInUnsent("/groups"):      "/signin?next=%2Fgroups&unsent=1",
			u.SignOut():                    "/signout",
			u.Group("a/b ?#%"):             "/groups/a%2Fb%20%3F%23%25",
			u.GroupLogo("1", ""):           "/groups/1/logo",
			u.GroupLogo("1", "v&1"):        "/groups/1/logo?v=v%261",
			u.GroupList(ListState{PerPage: DefaultPageSize}): "/groups",
			u.Administrators(): "/members?role=admin",
			refreshed(u.GroupList(ListState{PerPage: DefaultPageSize, Page: 1})):                                              "/groups?refresh=1",
			refreshed(u.MemberList(ListState{PerPage: DefaultPageSize, Page: 2, Chosen: map[string]string{"role": "admin"}})): "/members?page=2&role=admin&refresh=1",
			u.DeleteGroup("1"):             "/groups/1/delete",
			u.NewGroup():                   "/groups/new",
			u.Sandbox("1", ""):             "/sandbox?group=1",
			u.Member("17"):                 "/members/17",
			u.MemberTasks("17"):            "/members/17/tasks",
			u.CopyGroup("1"):               "/groups/new?from=1",
			u.MergeGroup("1", "2"):         "/groups/1/merge?into=2",
			u.MemberGroups("17"):           "/members/17/groups",
			u.MakeLike("17"):               "/members/17/groups#field-who",
			u.GroupTasks("1"):              "/groups/1/tasks",
			u.Guest("a?b#c@x.example"):     "/guests/a%3Fb%23c@x.example",
			u.GuestTasks("a@x.example"):    "/guests/a@x.example/tasks",
			u.GuestCheck("a@x.example"):    "/guests/a@x.example?check=again",
			u.RemoveGuest("a/b@x.example"): "/guests/~YS9iQHguZXhhbXBsZQ/remove",
			u.RemoveMember("17"):           "/members/17/remove",
			u.RemovalHandover("17", ""):    "/members/17/remove/handover",
			u.RemovalHandover("17", "18"):  "/members/17/remove/handover?to=18",
			u.RemovalPlan("17", "a b"):     "/members/17/remove/plan?to=a+b",
			u.Access(AccessState{}):        "/access",
			u.Access(AccessState{Groups: []tallyfy.ID{"b", "a"}, Like: "17", Query: "x", Everybody: true, Page: 2}): "/access?group=b&group=a&like=17&page=2&q=x&show=everybody",
			u.AccessFile(AccessState{Page: 2}): "/access.csv",
			u.Trash(""):                        "/trash",
			u.Trash("e"):                       "/trash?before=e",
			u.BringBack("17", "choose", []tallyfy.ID{"b", "a"}): "/members/17/enable?group=b&group=a&groups=choose",
			u.TrashFile():            "/trash.csv",
			u.TrashPicture("e"):      "/trash/e/picture",
			u.Entry("../../signout"): "/activity/..%2F..%2Fsignout",
		} {
			assert.Equal(t, base+want, got)
		}
		assert.Equal(t, "/groups?q=a", u.Local(base+"/groups?q=a"))
	}
}

func FuzzAddressesOfGuestsComeBack(f *testing.F) {
	for _, email := range []string{"a/b@x.example", "~YQ@x.example", "100%@x.example", `\\@x`, "ü@x.example", "..@x", "a%2f@x"} {
		f.Add(email)
	}
	f.Fuzz(func(t *testing.T, email string) {
		if !tallyfy.PlausibleAddress(email) {
			return
		}
		part, ok := strings.CutPrefix(URLs{}.Guest(email), "/guests/")
		require.True(t, ok)
		require.NotContains(t, part, "/")
		plain, err := url.PathUnescape(part)
		require.NoError(t, err)
		require.Equal(t, email, GuestOf(plain))
		require.False(t, tallyfy.IsOdd(plain))
	})
}
