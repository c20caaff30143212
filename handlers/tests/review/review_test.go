// Package review_test tests the pages of reviews of new joiners, at the whole application.
package review_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// start starts a review of the people with these names, in the order of the queue, and returns its page.
func start(s *sitetest.Site, names ...string) *sitetest.Page {
	s.T.Helper()
	var addresses []string
	for _, name := range names {
		addresses = append(addresses, s.Member(name).Email)
	}
	f := s.Get("/reviews/new").Form("main form")
	f.Set("name", "Joiners").Tick("who", "text").Set("text", strings.Join(addresses, "\n"))
	p := f.Submit("Start the review").Whole(http.StatusOK)
	require.Equal(s.T, "Joiners", p.Text("h1"))
	return p
}

// asKwame is the site as another administrator sees it.
func asKwame(s *sitetest.Site) *sitetest.Site {
	s.T.Helper()
	other := s.As(s.T)
	other.SignInWith(sandbox.ColleagueToken).Form("form:has([name=organization])").Set("organization", s.Org).Submit("Continue").Whole(http.StatusOK)
	return other
}

// counts reads the people by state, from the tabs after the one of all.
func counts(p *sitetest.Page) []string { return p.Texts(".tabs li")[1:] }

// queue reads the names of the queue in their order, of all pages from this one on.
func queue(p *sitetest.Page) []string {
	names := p.Texts("tbody .lead-cell .name")
	if p.Has(".pager [rel=next]") {
		names = append(names, queue(p.Follow("Next"))...)
	}
	return names
}

// open opens somebody of a queue.
func open(queue *sitetest.Page, name string) *sitetest.Page {
	queue.Site.T.Helper()
	return queue.Follow(name).Whole(http.StatusOK)
}

func TestAReviewIsStartedDecidedAndChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/reviews").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "No reviews yet")
	q := start(s, "soren.kjaergaard", "chiara.dangelo", "noor.vandermeer")
	assert.Equal(t, []string{"To decide 3"}, counts(q))
	assert.Contains(t, q.Text("main"), "Started by Maren Dahl on ")
	order := queue(q)
	require.Len(t, order, 3)

	calls := s.Calls(http.MethodGet, "")
	p = q.Follow("Go on at person 1").Whole(http.StatusOK)
	assert.Equal(t, order[0], p.Text("h1"))
	assert.True(t, strings.HasPrefix(p.Text("title"), "1 of 3: "+order[0]), p.Text("title"))
	p = p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Equal(t, order[1], p.Text("h1"), "the next person opens at once")
	assert.Equal(t, "Done. Saved: "+order[0]+", looks right. Change", p.Text(".notice.done"))
	assert.Equal(t, order[0], p.Follow("Back to the one decided last").Text("h1"))

	p = p.Form("main form[data-form]").Submit("Not yet").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-until"), "Give the day on which to look again.")
	day := time.Now().UTC().AddDate(0, 0, 20).Format(time.DateOnly)
	p = p.Form("main form[data-form]").Set("until", day).Set("note", "starts in May").Submit("Not yet").Whole(http.StatusOK)
	assert.Equal(t, order[2], p.Text("h1"))
	p = p.Form("main form[data-form]").Submit("Ask someone").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-note"), "Write what you want to know.")
	p = p.Form("main form[data-form]").Set("note", "Payroll, too?").Submit("Ask someone").Whole(http.StatusOK)
	assert.Equal(t, "Joiners", p.Text("h1"), "all are decided")
	assert.Equal(t, []string{"Not yet 1", "Asked 1", "Looks right 1"}, counts(p))
	assert.Contains(t, p.Text("main"), "All 3 people looked at.")

	p = p.Follow("The text to send, or change").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Ask someone. “Payroll, too?”")
	assert.Contains(t, p.Text(".ask"), "/reviews/", "a link to send")
	p = p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Equal(t, []string{"Not yet 1", "Looks right 2"}, counts(p))
	assert.Len(t, open(p, order[2]).Texts("#record + ul li"), 2, "both decisions stay")
	assert.Equal(t, calls, s.Calls(http.MethodGet, ""), "stepping calls nobody")
	assert.Zero(t, s.Writes(), "nothing is changed in Tallyfy")

	assert.Contains(t, s.Get("/reviews").Text("main"), "All 3 people looked at.")
	assert.Contains(t, s.Get(s.MemberPath(login(s, order[2]))).Text("main"), "by Maren Dahl", "the page of the person says so")
	assert.NotContains(t, s.Get(s.MemberPath(login(s, order[1]))).Facts(), "Reviewed")
}

// A day that somebody chose is that day for everybody, wherever they are.
func TestADayStaysTheDayThatWasChosen(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	kwame := asKwame(s)
	require.NotEqual(t, s.Zone(), time.UTC)
	f := s.Get("/reviews/new").Form("main form").Tick("who", "dates").Set("from", "2022-03-01").Set("to", "2022-03-31")
	q := f.Submit("Start the review").Whole(http.StatusOK)
	require.Contains(t, queue(q), "Søren Kjærgaard")
	day := time.Now().In(s.Zone()).AddDate(0, 0, 20)
	open(q, "Søren Kjærgaard").Form("main form[data-form]").Set("until", day.Format(time.DateOnly)).Submit("Not yet").Whole(http.StatusOK)
	until := "until " + day.Format("2 Jan 2006")
	for _, site := range []*sitetest.Site{s, kwame} {
		p := site.Get(q.URL).Whole(http.StatusOK)
		assert.Contains(t, p.Text("main"), "Joined from 1 Mar 2022 to 31 Mar 2022.")
		assert.Contains(t, p.Text("tbody"), until)
		assert.Contains(t, open(p, "Søren Kjærgaard").Text("#record + ul"), "Not yet "+until+".")
		assert.Contains(t, site.Get(q.URL+"/receipt").Text("main"), "Not yet "+until+".")
		file := site.Get(q.URL + "/receipt.csv").Body
		assert.Contains(t, file, ","+day.Format(time.DateOnly)+",")
		assert.Contains(t, file, "Not yet until "+day.Format(time.DateOnly)+".")
	}
}

