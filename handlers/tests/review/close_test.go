package review_test

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestAReviewIsClosedAndWhomItLeftOpenComesAgain(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo", "noor.vandermeer")
	post := func(name string, form url.Values) *sitetest.Page {
		t.Helper()
		p := open(s.Get(q.URL), name)
		form.Set("base", p.Find("[name=base]").AttrOr("value", ""))
		return s.Post(p.URL, form)
	}
	late := open(q, "Noor van der Meer").Form("main form[data-form]")
	post("Søren Kjærgaard", url.Values{"decision": {"right"}}).Whole(http.StatusOK)
	post("Chiara D'Angelo", url.Values{"decision": {"change"}, "add": {s.Group("Payroll").ID}}).Whole(http.StatusOK)
	p := s.Get(q.URL).Follow("Close the review").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "1 decision to change groups is not carried out. Apply what was decided, or decide anew, and close the review then.")
	assert.Empty(t, p.Find("main form").Nodes)
	p = s.Post(q.URL+"/close", nil).Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "is not carried out")

	post("Chiara D'Angelo", url.Values{"decision": {"ask"}, "note": {"Payroll?"}}).Whole(http.StatusOK)
	p = s.Get(q.URL).Follow("Close the review").Whole(http.StatusOK)
	plan := "The review “Joiners” of 3 people is closed. 2 of them are not decided: the next review of new joiners offers them again."
	assert.Contains(t, p.Text("main"), plan)
	stale := p.Form("main form")
	post("Chiara D'Angelo", url.Values{"decision": {"right"}}).Whole(http.StatusOK)
	p = stale.Submit("Close the review").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "1 of them is not decided: the next review of new joiners offers this person again.")
	q = p.Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Contains(t, q.Text(".notice.done"), "The review “Joiners” is closed.")
	assert.Contains(t, q.Text("main"), "by Maren Dahl. Nothing is decided in it any more.")
	for _, link := range []string{"Go on at person 1", "Close the review", "Check and apply"} {
		assert.Empty(t, q.Link(link))
	}
	assert.False(t, q.Has("form[action$=looks]"))
	entry := s.Get(q.Find(".notice a").AttrOr("href", "")).Whole(http.StatusOK)
	assert.Contains(t, entry.Text("main"), "1 of them is not decided: the next review of new joiners offers this person again.")
	assert.Contains(t, s.Get("/activity?what=review.close").Text("main"), "Maren Dahl closed the review “Joiners”. Confirmed")

	p = late.Submit("Looks right").Whole(http.StatusConflict)
	assert.Equal(t, "This review is closed", p.Text("h1"))
	assert.Equal(t, "This review is closed", s.Post(q.URL+"/looks", nil).Whole(http.StatusConflict).Text("h1"))
	assert.Equal(t, "This review is closed", s.Post(q.URL+"/close", nil).Whole(http.StatusConflict).Text("h1"))
	step := open(s.Get(q.URL), "Noor van der Meer")
	assert.Contains(t, step.Text("main"), "This review is closed. Nothing is decided in it any more.")
	assert.Empty(t, step.Find("[name=decision]").Nodes)
	assert.Contains(t, s.Get(q.URL+"/receipt").Text("main"), "Closed on ")
	assert.Contains(t, s.Get("/reviews").Text("main ul.rows"), "2 of 3 people looked at. Closed.")
	assert.Zero(t, s.Writes(), "nothing is changed in Tallyfy")

	// Noor joined long ago, and is offered again; the others are not.
	takes := s.Get("/reviews/new").Texts("[data-part=count] .names-only li")
	assert.Contains(t, takes, "Noor van der Meer")
	assert.NotContains(t, takes, "Søren Kjærgaard")
	next := s.Get("/reviews/new").Form("main form").Submit("Start the review").Whole(http.StatusOK)
	assert.Contains(t, queue(next), "Noor van der Meer")
	assert.Contains(t, next.Text("main"), "1 person whom a closed review left open")
	assert.NotContains(t, s.Get("/reviews/new").Texts("[data-part=count] .names-only li"), "Noor van der Meer", "in a review that is open")
}

