package removal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const (
	ownAccount = "This is your own account. You can't remove yourself. Ask another administrator. Find an administrator"
	onlyAdmin  = "Maren Dahl is the only active administrator. Make somebody else an administrator first, or nobody will be able to manage "
	standing   = " is the default administrator. Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page."
	ended      = " is already disabled. Their access to Aldermoor Logistics has ended already. What they still hold is listed below; change it in Tallyfy."
)

// blocked asserts that the wizard says these things at every step, with no way on, and sends nothing.
func blocked(s *sitetest.Site, path string, want ...string) {
	s.T.Helper()
	for step, p := range map[string]*sitetest.Page{
		"first":  s.Get(path).Whole(http.StatusOK),
		"second": s.Get(path + "/handover").Whole(http.StatusConflict),
		"third":  s.Get(path + "/plan?to=leave").Whole(http.StatusConflict),
		"last":   s.Post(path, url.Values{"to": {"leave"}}).Whole(http.StatusConflict),
	} {
		assert.Equal(s.T, want, p.Texts("[role=alert] li"), step)
		assert.Contains(s.T, p.Text("#blockers"), "can't be removed now", step)
		assert.Empty(s.T, p.Link("Next: choose who takes over"), step)
		assert.False(s.T, p.Has("main form"), step)
	}
	assert.Zero(s.T, s.Writes())
}

func TestRemovalIsBlockedWithTheWayOut(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"assistant.bot":    "Aldermoor Assistant is a bot. Tallyfy does not remove bots. Switch off the integration that it belongs to in Tallyfy.",
		"maren.dahl":       ownAccount,
		"ingrid.solheim":   "Ingrid Solheim" + standing,
		"gareth.pugh":      "Gareth Pugh" + ended,
		"lena.fischbacher": "Lena Fischbacher has not accepted the invitation yet. Withdraw the invitation in Tallyfy under Settings, Organization, Members.",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			blocked(s, s.RemovePath(name), want)
			assert.Equal(t, name == "maren.dahl", s.Get(s.RemovePath(name)).Link("Find an administrator") == "/members?role=admin")
		})
	}
}

func TestEverythingThatBlocksARemovalIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodDelete, "/users/"+s.ID("ingrid.solheim")+"/disable", "") // Tallyfy makes Maren the default one
	for _, other := range []string{"kwame.asante", "viktor.ionescu"} {
		s.Elsewhere(http.MethodPut, "/users/"+s.ID(other)+"/role", `{"role":"standard"}`)
	}
	s.Sandbox.ClearRequests()
	require.True(t, s.Member("maren.dahl").DefaultAdmin)
	blocked(s, s.RemovePath("maren.dahl"), ownAccount, "Maren Dahl"+standing, onlyAdmin+"Aldermoor Logistics. Find an administrator")
}

func TestRemovalIsBlockedInAnotherOrganisation(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	inOther(s)
	blocked(s, s.RemovePath("maren.dahl"), ownAccount, onlyAdmin+"Aldermoor Training Sandpit. Find an administrator")
	blocked(s, s.RemovePath("ingrid.solheim"),
		"Ingrid Solheim is already disabled. Their access to Aldermoor Training Sandpit has ended already. What they still hold is listed below; change it in Tallyfy.", "Ingrid Solheim"+standing)
}

// Who else is an administrator is known from the list of members. Without it, nobody is said to be the only one.
func TestNobodyIsTheOnlyAdministratorByGuess(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Status: http.StatusForbidden})
	blocked(s, s.RemovePath("maren.dahl"), ownAccount)
}