// Of what no secret opens any more the pages still say who and where.
func TestWhatCannotBeOpenedIsNamedAllTheSame(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	lose := func(table string) {
		t.Helper()
		_, err := s.App.Reviews.DB.Write(t.Context(), `UPDATE dashboard_review`+table+` SET data = ''`)
		require.NoError(t, err)
	}
	lose("s")
	lose("_people")
	p := open(s.Get(q.URL), "Søren Kjærgaard")
	assert.Equal(t, q.URL, p.Link("A review that can't be opened"))
	p = p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Equal(t, "Done. Saved: Søren Kjærgaard, looks right. Change", p.Text(".notice.done"))
	lose("_decisions")
	assert.Equal(t, open(s.Get(q.URL), "Søren Kjærgaard").URL, s.Get(s.MemberPath("soren.kjaergaard")).Link("The review"))
}

// login is the login of somebody by the name.
func login(s *sitetest.Site, name string) string {
	s.T.Helper()
	for _, m := range s.Sandbox.Members() {
		if m.FirstName+" "+m.LastName == name {
			at, _, _ := strings.Cut(m.Email, "@")
			return at
		}
	}
	require.Fail(s.T, "nobody is called so", name)
	return ""
}

// boxes are the ids of the groups that a page offers to add or take out.
func boxes(p *sitetest.Page, name string) []string {
	return p.Find("input[name=" + name + "]").Map(func(_ int, box *goquery.Selection) string { return box.AttrOr("value", "") })
}

func TestGroupsToChangeAreTickedOneByOne(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard")
	p := open(q, "Søren Kjærgaard")
	assert.Zero(t, p.Find("input[checked]").Length(), "nothing is ticked by itself")
	in := boxes(p, "remove")
	require.NotEmpty(t, in)
	p = p.Form("main form[data-form]").Submit("Change groups").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-groups"), "Choose the groups to add or to leave")

	other := ""
	for _, g := range s.Sandbox.Groups() {
		if !slices.Contains(in, g.ID) && !slices.Contains(boxes(p, "add"), g.ID) {
			other = g.Name
		}
	}
	p = p.Form("main form[data-form]").Tick("remove", in[0]).Set("find", other).Set("note", "moved").Submit("Search").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), other)
	assert.Equal(t, 1, p.Find("input[name=remove][checked]").Length(), "what was ticked stays, whatever is searched")
	assert.Contains(t, p.Text("textarea"), "moved")
	assert.Contains(t, p.Text("#hint-note"), "To take somebody out of a group, write why.")
	bare := p.Form("main form[data-form]").Set("note", "").Submit("Change groups").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Taking somebody out of a group needs a note: write why.", bare.Text("#error-note"))
	assert.Equal(t, 1, bare.Find("input[name=remove][checked]").Length(), "what was ticked stays")
	p = p.Form("main form[data-form]").Tick("add", s.Group(other).ID).Submit("Change groups").Whole(http.StatusOK)
	assert.Equal(t, []string{"To change 1"}, counts(p))
	p = open(p, "Søren Kjærgaard")
	assert.Contains(t, p.Text("#record + ul"), "Change groups, add to "+other+", take out of ")
	assert.Contains(t, p.Text("#record + ul"), "“moved”")
	assert.Zero(t, s.Writes())
}

// A decision says all that was ticked, or is not saved.
func TestATickedGroupIsNotDropped(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho")
	p := open(q, "Inês Carvalho").Form("main form[data-form]").Set("find", "first aiders").Submit("Search").Whole(http.StatusOK)
	f := p.Form("main form[data-form]").Set("note", "as the others")
	f.Values["add"] = groupIDs(s, "Fleet and Drivers", "First Aiders")
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group("First Aiders").ID, "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p = f.Submit("Change groups").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("#error-groups"), "One of the groups is not there any more. Look again.")
	assert.Equal(t, "as the others", strings.TrimSpace(p.Text("textarea")), "nothing typed is lost")
	assert.Equal(t, s.Group("Fleet and Drivers").ID, p.Find("input[name=add][checked]").AttrOr("value", ""))
	assert.Empty(t, stored(s, q, "ines.carvalho"))
	p.Form("main form[data-form]").Submit("Change groups").Whole(http.StatusOK)
	require.Len(t, stored(s, q, "ines.carvalho"), 1)

	// So with one to leave, though the form has shown the person in it.
	p = open(s.Get(q.URL), "Inês Carvalho")
	f = p.Form("main form[data-form]").Set("note", "left it")
	f.Values["remove"] = groupIDs(s, "Operations")
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group("Operations").ID, "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p = f.Submit("Change groups").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("#error-groups"), "One of the groups is not there any more. Look again.")
	require.Len(t, stored(s, q, "ines.carvalho"), 1)

	// A group that is younger than the copy is there, too.
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Night Shift","description":"x","members":[`+s.ID("ines.carvalho")+`]}`)
	p = open(s.Get(q.URL), "Inês Carvalho").Follow("Look again").Whole(http.StatusOK)
	f = p.Form("main form[data-form]").Set("note", "left it")
	f.Values["remove"] = groupIDs(s, "Night Shift")
	f.Submit("Change groups").Whole(http.StatusOK)
	last := stored(s, q, "ines.carvalho")[1]
	assert.Equal(t, []review.Group{{ID: tallyfy.ID(s.Group("Night Shift").ID), Name: "Night Shift"}}, last.Remove)
	assert.Contains(t, last.Groups, last.Remove[0])
}