// A decision that comes in at the last moment stops the closing, which says so.
func TestADecisionWhileAReviewIsClosed(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s := sitetest.SignedIn(t, sitetest.Options{Store: db})
	form := s.Get(start(s, "soren.kjaergaard").URL + "/close").Form("main form")
	_, err = db.Write(t.Context(), `CREATE TRIGGER meanwhile AFTER INSERT ON dashboard_journal WHEN NEW.kind = 'review.close'
		BEGIN UPDATE dashboard_review_people SET state = 'change'; END`)
	require.NoError(t, err)
	p := form.Submit("Close the review").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main .notice"), "Somebody else has closed the review, or decided to change groups, since. Nothing was changed.")
	assert.Contains(t, s.Get("/activity?what=review.close").Text("main .rows"), "wanted to close the review “Joiners”. It was not done.")
}

// Closing a review promises that the next one offers whom it left open, whatever an earlier one
// decided.
func TestTheLatestReviewSaysWhoIsOfferedAgain(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodPost, "/users/invite", `{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace","role":"light","message":"hello"}`)
	offered := func() []string {
		t.Helper()
		return s.Get("/reviews/new").Texts("[data-part=count] .names-only li")
	}
	q := start(s, "noor.vandermeer")
	s.Post(open(q, "Noor van der Meer").URL, url.Values{"decision": {"right"}, "base": {"0"}}).Whole(http.StatusOK)
	q = start(s, "noor.vandermeer", "ada")
	assert.NotContains(t, offered(), "Noor van der Meer", "in a review that is open")
	s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Subset(t, offered(), []string{"Noor van der Meer", "Ada Lovelace"}, "without a tick at the invited, too")
	q = start(s, "noor.vandermeer")
	s.Post(open(q, "Noor van der Meer").URL, url.Values{"decision": {"right"}, "base": {"0"}}).Whole(http.StatusOK)
	s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.NotContains(t, offered(), "Noor van der Meer")
}

func TestWhoLeftIsPutDownWhenAReviewIsClosed(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	s.Disable("soren.kjaergaard")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	says := func() string { return s.Get(q.URL + "/close").Whole(http.StatusOK).Text("main form p:first-of-type") }
	assert.Equal(t, "The review “Joiners” of 2 people is closed. 1 of them left without a decision. 1 of them is not decided: the next review of new joiners offers this person again.", says())
	decided(s, q, "chiara.dangelo", "right", url.Values{})
	assert.Equal(t, "The review “Joiners” of 2 people is closed. 1 of them left without a decision. All others are decided.", says())
	s.Disable("chiara.dangelo")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	assert.Equal(t, "The review “Joiners” of 2 people is closed. 1 of them left without a decision. All others are decided.", says(), "who left afterwards was decided")
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("chiara.dangelo")+"/enable", "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	decided(s, q, "chiara.dangelo", "ask", url.Values{"note": {"?"}})
	q = s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Equal(t, []string{"Asked 1", "Left 1"}, counts(q))
	assert.Len(t, stored(s, q, "soren.kjaergaard"), 1)
	offered := func() []string { return s.Get("/reviews/new").Texts("[data-part=count] .names-only li") }
	assert.NotContains(t, offered(), "Søren Kjærgaard")
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("soren.kjaergaard")+"/enable", "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	assert.Equal(t, []string{"Asked 1", "Left 1"}, counts(s.Get(q.URL)), "a closed review stays as it is")
	assert.Contains(t, offered(), "Søren Kjærgaard", "who comes back is still to be reviewed")
}

// lateClose starts a review in which somebody waits to be added to groups, and lets another
// administrator decide anew and close it when the next change reaches Tallyfy. It returns the
// review and what became of the closing.
func lateClose(s *sitetest.Site, skip int, groups ...string) (q *sitetest.Page, closing func() *sitetest.Page) {
	s.T.Helper()
	q = start(s, "ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, groups...)})
	other := asKwame(s)
	var mu sync.Mutex
	var p *sitetest.Page
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Skip: skip, Times: 1, Meanwhile: func() {
		decided(other, q, "ines.carvalho", "right", url.Values{"note": {"it is fine"}})
		mu.Lock()
		defer mu.Unlock()
		p = other.Post(q.URL+"/close", nil)
	}})
	return q, func() *sitetest.Page {
		mu.Lock()
		defer mu.Unlock()
		return p
	}
}

