package removal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
)

const changedNote = "Stopped before anything was done. Something has changed since you opened the plan. This is how it is now."

// What a plan promises can become untrue before its button is pressed: then the button shows how it is now.
func TestAPlanThatHasBecomeUntrueIsShownAnew(t *testing.T) {
	t.Parallel()
	setMembers := func(group string, names ...string) func(*sitetest.Site) {
		return func(s *sitetest.Site) {
			ids := ""
			for i, n := range names {
				if i > 0 {
					ids += ","
				}
				ids += s.ID(n)
			}
			s.Elsewhere(http.MethodPut, "/groups/"+s.Group(group).ID, `{"description":"x","members":[`+ids+`]}`)
		}
	}
	for name, test := range map[string]struct {
		change func(*sitetest.Site)
		line   int
		want   string
		warned string
	}{
		"somebody joined the group that was to be emptied": {
			change: setMembers("Payroll", "chiara.dangelo", "esi.mensah", "noor.vandermeer"), line: 3, want: moves("Siobhán O'Brien", "siobhan.obrien"),
		},
		"the leaver joined a group": {
			change: setMembers("Legal", "chiara.dangelo", "isla.macleod", "ingrid.solheim"), line: 2,
			want: "They leave 5 groups.",
		},
		"a group lost its others": {change: setMembers("Finance", "chiara.dangelo"), line: 2, want: "FinanceNo members, only 1 guest"},
		"the successor joined":    {change: setMembers("Payroll", "chiara.dangelo", "siobhan.obrien", "esi.mensah"), line: 5, want: "Siobhán O'Brien is not added to these 2 groups:"},
		"the successor's seat": {
			change: func(s *sitetest.Site) {
				s.Elsewhere(http.MethodPut, "/users/"+s.ID("siobhan.obrien")+"/role", `{"role":"light"}`)
			},
			line: 0, want: chiaraAccess, warned: "Please note. Siobhán O'Brien has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
			test.change(s)
			s.Sandbox.ClearRequests()
			before := s.State()
			p := f.Submit("").Whole(http.StatusConflict)
			assert.Equal(t, changedNote, p.Text("[role=alert]"))
			assert.Contains(t, p.Texts("ol.plan > li")[test.line], test.want)
			if test.warned != "" {
				assert.Contains(t, p.Texts("main .notice"), test.warned)
			}
			assert.Zero(t, s.Writes())
			assert.Equal(t, before, s.State())
			assert.Equal(t, f.Values.Get("to"), p.Form("main form").Values.Get("to"), "the choice is kept")
			receiptOf(p.Form("main form").Submit(""))
			assert.Len(t, s.Removals(), 1)
		})
	}
}

func TestWorkThatGoesOnDoesNotStopTheButton(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	open := s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID)
	s.Elsewhere(http.MethodDelete, "/users/"+s.ID("arjun.mehta")+"?with_reassignment=true&to="+s.ID("chiara.dangelo"), "")
	require.Greater(t, s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID), open)
	assert.Equal(t, "Confirmed", receiptOf(f.Submit(""))[moves("Siobhán O'Brien", "siobhan.obrien")])
}

func TestALeaverWhoCannotBeRemovedAnyMore(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	s.Disable("chiara.dangelo")
	before := s.State()
	p := f.Submit("").Whole(http.StatusConflict)
	assert.Equal(t, []string{"Chiara D'Angelo" + ended}, p.Texts("[role=alert] li"))
	assert.Zero(t, s.Writes())
	assert.Equal(t, before, s.State())

	s.Elsewhere(http.MethodDelete, "/users/"+s.ID("chiara.dangelo")+"/delete", "")
	s.Sandbox.ClearRequests()
	p = f.Submit("").Whole(http.StatusNotFound)
	assert.Equal(t, "Not found in Tallyfy", p.Text("h1"))
	assert.Zero(t, s.Writes())
}

func TestASuccessorWhoCannotTakeOverAnyMore(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	id := s.ID("siobhan.obrien")
	s.Disable("siobhan.obrien")
	before := s.State()
	p := f.Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Siobhán O'Brien can't take over: only active members can, and no bots. Choose somebody else.", p.Text("#error-to"))
	assert.Equal(t, "Remove Chiara D'Angelo: who takes over?", p.Text("h1"))

	s.Elsewhere(http.MethodDelete, "/users/"+id+"/delete", "")
	p = f.Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: The person chosen is not in this organisation any more. Choose somebody else.", p.Text("#error-to"))
	for _, r := range s.Removals() {
		assert.Contains(t, r.Path, id+"/delete", "only what this test did itself")
	}
	assert.Equal(t, before.Groups, s.State().Groups)

	p = p.Form(handoverForm).Tick("to", s.ID("noor.vandermeer")).Submit("Show the plan").Form("main form").Submit("")
	assert.Equal(t, "Confirmed", receiptOf(p)[moves("Noor van der Meer", "noor.vandermeer")])
}