func TestGroupsAreComparedAndOddOnesComeFirst(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Joiners: true}})
	q := start(s, "tobias.renner", "aaliyah.rahman", "beatriz.sa")
	assert.Equal(t, []string{"Beatriz Sá", "Aaliyah Rahman", "Tobias Renner"}, queue(q))
	assert.Equal(t, []string{"4 missing", "3 not expected", "as expected"}, q.Texts("tbody td:nth-child(4) .sub"))
	blocks := func(p *sitetest.Page, i int) []string {
		block := ".blocks fieldset:nth-child(" + strconv.Itoa(i) + ") "
		return p.Texts(block + ".name, " + block + ".muted")
	}
	p := open(q, "Aaliyah Rahman")
	assert.Equal(t, []string{"Expected, and there", "Expected, but missing", "There, but not expected", "Other groups"}, p.Texts(".blocks legend"))
	assert.Len(t, blocks(p, 1), 4)
	assert.Equal(t, []string{"None."}, blocks(p, 2))
	assert.Equal(t, []string{"Finance", "Legal", "Management Board"}, blocks(p, 3))
	assert.Contains(t, p.Text(".blocks"), "of the 8 are in it")
	assert.Zero(t, p.Find("input[type=checkbox][checked]").Length(), "nothing is ticked by itself")
	p = open(q, "Beatriz Sá")
	assert.Len(t, blocks(p, 2), 4)
	p = p.Form("main form[data-form]").Tick("add", boxes(p, "add")[0]).Submit("Change groups").Whole(http.StatusOK)
	assert.Equal(t, "Aaliyah Rahman", p.Text("h1"))
}

func TestTwoReviewersOfOnePerson(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	first := open(q, "Søren Kjærgaard").Form("main form[data-form]")
	kwame := asKwame(s)
	second := kwame.Get(q.URL).Whole(http.StatusOK)
	open(second, "Søren Kjærgaard").Form("main form[data-form]").Set("note", "why so many?").Submit("Ask someone").Whole(http.StatusOK)

	p := first.Set("note", "mine").Submit("Looks right").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "Your decision is not saved yet: somebody else has decided about Søren Kjærgaard since you opened the page")
	assert.Contains(t, p.Text("#record + ul"), "“why so many?”")
	assert.Equal(t, "mine", strings.TrimSpace(p.Text("textarea[name=note]")))
	assert.Equal(t, []string{"To decide 1", "Asked 1"}, counts(s.Get(q.URL)))
	p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	p = open(s.Get(q.URL), "Søren Kjærgaard")
	assert.Len(t, p.Texts("#record + ul li"), 2, "both stay")
}

func TestAPressCountsOnce(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := url.Values{"who": {"text"}, "text": {s.Member("soren.kjaergaard").Email}, "name": {"Twice"}, "press": {"0123456789abcdef0123456789abcdef"}}
	one, two := s.Post("/reviews", form), s.Post("/reviews", form)
	require.Equal(t, one.URL, two.URL)
	assert.Len(t, s.Get("/reviews").Texts("main ul.rows li"), 1)
	assert.Len(t, s.Get("/activity?what=review.start").Texts("main ul.rows li"), 1)
	path := open(one, "Søren Kjærgaard").URL
	decision := url.Values{"decision": {"right"}, "base": {"0"}, "press": {"abcdef0123456789abcdef0123456789"}}
	s.Post(path, decision).Whole(http.StatusOK)
	s.Post(path, decision).Whole(http.StatusOK)
	assert.Len(t, s.Get(path).Texts("#record + ul li"), 1)
}

// The second arrival of a press may look for the review of the first one before that is there. It
// starts none of its own.
func TestAPressStartsOneReviewThoughItIsNotSeen(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := url.Values{"who": {"text"}, "text": {s.Member("soren.kjaergaard").Email}, "name": {"Once"}, "press": {"0123456789abcdef0123456789abcdef"}}
	one := s.Post("/reviews", form).Whole(http.StatusOK)
	_, err := s.App.Reviews.DB.Write(t.Context(), `UPDATE dashboard_reviews SET org = $1`, "unseen")
	require.NoError(t, err)
	assert.Equal(t, one.URL, s.Post("/reviews", form).URL)
	assert.Contains(t, s.Get("/reviews").Text("main"), "No reviews yet")
	assert.Len(t, s.Get("/activity?what=review.start").Texts("main ul.rows li"), 1)

	// The process of the first press died before it stored the review.
	_, err = s.App.Reviews.DB.Write(t.Context(), `DELETE FROM dashboard_reviews`)
	require.NoError(t, err)
	_, err = s.App.Reviews.DB.Write(t.Context(), `UPDATE dashboard_journal SET state = 'sent', outcome = '', checked = ''`)
	require.NoError(t, err)
	s.App.Now = func() time.Time { return time.Now().Add(time.Hour) }
	p := s.Post("/reviews", form).Whole(http.StatusOK)
	assert.Contains(t, p.URL, "/activity/")
	assert.Contains(t, p.Text("main"), "The review “Once” was not started.")
}