func TestAReviewIsNotClosedWhileAJobCarriesItOut(t *testing.T) {
	t.Parallel()
	s := working(t)
	q, closing := lateClose(s, 2, many...)
	job := check(s, q).Form("main form[data-form]").Submit("Change 8 groups for 1 person").Whole(http.StatusOK)
	rests(s, job.URL, "3 of 8 done. 5 failed.")
	p := closing().Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "This review is being carried out in the name of Maren Dahl.")
	assert.Contains(t, p.Text("main"), "Close the review when the job has ended.")
	assert.Equal(t, job.URL, p.Link("The job"))
	assert.False(t, p.Has("main form"))

	text := receipt(s, q).Text("main")
	assert.Contains(t, text, "Changed, added to Customer Care, Finance and First Aiders.")
	assert.Contains(t, text, "1 looks right = 1 person, a row each.")
	assert.Contains(t, s.Get(q.URL+"/receipt.csv").Body, "added to Customer Care")
	q = s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Contains(t, q.Text(".notice.done"), "is closed.")
}

func TestAReviewIsNotClosedWhileAPageCarriesItOut(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q, closing := lateClose(s, 0, "Fleet and Drivers")
	r := check(s, q).Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.Contains(t, closing().Whole(http.StatusConflict).Text("main"), "The review is being carried out, or closed, right now. Nothing was done.")
	assert.Contains(t, r.Text("main"), "Changed, added to Fleet and Drivers.")
	q = s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Contains(t, q.Text(".notice.done"), "is closed.")
}

// Whatever comes first, what was sent is on the receipt.
func TestWhatIsSentIsRecordedInAClosedReviewToo(t *testing.T) {
	t.Parallel()
	for name, groups := range map[string][]string{"by a page": {"Fleet and Drivers"}, "by a job": many} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := working(t)
			q := start(s, "ines.carvalho")
			decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, groups...)})
			other := asKwame(s)
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Times: 1, Meanwhile: func() {
				decided(other, q, "ines.carvalho", "right", url.Values{"note": {"it is fine"}})
				r, err := s.App.Reviews.Head(t.Context(), tallyfy.ID(s.Org), path.Base(q.URL))
				assert.NoError(t, err)
				assert.NoError(t, s.App.Reviews.Close(t.Context(), r, journal.Subject{Kind: journal.Member, ID: "1", Name: "Kwame"}, &directory.Members{}))
			}})
			p := check(s, q).Form("main form[data-form]").Submit("Change " + sitetest.Plural(len(groups), "group") + " for 1 person").Whole(http.StatusOK)
			if strings.Contains(p.URL, "/jobs/") {
				rests(s, p.URL, "1 of 8 done. 7 failed.")
			}
			text := receipt(s, q).Text("main")
			assert.Contains(t, text, "Closed on ")
			assert.Contains(t, text, "Changed, added to ")
			assert.Contains(t, text, "Found so in Tallyfy,")
			assert.Contains(t, text, "Decided meanwhile: Looks right. “it is fine”")
			assert.Contains(t, text, "1 looks right = 1 person, a row each.")
			assert.Contains(t, s.Get(q.URL+"/receipt.csv").Body, "added to")
			s.Get(q.URL + "/check").Whole(http.StatusOK)
		})
	}
}

// Whoever closes a review is told that a second look waits, and whoever gives it afterwards gets
// back what they wrote.
func TestAReviewIsClosedBeforeASecondLook(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := looksRight(s, start(s, "soren.kjaergaard", "chiara.dangelo"))
	q = q.Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
	look := asKwame(s).Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
	p := q.Follow("Close the review").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "All of them are decided. 1 second look that waits is not taken any more.")
	p.Form("main form[data-form]").Submit("Close the review").Whole(http.StatusOK)
	p = look.Form("main form[data-form]").Set("note", "Payroll, too").Submit("Something is not right").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "any more. Nothing was changed. You wrote: “Payroll, too”")
	assert.NotContains(t, p.Text("main"), "1 waits")
}
