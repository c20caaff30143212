package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const changedNote = "Stopped before anything was done. Something has changed since you opened the plan. This is how it is now."

// What a plan promises can become untrue before its button is pressed: then the button shows how it is now.
func TestAPlanThatHasBecomeUntrueIsShownAnew(t *testing.T) {
	setMembers := func(group string, names ...string) func(*site) {
		return func(s *site) {
			ids := ""
			for i, n := range names {
				if i > 0 {
					ids += ","
				}
				ids += s.id(n)
			}
			s.elsewhere(http.MethodPut, "/groups/"+s.group(group).ID, `{"description":"x","members":[`+ids+`]}`)
		}
	}
	for name, test := range map[string]struct {
		change func(*site)
		line   int
		want   string
		warned string
	}{
		"somebody joined the group that was to be emptied": {
			change: setMembers("Payroll", "chiara.dangelo", "esi.mensah", "noor.vandermeer"), line: 2, want: moves("Siobhán O'Brien", "siobhan.obrien"),
		},
		"the leaver joined a group": {
			change: setMembers("Legal", "chiara.dangelo", "isla.macleod", "ingrid.solheim"), line: 1,
			want: "Chiara D'Angelo leaves 5 groups: Payroll, Everyone at Aldermoor, Finance, Legal and People and Culture.",
		},
		"a group lost its others": {change: setMembers("Finance", "chiara.dangelo"), line: 1, want: "Chiara D'Angelo leaves 4 groups: Payroll, Finance, Everyone at Aldermoor and People and Culture.", warned: "Please note. Finance will have no member, only 1 guest."},
		"the successor joined":    {change: setMembers("Payroll", "chiara.dangelo", "siobhan.obrien", "esi.mensah"), line: 4, want: "Siobhán O'Brien does not join Finance and People and Culture."},
		"the successor's seat": {
			change: func(s *site) {
				s.elsewhere(http.MethodPut, "/users/"+s.id("siobhan.obrien")+"/role", `{"role":"light"}`)
			},
			line: 0, want: chiaraAccess, warned: "Please note. Siobhán O'Brien has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
			test.change(s)
			s.sandbox.ClearRequests()
			before := s.state()
			p := f.submit("").whole(http.StatusConflict)
			assert.Equal(t, changedNote, p.text("[role=alert]"))
			assert.Contains(t, p.texts("ol.plan li")[test.line], test.want)
			if test.warned != "" {
				assert.Contains(t, p.texts("main .notice"), test.warned)
			}
			assert.Zero(t, s.writes())
			assert.Equal(t, before, s.state())
			assert.Equal(t, f.values.Get("to"), p.form("main form").values.Get("to"), "the choice is kept")
			p.form("main form").submit("").receipt()
			assert.Len(t, s.removals(), 1)
		})
	}
}

func TestWorkThatGoesOnDoesNotStopTheButton(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	open := s.sandbox.OpenTasks(s.member("chiara.dangelo").ID)
	s.elsewhere(http.MethodDelete, "/users/"+s.id("arjun.mehta")+"?with_reassignment=true&to="+s.id("chiara.dangelo"), "")
	require.Greater(t, s.sandbox.OpenTasks(s.member("chiara.dangelo").ID), open)
	assert.Equal(t, "Confirmed", f.submit("").receipt()[moves("Siobhán O'Brien", "siobhan.obrien")])
}

func TestALeaverWhoCannotBeRemovedAnyMore(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	s.disable("chiara.dangelo")
	before := s.state()
	p := f.submit("").whole(http.StatusConflict)
	assert.Equal(t, []string{"Chiara D'Angelo" + ended}, p.texts("[role=alert] li"))
	assert.Zero(t, s.writes())
	assert.Equal(t, before, s.state())

	s.elsewhere(http.MethodDelete, "/users/"+s.id("chiara.dangelo")+"/delete", "")
	s.sandbox.ClearRequests()
	p = f.submit("").whole(http.StatusNotFound)
	assert.Equal(t, "Tallyfy does not have this", p.text("h1"))
	assert.Zero(t, s.writes())
}

func TestASuccessorWhoCannotTakeOverAnyMore(t *testing.T) {
	s := signedIn(t, siteOptions{})
	f := s.get(s.planPath("chiara.dangelo", "siobhan.obrien")).form("main form")
	id := s.id("siobhan.obrien")
	s.disable("siobhan.obrien")
	before := s.state()
	p := f.submit("").whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Siobhán O'Brien can't take over: only active members can, and no bots. Choose somebody else.", p.text("#error-to"))
	assert.Equal(t, "Who takes over?", p.text("h1"))

	s.elsewhere(http.MethodDelete, "/users/"+id+"/delete", "")
	p = f.submit("").whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: The person chosen is not in this organisation any more. Choose somebody else.", p.text("#error-to"))
	for _, r := range s.removals() {
		assert.Contains(t, r.Path, id+"/delete", "only what this test did itself")
	}
	assert.Equal(t, before.groups, s.state().groups)

	p = p.form(handoverForm).tick("to", s.id("noor.vandermeer")).submit("Show the plan").form("main form").submit("")
	assert.Equal(t, "Confirmed", p.receipt()[moves("Noor van der Meer", "noor.vandermeer")])
}
