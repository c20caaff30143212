package lifecycle_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
	"tallyfy-admin/views"
)

// bram is a guest who is known by two members, is in a group and has open tasks.
const bram = "bram@tyres.example.com"

// guest finds a guest of the sandbox; the zero value for nobody.
func guest(s *sitetest.Site, email string) sandbox.Guest {
	list := s.Sandbox.Guests()
	if i := slices.IndexFunc(list, func(g sandbox.Guest) bool { return g.Email == email }); i >= 0 {
		return list[i]
	}
	return sandbox.Guest{}
}

func TestThePageOfAGuest(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	assert.Equal(t, "/guests/"+bram, s.Get("/guests?q=bram").Link("Bram Verhoeven"))
	p := s.Get("/guests/" + bram + "?from=q%3Dbram").Whole(http.StatusOK)
	assert.Equal(t, "Bram Verhoeven", p.Text("h1"))
	back, _ := p.Find(".breadcrumb a").Attr("href")
	assert.Equal(t, "/guests?q=bram", back, "the way back keeps the search")
	assert.Contains(t, p.Text("dl.facts"), "Verhoeven Banden")
	assert.Equal(t, []string{"Fleet and Drivers"}, p.Texts("section[aria-labelledby=groups] li"))
	assert.Contains(t, p.Text("section[aria-labelledby=known-by]"), "Emre Yıldız")
	assert.Contains(t, p.Text("section[aria-labelledby=known-by]"), "Søren Kjærgaard")
	assert.Positive(t, s.Sandbox.OpenGuestTasks(bram))
	assert.Contains(t, p.Text("section[aria-labelledby=tasks]"), "open task")
	assert.Equal(t, "/guests/bram@tyres.example.com", s.Get(s.GroupPath("Fleet and Drivers")).Link("Bram Verhoeven"))
	assert.Equal(t, "/guests/bram@tyres.example.com", s.Get("/search?q=verhoeven").Link("Bram Verhoeven"))
	assert.Contains(t, s.Get(s.MemberPath("emre.yildiz")).Text("section[aria-labelledby=guests]"), "Bram Verhoeven")
	for _, path := range []string{"/guests/nobody@x.example.com", "/guests/nobody@x.example.com/remove", "/guests/nobody@x.example.com/known-by"} {
		assert.Equal(t, "There is no such guest", s.Get(path).Whole(http.StatusNotFound).Text("h1"), path)
	}
	for _, path := range []string{"/guests/a%2fb", "/guests/nobody", "/guests/~", "/guests/~YQ", "/guests/a%00@x.example.com"} {
		assert.Equal(t, "There is no such guest", s.Get(path).Whole(http.StatusNotFound).Text("h1"), path)
	}
	s.Post("/guests/nobody@x.example.com/remove", url.Values{}).Whole(http.StatusNotFound)
	assert.NotContains(t, s.Log.String(), bram, "addresses of others are not for the log")
}

// Whatever address Tallyfy gives opens on every page of a guest, as it stands on the pages and escaped as others write it.
func TestGuestsWithOddAddresses(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.SignedIn(t, sitetest.Options{Base: base})
		odd := []string{
			"both/sides@x.example.com", "/first@x.example.com", "100%@x.example.com", "a%2fb@x.example.com", `"a\\b"@x.example.com`, "a/b%5c/%2e%2e@x.example.com",
			"~tilde@x.example.com", "~yq/@x.example.com", "what?is#this@x.example.com",
			strings.Repeat("long/", 12) + "@" + strings.Repeat("x", 60) + "." + strings.Repeat("y", 60) + "." + strings.Repeat("z", 60) + ".example",
		}
		if base != "" {
			odd = odd[:5]
		}
		for _, email := range odd {
			s.Elsewhere(http.MethodPost, "/guests", fmt.Sprintf(`{"email":%q,"first_name":"Odd","last_name":"One"}`, email))
		}
		for _, email := range odd {
			link := strings.TrimPrefix(s.Get("/guests?q="+url.QueryEscape(email)).Link("Odd One"), base)
			for _, way := range []string{link, "/guests/" + url.PathEscape(email)} {
				p := s.Get(way).Whole(http.StatusOK)
				assert.Equal(t, "Odd One", p.Text("h1"), way)
				assert.Contains(t, p.Text("dl.facts"), email)
				known := s.Get(way+"/known-by").Whole(http.StatusOK).Form("main form").Set("add", "renske.bakker@example.com").Submit("").Whole(http.StatusOK)
				assert.Equal(t, link, known.URL)
			}
			add := s.Get(link).Follow("Add to groups…").Form("main form").Tick("groups", s.Group("Finance").ID).Submit("").Whole(http.StatusOK)
			assert.Contains(t, add.Text("tbody"), "Will change", email)
			receipt := s.Get(link).Follow("Remove the guest…").Form("main form").Submit("").Whole(http.StatusOK)
			assert.Contains(t, receipt.Text(".notice.done"), "is no guest any more.", email)
			assert.Zero(t, guest(s, email))
			assert.Equal(t, http.StatusNotFound, s.Get(link).Status)
		}
	}
}

