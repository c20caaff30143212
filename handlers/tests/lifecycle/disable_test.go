package lifecycle_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestSomebodyIsDisabled(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	open := s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID)
	p := s.Get(s.MemberPath("chiara.dangelo")).Follow("Disable only…").Whole(http.StatusOK)
	assert.Equal(t, "Disable Chiara D'Angelo", p.Text("h1"))
	lines := p.Texts("ol.plan li")
	assert.Equal(t, "Chiara D'Angelo loses access to Aldermoor Logistics immediately.", lines[0])
	assert.Equal(t, "Chiara D'Angelo leaves 4 groups: Everyone at Aldermoor, Finance, Payroll and “People and Culture”. The receipt keeps which.", lines[1])
	assert.Contains(t, lines[2], "The open tasks stay in Chiara D'Angelo's name.")
	assert.Contains(t, p.Text("main"), "Tallyfy deletes the permissions for templates and processes that were given to Chiara D'Angelo personally.")
	assert.Equal(t, "Remove Chiara D'Angelo", p.Follow("Remove and hand the work over…").Text("h1"))
	assert.Zero(t, s.Writes())
	form := p.Form("main form")
	p = form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Equal(t, "Done. Chiara D'Angelo is disabled.", p.Text(".notice.done"))
	assert.Equal(t, []string{"Confirmed", "Confirmed", "Confirmed"}, p.Texts("ol.plan .badge"))
	assert.Contains(t, p.Text("section[aria-labelledby=differences]"), "Payroll")
	after := s.Member("chiara.dangelo")
	assert.Equal(t, "disabled", after.Status)
	assert.Empty(t, after.Groups)
	assert.Equal(t, open, s.Sandbox.OpenTasks(after.ID))
	assert.Equal(t, p.URL, form.Submit("").URL)
	assert.Equal(t, 1, s.Writes())
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl disabled Chiara D'Angelo. Confirmed")
	assert.Contains(t, s.Get("/members?status=disabled").Text("tbody"), "Chiara D'Angelo", "the copy knows at once")
}

func TestWhoCannotBeDisabled(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for who, says := range map[string]string{
		"maren.dahl": "This is your own account.", "assistant.bot": "is a bot.", "gareth.pugh": "is already disabled.",
		"lena.fischbacher": "has not accepted the invitation yet.", "ingrid.solheim": "is the default administrator.",
	} {
		p := s.Get(s.MemberPath(who) + "/disable").Whole(http.StatusOK)
		assert.Contains(t, p.Text("[role=alert]"), says)
		assert.False(t, p.Has("main form"))
		p = s.Post(s.MemberPath(who)+"/disable", nil).Whole(http.StatusConflict)
		assert.Contains(t, p.Text("[role=alert]"), says)
	}
	assert.Zero(t, s.Writes())
}

// Who joins a group meanwhile is shown again before anything is done.
func TestADisablingThatChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get(s.MemberPath("noor.vandermeer") + "/disable").Form("main form")
	s.Sandbox.ChangeGroup(s.Group("Payroll").ID, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}})
	p := form.Submit("").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "something has changed since you opened this page")
	assert.Contains(t, p.Text("ol.plan"), "Payroll")
	assert.Zero(t, s.Writes())
}

func TestADisablingWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{true, false} {
		s := sitetest.SignedIn(t, sitetest.Options{Attempt: time.Second})
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Times: 1, Abort: true, Execute: sent})
		p := s.Get(s.MemberPath("noor.vandermeer") + "/disable").Form("main form").Submit("").Whole(http.StatusOK)
		says := "but it is done: Noor van der Meer is disabled."
		if !sent {
			says = "Noor van der Meer is still active. It may still be under way"
		}
		assert.Contains(t, p.Text(".notice"), says)
		assert.Equal(t, 1, s.Writes())
	}
}

// Only who is disabled can be deleted for good, one at a time, after the address was typed.
func TestSomebodyIsDeletedForGood(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.MemberPath("gareth.pugh")).Follow("Delete for good…").Whole(http.StatusOK)
	assert.Equal(t, []string{"The account of Gareth Pugh is deleted in every organisation that it belongs to, not only in Aldermoor Logistics. It can't come back."}, p.Texts("ol.plan li"))
	assert.Contains(t, p.Text("main"), "Activity keeps this change and earlier ones for 400 days, with the name and the address")
	for _, typed := range []string{"", "gareth.pugh", "Gareth Pugh", "gareth.pugh@example.org"} {
		again := p.Form("main form").Set("phrase", typed).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, again.Text("#error-phrase"), "Nothing was deleted.")
		assert.Equal(t, typed, again.Form("main form").Values.Get("phrase"))
	}
	assert.Zero(t, s.Writes())
	path := s.MemberPath("gareth.pugh")
	p = p.Form("main form").Set("phrase", " Gareth.Pugh@example.com ").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. The account of Gareth Pugh (gareth.pugh@example.com) is deleted for good.", p.Text(".notice.done"))
	_, there := s.Sandbox.MemberByEmail("gareth.pugh@example.com")
	assert.False(t, there)
	assert.Equal(t, 1, s.Writes())
	assert.NotContains(t, s.Get("/members?status=disabled").Text("tbody"), "Gareth Pugh")
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl deleted the account of Gareth Pugh for good. Confirmed")
	s.Get(path).Whole(http.StatusNotFound)
}

// A 404 that is not Tallyfy's own proves nothing, and takes nobody out of history and reviews.
func TestNotFoundOfAProxyProvesNoDeletion(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Status: http.StatusBadGateway, Meanwhile: func() {
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Status: http.StatusNotFound, Body: "<html>nginx</html>"})
	}})
	p := s.Get(s.MemberPath("gareth.pugh")+"/delete").Form("main form").Set("phrase", "gareth.pugh@example.com").Submit("")
	s.Sandbox.ClearFaults()
	assert.NotContains(t, p.Text("main"), "is deleted for good")
	assert.Contains(t, p.Text("main"), "didn't confirm")
	_, there := s.Sandbox.MemberByEmail("gareth.pugh@example.com")
	assert.True(t, there)
}

func TestWhoCannotBeDeletedForGood(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for who, says := range map[string]string{
		"maren.dahl": "This is your own account.", "assistant.bot": "is a bot.", "esi.mensah": "is not disabled.", "lena.fischbacher": "is not disabled.",
	} {
		p := s.Get(s.MemberPath(who) + "/delete").Whole(http.StatusOK)
		assert.Contains(t, p.Text("[role=alert]"), says)
		assert.False(t, p.Has("main form"))
		s.Post(s.MemberPath(who)+"/delete", url.Values{"phrase": {who + "@example.com"}}).Whole(http.StatusConflict)
	}
	assert.Zero(t, s.Writes())
	assert.Empty(t, s.Get(s.MemberPath("esi.mensah")).Link("Delete for good…"))
}
