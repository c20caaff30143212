package review_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
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
	assert.Contains(t, q.Text("main"), "by Maren Dahl. Nothing of it changes any more.")
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
	assert.Contains(t, step.Text("main"), "This review is closed. Nothing of it changes any more.")
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

func TestWhoLeftIsPutDownWhenAReviewIsClosed(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	s.Disable("soren.kjaergaard")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	q = s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Equal(t, []string{"To decide 1", "Left 1"}, counts(q))
	assert.Len(t, stored(s, q, "soren.kjaergaard"), 1)
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("soren.kjaergaard")+"/enable", "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	assert.Equal(t, []string{"To decide 1", "Left 1"}, counts(s.Get(q.URL)), "a closed review stays as it is")
}