// A server before Tallyfy that takes an escaped slash for a slash leads to another guest: who is not shown for the one who was asked for.
func TestAnAnswerAboutAnotherGuest(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := guest(s, bram)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: "/organizations/{org}/guests/{email}", Status: http.StatusOK, Body: fmt.Sprintf(`{"data":{"id":%d,"email":%q,"details":{"associated_members":null}}}`, g.ID, bram)})
	for _, page := range []string{"", "/known-by", "/remove"} {
		p := s.Get("/guests/" + url.PathEscape("/"+bram) + page).Whole(http.StatusNotFound)
		assert.NotContains(t, p.Text("main"), "Bram")
	}
	s.Post("/guests/"+url.PathEscape("/"+bram)+"/remove", nil).Whole(http.StatusNotFound)
	assert.Zero(t, s.Writes())
}

// A group has its guests by their addresses only. What was done with the group stands on the guest's
// page all the same.
func TestAGuestsPageHasTheChangesOfTheGroups(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	require.Eventually(t, func() bool { return s.Get("/guests").Header.Get("Refresh") == "" }, 30*time.Second, 50*time.Millisecond)
	assert.Contains(t, s.Get("/guests/"+bram).Text("main"), "None with this dashboard.")
	s.GroupForm("Night watch", "Of the yard.").Tick("members", s.ID("chiara.dangelo")).Tick("members", s.ID("maren.dahl")).TypeGuests(bram).Submit("Create the group").Whole(http.StatusOK)
	s.Get(s.GroupPath("Night watch")+"/people").Form("main form[data-form]").Tick("remove", bram).Submit("Save").Whole(http.StatusOK)
	p := s.Get("/guests/" + bram).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .rows"), "Maren Dahl created the group Night watch.")
	assert.Contains(t, p.Text("main .rows"), "out of Night watch")
	all := p.Follow("All changes").Whole(http.StatusOK)
	assert.Contains(t, all.Text("main .rows"), "Maren Dahl created the group Night watch.")
	assert.Contains(t, s.Get("/guests/d.kavanagh@audit.example.com").Text("main"), "None with this dashboard.")
}

// Who was made a member in Tallyfy is found as one, and who was not is still a guest.
func TestAGuestBecomesAMemberInTallyfy(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/guests/" + bram).Whole(http.StatusOK)
	assert.Equal(t, views.TallyfyApp, p.Link("Make a member in Tallyfy"))
	assert.Equal(t, "Bram Verhoeven", p.Follow("Check again").Whole(http.StatusOK).Text("h1"))
	s.Elsewhere(http.MethodDelete, "/guests/"+bram, "")
	assert.Equal(t, "There is no such guest", p.Follow("Check again").Whole(http.StatusNotFound).Text("h1"), "gone for another reason")
	s.Elsewhere(http.MethodPost, "/users/invite", fmt.Sprintf(`{"email":%q,"first_name":"Bram","last_name":"Verhoeven","role":"standard","message":"x"}`, bram))
	p = p.Follow("Check again").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "Bram Verhoeven is no guest any more, but a member.")
	assert.Regexp(t, `^/members/\d+$`, p.URL)
	for who, link := range map[string]bool{"soren.kjaergaard": true, "gareth.pugh": true, "lena.fischbacher": false} {
		assert.Equal(t, link, s.Get(s.MemberPath(who)).Link("Make a guest in Tallyfy") == views.TallyfyApp, who)
	}
	s.SignInWith(sandbox.StandardToken)
	assert.Empty(t, s.Get("/guests/d.kavanagh@audit.example.com").Link("Make a member in Tallyfy"))
}

