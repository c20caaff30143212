package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

const (
	ownAccount = "This is your own account. Removing it would end this session half-way. Ask another administrator. Find an administrator"
	onlyAdmin  = "Maren Dahl is the only active administrator. Make somebody else an administrator first, or nobody will be able to manage "
	standing   = " is the default administrator. Choose another one in Tallyfy under Settings, Organization, Members. Then come back to this page."
	ended      = " is already disabled. Access to Aldermoor Logistics has ended already. What is still held stands below; it can be changed in Tallyfy."
)

// blocked asserts that the wizard says these things at every step, with no way on, and sends nothing.
func (s *site) blocked(path string, want ...string) {
	s.t.Helper()
	for step, p := range map[string]*page{
		"first":  s.get(path).whole(http.StatusOK),
		"second": s.get(path + "/handover").whole(http.StatusConflict),
		"third":  s.get(path + "/plan?to=leave").whole(http.StatusConflict),
		"last":   s.post(path, url.Values{"to": {"leave"}}).whole(http.StatusConflict),
	} {
		assert.Equal(s.t, want, p.texts("[role=alert] li"), step)
		assert.Contains(s.t, p.text("#blockers"), "can't be removed now", step)
		assert.Empty(s.t, p.link("Go on: who takes over?"), step)
		assert.False(s.t, p.has("main form"), step)
	}
	assert.Zero(s.t, s.writes())
}

func TestRemovalIsBlockedWithTheWayOut(t *testing.T) {
	for name, want := range map[string]string{
		"assistant.bot":    "Aldermoor Assistant is a bot. Tallyfy does not remove bots. Switch off the integration that it belongs to in Tallyfy.",
		"maren.dahl":       ownAccount,
		"ingrid.solheim":   "Ingrid Solheim" + standing,
		"gareth.pugh":      "Gareth Pugh" + ended,
		"lena.fischbacher": "Lena Fischbacher has not accepted the invitation yet. Withdraw the invitation in Tallyfy under Settings, Organization, Members.",
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			s.blocked(s.removePath(name), want)
			assert.Equal(t, name == "maren.dahl", s.get(s.removePath(name)).link("Find an administrator") == "/members?role=admin")
		})
	}
}

func TestEverythingThatBlocksARemovalIsSaidAtOnce(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.elsewhere(http.MethodDelete, "/users/"+s.id("ingrid.solheim")+"/disable", "") // Tallyfy makes Maren the default one
	for _, other := range []string{"kwame.asante", "viktor.ionescu"} {
		s.elsewhere(http.MethodPut, "/users/"+s.id(other)+"/role", `{"role":"standard"}`)
	}
	s.sandbox.ClearRequests()
	require.True(t, s.member("maren.dahl").DefaultAdmin)
	s.blocked(s.removePath("maren.dahl"), ownAccount, "Maren Dahl"+standing, onlyAdmin+"Aldermoor Logistics. Find an administrator")
}

func TestRemovalIsBlockedInAnotherOrganisation(t *testing.T) {
	s := newSite(t, siteOptions{})
	s.inOther()
	s.blocked(s.removePath("maren.dahl"), ownAccount, onlyAdmin+"Aldermoor Training Sandpit. Find an administrator")
	s.blocked(s.removePath("ingrid.solheim"),
		"Ingrid Solheim is already disabled. Access to Aldermoor Training Sandpit has ended already. What is still held stands below; it can be changed in Tallyfy.", "Ingrid Solheim"+standing)
}

// Who else is an administrator is known from the list of members. Without it, nobody is said to be the only one.
func TestNobodyIsTheOnlyAdministratorByGuess(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Status: http.StatusForbidden})
	s.blocked(s.removePath("maren.dahl"), ownAccount)
}

