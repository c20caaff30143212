package removal_test

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// Sentences of the plan to remove Chiara D'Angelo.
const (
	chiaraAccess  = "Chiara D'Angelo can't open Aldermoor Logistics any more, from that moment on."
	chiaraLeaves  = "Chiara D'Angelo leaves 4 groups: Payroll, Everyone at Aldermoor, Finance and “People and Culture”."
	chiaraEmptied = "Payroll will have nobody in it. Work sent to Payroll may reach no one."
	chiaraStays   = "The open tasks stay in Chiara D'Angelo's name."
	chiaraSteps   = "The template steps that name Chiara D'Angelo stay as they are."
	chiaraAccount = "Chiara D'Angelo's account is not deleted: it stays in Tallyfy, disabled."
)

// moves names who takes over with the address, of which user is the part before the @.
func moves(to, user string) string {
	return "Every open task that is Chiara D'Angelo's then goes to " + to + " (" + user + "@example.com)."
}

func steps(to string) string { return "The template steps that name Chiara D'Angelo go to " + to + "." }

func TestThePlanOfARemoval(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	open := s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID)
	assert.Greater(t, open, 1)
	now := " There are " + strconv.Itoa(open) + " open tasks now."
	for name, test := range map[string]struct {
		to, button   string
		want, warned []string
	}{
		"hand over": {
			to: "siobhan.obrien", button: "Remove Chiara D'Angelo and give the work to Siobhán O'Brien",
			want: []string{
				chiaraAccess, chiaraLeaves, chiaraEmptied, moves("Siobhán O'Brien", "siobhan.obrien") + now, steps("Siobhán O'Brien"),
				"Siobhán O'Brien does not join Payroll, Finance and “People and Culture”.", chiaraAccount,
			},
		},
		"to a light member": {
			to: "noor.vandermeer", button: "Remove Chiara D'Angelo and give the work to Noor van der Meer",
			want: []string{
				chiaraAccess, chiaraLeaves, chiaraEmptied, moves("Noor van der Meer", "noor.vandermeer") + now, steps("Noor van der Meer"),
				"Noor van der Meer does not join Payroll, Finance and “People and Culture”.", chiaraAccount,
			},
			warned: []string{"Please note. Noor van der Meer has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member."},
		},
		"leave": {
			to: "leave", button: "Remove Chiara D'Angelo and leave the work in their name",
			want:   []string{chiaraAccess, chiaraLeaves, chiaraEmptied, chiaraStays + now, chiaraSteps, chiaraAccount},
			warned: []string{"Please note. Chiara D'Angelo can't open what stays in their name, and no one else is asked to do it."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.Get(s.PlanPath("chiara.dangelo", test.to)).Whole(http.StatusOK)
			assert.Regexp(t, "^Remove .*: the plan$", p.Text("h1"))
			assert.Equal(t, test.want, p.Texts("ol.plan li"))
			assert.Equal(t, len(test.warned), p.Find("main .notice").Length())
			if test.warned != nil {
				assert.Equal(t, test.warned, p.Texts("main .notice"))
			}
			assert.Equal(t, []string{test.button}, p.Texts("main form button"), "one button, named after the act")
			f := p.Form("main form")
			assert.Equal(t, http.MethodPost, f.Method)
			assert.Regexp(t, regexp.MustCompile(`^[0-9a-f]{32}$`), f.Values.Get("press"))
			again := s.Get(s.PlanPath("chiara.dangelo", test.to)).Form("main form")
			assert.NotEqual(t, f.Values.Get("press"), again.Values.Get("press"), "each plan has a press of its own")
			assert.Equal(t, f.Values.Get("seen"), again.Values.Get("seen"))
			assert.Equal(t, f.Values.Get("to"), chosen(p.Follow("Back").Whole(http.StatusOK)), "Back keeps the choice")
		})
	}
}

func TestThePlanSaysWhatCouldNotBeCounted(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for name, fault := range map[string]sandbox.Fault{
		"no answer":       {Status: http.StatusInternalServerError},
		"a count too low": {Status: http.StatusOK, Body: `{"data":[{"id":"a"},{"id":"b"}],"meta":{"pagination":{"total":0}}}`},
	} {
		fault.Route = sitetest.TasksRoute
		s.Sandbox.ClearFaults()
		s.Sandbox.Fail(fault)
		p := s.Get(s.PlanPath("chiara.dangelo", "leave")).Whole(http.StatusOK)
		assert.Equal(t, chiaraStays+" How many there are could not be counted.", p.Texts("ol.plan li")[3], name)
	}
}

func TestThePlanIsTheSameUnderASubPath(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Base: "/tools/tallyfy"})
	p := s.Get(s.MemberPath("chiara.dangelo")).Follow("Remove from the organisation…").Follow("Next: choose who takes over")
	p = p.Form(handoverForm).Tick("to", "leave").Submit("Show the plan").Whole(http.StatusOK)
	assert.Equal(t, s.RemovePath("chiara.dangelo")+"/plan?q=&to=leave", p.URL)
	p = p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text("h1"), "Receipt")
	assert.Contains(t, p.Follow("Check again").Whole(http.StatusOK).Text("h1"), "Receipt")
	assert.Equal(t, "Members", p.Follow("All members").Whole(http.StatusOK).Text("h1"))
	assert.Equal(t, "disabled", s.Member("chiara.dangelo").Status)
}