func TestRemovalSaysWhatIsHeld(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodPut, "/groups/"+s.Group("Finance").ID, `{"description":"x","members":[`+s.ID("chiara.dangelo")+`]}`)
	s.Elsewhere(http.MethodPut, "/groups/"+s.Group("People and Culture").ID, `{"description":"x","members":[`+s.ID("chiara.dangelo")+`,`+s.ID("lena.fischbacher")+`]}`)
	s.Sandbox.ClearRequests()
	p := s.Get(s.RemovePath("chiara.dangelo")).Whole(http.StatusOK)
	assert.Equal(t, "Remove Chiara D'Angelo", p.Text("h1"))
	assert.Equal(t, "Groups and tasks", p.Text(".steps [aria-current=step]"))
	assert.Equal(t, []string{
		"Payroll: Nobody", "Finance: No members, only 1 guest",
		"People and Culture: No active members: those left are invited, disabled or bots", "Everyone at Aldermoor: 59 members",
	}, left(p), "those left with the fewest first")
	assert.Equal(t, 3, p.Find(".left .few").Length())
	assert.Contains(t, p.Text("section[aria-labelledby=groups] > p"), "4 groups")
	assert.False(t, p.Has("section[aria-labelledby=groups] > p .badge, section[aria-labelledby=tasks] > p .badge"), "what is ordinary is not marked")
	assert.Equal(t, "/groups/"+s.Group("Payroll").ID, p.Link("Payroll"))
	assert.Contains(t, p.Text("section[aria-labelledby=tasks] > p"), sitetest.Plural(s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID), "open task"))
	assert.Contains(t, p.Text("section[aria-labelledby=other]"), "Not checked", "what no call can tell is said, too")
	assert.False(t, p.Has("#blockers"))
	assert.Equal(t, "Remove Chiara D'Angelo: who takes over?", p.Follow("Next: choose who takes over").Whole(http.StatusOK).Text("h1"))
	assert.Equal(t, "/members", p.Link("Cancel"))
}

func TestRemovalTellsNoneFromNotChecked(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodPut, "/groups/"+s.Group("Everyone at Aldermoor").ID, `{"description":"x","members":[]}`)
	p := s.Get(s.RemovePath("noor.vandermeer"))
	assert.Equal(t, "In no group.", p.Text("section[aria-labelledby=groups] p"))
	assert.Equal(t, "No open tasks.", p.Text("section[aria-labelledby=tasks] p"))

	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: http.StatusForbidden})
	p = s.Get(s.RemovePath("noor.vandermeer")).Whole(http.StatusOK)
	assert.Contains(t, p.Text("section[aria-labelledby=tasks] p"), "Not checked")
	assert.Contains(t, s.Get(s.RemovePath("noor.vandermeer")+"/handover").Text(".lead"), "The open tasks could not be counted.")

	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UserRoute, Status: http.StatusOK, Body: `{"data":{"id":7,"email":"x@example.com","status":"active"}}`})
	p = s.Get("/members/7/remove").Whole(http.StatusOK)
	assert.Contains(t, p.Text("section[aria-labelledby=groups] p"), "Not checked")
}

// Without the list of members nobody knows who is active: then a group is not said to be left without.
func TestRemovalDoesNotGuessWhoStays(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Status: http.StatusForbidden})
	p := s.Get(s.RemovePath("chiara.dangelo")).Whole(http.StatusOK)
	assert.Equal(t, []string{"Nobody"}, p.Texts(".left .few"))
}

func TestLookingAtARemovalChangesNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.State()
	path := s.RemovePath("chiara.dangelo")
	for _, step := range []string{"", "/handover", "/handover?q=o", "/handover?to=leave", "/plan?to=leave", "/plan?to=" + s.ID("siobhan.obrien"), "/plan"} {
		p := s.Get(path + step)
		assert.Equal(t, 1, p.Find("h1").Length())
		s.Do(s.Request(http.MethodHead, path+step, nil))
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		assert.Equal(t, http.StatusMethodNotAllowed, s.Do(s.Request(method, path, url.Values{"to": {"leave"}})).Status)
	}
	cross := s.Request(http.MethodPost, path, url.Values{"to": {"leave"}})
	cross.Header.Set("Origin", "https://elsewhere.example")
	s.Do(cross).Whole(http.StatusForbidden)
	assert.Zero(t, s.Writes())
	assert.Equal(t, before, s.State())
	assert.NotContains(t, strings.ToLower(s.Log.String()), "panic")
}