func TestAdministratorsAndOneself(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "maren.dahl", "kwame.asante")
	p := open(q, "Maren Dahl")
	assert.Contains(t, p.Text("main"), "This is your own record. Another administrator has to decide it.")
	assert.Empty(t, p.Find("[name=decision]").Nodes)
	p = s.Post(p.URL, url.Values{"decision": {"right"}, "base": {"0"}, "note": {"me"}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main"), "This is your own record")
	assert.Equal(t, []string{"To decide 2"}, counts(s.Get(q.URL)))

	p = open(q, "Kwame Asante").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-note"), "This person stays an administrator: write why.")
	p = p.Form("main form[data-form]").Set("note", "runs the office").Submit("Looks right").Whole(http.StatusOK)
	assert.Equal(t, []string{"To decide 1", "Looks right 1"}, counts(p))
	again := start(s, "soren.kjaergaard")
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("soren.kjaergaard")+"/role", `{"role":"admin"}`)
	step := open(again, "Søren Kjærgaard").Follow("Look again").Whole(http.StatusOK)
	step = step.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, step.Text("#error-note"), "This person was made an administrator since the review was started: write why that is right.", "as the other look has shown")
	step.Form("main form[data-form]").Set("note", "heads it now").Submit("Looks right").Whole(http.StatusOK)
	assert.Empty(t, p.Link("Go on at person 1"), "what is left is one's own")
	assert.Empty(t, p.Link("Go on at person 2"))
}

func TestSameAsThePersonBefore(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, who := range []string{"Ada", "Bo"} { // in no group, without a job title, of the same role
		s.Elsewhere(http.MethodPost, "/users/invite", `{"email":"`+strings.ToLower(who)+`@example.com","first_name":"`+who+`","last_name":"New","role":"light","message":"hello"}`)
	}
	q := start(s, "ada", "bo", "chiara.dangelo")
	p := open(q, "Ada New")
	assert.Empty(t, p.Find("[value=same]").Nodes, "nobody was decided before")
	p.Form("main form[data-form]").Set("note", "all fine").Submit("Looks right").Whole(http.StatusOK)
	assert.Empty(t, open(s.Get(q.URL), "Chiara D'Angelo").Find("[value=same]").Nodes, "groups and title differ")
	p = s.Post(open(q, "Chiara D'Angelo").URL, url.Values{"decision": {"same"}, "base": {"0"}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-decision"), "Choose what you have decided.")
	open(s.Get(q.URL), "Bo New").Form("main form[data-form]").Submit("Same as Ada New: looks right").Whole(http.StatusOK)
	assert.Contains(t, open(s.Get(q.URL), "Bo New").Text("#record + ul"), "Looks right. “all fine”")
}

// stored are the decisions that are kept about somebody in the review of a page.
func stored(s *sitetest.Site, page *sitetest.Page, login string) []*review.Decision {
	s.T.Helper()
	step, err := s.App.Reviews.Step(s.T.Context(), tallyfy.ID(s.Org), path.Base(page.URL), tallyfy.UserID(s.ID(login)), "")
	require.NoError(s.T, err)
	return step.Person.Decisions
}

func TestThoseWhoLeftAreClosedByThemselves(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	step := open(q, "Søren Kjærgaard")
	s.Disable("soren.kjaergaard")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p := s.Get(q.URL).Whole(http.StatusOK)
	assert.Equal(t, []string{"To decide 1", "Left 1"}, counts(p))
	assert.Contains(t, s.Get("/reviews").Text("main ul.rows"), "0 of 2 people looked at, 1 has left before that.")
	assert.Contains(t, s.Get(q.URL+"/receipt").Text("main"), "1 not decided + 1 left = 2 people")
	p = open(p, "Søren Kjærgaard")
	assert.Contains(t, p.Text("#record + ul"), "Left. “Disabled.”")
	assert.Empty(t, p.Find("[name=decision]").Nodes)
	p = step.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "Søren Kjærgaard is disabled. There is nothing to decide.")
	assert.Equal(t, []string{"Søren Kjærgaard"}, queue(s.Get(q.URL+"?state=left")))
	assert.Equal(t, "Chiara D'Angelo", s.Get(q.URL).Follow("Go on at person "+strconv.Itoa(1+slices.Index(queue(q), "Chiara D'Angelo"))).Text("h1"))
	assert.Len(t, queue(s.Get(q.URL)), 2, "they stay in the record")
	assert.Empty(t, stored(s, q, "soren.kjaergaard"), "looking keeps nothing")
	p = s.Post(open(q, "Chiara D'Angelo").URL, url.Values{"decision": {"ask"}, "note": {"Payroll?"}, "base": {"0"}}).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "1 of 2 people looked at, 1 has left before that.", "nobody has looked at who left")
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("soren.kjaergaard")+"/enable", "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	assert.Equal(t, []string{"To decide 1", "Asked 1"}, counts(s.Get(q.URL)), "whoever comes back stands where they stood")

	decided(s, q, "soren.kjaergaard", "right", url.Values{})
	s.Disable("soren.kjaergaard")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p = s.Get(q.URL)
	assert.Equal(t, []string{"Asked 1", "Left 1"}, counts(p))
	assert.Contains(t, p.Text("main"), "All 2 people looked at.", "who left afterwards was looked at, too")
	assert.Contains(t, s.Get("/reviews").Text("main ul.rows"), "All 2 people looked at.")
	assert.Contains(t, s.Get(q.URL+"/receipt").Text("main"), "1 asked + 1 left = 2 people")
	s.Get(q.URL + "/close").Form("main form[data-form]").Submit("Close the review").Whole(http.StatusOK)
	assert.Contains(t, s.Get("/reviews").Text("main ul.rows"), "All 2 people looked at. Closed.")
}

