package history_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestWhatPagesReadAnywayIsRemembered(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	calls := len(d.Sandbox.Requests())
	d.read()
	assert.Empty(t, d.events())
	again := len(d.Sandbox.Requests()) - calls
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	assert.Equal(t, []string{"joined: Noor van der Meer, Payroll"}, d.events())
	assert.Len(t, d.Sandbox.Requests(), calls+2*again, "nothing is read for it")
	d.read()
	assert.Len(t, d.events(), 1)
}

func TestAReadingThatIsCutShortMakesNoEvents(t *testing.T) {
	d := newDesk(t, sitetest.Options{Sandbox: sandbox.Options{Groups: 150}})
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.Sandbox.Fail(sandbox.Fault{Method: "GET", Route: sitetest.GroupsRoute, Status: 500, Skip: 1, Times: 20})
	d.read()
	assert.Empty(t, d.events())
}

// Somebody who is no administrator may see less, and what they see is not compared.
func TestReadingsOfOthersAreNotCompared(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	d.elsewhere("Payroll", "noor.vandermeer", true)
	other := &desk{d.As(t), t}
	other.SignInWith(sandbox.StandardToken)
	other.read()
	assert.Empty(t, d.events())
	colleague := &desk{d.As(t), t}
	colleague.SignInWith(sandbox.ColleagueToken).Form("form:has([name=organization])").Set("organization", d.Org).Submit("Continue")
	colleague.Get("/")
	colleague.waitUntilCompared()
	assert.Len(t, d.events(), 1, "administrators see the same")
	d.read()
	assert.Len(t, d.events(), 1)
}

func TestAChangeMadeHereIsNoEventOfElsewhere(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	g := d.Group("Payroll")
	d.Get(d.GroupPath("Payroll")+"/people?find=noor").Form("main form[data-form]").Tick("add", d.ID("noor.vandermeer")).Submit("Save")
	require.Len(t, d.Group("Payroll").Members, len(g.Members)+1)
	d.read()
	assert.Empty(t, d.events())
	d.elsewhere("Payroll", "noor.vandermeer", false)
	d.read()
	assert.Equal(t, []string{"left: Noor van der Meer, Payroll"}, d.events())
}

// Who is deleted for good is taken out of the history, too.
func TestErasedPeopleAreTakenOut(t *testing.T) {
	d := newDesk(t, sitetest.Options{})
	d.elsewhere("Payroll", "noor.vandermeer", true)
	d.read()
	d.elsewhere("Payroll", "noor.vandermeer", false)
	d.Disable("noor.vandermeer")
	d.read()
	require.Len(t, d.events(), 3)
	m := d.Member("noor.vandermeer")
	p := d.Get(d.MemberPath("noor.vandermeer")+"/delete").Form("main form").Set("phrase", m.Email).Submit("")
	require.Contains(t, p.Text("main"), "deleted for good")
	d.read()
	assert.Equal(t, []string{"left: , Payroll", "joined: , Payroll"}, d.events(), "nobody is named, and the group that still holds the id tells nothing")
}
