package handlers_test

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

	"tallyfy-admin/tallyfy/sandbox"
)

// receipt is what a receipt says of each sentence: the word on its badge.
func (p *page) receipt() map[string]string {
	p.site.t.Helper()
	require.Equal(p.site.t, "Receipt", p.whole(http.StatusOK).text("h1"))
	lines := map[string]string{}
	p.Find("ol.plan li").Each(func(_ int, li *goquery.Selection) {
		lines[li.Find("span").First().Text()] = li.Find(".badge").Text()
	})
	return lines
}

// summary is the receipt's one sentence.
func (p *page) summary() string { return p.text("main .notice") }

// press opens the plan and presses its button.
func (s *site) press(name, to string) *page {
	s.t.Helper()
	return s.get(s.planPath(name, to)).form("main form").submit("")
}

func TestEverySentenceOfThePlanIsTrueAfterwards(t *testing.T) {
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
			s := signedIn(t, siteOptions{})
			before, old := s.state(), s.member(test.leaver)
			name := old.FirstName + " " + old.LastName
			oldGroups := map[string]sandbox.Group{}
			for _, g := range before.groups {
				oldGroups[g.ID] = g
			}
			heir := sandbox.Member{}
			if test.to != "leave" {
				heir = s.member(test.to)
			}
			tomas := s.as(t)
			tomas.signInWith(sandbox.StandardToken)
			tomas.get("/groups").whole(http.StatusOK)
			plan := s.get(s.planPath(test.leaver, test.to))
			promised := plan.texts("ol.plan li")
			s.sandbox.ClearRequests()
			p := plan.form("main form").submit("")
			said := p.receipt()
			unchecked := "1 line" // the template steps
			if test.both > 0 {
				unchecked = "2 lines"
			}
			assert.Equal(t, "Done. "+name+" is removed from Aldermoor Logistics. "+unchecked+" of the plan could not be checked.", p.summary())
			assert.Equal(t, "Disabled", p.text(".headline .badge"))
			assert.Contains(t, p.text("main"), "Carried out by Maren Dahl.")

			require.Len(t, s.removals(), 1)
			assert.Equal(t, 1, s.writes())
			sent := s.removals()[0]
			assert.Equal(t, "/organizations/"+s.sandbox.OrgID()+"/users/"+s.id(test.leaver), sent.Path)
			want := ""
			if heir.ID != 0 {
				want = url.Values{"with_reassignment": {"true"}, "to": {s.id(test.to)}}.Encode()
			}
			assert.Equal(t, want, sent.RawQuery)
			assert.Empty(t, sent.Body)

			now := s.member(test.leaver)
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
				case text == name+" can't open Aldermoor Logistics any more, from that moment on.":
					assert.Equal(t, "disabled", now.Status)
					if test.leaver == "tomas.herrera" { // whose token is known
						tomas.get("/groups").whole(http.StatusForbidden)
					}
				case strings.HasPrefix(text, name+" leaves "):
					assert.Empty(t, now.Groups)
					for _, g := range s.sandbox.Groups() {
						stayed := slices.DeleteFunc(slices.Clone(oldGroups[g.ID].Members), func(id int) bool { return id == old.ID })
						assert.ElementsMatch(t, stayed, g.Members, "%s: nobody else leaves", g.Name)
						assert.Equal(t, oldGroups[g.ID].Guests, g.Guests)
					}
				case text == chiaraEmptied:
					assert.Empty(t, s.group("Payroll").Members)
					assert.Empty(t, s.group("Payroll").Guests)
				case text == "Every open task that is "+name+"'s then goes to "+test.name+" ("+test.to+"@example.com).":
					assert.Zero(t, s.sandbox.OpenTasks(old.ID))
					assert.Greater(t, s.sandbox.OpenTasks(heir.ID), before.tasks[heir.ID])
					assert.Equal(t, before.tasks[heir.ID]+before.tasks[old.ID]-test.both, s.sandbox.OpenTasks(heir.ID), "all of them")
					if test.both > 0 {
						expected = "Could not check"
						assert.Contains(t, p.texts("ol.plan .small"), fmt.Sprintf("None is in %s's name any more. %s has %d open tasks now; before it was %d, and %d were to be added.",
							name, test.name, s.sandbox.OpenTasks(heir.ID), before.tasks[heir.ID], before.tasks[old.ID]))
					}
				case text == "The template steps that name "+name+" go to "+test.name+".":
					expected = "Could not check" // the API does not list them, nor does the sandbox have them
				case strings.HasPrefix(text, test.name+" does not join ") && test.name != "":
					assert.Equal(t, heir.Groups, s.member(test.to).Groups)
				case text == "The open tasks stay in "+name+"'s name.":
					assert.Equal(t, before.tasks[old.ID], s.sandbox.OpenTasks(old.ID))
					for id, n := range before.tasks {
						assert.Equal(t, n, s.sandbox.OpenTasks(id), "no one else is asked to do them")
					}
				case text == "The template steps that name "+name+" stay as they are.":
					expected = "Could not check"
				case text == name+"'s account is not deleted: it stays in Tallyfy, disabled.":
					assert.Equal(t, old.ID, now.ID)
					assert.Equal(t, old.Email, now.Email)
				default:
					assert.Fail(t, "a sentence that nothing here makes sure of", text)
				}
				assert.Equal(t, expected, verdict, text)
			}
			assert.Len(t, said, len(promised), "no line appears that was not promised")
			assert.Empty(t, s.get(s.memberPath(test.leaver)).link("Remove from the organisation…"))
			assert.Empty(t, s.get(s.removePath("amelie.rousseau")+"/handover?q="+test.leaver).offered(), "who has just left is offered to nobody")
		})
	}
}

func TestAPlainClientCanRemove(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.post(s.removePath("chiara.dangelo"), url.Values{"to": {s.id("siobhan.obrien")}})
	assert.Equal(t, "Confirmed", p.receipt()[moves("Siobhán O'Brien", "siobhan.obrien")])
	p = s.post(s.removePath("esi.mensah"), url.Values{"to": {"leave"}})
	assert.Equal(t, "Done. Esi Mensah is removed from Aldermoor Logistics. 1 line of the plan could not be checked.", p.summary())
	assert.Len(t, s.removals(), 2)
	// Without a record of its own a repetition finds what the first has done.
	s.post(s.removePath("esi.mensah"), url.Values{"to": {"leave"}}).whole(http.StatusConflict)
	assert.Len(t, s.removals(), 2)
}

func TestARecordThatNobodyGaveOutIsNotTakenUp(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for i, record := range []string{"", "x", strings.Repeat("A", 32), "../../../etc/passwd", strings.Repeat("0", 33)} {
		leaver := []string{"esi.mensah", "arjun.mehta", "isla.macleod", "dmytro.shevchuk", "jonas.weiss"}[i]
		p := s.post(s.removePath(leaver), url.Values{"to": {"leave"}, "record": {record}})
		assert.Equal(t, "Receipt", p.whole(http.StatusOK).text("h1"))
		assert.Regexp(t, `/receipt/[0-9a-f]{32}$`, p.url)
		assert.NotContains(t, p.url, strings.Repeat("0", 32))
	}
}