// The dry run of the button takes the guest out of the groups, and nothing is changed before it is started.
func TestAGuestIsTakenOutOfTheGroups(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/guests/" + bram).Form("section[aria-labelledby=groups] form").Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text("h1"), "Take people out of groups")
	assert.Contains(t, p.Text("tbody"), "Fleet and Drivers")
	assert.Contains(t, p.Text("main"), "will change")
	assert.Zero(t, s.Writes())
	add := s.Get("/guests/" + bram).Follow("Add to groups…")
	assert.Equal(t, bram, add.Form("main form").Values.Get("text"))
}

func TestAGuestIsRemoved(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/guests/" + bram).Follow("Remove the guest…").Whole(http.StatusOK)
	assert.Equal(t, "Bram Verhoeven ("+bram+") is no guest of Aldermoor Logistics any more.", p.Texts("ol.plan li")[0])
	assert.Contains(t, p.Texts("ol.plan li")[1], "is on no open task. Now: ")
	assert.Contains(t, p.Text("main"), "is in 1 group: Fleet and Drivers. Tallyfy does not say what becomes of the address there")
	assert.Zero(t, s.Writes())
	form := p.Form("main form")
	p = form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Equal(t, "Done. Bram Verhoeven ("+bram+") is no guest any more.", p.Text(".notice.done"))
	assert.Equal(t, []string{"Confirmed", "Confirmed"}, p.Texts("ol.plan .badge"))
	assert.Zero(t, guest(s, bram))
	assert.Zero(t, s.Sandbox.OpenGuestTasks(bram))
	assert.Equal(t, s.GroupPath("Fleet and Drivers"), p.Link("Fleet and Drivers"), "to look afterwards")
	assert.Equal(t, p.URL, form.Submit("").URL, "a second press shows the receipt of the first")
	assert.Equal(t, 1, s.Writes())
	assert.NotContains(t, s.Get("/guests").Text("tbody"), "Bram Verhoeven", "the copy knows at once")
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl removed the guest Bram Verhoeven ("+bram+"). Confirmed")
	s.Get("/guests/" + bram).Whole(http.StatusNotFound)
}

// Who was put into a group meanwhile is shown again before anything is done; who is a guest no more can't be removed.
func TestARemovalOfAGuestThatChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get("/guests/" + bram + "/remove").Form("main form")
	s.Post(s.GroupPath("Finance")+"/people", url.Values{"add": {bram}, "action": {"save"}}).Whole(http.StatusOK)
	s.Sandbox.ClearRequests()
	p := form.Submit("").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "something has changed since you opened this page")
	assert.Contains(t, p.Text("main"), "Finance and “Fleet and Drivers”")
	assert.Zero(t, s.Writes())
	p = s.Get("/guests/old.contact@former.example.com/remove").Whole(http.StatusOK)
	assert.Contains(t, p.Text("[role=alert]"), "is removed already.")
	s.Post("/guests/old.contact@former.example.com/remove", nil).Whole(http.StatusConflict)
	assert.Zero(t, s.Writes())
}

func TestARemovalOfAGuestWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{true, false} {
		s := sitetest.SignedIn(t, sitetest.Options{Attempt: time.Second})
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Times: 1, Abort: true, Execute: sent})
		p := s.Get("/guests/" + bram + "/remove").Form("main form").Submit("").Whole(http.StatusOK)
		says := "but it is done: Bram Verhoeven (" + bram + ") is no guest any more."
		if !sent {
			says = "Bram Verhoeven is still a guest. It may still be under way"
		}
		assert.Contains(t, p.Text(".notice"), says)
		assert.Equal(t, 1, s.Writes())
	}
}

