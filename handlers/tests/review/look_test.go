package review_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// looksRight decides about everybody in a review that they look right, and returns its page.
func looksRight(s *sitetest.Site, q *sitetest.Page) *sitetest.Page {
	s.T.Helper()
	for _, name := range queue(q) {
		s.Post(open(q, name).URL, url.Values{"decision": {"right"}, "base": {"0"}, "note": {"a secret of Maren"}}).Whole(http.StatusOK)
	}
	return s.Get(q.URL).Whole(http.StatusOK)
}

func TestASecondLookIsBlindAndCounted(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo", "noor.vandermeer", "aino.makela", "viktor.ionescu", "sanne.jacobs", "esi.mensah", "arjun.mehta", "lena.fischbacher", "thandiwe.moyo", "fatou.ndiaye")
	assert.False(t, q.Has("#looks"), "nobody looks right yet")
	q = looksRight(s, q)
	assert.Equal(t, "Second look", q.Text("#looks"))
	q = q.Form("form[action$=looks]").Submit("Give 2 people to another administrator").Whole(http.StatusOK)
	assert.Equal(t, "Done. 2 people wait for a second look. Send another administrator the address of this page.", q.Text(".notice.done"))
	assert.Contains(t, q.Text("main"), "Second look at 2 people who looked right, chosen by chance: 0 agree, 2 wait.")
	assert.Empty(t, q.Link("Take a second look"), "not for who decided")
	assert.False(t, s.Get(q.URL).Has("form[action$=looks]"), "nothing is drawn anew")

	kwame := asKwame(s)
	step := kwame.Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
	first := step.Text("h1")
	rowOf := func(visitor *sitetest.Site) string {
		return visitor.Get(q.URL).Find("tbody tr").FilterFunction(func(_ int, tr *goquery.Selection) bool { return strings.Contains(tr.Text(), first) }).Text()
	}
	assert.Contains(t, rowOf(s), "Maren Dahl, ")
	assert.NotContains(t, rowOf(kwame), "Maren Dahl", "the queue does not tell either")
	assert.Contains(t, kwame.Get(q.URL).Text("tbody"), "Maren Dahl, ", "of all others it does")
	assert.Equal(t, step.URL, kwame.Get(q.URL).Follow("Take a second look").URL, "the choice stays")
	for _, told := range []string{"Maren Dahl,", "a secret", "Decided so far"} {
		assert.NotContains(t, step.Text("main"), told)
	}
	assert.Equal(t, http.StatusOK, s.Get(step.URL).Status)
	assert.Contains(t, s.Get(step.URL).Text("main"), "takes another administrator than the one who decided")
	p := s.Post(step.URL, url.Values{"answer": {"agrees"}})
	assert.Contains(t, p.Text("main"), "takes another administrator than the one who decided")

	p = step.Form("main form[data-form]").Submit("Something is not right").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-note"), "Write what is not right.")
	p = kwame.Post(step.URL, url.Values{"answer": {"nonsense"}, "note": {strings.Repeat("x", 501)}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-decision"), "Choose what you have found.")
	assert.Len(t, strings.TrimSpace(p.Text("textarea")), 501, "nothing typed is lost")
	p = step.Form("main form[data-form]").Set("note", "Payroll, too").Submit("Something is not right").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), first+" is to be decided again, with your note.")
	second := p.Text("h1")
	require.NotEqual(t, first, second, "the next one opens at once")
	again := p.Form("main form[data-form]")
	q = again.Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, q.Text(".notice.done"), second+" looks right to you, too.")
	q = again.Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, q.Text(".notice.done"), second+" looks right to you, too.", "the second arrival of the press")
	assert.Contains(t, q.Text("main"), "chosen by chance: 1 agrees, 1 differs.")
	assert.Equal(t, []string{"To decide 1", "Looks right 10"}, counts(q))
	assert.Contains(t, kwame.Get(step.URL).Text("main"), "Nobody waits for a second look at "+first+" any more.")

	q = s.Get(q.URL)
	assert.Contains(t, q.Text("tbody"), "Not decided", "though they were looked at twice")
	p = q.Follow(q.Find(".actions .primary").Text()).Whole(http.StatusOK)
	assert.Equal(t, first, p.Text("h1"), "back in the queue of who decided first")
	assert.Equal(t, 2, len(p.Texts("#record + ul li")), "nothing is overwritten")
	assert.Contains(t, p.Text("#record + ul"), "Second look differs. “Payroll, too”Kwame Asante, ")

	receipt := s.Get(q.URL + "/receipt").Whole(http.StatusOK).Text("main")
	assert.Contains(t, receipt, "Second look at 2 people who looked right, chosen by chance: 1 agrees, 1 differs.")
	assert.Contains(t, receipt, "Second look agrees. Kwame Asante, ")
	assert.Contains(t, receipt, "Second look differs. “Payroll, too” Kwame Asante, ")
	file := s.Get(q.URL + "/receipt.csv").Body
	assert.Equal(t, 1, strings.Count(file, "Second look agrees (Kwame Asante, "))
	assert.Equal(t, 1, strings.Count(file, "Second look differs. “Payroll, too” (Kwame Asante, "))
}

