package removal_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// Sentences of the plan to remove Chiara D'Angelo.
const (
	chiaraAccess  = "Chiara D'Angelo loses access to Aldermoor Logistics immediately."
	chiaraLeaves  = "They leave 4 groups."
	chiaraEmptied = "Nobody is left in Payroll. Tasks assigned to that group may reach nobody."
	chiaraStays   = "Their open tasks stay in their name."
	chiaraSteps   = "Template steps assigned to them stay as they are."
	chiaraAccount = "Their account is not deleted: it stays in Tallyfy, disabled."
)

// chiaraGroups are the groups in the plan with who is left.
var chiaraGroups = []string{"Payroll: Nobody", "Everyone at Aldermoor: 59 members", "Finance: 6 members, 1 guest", "People and Culture: 3 members"}

// sentences are those of a plan or a receipt, without the groups and the results below them.
func sentences(p *sitetest.Page) []string { return p.Texts("ol.plan > li > span:first-child") }

// left are the groups of a table with who is left in them.
func left(p *sitetest.Page) (list []string) {
	p.Find(".left tbody tr").Each(func(_ int, tr *goquery.Selection) {
		list = append(list, strings.TrimSpace(tr.Find("th").Text())+": "+strings.TrimSpace(tr.Find("td").Text()))
	})
	return list
}

// moves names who takes over with the address, of which user is the part before the @.
func moves(to, user string) string {
	return "All their open tasks are reassigned to " + to + " (" + user + "@example.com)."
}

func steps(to string) string {
	return "Template steps assigned to them are reassigned to " + to + ", too."
}

func notAdded(to string) string { return to + " is not added to these 3 groups:" }

func TestThePlanOfARemoval(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	open := s.Sandbox.OpenTasks(s.Member("chiara.dangelo").ID)
	assert.Greater(t, open, 1)
	now := " There are " + strconv.Itoa(open) + " now."
	for name, test := range map[string]struct {
		to, button   string
		want, warned []string
	}{
		"hand over": {
			to: "siobhan.obrien", button: "Remove Chiara D'Angelo and give the work to Siobhán O'Brien",
			want: []string{
				chiaraAccess, chiaraAccount, chiaraLeaves, chiaraEmptied, moves("Siobhán O'Brien", "siobhan.obrien") + now, steps("Siobhán O'Brien"),
				notAdded("Siobhán O'Brien"),
			},
		},
		"to a light member": {
			to: "noor.vandermeer", button: "Remove Chiara D'Angelo and give the work to Noor van der Meer",
			want: []string{
				chiaraAccess, chiaraAccount, chiaraLeaves, chiaraEmptied, moves("Noor van der Meer", "noor.vandermeer") + now, steps("Noor van der Meer"),
				notAdded("Noor van der Meer"),
			},
			warned: []string{"Please note. Noor van der Meer has a Light seat: tasks yes, editing templates no. For template steps, choose a Standard member."},
		},
		"leave": {
			to: "leave", button: "Remove Chiara D'Angelo and leave the work in their name",
			want:   []string{chiaraAccess, chiaraAccount, chiaraLeaves, chiaraEmptied, chiaraStays + now, chiaraSteps},
			warned: []string{"Please note. They can't open what stays in their name, and nobody else is asked to do it."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.Get(s.PlanPath("chiara.dangelo", test.to)).Whole(http.StatusOK)
			assert.Regexp(t, "^Remove .*: the plan$", p.Text("h1"))
			assert.Equal(t, test.want, sentences(p))
			assert.Equal(t, chiaraGroups, left(p), "those that suffer first")
			if test.to != "leave" {
				assert.Equal(t, []string{"Payroll", "Finance", "People and Culture"}, p.Texts("ol.plan .names-only li"))
			}
			assert.Equal(t, len(test.warned), p.Find("main .notice.warning").Length())
			if test.warned != nil {
				assert.Equal(t, test.warned, p.Texts("main .notice.warning"))
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
		assert.Equal(t, chiaraStays+" How many there are could not be counted.", sentences(p)[4], name)
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