// Who is added to and taken from the list leaves everybody else in it, whoever was put there meanwhile.
func TestWhoKnowsAGuest(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/guests/" + bram).Follow("Change who knows them…").Whole(http.StatusOK)
	form := p.Form("main form").Set("add", "renske.bakker@example.com\nHugo Marchetti").Tick("remove", s.ID("emre.yildiz"))
	s.Elsewhere(http.MethodPut, "/guests/"+bram, fmt.Sprintf(`{"email":%q,"associated_members":[%s,%s,%s]}`, bram, s.ID("soren.kjaergaard"), s.ID("emre.yildiz"), s.ID("noor.vandermeer")))
	s.Sandbox.ClearRequests()
	p = form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "/guests/"+bram, p.URL)
	assert.Contains(t, p.Text(".notice.done"), "Who knows Bram Verhoeven was changed.")
	assert.Equal(t, []int{s.Member("soren.kjaergaard").ID, s.Member("noor.vandermeer").ID, s.Member("renske.bakker").ID, s.Member("hugo.marchetti").ID}, guest(s, bram).KnownBy)
	assert.Equal(t, 1, s.Writes())
	assert.Contains(t, p.Text("main"), "Maren Dahl changed who knows Bram Verhoeven. Confirmed")
	p = p.Follow("Receipt").Whole(http.StatusOK)
	assert.Equal(t, []string{"Renske Bakker and Hugo Marchetti know Bram Verhoeven (" + bram + "). Emre Yıldız does not know Bram Verhoeven (" + bram + ") any more."}, p.Texts("ol.plan li > span:first-child"))
	assert.Contains(t, s.Get(s.MemberPath("renske.bakker")).Text("main"), "changed who knows Bram Verhoeven", "the members' pages show it, too")

	for add, says := range map[string]string{"nobody@x.example": "Nobody here has the address", "gareth.pugh@example.com": "Gareth Pugh is disabled.", "Zzz": "Nobody here is called"} {
		p = s.Get("/guests/"+bram+"/known-by").Form("main form").Set("add", add).Tick("remove", s.ID("soren.kjaergaard")).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("#error-add"), says)
		assert.Equal(t, add, p.Form("main form").Values.Get("add"))
		assert.Equal(t, []string{s.ID("soren.kjaergaard")}, p.Form("main form").Values["remove"])
	}
	p = s.Get("/guests/" + bram + "/known-by").Form("main form").Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "Nothing was to be changed, so nothing was sent to Tallyfy.")
	assert.Equal(t, 1, s.Writes())
}

// Tallyfy replaces who knows a guest as a whole: where that was not in the answer, nothing is sent.
func TestWhoKnowsAGuestIsNotInTheAnswer(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	known := guest(s, bram).KnownBy
	form := s.Get("/guests/"+bram+"/known-by").Form("main form").Set("add", "renske.bakker@example.com")
	for skip := range 2 { // the reading for the plan, and the one before the call
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: "/organizations/{org}/guests/{email}", Skip: skip, Status: http.StatusOK, Body: fmt.Sprintf(`{"data":{"id":%d,"email":%q,"details":{"status":"active"}}}`, guest(s, bram).ID, bram)})
		p := form.Submit("")
		assert.Contains(t, p.Text("main"), "Nothing was changed")
		s.Sandbox.ClearFaults()
	}
	assert.Zero(t, s.Writes())
	assert.Equal(t, known, guest(s, bram).KnownBy)
}