func TestAnOldSecondLookIsTakenAgainWhereItDiffers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := looksRight(s, start(s, "chiara.dangelo")).Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
	kwame := asKwame(s)
	step := kwame.Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
	assert.Contains(t, step.Text("main"), "Person 1 of the review. Joined: the account was activated.")
	f := step.Form("main form[data-form]")
	require.True(t, s.Sandbox.ChangeGroup(s.Group("Payroll").ID, sandbox.GroupChange{Remove: []int{s.Member("chiara.dangelo").ID}}))
	kwame.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p := f.Set("read", strconv.FormatInt(time.Now().Add(-90*time.Minute).UnixMilli(), 10)).Submit("Looks right").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "Nothing is saved yet: the page was more than an hour old")
	assert.Contains(t, s.Get(q.URL).Text("main"), "1 wait")
	p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, s.Get(q.URL).Text("main"), "1 agree")
}

// Of somebody who has not accepted the invitation nobody says that they joined.
func TestASecondLookAtAnInvitedPersonSaysNothingOfJoining(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := looksRight(s, start(s, "lena.fischbacher")).Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
	p := asKwame(s).Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
	assert.Equal(t, "not yet", p.Facts()["Joined"])
	assert.NotContains(t, p.Text("main"), "Joined: ")
}

// An old page comes back where somebody was made an administrator since, or is none any more.
func TestAnOldPageIsLookedAtAgainAfterAChangeOfAdministrators(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, said string }{
		{"standard", "admin", "Chiara D'Angelo is an administrator by now."},
		{"admin", "standard", "Chiara D'Angelo is not an administrator any more."},
		{"admin", "admin", ""},
		{"standard", "light", ""},
	} {
		t.Run(c.before+" and then "+c.after, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			kwame := asKwame(s)
			role := func(role string) {
				s.Elsewhere(http.MethodPut, "/users/"+s.ID("chiara.dangelo")+"/role", `{"role":"`+role+`"}`)
				s.Get("/").Follow("Refresh").Whole(http.StatusOK)
				kwame.Get("/").Follow("Refresh").Whole(http.StatusOK)
			}
			role(c.before)
			q := looksRight(s, start(s, "chiara.dangelo")).Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
			look := kwame.Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
			step := open(q, "Chiara D'Angelo")
			role(c.after)
			for _, page := range []*sitetest.Page{look, step} {
				f := page.Form("main form[data-form]").Set("note", "fine").Set("read", strconv.FormatInt(time.Now().Add(-90*time.Minute).UnixMilli(), 10))
				if c.said == "" {
					f.Submit("Looks right").Whole(http.StatusOK)
					continue
				}
				p := f.Submit("Looks right").Whole(http.StatusConflict)
				assert.Contains(t, p.Text(".notice"), "the page was more than an hour old, and "+c.said)
				p.Form("main form[data-form]").Set("note", "fine").Submit("Looks right").Whole(http.StatusOK)
			}
		})
	}
}

// A look at a decision that was changed afterwards counts for nothing: the page offers as many as
// will be chosen.
func TestALookAtAnEarlierDecisionIsMadeUpFor(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := looksRight(s, start(s, "soren.kjaergaard", "chiara.dangelo"))
	q.Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
	kwame := asKwame(s)
	step := kwame.Get(q.URL).Follow("Take a second look")
	name := step.Text("h1")
	step.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.False(t, s.Get(q.URL).Has("form[action$=looks]"))
	p := open(s.Get(q.URL), name)
	p.Form("main form[data-form]").Set("note", "again?").Submit("Ask someone").Whole(http.StatusOK)
	q = s.Get(q.URL).Form("form[action$=looks]").Submit("Give 1 more").Whole(http.StatusOK)
	assert.Contains(t, q.Text(".notice.done"), "1 person waits for a second look.")
}