func TestRemovalSaysWhatIsHeld(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.elsewhere(http.MethodPut, "/groups/"+s.group("Finance").ID, `{"description":"x","members":[`+s.id("chiara.dangelo")+`]}`)
	s.elsewhere(http.MethodPut, "/groups/"+s.group("People and Culture").ID, `{"description":"x","members":[`+s.id("chiara.dangelo")+`,`+s.id("lena.fischbacher")+`]}`)
	s.sandbox.ClearRequests()
	p := s.get(s.removePath("chiara.dangelo")).whole(http.StatusOK)
	assert.Equal(t, "Remove Chiara D'Angelo", p.text("h1"))
	assert.Equal(t, "What is held", p.text(".steps [aria-current=step]"))
	assert.Equal(t, []string{"Payroll", "Finance", "People and Culture", "Everyone at Aldermoor"}, p.texts(".rows a"), "those left with the fewest first")
	assert.Equal(t, []string{
		"Payroll will have nobody in it. Work sent to Payroll may reach no one.",
		"Finance will have no member, only 1 guest.",
		"People and Culture will have no active member: whoever stays is invited, disabled or a bot.",
	}, p.texts(".rows p span[dir]"))
	assert.Equal(t, []string{"0 other members, 0 guests", "0 other members, 1 guest", "1 other member, 0 guests", "59 other members, 0 guests"}, p.texts(".rows .muted"))
	assert.Contains(t, p.text("section[aria-labelledby=groups] > p"), "4 groups")
	assert.Equal(t, []string{"Found", "Found"}, p.texts("section[aria-labelledby=groups] > p .badge, section[aria-labelledby=tasks] > p .badge"))
	assert.Equal(t, "/groups/"+s.group("Payroll").ID, p.link("Payroll"))
	assert.Contains(t, p.text("section[aria-labelledby=tasks] > p"), plural(s.sandbox.OpenTasks(s.member("chiara.dangelo").ID), "open task"))
	assert.Contains(t, p.text("section[aria-labelledby=other]"), "Not checked", "what no call can tell is said, too")
	assert.False(t, p.has("#blockers"))
	assert.Equal(t, "Who takes over?", p.follow("Go on: who takes over?").whole(http.StatusOK).text("h1"))
	assert.Equal(t, s.memberPath("chiara.dangelo"), p.link("Keep Chiara D'Angelo"))
}

func TestRemovalTellsNoneFromNotChecked(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.elsewhere(http.MethodPut, "/groups/"+s.group("Everyone at Aldermoor").ID, `{"description":"x","members":[]}`)
	p := s.get(s.removePath("noor.vandermeer"))
	assert.Equal(t, "None", p.text("section[aria-labelledby=groups] p"))
	assert.Equal(t, "None", p.text("section[aria-labelledby=tasks] p"))

	s.sandbox.Fail(sandbox.Fault{Route: tasksRoute, Status: http.StatusForbidden})
	p = s.get(s.removePath("noor.vandermeer")).whole(http.StatusOK)
	assert.Contains(t, p.text("section[aria-labelledby=tasks] p"), "Not checked")
	assert.Contains(t, s.get(s.removePath("noor.vandermeer")+"/handover").text(".lead"), "The open tasks could not be counted.")

	s.sandbox.Fail(sandbox.Fault{Route: userRoute, Status: http.StatusOK, Body: `{"data":{"id":7,"email":"x@example.com","status":"active"}}`})
	p = s.get("/members/7/remove").whole(http.StatusOK)
	assert.Contains(t, p.text("section[aria-labelledby=groups] p"), "Not checked")
}

// Without the list of members nobody knows who is active: then a group is not said to be left without.
func TestRemovalDoesNotGuessWhoStays(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Route: usersRoute, Status: http.StatusForbidden})
	p := s.get(s.removePath("chiara.dangelo")).whole(http.StatusOK)
	assert.Equal(t, []string{"Payroll will have nobody in it. Work sent to Payroll may reach no one."}, p.texts(".rows p span[dir]"))
}

func TestLookingAtARemovalChangesNothing(t *testing.T) {
	s := signedIn(t, siteOptions{})
	before := s.state()
	path := s.removePath("chiara.dangelo")
	for _, step := range []string{"", "/handover", "/handover?q=o", "/handover?to=leave", "/plan?to=leave", "/plan?to=" + s.id("siobhan.obrien"), "/plan"} {
		p := s.get(path + step)
		assert.Equal(t, 1, p.Find("h1").Length())
		s.do(s.request(http.MethodHead, path+step, nil))
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		assert.Equal(t, http.StatusMethodNotAllowed, s.do(s.request(method, path, url.Values{"to": {"leave"}})).status)
	}
	cross := s.request(http.MethodPost, path, url.Values{"to": {"leave"}})
	cross.Header.Set("Origin", "https://elsewhere.example")
	s.do(cross).whole(http.StatusForbidden)
	assert.Zero(t, s.writes())
	assert.Equal(t, before, s.state())
	assert.NotContains(t, strings.ToLower(s.log.String()), "panic")
}