func TestTheQueueIsPagedAndFilteredByState(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 90}})
	q := s.Get("/reviews/new").Form("main form").Set("name", "All").Tick("who", "all").Submit("Start the review").Whole(http.StatusOK)
	all := queue(q)
	require.Greater(t, len(all), 60)
	assert.Equal(t, []string{"All " + strconv.Itoa(len(all)), "To decide " + strconv.Itoa(len(all))}, q.Texts(".tabs li"))
	numbers := func(p *sitetest.Page) []string { return p.Texts("tbody td:first-child") }
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(all))), len(all), "no two links have the same name")
	second := q.Follow("Next").Whole(http.StatusOK)
	assert.Equal(t, []string{"1", "50", "51"}, []string{numbers(q)[0], numbers(q)[49], numbers(second)[0]})
	assert.Equal(t, all[50:], second.Texts("tbody .name"))
	decide := func(name, decision string) {
		t.Helper()
		s.Post(s.Get(q.URL+"?page="+strconv.Itoa(1+slices.Index(all, name)/50)).Follow(name).URL, url.Values{"decision": {decision}, "base": {"0"}, "note": {"why"}}).Whole(http.StatusOK)
	}
	decide(all[54], "right")
	decide(all[2], "right")
	decide(all[1], "ask")
	q = s.Get(q.URL).Whole(http.StatusOK)
	assert.Equal(t, []string{"To decide " + strconv.Itoa(len(all)-3), "Asked 1", "Looks right 2"}, counts(q))
	right := q.Follow("Looks right 2").Whole(http.StatusOK)
	assert.Equal(t, []string{all[2], all[54]}, queue(right))
	assert.Equal(t, []string{"3", "55"}, numbers(right), "the numbers are those of the whole queue")
	assert.Equal(t, "Looks right 2", right.Text(".tabs [aria-current]"))
	assert.NotEmpty(t, right.Link("Go on at person 1"))
	open := s.Get(q.URL + "?state=undecided&page=9").Whole(http.StatusOK)
	assert.Equal(t, all[len(all)-1], queue(open)[len(queue(open))-1], "the last page, if there are fewer")
	assert.NotContains(t, queue(s.Get(q.URL+"?state=undecided")), all[2])
	none := s.Get(q.URL + "?state=later").Whole(http.StatusOK)
	assert.Contains(t, none.Text("main"), "Nobody is in this state now.")
	assert.Equal(t, "Not yet 0", none.Text(".tabs [aria-current]"))
	assert.Len(t, queue(s.Get(q.URL+"?state=nonsense")), len(all))
}

func TestFiveDecisionsInARowAskOnce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := sitetest.SignedIn(t, sitetest.Options{Now: func() time.Time { return now }}) // at once, however busy the machine is
	var logins []string
	for _, m := range s.Sandbox.Members() {
		if at, _, _ := strings.Cut(m.Email, "@"); len(logins) < 14 && m.Status == "active" && m.Role != "admin" && m.Type != "bot" {
			logins = append(logins, at)
		}
	}
	q := start(s, logins...)
	p := q.Follow("Go on at person 1")
	asked := 0
	for i := range 12 {
		p = p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
		if p.Has("#pause") {
			asked++
			assert.Equal(t, 4, i, "after the fifth")
			assert.Contains(t, p.Text("main"), "You decided about 5 people in a few seconds.")
			assert.NotEmpty(t, p.Link("Look again"))
			p = p.Follow("Go on").Whole(http.StatusOK)
		}
	}
	assert.Equal(t, 1, asked)
	other := s.As(t) // the same reviewer in another browser
	other.SignIn()
	assert.False(t, other.Get(p.URL).Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK).Has("#pause"))
	kwame := asKwame(s)
	assert.NotContains(t, kwame.Get(q.URL).Text("main"), "fast")
	for _, who := range logins[:5] { // from the check, too, and back to it
		p = kwame.Get(q.URL + "/people/" + s.ID(who) + "?from=check").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	}
	require.True(t, p.Has("#pause"))
	assert.Contains(t, p.Link("Look again"), "from=check")
	assert.Equal(t, "Check and apply", p.Follow("Go on").Whole(http.StatusOK).Text("h1"))
}

func TestWhoIsTaken(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	count := func(form url.Values) (int, *sitetest.Page) {
		t.Helper()
		form.Set("action", "count")
		p := s.Post("/reviews", form).Whole(http.StatusOK)
		n, _, _ := strings.Cut(p.Text("[data-part=count] strong"), " ")
		number, err := strconv.Atoi(n)
		require.NoError(t, err, p.Text("main"))
		return number, p
	}
	active, admins := 0, 0
	for _, m := range s.Sandbox.Members() {
		if m.Status == "active" && m.Type != "bot" {
			active++
			if m.Role == "admin" {
				admins++
			}
		}
	}
	n, p := count(url.Values{"who": {"all"}, "name": {"Mine"}})
	assert.Equal(t, active, n)
	assert.Equal(t, "Mine", p.Find("input[name=name]").AttrOr("value", ""), "what was typed stays")
	n, _ = count(url.Values{"role": {"admin"}})
	assert.Equal(t, admins, n, "without a choice, everybody of the role")
	group := s.Group("Operations")
	n, _ = count(url.Values{"who": {"all"}, "group": {"operations"}, "invited": {"yes"}})
	assert.LessOrEqual(t, n, len(group.Members))
	assert.NotZero(t, n)
	n, p = count(url.Values{"who": {"text"}, "text": {s.Member("soren.kjaergaard").Email + "\nnobody@example.com"}})
	assert.Equal(t, 1, n)
	assert.Contains(t, p.Text("[data-part=count]"), "Nobody who can be reviewed: nobody@example.com.")
	for field, form := range map[string]url.Values{
		"from":     {"who": {"dates"}},
		"to":       {"who": {"dates"}, "from": {"2026-11-03"}, "to": {"2026-11-01"}},
		"text":     {"who": {"text"}, "text": {"not an address"}},
		"role":     {"who": {"all"}, "role": {"king"}},
		"group":    {"who": {"all"}, "group": {"No such group"}},
		"who":      {"who": {"dates"}, "from": {"2099-01-01"}},
		"reviewer": {"who": {"all"}, "reviewer": {s.ID("soren.kjaergaard")}},
	} {
		form.Set("name", "x")
		p := s.Post("/reviews", form).Whole(http.StatusUnprocessableEntity)
		assert.NotEmpty(t, p.Text("#error-"+field), field)
	}
	p = s.Post("/reviews", url.Values{"who": {"text"}, "name": {""}, "text": {s.Member("soren.kjaergaard").Email + "\nnobody@example.com"}}).Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("#error-text"), "Nobody who can be reviewed: nobody@example.com.", "nobody is dropped without a word")
	assert.Empty(t, p.Find("input[name=name]").AttrOr("value", "none"), "an emptied name is not filled in again")
	assert.Contains(t, s.Get("/reviews").Text("main"), "No reviews yet")
}