// Undoing takes back what the change did, and only that: who knew the guest before still does, and who came meanwhile stays.
func TestWhoKnowsAGuestIsUndone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	soren, emre, noor, renske := s.Member("soren.kjaergaard").ID, s.Member("emre.yildiz").ID, s.Member("noor.vandermeer").ID, s.Member("renske.bakker").ID
	form := s.Get("/guests/"+bram+"/known-by").Form("main form").Set("add", "renske.bakker@example.com\nsoren.kjaergaard@example.com").Tick("remove", s.ID("emre.yildiz"))
	receipt := form.Submit("").Follow("Receipt").Whole(http.StatusOK)
	assert.Equal(t, []int{soren, renske}, guest(s, bram).KnownBy)
	s.Elsewhere(http.MethodPut, "/guests/"+bram, fmt.Sprintf(`{"email":%q,"associated_members":[%d,%d,%d]}`, bram, soren, renske, noor))
	s.Sandbox.ClearRequests()
	p := receipt.Follow("Undo…").Whole(http.StatusOK)
	assert.Equal(t, []string{"Emre Yıldız knows Bram Verhoeven (" + bram + "). Renske Bakker does not know Bram Verhoeven (" + bram + ") any more."}, p.Texts("ol.plan li"))
	assert.Contains(t, p.Text("main"), "Everybody else who knows the guest stays, whoever added them.")
	assert.Zero(t, s.Writes())
	form = p.Form("main form")
	undone := form.Submit("Undo this change").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", undone.Text("h1"))
	assert.Equal(t, []int{soren, noor, emre}, guest(s, bram).KnownBy)
	assert.Equal(t, undone.URL, form.Submit("Undo this change").URL, "a second press")
	assert.Equal(t, 1, s.Writes())
	assert.Equal(t, receipt.URL, undone.Link("The change that this undoes"))
	receipt = s.Get(receipt.URL)
	assert.Equal(t, undone.URL, receipt.Link("Undone later"))
	assert.Empty(t, receipt.Link("Undo…"))
	p = s.Get(receipt.URL + "/undo").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "There is nothing left to undo.")
	assert.Contains(t, p.Text("section[aria-labelledby=later]"), "changed who knows Bram Verhoeven")
	p = undone.Follow("Undo…").Form("main form").Submit("Undo this change").Whole(http.StatusOK)
	assert.Equal(t, []int{soren, noor, renske}, guest(s, bram).KnownBy, "an undoing is undone")
	assert.Contains(t, p.Text(".notice.done"), "Done.")

	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Times: 1, Status: http.StatusUnprocessableEntity, Body: `{"error":true,"message":"Not this one."}`})
	handed := s.Get(s.MemberPath("soren.kjaergaard") + "/guests?to=" + s.ID("renske.bakker")).Form("main form").Submit("").Whole(http.StatusOK)
	assert.Len(t, handed.Follow("Undo…").Texts("ol.plan li"), 1, "what was refused is not undone")
}

// A colleague hands both guests over in Tallyfy in the moment of the first call, which is refused:
// all is found as planned, and nothing of it was done here.
func TestWhatSomebodyElseDidIsNotUndone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	soren, renske := s.Member("soren.kjaergaard").ID, s.ID("renske.bakker")
	form := s.Get(s.MemberPath("soren.kjaergaard") + "/guests?to=" + renske).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Times: 1, Status: http.StatusUnprocessableEntity, Body: `{"error":true,"message":"Not this one."}`, Meanwhile: func() {
		for _, g := range s.Sandbox.Guests() {
			if slices.Contains(g.KnownBy, soren) {
				s.Elsewhere(http.MethodPut, "/guests/"+g.Email, fmt.Sprintf(`{"email":%q,"associated_members":[%s]}`, g.Email, renske))
			}
		}
	}})
	p := form.Submit("").Whole(http.StatusOK)
	assert.Empty(t, p.Link("Undo…"), p.Text("main"))
	assert.Empty(t, latest(s).Link("Undo…"))
}