// Nobody waits for a look at somebody who left, and nobody who left is chosen.
func TestASecondLookAtSomebodyWhoLeftIsOver(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := looksRight(s, start(s, "soren.kjaergaard", "chiara.dangelo", "noor.vandermeer"))
	q.Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
	kwame := asKwame(s)
	step := kwame.Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
	leave := func(name string) *sitetest.Page {
		t.Helper()
		s.Disable(login(s, name))
		s.Get("/").Follow("Refresh").Whole(http.StatusOK)
		kwame.Get("/").Follow("Refresh").Whole(http.StatusOK)
		return s.Get(q.URL).Whole(http.StatusOK)
	}
	p := leave(step.Text("h1"))
	assert.Contains(t, p.Text("main"), "Second look at 1 person who looked right, chosen by chance: 0 agree, 1 not given.")
	assert.NotContains(t, p.Text("main"), "Another administrator than the one who decided has to look")
	assert.Contains(t, kwame.Get(step.URL).Text("main"), "Nobody waits for a second look at "+step.Text("h1")+" any more.")
	receipt := s.Get(q.URL + "/receipt").Whole(http.StatusOK).Text("main")
	assert.Contains(t, receipt, "Second look not given: decided anew, left or closed before it.")
	stay := slices.DeleteFunc(queue(q), func(name string) bool { return name == step.Text("h1") })
	p = leave(stay[0]).Form("form[action$=looks]").Submit("Give 1 more").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "0 agree, 1 waits, 1 not given.")
	assert.Equal(t, stay[1], kwame.Get(q.URL).Follow("Take a second look").Text("h1"))
	s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Contains(t, s.Get(q.URL).Text("main"), "0 agree, 2 not given.")
}

// wished starts a review with second looks.
func wished(s *sitetest.Site, logins ...string) *sitetest.Page {
	s.T.Helper()
	f := s.Get("/reviews/new").Form("main form").Set("name", "Joiners").Tick("who", "text").Tick("looks", "yes")
	for _, login := range logins {
		f.Set("text", strings.TrimSpace(f.Values.Get("text")+"\n"+s.Member(login).Email))
	}
	return f.Submit("Start the review").Whole(http.StatusOK)
}

// However the last one comes to be decided, a wish at the start is kept by itself.
func TestAWishedSecondLookIsGivenWhoeverWasTheLast(t *testing.T) {
	t.Parallel()
	const given = "Second look at 1 person who looked right, chosen by chance: 0 agree, 1 waits."
	now := time.Now()
	s := sitetest.SignedIn(t, sitetest.Options{Now: func() time.Time { return now }})
	q := wished(s, "soren.kjaergaard", "chiara.dangelo", "noor.vandermeer", "aino.makela", "viktor.ionescu")
	p := q.Follow("Go on at person 1")
	for range 5 {
		p = p.Form("main form[data-form]").Set("note", "fine").Submit("Looks right").Whole(http.StatusOK)
	}
	require.True(t, p.Has("#pause"), "with the last one")
	assert.Contains(t, p.Follow("Go on").Text("main"), given)

	q = wished(s, "soren.kjaergaard", "chiara.dangelo")
	open(q, "Chiara D'Angelo").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.NotContains(t, s.Get(q.URL).Text("main"), given)
	s.Disable("soren.kjaergaard")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	assert.Contains(t, s.Get(q.URL).Text("main"), given)
}

// A wish at the start is kept by itself when the last one is decided.
func TestASecondLookCanBeWishedAtTheStart(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := wished(s, "soren.kjaergaard", "chiara.dangelo")
	s.Post(open(q, "Søren Kjærgaard").URL, url.Values{"decision": {"right"}, "base": {"0"}})
	assert.Contains(t, s.Get(q.URL).Text("main"), "This was wished when the review was started, and happens by itself when all are decided.")
	s.Post(open(q, "Chiara D'Angelo").URL, url.Values{"decision": {"right"}, "base": {"0"}})
	q = s.Get(q.URL).Whole(http.StatusOK)
	assert.Contains(t, q.Text("main"), "Second look at 1 person who looked right, chosen by chance: 0 agree, 1 waits.")
	assert.False(t, slices.Contains(counts(q), "To decide 1"))
}