// A name that looks like those of two groups means neither of them.
func TestANameOfTwoGroupsTakesNeither(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Elsewhere(http.MethodPost, "/groups", `{"name":"Fleet  and Drivers","description":"x"}`)
	p := s.Post("/reviews", url.Values{"who": {"all"}, "name": {"x"}, "group": {"fleet and drivers"}}).Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Several groups look like this one. Give the id.", p.Text("#error-group"))
}

// An invited person is decided, too: the invitation itself is sent again or withdrawn in Tallyfy.
func TestAnInvitedPersonHasTheWayToTheInvitation(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := open(start(s, "lena.fischbacher"), "Lena Fischbacher")
	assert.Regexp(t, `^Europe/Vienna, \d\d:\d\d now$`, p.Facts()["Time zone"])
	const since = `accepted (yet|the invitation yet); the account was made on \d+ \w+ \d{4}, [^.]+ ago\. It takes a seat until it is withdrawn\.`
	assert.Regexp(t, since, p.Text("main"))
	assert.Equal(t, "not yet", p.Facts()["Joined"])
	assert.NotContains(t, p.Text("main"), "Joined: ")
	step := p.URL
	assert.Contains(t, s.Get(path.Dir(path.Dir(step))).Text("tbody"), "not yet Invited")
	q := s.Get(path.Dir(path.Dir(step)))
	assert.NotContains(t, receipt(s, q).Text("main"), ". Joined ")
	assert.Empty(t, joinedInFile(s, q))
	p = p.Follow("Resend or withdraw…").Whole(http.StatusOK)
	assert.Contains(t, p.Text("section[aria-labelledby=invitation]"), "Do that in Tallyfy")
	assert.Regexp(t, since, p.Text("section[aria-labelledby=invitation]"))

	require.True(t, s.Sandbox.AcceptInvitation(s.Member("lena.fischbacher").Email))
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p = s.Get(step).Whole(http.StatusOK)
	assert.Contains(t, p.Facts()["Joined"], "today, ")
	assert.Contains(t, p.Text("main"), "Joined: the account was activated.")
	assert.NotContains(t, p.Text("main"), "accepted yet")
	today := time.Now().In(s.Zone()).Format("2 Jan 2006")
	assert.Contains(t, s.Get(q.URL).Text("tbody"), today)
	assert.Contains(t, receipt(s, q).Text("main"), ". Joined "+today)
	assert.Contains(t, joinedInFile(s, q), time.Now().UTC().Format(time.DateOnly))
}

// Of somebody whose invitation was withdrawn nobody says that they joined, nor that they may yet.
func TestWhoWasInvitedAndIsGoneHasNoDayOfJoining(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "lena.fischbacher")
	require.True(t, s.Sandbox.WithdrawInvitation(s.Member("lena.fischbacher").Email))
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	q = s.Get(q.URL)
	assert.Contains(t, q.Text("tbody"), "not known")
	assert.Empty(t, joinedInFile(s, q))
	p := open(q, "Lena Fischbacher")
	assert.Equal(t, "not known", p.Facts()["Joined"])
	assert.NotContains(t, p.Text("main"), "Joined: ")
}

// joinedInFile is the time of joining of the first person in the file of a review.
func joinedInFile(s *sitetest.Site, q *sitetest.Page) string {
	s.T.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.Get(q.URL+"/receipt.csv").Body, "\ufeff"))).ReadAll()
	require.NoError(s.T, err)
	return rows[1][slices.Index(rows[0], "Joined (UTC)")]
}

// Groups that were planned with an invitation are shown to who reviews, also where the person has
// another id by then.
func TestPlannedGroupsAreShownInAReview(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "lena.fischbacher")
	assert.NotContains(t, open(q, "Lena Fischbacher").Text("main"), "Planned by")
	require.NoError(t, s.App.PlannedGroups.Put(t.Context(), s.Org, store.Planned{
		Email: s.Member("lena.fischbacher").Email, Member: "7", By: "Omar Ali", Groups: []store.PlannedGroup{{ID: s.Group("Payroll").ID, Name: "Payroll"}},
	}))
	assert.Regexp(t, `Planned by Omar Ali on \d+ \w+ \d{4}: Payroll`, open(q, "Lena Fischbacher").Text("main"))
	assert.NotContains(t, open(q, "Søren Kjærgaard").Text("main"), "Planned by")
}

// What a page has shown for too long is compared with what is so now. Only what differs is asked
// again.
func TestAnOldPageIsLookedAtAgainWhereItDiffers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	payroll, read := s.Group("Payroll").ID, strconv.FormatInt(time.Now().Add(-90*time.Minute).UnixMilli(), 10)
	same, other := open(q, "Søren Kjærgaard").Form("main form[data-form]").Set("read", read), open(q, "Chiara D'Angelo").Form("main form[data-form]").Set("read", read)
	require.Contains(t, boxes(open(q, "Chiara D'Angelo"), "remove"), payroll)
	require.True(t, s.Sandbox.ChangeGroup(payroll, sandbox.GroupChange{Remove: []int{s.Member("chiara.dangelo").ID}}))
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	same.Submit("Looks right").Whole(http.StatusOK)
	d := stored(s, q, "soren.kjaergaard")
	require.Len(t, d, 1)
	assert.WithinDuration(t, time.Now(), d[0].ReadAt, time.Hour, "it was just so at the newer reading")

	p := other.Set("note", "fine").Submit("Looks right").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "Nothing is saved yet: the page was more than an hour old, and Chiara D'Angelo has other groups by now.")
	assert.Empty(t, stored(s, q, "chiara.dangelo"))
	assert.NotContains(t, boxes(p, "remove"), payroll)
	assert.Equal(t, "fine", p.Text("textarea"))
	p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	d = stored(s, q, "chiara.dangelo")
	require.Len(t, d, 1)
	assert.False(t, slices.ContainsFunc(d[0].Groups, func(g review.Group) bool { return string(g.ID) == payroll }))
	assert.NotContains(t, s.Get(q.URL+"/receipt").Text("main"), "more than an hour old")
}

