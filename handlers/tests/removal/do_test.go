package removal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// receiptOf is what a receipt says of each sentence: the word on its badge.
func receiptOf(p *sitetest.Page) map[string]string {
	p.Site.T.Helper()
	require.Contains(p.Site.T, p.Whole(http.StatusOK).Text("h1"), "Receipt")
	lines := map[string]string{}
	p.Find("ol.plan > li").Each(func(_ int, li *goquery.Selection) {
		lines[li.Find("span").First().Text()] = li.Find(".badge").Text()
	})
	return lines
}

// summary is the receipt's one sentence.
func summary(p *sitetest.Page) string { return p.Text("main .notice") }

func TestEverySentenceOfThePlanIsTrueAfterwards(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		leaver, to, name string
		both             int // open tasks that are both people's: that none was lost cannot be told from the counts
	}{
		{"chiara.dangelo", "siobhan.obrien", "Siobhán O'Brien", 0},
		{"chiara.dangelo", "noor.vandermeer", "Noor van der Meer", 0},
		{"chiara.dangelo", "leave", "", 0},
		{"tomas.herrera", "soren.kjaergaard", "Søren Kjærgaard", 1},
		{"tomas.herrera", "leave", "", 0},
	} {
		t.Run(test.leaver+" to "+test.to, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before, old := s.State(), s.Member(test.leaver)
			name := old.FirstName + " " + old.LastName
			oldGroups := map[string]sandbox.Group{}
			for _, g := range before.Groups {
				oldGroups[g.ID] = g
			}
			heir := sandbox.Member{}
			if test.to != "leave" {
				heir = s.Member(test.to)
			}
			tomas := s.As(t)
			tomas.SignInWith(sandbox.StandardToken)
			tomas.Get("/groups").Whole(http.StatusOK)
			plan := s.Get(s.PlanPath(test.leaver, test.to))
			promised := sentences(plan)
			s.Sandbox.ClearRequests()
			p := plan.Form("main form").Submit("")
			said := receiptOf(p)
			unchecked := fmt.Sprintf("1 of %d points could not be checked.", len(promised)) // the template steps
			assert.Equal(t, "Done. "+name+" is removed from Aldermoor Logistics. "+unchecked, summary(p))
			assert.Equal(t, "Disabled", p.Text(".headline .badge"))
			assert.Contains(t, p.Text("main"), "Carried out by Maren Dahl on ")

			require.Len(t, s.Removals(), 1)
			assert.Equal(t, 1, s.Writes())
			sent := s.Removals()[0]
			assert.Equal(t, "/organizations/"+s.Sandbox.OrgID()+"/users/"+s.ID(test.leaver), sent.Path)
			want := ""
			if heir.ID != 0 {
				want = url.Values{"with_reassignment": {"true"}, "to": {s.ID(test.to)}}.Encode()
			}
			assert.Equal(t, want, sent.RawQuery)
			assert.Empty(t, sent.Body)

			now := s.Member(test.leaver)
			for _, sentence := range promised {
				text, verdict, found := sentence, "", false
				for line, word := range said { // without what was counted when the plan was made
					if strings.HasPrefix(sentence, line) {
						text, verdict, found = line, word, true
					}
				}
				require.True(t, found, "not on the receipt: %s", sentence)
				expected := "Confirmed"
				switch {
				case text == name+" loses access to Aldermoor Logistics immediately.":
					assert.Equal(t, "disabled", now.Status)
					if test.leaver == "tomas.herrera" { // whose token is known
						tomas.Get("/groups").Whole(http.StatusForbidden)
					}
				case strings.HasPrefix(text, "They leave "):
					assert.Empty(t, now.Groups)
					for _, g := range s.Sandbox.Groups() {
						stayed := slices.DeleteFunc(slices.Clone(oldGroups[g.ID].Members), func(id int) bool { return id == old.ID })
						assert.ElementsMatch(t, stayed, g.Members, "%s: nobody else leaves", g.Name)
						assert.Equal(t, oldGroups[g.ID].Guests, g.Guests)
					}
				case text == chiaraEmptied:
					assert.Empty(t, s.Group("Payroll").Members)
					assert.Empty(t, s.Group("Payroll").Guests)
				case text == "All their open tasks are reassigned to "+test.name+" ("+test.to+"@example.com).":
					assert.Zero(t, s.Sandbox.OpenTasks(old.ID))
					assert.Greater(t, s.Sandbox.OpenTasks(heir.ID), before.Tasks[heir.ID])
					assert.Equal(t, before.Tasks[heir.ID]+before.Tasks[old.ID]-test.both, s.Sandbox.OpenTasks(heir.ID), "all of them")
					if test.both > 0 {
						assert.Contains(t, sentence, fmt.Sprintf(" %s already has %d of them, so %d is added.", test.name, test.both, before.Tasks[old.ID]-test.both), "the plan says it, too")
					}
					assert.Contains(t, strings.Join(p.Texts("ol.plan .small"), "\n"), fmt.Sprintf("%s has %d open tasks now: %d before and %d added.",
						test.name, s.Sandbox.OpenTasks(heir.ID), before.Tasks[heir.ID], before.Tasks[old.ID]-test.both), "the sum is right")
				case text == steps(test.name):
					expected = "Could not check" // the API does not list them, nor does the sandbox have them
				case strings.HasPrefix(text, test.name+" is not added to ") && test.name != "":
					assert.Equal(t, heir.Groups, s.Member(test.to).Groups)
				case text == chiaraStays:
					assert.Equal(t, before.Tasks[old.ID], s.Sandbox.OpenTasks(old.ID))
					for id, n := range before.Tasks {
						assert.Equal(t, n, s.Sandbox.OpenTasks(id), "no one else is asked to do them")
					}
				case text == chiaraSteps:
					expected = "Could not check"
				case text == chiaraAccount:
					assert.Equal(t, old.ID, now.ID)
					assert.Equal(t, old.Email, now.Email)
				default:
					assert.Fail(t, "a sentence that nothing here makes sure of", text)
				}
				assert.Equal(t, expected, verdict, text)
			}
			assert.Len(t, said, len(promised), "no line appears that was not promised")
			assert.Empty(t, s.Get(s.MemberPath(test.leaver)).Link("Remove from the organisation…"))
			assert.Empty(t, offered(s.Get(s.RemovePath("amelie.rousseau")+"/handover?q="+test.leaver)), "who has just left is offered to nobody")
		})
	}
}

