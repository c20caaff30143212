package removal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

// There are two Anna Kowalskas. One leaves, the other takes over: each sentence says which is which, and the right one goes.
func TestRemovingOneOfTwoOfTheSameName(t *testing.T) {
	t.Parallel()
	for leaver, heir := range map[string]string{"anna.kowalska": "a.kowalska", "a.kowalska": "anna.kowalska"} {
		t.Run(leaver, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			gone, stays := "Anna Kowalska ("+leaver+"@example.com)", "Anna Kowalska ("+heir+"@example.com)"
			before, old := s.State(), s.Member(heir)
			p := s.Get(s.PlanPath(leaver, heir)).Whole(http.StatusOK)
			lines := sentences(p)
			require.GreaterOrEqual(t, len(lines), 5)
			assert.Equal(t, gone+" loses access to Aldermoor Logistics immediately.", lines[0])
			assert.Contains(t, lines[2], "They leave ")
			moved := "All their open tasks are reassigned to " + stays + "."
			assert.Contains(t, lines[len(lines)-3], moved+" There ")
			assert.Equal(t, steps(stays), lines[len(lines)-2])
			assert.Contains(t, lines[len(lines)-1], stays+" is not added to ")
			assert.Equal(t, []string{"Remove " + gone + " and give the work to " + stays}, p.Texts("main form button"))

			p = p.Form("main form").Submit("")
			said := receiptOf(p)
			assert.Equal(t, "Confirmed", said[lines[0]])
			assert.Equal(t, "Confirmed", said[moved])
			require.Len(t, s.Removals(), 1)
			assert.Equal(t, "/organizations/"+s.Sandbox.OrgID()+"/users/"+s.ID(leaver), s.Removals()[0].Path)
			assert.Equal(t, "disabled", s.Member(leaver).Status)
			assert.Equal(t, old, s.Member(heir))
			assert.Equal(t, before.Tasks[old.ID]+before.Tasks[s.Member(leaver).ID], s.Sandbox.OpenTasks(old.ID))
		})
	}
}

// Two people of one name are told apart in every step, also where the work stays.
func TestALeaverWithANamesakeIsNamedByAddress(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.PlanPath("anna.kowalska", "leave")).Whole(http.StatusOK)
	const called = "Anna Kowalska (anna.kowalska@example.com)"
	assert.Equal(t, "Remove "+called+": the plan", p.Text("h1"))
	assert.Equal(t, called, p.Text(".breadcrumb a"))
	assert.Contains(t, p.Text("title"), called)
	assert.Equal(t, s.RemovePath("anna.kowalska"), p.Link("Groups and tasks"), "a finished step is a link")
	assert.Equal(t, s.RemovePath("anna.kowalska")+"/handover?to=leave", p.Link("Who takes over"))
	assert.Equal(t, "Remove Anna Kowalska (anna.kowalska@example.com) and leave the work in their name", p.Text("main form button"))
}