func TestThoseWhoJoinLaterAreOfferedAndNeverSlippedIn(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get("/reviews/new").Form("main form")
	q := f.Set("name", "All").Tick("who", "all").Tick("invited", "yes").Submit("Start the review").Whole(http.StatusOK)
	before := len(queue(q))
	s.Elsewhere(http.MethodPost, "/users/invite", `{"email":"anna.k@example.com","first_name":"Anna","last_name":"Kowalska","role":"light","message":"hello"}`)
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	assert.Contains(t, s.Get(q.URL).Text(".notice.info"), "since you started: Anna Kowalska (anna.k@example.com).")
	require.True(t, s.Sandbox.WithdrawInvitation("anna.k@example.com"))
	s.Elsewhere(http.MethodPost, "/users/invite", `{"email":"ada@example.com","first_name":"Ada","last_name":"Lovelace","role":"light","message":"hello"}`)
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	q = s.Get(q.URL).Whole(http.StatusOK)
	assert.Len(t, queue(q), before)
	assert.Contains(t, q.Text(".notice.info"), "1 person has joined since you started: Ada Lovelace.")
	add := q.Form("form.notice")
	s.Elsewhere(http.MethodPost, "/users/invite", `{"email":"grace@example.com","first_name":"Grace","last_name":"Hopper","role":"light","message":"hello"}`)
	q = add.Submit("Add them").Whole(http.StatusOK)
	assert.Equal(t, "Done. 1 person who joined later is in the review “All” now. Receipt", q.Text(".notice.done"))
	again := add.Submit("Add them").Whole(http.StatusOK)
	assert.Equal(t, []string{q.URL, q.Text(".notice.done")}, []string{again.URL, again.Text(".notice.done")}, "a second press")
	again = add.Set("press", "fedcba9876543210fedcba9876543210").Submit("Add them").Whole(http.StatusOK)
	assert.Equal(t, "They are in the review already. Nothing was changed.", again.Text(".notice.info"))
	assert.Len(t, queue(q), before+1)
	assert.Equal(t, "Ada Lovelace", queue(q)[before], "at the end")
	assert.Empty(t, q.Find("form.notice").Nodes)

	// The journal says both, and names none of the people.
	for what, want := range map[string]struct{ did, line string }{
		"review.start":  {"Maren Dahl started the review “All” of " + strconv.Itoa(before) + " people. Confirmed", "The review “All” of " + strconv.Itoa(before) + " people is started. Its rule: Everybody, people with an open invitation too."},
		"review.extend": {"Maren Dahl added 1 person who joined later to the review “All”. Confirmed", "The review “All” has 1 person more who joined after it was started."},
	} {
		list := s.Get("/activity?what=" + what).Whole(http.StatusOK)
		require.Len(t, list.Texts("main ul.rows li"), 1)
		assert.Contains(t, list.Text("main"), want.did)
		entry := s.Get(list.Find("main ul.rows li a").AttrOr("href", "")).Whole(http.StatusOK)
		assert.Contains(t, entry.Text("main"), want.line)
		assert.NotContains(t, entry.Text("main"), "Ada Lovelace")
		assert.Equal(t, q.URL, entry.Link("The review"))
		assert.Contains(t, string(s.Get(list.Link("Export as CSV")).Body), want.did[:30])
	}
	late := q.URL + "/people"
	s.Get(q.URL).Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Equal(t, q.URL, s.Get(s.Get(s.Get("/activity?what=review.close").Find("main ul.rows li a").AttrOr("href", "")).URL).Link("The review"))
	s.Post(late, nil).Whole(http.StatusConflict)
	assert.Len(t, s.Get("/activity?what=review.extend").Texts("main ul.rows li"), 1, "nobody came, and nothing is said")
}

func TestLookingAgainReadsOnePerson(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard")
	p := open(q, "Søren Kjærgaard")
	in := boxes(p, "remove")
	require.NotEmpty(t, in)
	other := ""
	for _, g := range s.Sandbox.Groups() {
		if g.ID == in[0] {
			other = g.Name
		}
	}
	g := s.Group(other)
	var left []string
	for _, id := range g.Members {
		if strconv.Itoa(id) != s.ID("soren.kjaergaard") {
			left = append(left, strconv.Itoa(id))
		}
	}
	s.Elsewhere(http.MethodPut, "/groups/"+g.ID, `{"name":"`+g.Name+`","description":"x","members":[`+strings.Join(left, ",")+`],"guests":[]}`)
	assert.Contains(t, boxes(s.Get(p.URL), "remove"), in[0], "from the copy")
	calls := s.Calls(http.MethodGet, "")
	again := p.Follow("Look again").Whole(http.StatusOK)
	assert.Equal(t, calls+1, s.Calls(http.MethodGet, ""))
	assert.NotContains(t, boxes(again, "remove"), in[0])
	again.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	d := stored(s, q, "soren.kjaergaard")[0]
	assert.Len(t, d.Groups, len(in)-1, "decided about the groups that the other look has shown")
	assert.False(t, slices.ContainsFunc(d.Groups, func(g review.Group) bool { return string(g.ID) == in[0] }))
	shown, _ := strconv.ParseInt(again.Find("[name=read]").AttrOr("value", ""), 10, 64)
	assert.Equal(t, shown, d.ReadAt.UnixMilli(), "and of its time")
	s.Sandbox.Fail(sandbox.Fault{Status: http.StatusInternalServerError, Times: 9})
	again = p.Follow("Look again").Whole(http.StatusOK)
	assert.Contains(t, boxes(again, "remove"), in[0], "what is known is shown")
	assert.NotEmpty(t, again.Text(".notice"))
}