// What can't be undone from here says why on the receipt, and what is undone by another change leads there.
func TestWhatCannotBeUndone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	receipt := s.Get("/guests/" + bram).Follow("Remove the guest…").Form("main form").Submit("")
	for _, path := range []string{"", "/known-by", "/remove", "/tasks", "?check=again"} {
		p := s.Get("/guests/" + bram + path).Whole(http.StatusNotFound)
		assert.Equal(t, "That guest was removed", p.Text("h1"), path)
		assert.Regexp(t, "^Bram Verhoeven .* was removed here on .* by Maren Dahl", p.Text("main p"), path)
		assert.Equal(t, receipt.URL, p.Link("Receipt"))
		assert.Equal(t, "/guests", p.Link("All guests"))
	}
	assert.Contains(t, latest(s).Text("main"), "This can't be undone: Tallyfy does not put a guest back on the tasks.")
	s.Get("/guests/new").Form("main form").Set("email", "ada@partner.example.com").Submit("")
	assert.Equal(t, "/guests/ada@partner.example.com/remove", latest(s).Link("Remove the guest…"))
	invitation(s, "eve@partner.example.com").Submit("Send the invitation")
	assert.Contains(t, latest(s).Text("main"), "An invitation can't be withdrawn from here")
	disabled := s.Get(s.MemberPath("noor.vandermeer") + "/disable").Form("main form").Submit("").Whole(http.StatusOK)
	p := disabled.Follow("Bring back…").Form("main form").Set("groups", "none").Submit("Show the plan").Form("main form").Submit("").Whole(http.StatusOK)
	assert.Equal(t, p.URL, s.Get(disabled.URL).Link("Brought back later"))
	p = s.Get(s.MemberPath("gareth.pugh")+"/delete").Form("main form").Set("phrase", "gareth.pugh@example.com").Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "This can't be undone: Tallyfy has deleted the account itself, in every organisation.")

	s.GroupForm("Night shift", "d").Submit("Create the group").Whole(http.StatusOK)
	p = latest(s)
	assert.Contains(t, p.Text("main"), "This is undone by deleting the group.")
	assert.Equal(t, "Night shift", p.Follow("The group").Text("h1"))
	s.Post("/reviews", url.Values{"name": {"One"}, "who": {"text"}, "text": {"noor.vandermeer@example.com"}}).Whole(http.StatusOK)
	p = latest(s)
	assert.Contains(t, p.Text("main"), "A review is not deleted from here. It can be closed.")
	p.Follow("The review").Follow("Close the review").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	assert.Contains(t, latest(s).Text("main"), "This can't be undone: a review is not opened again.")
}

// Disabling hands no guest over either. Where the guests are read anyhow the page names those whom
// nobody else knows.
func TestDisablingNamesGuestsWhomNobodyElseKnows(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.MemberPath("soren.kjaergaard") + "/disable"
	s.Sandbox.ClearRequests()
	assert.NotContains(t, s.Get(path).Whole(http.StatusOK).Text("main"), "guest")
	assert.Zero(t, s.Calls(http.MethodGet, "/guests"), "they are not read for it")
	s.Get("/guests").Whole(http.StatusOK)
	p := s.Get(path).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Nobody else who is active knows 1 guest of Søren Kjærgaard: Claudia Stemmler. Disabling hands none over.")
	assert.Equal(t, s.MemberPath("soren.kjaergaard")+"/guests", p.Link("Hand over…"))
	s.Disable("emre.yildiz")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	s.Get("/guests").Whole(http.StatusOK)
	assert.Contains(t, s.Get(path).Text("main"), "Nobody else who is active knows 2 guests of Søren Kjærgaard: Bram Verhoeven and Claudia Stemmler.", "who is disabled does not count")
	assert.NotContains(t, s.Get(s.MemberPath("renske.bakker")+"/disable").Text("main"), "Nobody else")

	receipt := s.Get(path).Form("main form").Submit("").Whole(http.StatusOK)
	assert.Contains(t, receipt.Text("main"), "Søren Kjærgaard is disabled.")
	p = receipt.Follow("Hand over the guests…").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Claudia Stemmler")
	receipt = s.Get(s.MemberPath("renske.bakker") + "/disable").Form("main form").Submit("").Whole(http.StatusOK)
	assert.False(t, receipt.Has("a:contains('Hand over')"), "others know her guests")
}