func TestAPlainClientCanRemove(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Post(s.RemovePath("chiara.dangelo"), url.Values{"to": {s.ID("siobhan.obrien")}})
	assert.Equal(t, "Confirmed", receiptOf(p)[moves("Siobhán O'Brien", "siobhan.obrien")])
	p = s.Post(s.RemovePath("esi.mensah"), url.Values{"to": {"leave"}})
	assert.Equal(t, "Done. Esi Mensah is removed from Aldermoor Logistics. 1 of 5 points could not be checked.", summary(p))
	assert.Len(t, s.Removals(), 2)
	// Without a record of its own a repetition finds what the first has done.
	s.Post(s.RemovePath("esi.mensah"), url.Values{"to": {"leave"}}).Whole(http.StatusConflict)
	assert.Len(t, s.Removals(), 2)
}

func TestARecordThatNobodyGaveOutIsNotTakenUp(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for i, record := range []string{"", "x", strings.Repeat("A", 32), "../../../etc/passwd", strings.Repeat("0", 33)} {
		leaver := []string{"esi.mensah", "arjun.mehta", "isla.macleod", "dmytro.shevchuk", "jonas.weiss"}[i]
		p := s.Post(s.RemovePath(leaver), url.Values{"to": {"leave"}, "press": {record}})
		assert.Contains(t, p.Whole(http.StatusOK).Text("h1"), "Receipt")
		assert.Regexp(t, `/activity/[0-9a-f-]{36}$`, p.URL)
		assert.NotContains(t, p.URL, strings.Repeat("0", 32))
	}
}