func TestReviewsAreForAdministrators(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "soren.kjaergaard")
	step := open(q, "Søren Kjærgaard").URL
	standard := s.As(t)
	standard.SignInWith(sandbox.StandardToken)
	for _, path := range []string{"/reviews", "/reviews/new", q.URL, step} {
		p := standard.Get(path)
		assert.Equal(t, http.StatusForbidden, p.Status, path)
		assert.NotContains(t, p.Text("main"), "Søren", path)
	}
	p := standard.Post(step, url.Values{"decision": {"right"}, "base": {"0"}})
	assert.Equal(t, http.StatusForbidden, p.Status)
	assert.Equal(t, http.StatusForbidden, standard.Post("/reviews", url.Values{"who": {"all"}, "name": {"x"}}).Status)
	assert.Equal(t, []string{"To decide 1"}, counts(s.Get(q.URL)))
	for _, path := range []string{"/reviews/x", "/reviews/00000000-0000-7000-8000-000000000000", q.URL + "/people/1"} {
		assert.Equal(t, http.StatusNotFound, s.Get(path).Status, path)
	}
}

func TestTheOverviewSaysWhoWaits(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	text := s.Get("/").Text("main")
	require.Regexp(t, `\d+ new (person|people) not reviewed, the oldest \d+ days?`, text)
	q := s.Get("/reviews/new").Form("main form").Submit("Start the review").Whole(http.StatusOK)
	n := len(queue(q))
	assert.Contains(t, text, sitetest.Plural(n, "new person")[:2])
	p := q.Follow("Go on at person 1").Form("main form[data-form]").Set("note", "fine").Submit("Looks right")
	p.Whole(http.StatusOK)
	after := s.Get("/").Text("main")
	if n > 1 {
		assert.Contains(t, after, strconv.Itoa(n-1)+" new ")
	} else {
		assert.NotContains(t, after, "not reviewed")
	}
	assert.Contains(t, s.Get("/reviews/new").Text("[data-part=count]"), "0 people", "who is in a review is not taken again")
}

// Nobody drops out of the figure because of the days that a review takes.
func TestTheOverviewCountsWhomOpenReviewsHaveToDecide(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := sitetest.SignedIn(t, sitetest.Options{Now: func() time.Time { return now }})
	wait := func(days int, people string) {
		t.Helper()
		now = now.AddDate(0, 0, days)
		s.SignIn()
		assert.Regexp(t, "^"+people+", the oldest", s.Get("/").Find("main a[href$=reviews]").Parent().Text())
	}
	start(s, "noor.vandermeer", "soren.kjaergaard", "chiara.dangelo")
	q := s.Get("/reviews/new").Form("main form").Submit("Start the review").Whole(http.StatusOK)
	all := queue(q)
	open := len(all) + 3
	wait(0, strconv.Itoa(open)+" people not reviewed")
	wait(35, strconv.Itoa(open)+" people not reviewed")
	decide := func(name string, form url.Values) {
		t.Helper()
		s.Post(s.Get(q.URL).Follow(name).URL, form).Whole(http.StatusOK)
	}
	decide(all[0], url.Values{"decision": {"ask"}, "note": {"why"}})
	decide(all[1], url.Values{"decision": {"later"}, "until": {now.AddDate(0, 0, 40).Format(time.DateOnly)}})
	wait(1, strconv.Itoa(open-1)+" people not reviewed")
	wait(40, strconv.Itoa(open)+" people not reviewed")
}

// The groups that everybody is in are shown where there is nothing else to compare with, and those that everybody should be in.
func TestEveryGroupOfAPersonIsShownWithoutPeers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := open(start(s, "thandiwe.moyo"), "Thandiwe Moyo")
	assert.Equal(t, []string{"Expected, and there", "In these groups, too", "Other groups"}, p.Texts(".blocks legend"))
	assert.ElementsMatch(t, []string{"Everyone at Aldermoor", "Sales EMEA"}, p.Texts(".blocks .name"))
}

// What a decision does not take is not dropped without a word: ticked groups, and the day of
// another decision.
func TestWhatADecisionDoesNotTakeIsKept(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "tobias.renner")
	f := open(q, "Inês Carvalho").Form("main form[data-form]")
	f.Values["add"] = groupIDs(s, "Fleet and Drivers")
	f.Values.Set("until", "2099-01-05")
	for _, button := range []string{"Looks right", "Ask someone"} {
		p := f.Set("note", "both").Submit(button).Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("#error-groups"), "1 group is ticked: press “Change groups”, or untick it.")
		assert.Contains(t, p.Text("#error-until"), "Only “Not yet” takes a day: press that, or empty the field.")
		kept := p.Form("main form[data-form]").Values
		assert.Equal(t, []string{"2099-01-05"}, kept["until"])
		assert.Equal(t, groupIDs(s, "Fleet and Drivers"), kept["add"])
	}
	p := f.Set("until", "").Submit("Change groups").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "Saved: Inês Carvalho, change groups.")
	p = open(s.Get(q.URL), "Inês Carvalho").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "Saved: Inês Carvalho, looks right.", "what the decision before had ticked may go")
}