// A removal hands no guest over: the wizard and the receipt say so, and lead to where it is done.
func TestALeaverHandsTheGuestsOver(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	leaver, heir := s.Member("soren.kjaergaard").ID, s.Member("renske.bakker").ID
	assert.Contains(t, s.Get(s.RemovePath("soren.kjaergaard")).Text("section[aria-labelledby=guests]"), "Knows 2 guests. A removal hands none over")
	assert.Contains(t, s.Get(s.PlanPath("soren.kjaergaard", "leave")).Text("main"), "Søren Kjærgaard knows 2 guests: Bram Verhoeven and Claudia Stemmler. A removal hands none over: do that before, or from the receipt.")
	assert.Contains(t, s.Get(s.RemovePath("renske.bakker")).Text("section[aria-labelledby=guests]"), "Knows no guest.")
	receipt := s.Remove("soren.kjaergaard", "leave")
	assert.Contains(t, guest(s, bram).KnownBy, leaver, "the removal handed nobody over")
	s.Sandbox.ClearRequests()

	p := receipt.Follow("Hand over 2 guests…").Whole(http.StatusOK)
	assert.Equal(t, "Guests whom Søren Kjærgaard knows", p.Text("h1"))
	for to, says := range map[string]string{"nobody@x.example": "Nobody here has the address", s.ID("soren.kjaergaard"): "is disabled.", "gareth.pugh@example.com": "Gareth Pugh is disabled."} {
		again := p.Form("main form").Set("to", to).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, again.Text("#error-to"), says)
		assert.Equal(t, to, again.Form("main form").Values.Get("to"))
	}
	p = p.Form("main form").Set("to", "Renske Bakker").Submit("").Whole(http.StatusOK)
	assert.Equal(t, []string{
		"Renske Bakker knows Bram Verhoeven (" + bram + "). Søren Kjærgaard does not know Bram Verhoeven (" + bram + ") any more.",
		"Renske Bakker knows Claudia Stemmler (claudia.stemmler@lease.example.com). Søren Kjærgaard does not know Claudia Stemmler (claudia.stemmler@lease.example.com) any more.",
	}, p.Texts("ol.plan li"))
	assert.Zero(t, s.Writes())
	form := p.Form("main form")
	p = form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. Who knows 2 guests was changed.", p.Text(".notice.done"))
	assert.Equal(t, []string{"Confirmed", "Confirmed"}, p.Texts("ol.plan .badge"))
	assert.Equal(t, []int{s.Member("emre.yildiz").ID, heir}, guest(s, bram).KnownBy)
	assert.Equal(t, []int{heir}, guest(s, "claudia.stemmler@lease.example.com").KnownBy)
	assert.Equal(t, 2, s.Writes())
	assert.Equal(t, p.URL, form.Submit("").URL)
	assert.Equal(t, 2, s.Writes())
	assert.Contains(t, s.Get(s.MemberPath("soren.kjaergaard")+"/guests").Text("main"), "so there is nobody to hand over")
}

// A guest whom Tallyfy refuses does not stop the other one, and the receipt says which.
func TestAHandoverInPart(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get(s.MemberPath("soren.kjaergaard") + "/guests?to=" + s.ID("renske.bakker")).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Times: 1, Status: http.StatusUnprocessableEntity, Body: `{"error":true,"message":"Not this one."}`})
	p := form.Submit("").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "Not all of the change is in place: who knows Bram Verhoeven ("+bram+") is not as planned.")
	assert.Contains(t, p.Text("ol.plan"), "Tallyfy refused: “Not this one.”")
	assert.Equal(t, []int{s.Member("soren.kjaergaard").ID, s.Member("emre.yildiz").ID}, guest(s, bram).KnownBy)
	assert.Equal(t, []int{s.Member("renske.bakker").ID}, guest(s, "claudia.stemmler@lease.example.com").KnownBy)
}

// Who may not change members sees the page without what changes it, and is refused by the form.
func TestAGuestForAnotherRole(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get("/guests/" + bram).Whole(http.StatusOK)
	assert.Empty(t, p.Link("Remove the guest…"))
	before := s.State()
	s.Post("/guests/"+bram+"/known-by", url.Values{"add": {"renske.bakker@example.com"}})
	s.Post("/guests/"+bram+"/remove", url.Values{})
	assert.Equal(t, before, s.State())
}
