package review_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// joiners is a site with people for whom a review finds something.
func joiners(t *testing.T) *sitetest.Site {
	t.Helper()
	return sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Joiners: true}})
}

// groupIDs are the ids of groups by name.
func groupIDs(s *sitetest.Site, names ...string) (ids []string) {
	for _, name := range names {
		ids = append(ids, s.Group(name).ID)
	}
	return ids
}

// decided posts a decision about somebody of a review.
func decided(s *sitetest.Site, q *sitetest.Page, who, decision string, form url.Values) {
	s.T.Helper()
	path := q.URL + "/people/" + s.ID(who)
	form.Set("decision", decision)
	form.Set("base", s.Get(path).Find("main form[data-form] [name=base]").AttrOr("value", ""))
	p := s.Post(path, form)
	require.Equal(s.T, http.StatusOK, p.Status, p.Text("main"))
	require.Empty(s.T, p.Find(".problems").Nodes, p.Text("main"))
}

func in(s *sitetest.Site, who, group string) bool {
	return slices.Contains(s.Group(group).Members, s.Member(who).ID)
}

func check(s *sitetest.Site, q *sitetest.Page) *sitetest.Page {
	s.T.Helper()
	return s.Get(q.URL + "/check").Whole(http.StatusOK)
}

func receipt(s *sitetest.Site, q *sitetest.Page) *sitetest.Page {
	s.T.Helper()
	return s.Get(q.URL + "/receipt").Whole(http.StatusOK)
}

// writesOf counts the changes of groups that reached Tallyfy.
func writesOf(s *sitetest.Site) int { return s.Calls(http.MethodPut, "/groups/") }

func TestDecisionsAreAppliedOneCallAGroup(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa", "aaliyah.rahman", "tobias.renner", "chiara.dangelo")
	assert.Contains(t, check(s, q).Text("main"), "No decision waits to be carried out.")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers", "Peak Season Task Force")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Operations", "Fleet and Drivers", "Peak Season Task Force"), "note": {"as the others"}})
	decided(s, q, "aaliyah.rahman", "change", url.Values{"remove": groupIDs(s, "Finance", "Legal"), "note": {"came with the old job"}})
	decided(s, q, "tobias.renner", "right", url.Values{})

	p := check(s, q)
	assert.Equal(t, "Check and apply", p.Text("h1"))
	rows := p.Texts("ul.rows > li")
	require.Len(t, rows, 5, "one for each group")
	assert.Contains(t, rows[0], "Finance")
	assert.Contains(t, rows[0], "Leaves:Aaliyah Rahman Change")
	assert.Contains(t, rows[1], "Fleet and Drivers")
	assert.Contains(t, rows[1], "Beatriz Sá Change")
	assert.Contains(t, rows[1], "Inês Carvalho Change")
	f := p.Form("main form[data-form]")
	before := writesOf(s)
	r := f.Submit("Change 5 groups for 3 people").Whole(http.StatusOK)
	assert.Equal(t, q.URL+"/receipt", r.URL)
	assert.Equal(t, before+5, writesOf(s), "one call for each group")
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers") && in(s, "beatriz.sa", "Fleet and Drivers") && in(s, "beatriz.sa", "Operations"))
	assert.False(t, in(s, "aaliyah.rahman", "Finance") || in(s, "aaliyah.rahman", "Legal"))
	assert.True(t, in(s, "aaliyah.rahman", "Management Board") && in(s, "maeve.gallagher", "Fleet and Drivers"), "everybody else stays")
	assert.Contains(t, r.Text(".notice.done"), "was changed.")

	assert.Contains(t, r.Text("main"), "1 not decided + 1 looks right + 3 changed = 5 people, a row each.")
	text := r.Text("main")
	assert.Contains(t, text, "Found so in Tallyfy,")
	assert.Contains(t, text, "“came with the old job”")
	assert.Contains(t, text, "Before: Operations. After: Operations, “Fleet and Drivers” and Peak Season Task Force.")
	assert.Contains(t, text, "1 person is not decided.")

	// Applied again, nothing is sent: neither by the button nor by the same form once more.
	assert.Contains(t, check(s, q).Text("main"), "No decision waits to be carried out.")
	again := f.Submit("Change 5 groups for 3 people")
	assert.Equal(t, q.URL+"/receipt", again.URL)
	assert.Equal(t, before+5, writesOf(s))
	entries := s.Get("/activity?what=groups.people").Texts("ul.rows li a")
	assert.Len(t, entries, 1, "one change in the journal")
}

func TestWhatOthersDidMeanwhileIsSeen(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa", "aaliyah.rahman")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Operations", "First Aiders")})
	decided(s, q, "aaliyah.rahman", "change", url.Values{"remove": groupIDs(s, "Legal"), "note": {"moved"}})

	p := check(s, q)
	// Another administrator changes a group, somebody is disabled, and another group is deleted.
	s.Sandbox.ChangeGroup(s.Group("Operations").ID, sandbox.GroupChange{Add: []int{s.Member("beatriz.sa").ID, s.Member("yuki.tanabe").ID}})
	s.Disable("aaliyah.rahman")
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group("First Aiders").ID, "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	r := p.Form("main form[data-form]").Submit("Change 4 groups for 3 people").Whole(http.StatusConflict)
	assert.Contains(t, r.Text("main"), "Stopped before anything was done")
	assert.Zero(t, writesOf(s))
	text := r.Text("main")
	assert.Contains(t, text, "Operations is as decided already.")
	assert.Contains(t, text, "Aaliyah Rahman is disabled. Change")
	assert.Contains(t, text, "First Aiders is not changed: it is not there any more.")
	r = r.Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.Equal(t, 1, writesOf(s))
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	assert.True(t, in(s, "yuki.tanabe", "Operations"), "what others did stays")
	assert.Contains(t, r.Text("main"), "Changed, added to Fleet and Drivers.")

	// What is in place is recorded, what is not waits for another decision.
	text = r.Text("main")
	assert.Contains(t, text, "As decided already, in Operations.")
	assert.Contains(t, text, "Change groups, add to First Aiders.")
	assert.Contains(t, text, "1 to change + 1 changed + 1 left = 3 people, a row each.")
	assert.Contains(t, text, "First Aiders was not changed: it is not there any more.")
	decided(s, q, "beatriz.sa", "right", url.Values{"note": {"the group is gone"}})
	assert.NotContains(t, receipt(s, q).Text("main"), "1 to change")
}

// The copies do not know yet that somebody was disabled after the check.
func TestWhoIsDisabledAfterTheCheckIsLeftAsTheyAre(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	f := check(s, q).Form("main form[data-form]")
	s.Sandbox.DisableInPlace(s.Member("beatriz.sa").ID)
	r := f.Submit("Change 1 group for 2 people").Whole(http.StatusConflict)
	assert.Zero(t, writesOf(s))
	assert.Contains(t, r.Text("main"), "Beatriz Sá is disabled. Change")
	r.Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	assert.False(t, in(s, "beatriz.sa", "Fleet and Drivers"))
}

func TestAnUpdateThatIsOvertakenGoesBackToThePerson(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Operations")})
	ines, fleet := s.Member("ines.carvalho").ID, s.Group("Fleet and Drivers").ID
	p := check(s, q)
	s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(fleet, sandbox.GroupChange{Remove: []int{ines}}) })
	r := p.Form("main form[data-form]").Submit("Change 2 groups for 2 people").Whole(http.StatusOK)
	assert.False(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	text := r.Text("main")
	assert.Contains(t, text, "Not all of the change is in place: Fleet and Drivers is not as planned.")
	assert.Contains(t, text, "1 to change + 1 changed = 2 people, a row each.")
	assert.Contains(t, text, "1 decision to change groups is not carried out, not in full, or it is not known yet.")
	writes := writesOf(s)
	check(s, q).Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.Equal(t, writes+1, writesOf(s), "only what was not in place is sent again")
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	assert.Contains(t, receipt(s, q).Text("main"), "2 changed = 2 people, a row each.")
}

// What is missing of a change can be applied from its receipt, too. That is of the review as well.
func TestWhatIsAppliedOnceMoreIsOfTheReview(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	p := check(s, q)
	ines, fleet := s.Member("ines.carvalho").ID, s.Group("Fleet and Drivers").ID
	s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(fleet, sandbox.GroupChange{Remove: []int{ines}}) })
	r := p.Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK).Follow("What was sent, and what was found")
	r = r.Follow("Apply what is missing…").Whole(http.StatusOK).Form("main form").Submit("").Whole(http.StatusOK)
	require.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	again := r.Follow("Applied once more").Whole(http.StatusOK)
	assert.Equal(t, q.URL, again.Link("Review: Joiners"))
	text := receipt(s, q).Text("main")
	assert.Contains(t, text, "1 changed = 1 person, a row each.")
	assert.Equal(t, 1, strings.Count(text, "Changed, added to Fleet and Drivers."), "once")
	entry := strings.TrimPrefix(again.URL, "/activity/")
	assert.Equal(t, entry, file(s, q)[s.Member("ines.carvalho").Email]["Change"])
}

func TestARefusedApplicationChangesNothing(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: "/organizations/{org}/groups/{group}", Times: 1, Status: http.StatusForbidden})
	r := check(s, q).Form("main form[data-form]").Submit("Change 1 group for 1 person")
	assert.Equal(t, q.URL+"/check", strings.Split(r.URL, "?")[0])
	assert.Contains(t, r.Text("main"), "Nothing was changed.")
	assert.Contains(t, receipt(s, q).Text("main"), "1 to change = 1 person")
	r.Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
}

func TestThoseWhoCannotBeAddedAreHeld(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "kofi.owusu", "chiara.dangelo")
	decided(s, q, "kofi.owusu", "change", url.Values{"add": groupIDs(s, "Operations")})
	decided(s, q, "chiara.dangelo", "change", url.Values{"remove": groupIDs(s, "Payroll"), "note": {"moved"}})
	p := check(s, q)
	assert.Contains(t, p.Text("main"), "Kofi Owusu has not accepted the invitation yet. Change")
	assert.NotContains(t, p.Text("main"), "as decided already", "Kofi is not in the group")
	assert.Contains(t, p.Text("main"), "Nobody is left in Payroll: work that is assigned to the group reaches no one then.")
	f := p.Form("main form[data-form]")
	r := f.Submit("Change 1 group for 1 person").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, r.Text("main"), "Tick this to go on")
	assert.Zero(t, writesOf(s))
	r = r.Form("main form[data-form]").Tick("sure", "yes").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.Equal(t, 1, writesOf(s))
	assert.Contains(t, r.Text("main"), "1 to change + 1 changed = 2 people, a row each.")
	p = check(s, q)
	assert.Contains(t, p.Text("main"), "Nothing can be changed as things are.")
	assert.False(t, p.Has("main form[method=post]"))
}

func TestWhatIsInPlaceAlreadyIsRecordedWithoutACall(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	s.Sandbox.ChangeGroup(s.Group("Fleet and Drivers").ID, sandbox.GroupChange{Add: []int{s.Member("ines.carvalho").ID}})
	r := check(s, q).Form("main form[data-form]").Submit("Record that all is in place").Whole(http.StatusOK)
	assert.Zero(t, writesOf(s))
	assert.Contains(t, r.Text("main"), "It was so already when Tallyfy was read, so nothing was sent, ")
	assert.Contains(t, r.Text("main"), "1 changed = 1 person")
}

// The file has the rows and the numbers of the page.
func TestTheFileOfAReviewTiesOut(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa", "tobias.renner", "aaliyah.rahman", "milan.horvat")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "ask", url.Values{"note": {"=HYPERLINK(1)"}})
	decided(s, q, "tobias.renner", "right", url.Values{})
	decided(s, q, "tobias.renner", "right", url.Values{"note": {"looked twice"}})
	check(s, q).Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	p := receipt(s, q)
	tally := p.Text("main")
	file := s.Get(q.URL + ".csv")
	assert.Equal(t, q.URL+"/receipt.csv", file.URL)
	assert.Contains(t, s.Get(q.URL+".csv?separator=semicolon").Body, "Review;Started", "what else the address says stays")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 6)
	assert.Len(t, p.Texts("li.receipt-person"), 5)
	states := map[string]int{}
	at := func(column string) int { return slices.Index(rows[0], column) }
	for _, row := range rows[1:] {
		states[strings.ToLower(row[at("State")])]++
		if row[at("State")] == "Changed" {
			assert.NotEmpty(t, row[at("Proof read (UTC)")])
			e := s.Get("/activity/" + row[at("Change")])
			assert.Equal(t, http.StatusOK, e.Status, "the change in the journal")
			assert.Equal(t, "Fleet and Drivers", row[at("Added")])
			assert.Contains(t, row[at("Earlier decisions")], "Change groups, add to Fleet and Drivers. (Maren Dahl, ")
		}
	}
	for state, n := range states {
		assert.Contains(t, tally, strconv.Itoa(n)+" "+state)
	}
	assert.NotContains(t, file.Body, ",=HYPERLINK")
}

// Who is deleted for good is not named in a review any more, and still counts.
func TestWhoIsDeletedForGoodIsTakenOutOfReviews(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	q := start(s, "chiara.dangelo", "noor.vandermeer")
	open(q, "Noor van der Meer").Form("main form[method=post]").Set("note", "Is on the night shift.").Submit("Looks right").Whole(http.StatusOK)
	receipt := s.Get(q.URL + "/receipt").Whole(http.StatusOK)
	require.Contains(t, receipt.Text("main"), "Is on the night shift.")
	s.Disable("noor.vandermeer")
	p := s.Get(s.MemberPath("noor.vandermeer")+"/delete").Form("main form").Set("phrase", "noor.vandermeer@example.com").Submit("")
	require.Contains(t, p.Text("main"), "deleted for good")

	receipt = s.Get(receipt.URL).Whole(http.StatusOK)
	assert.Contains(t, receipt.Text("main"), "A person whose record was erased")
	for _, gone := range []string{"Noor", "noor.vandermeer", "Is on the night shift."} {
		assert.NotContains(t, receipt.Text("main"), gone)
		assert.NotContains(t, s.Get(q.URL+"/receipt.csv").Body, gone)
	}
	assert.Contains(t, receipt.Text("main"), "1 not decided + 1 left = 2 people, a row each")
}

// The sign-in ends after the first of three groups. What Tallyfy confirmed is recorded at once, and
// is not sent again.
func TestASignInThatEndsInTheMiddleLeavesATrueRecord(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers", "Peak Season Task Force")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers", "Operations")})
	f := check(s, q).Form("main form[data-form]")
	s.Sandbox.ClearRequests()
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Times: 1, Meanwhile: func() {
		s.Sandbox.Fail(sandbox.Fault{Answer: sandbox.TokenUnknown}) // of every call from now on
	}})
	r := f.Submit("Change 3 groups for 2 people").Whole(http.StatusOK)
	assert.Contains(t, r.Text("main"), "Your sign-in with Tallyfy has ended. Sign in again to go on where you were.")
	assert.Len(t, puts(s), 1)
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers") && in(s, "beatriz.sa", "Fleet and Drivers"))

	s.Sandbox.ClearFaults()
	s.SignIn()
	text := receipt(s, q).Text("main")
	assert.Equal(t, 2, strings.Count(text, "Changed, added to Fleet and Drivers."), "at once")
	assert.Equal(t, 2, strings.Count(text, "Accepted by Tallyfy, and not read again yet, "))
	assert.Contains(t, text, "Left to do: Change groups, add to Operations.")
	assert.Contains(t, text, "2 to change = 2 people, a row each.")
	assert.Contains(t, text, "2 changes could not be read again in Tallyfy, or were not so any more.")
	file := s.Get(q.URL + ".csv").Body
	assert.Equal(t, 2, strings.Count(file, "Fleet and Drivers: accepted by Tallyfy, and not read again yet"))
	p := check(s, q)
	assert.NotContains(t, p.Text("main"), "Fleet and Drivers", "it is as was decided")
	p.Form("main form[data-form]").Submit("Change 2 groups for 2 people").Whole(http.StatusOK)
	for path, n := range puts(s) {
		assert.Equal(t, 1, n, path)
	}
	assert.Len(t, puts(s), 3)
	p = receipt(s, q)
	assert.Contains(t, p.Text("main"), "2 changed = 2 people, a row each.")
	s.Get(p.Find("li.receipt-person a:contains('Receipt of the change')").First().AttrOr("href", "")).Whole(http.StatusOK) // which reads the groups
	text = receipt(s, q).Text("main")
	assert.NotContains(t, text, "not read again")
	assert.Equal(t, 4, strings.Count(text, "Found so in Tallyfy, "))
}

// An answer of success that does not show the people in the group is no confirmation.
func TestAnAnswerThatDoesNotShowTheChangeIsNotRecorded(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	f := check(s, q).Form("main form[data-form]")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Times: 1, Status: http.StatusOK, Meanwhile: func() {
		s.Sandbox.Fail(sandbox.Fault{Answer: sandbox.TokenUnknown})
	}, Body: `{"data":{"id":"` + s.Group("Fleet and Drivers").ID + `","name":"Fleet and Drivers","description":"x","members":[],"guests":[]}}`})
	f.Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	s.Sandbox.ClearFaults()
	s.SignIn()
	assert.Contains(t, receipt(s, q).Text("main"), "1 to change = 1 person, a row each.")
	check(s, q).Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	assert.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	assert.Contains(t, receipt(s, q).Text("main"), "1 changed = 1 person, a row each.")
}

// What was sent is in the record, also where its outcome was learned after the decision was
// changed.
func TestWhatWasSentIsRecordedThoughDecidedAnew(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	f := check(s, q).Form("main form[data-form]")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Times: 1, Abort: true, Execute: true, Meanwhile: func() {
		s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Status: http.StatusInternalServerError})
	}})
	f.Submit("Change 1 group for 2 people")
	s.Sandbox.ClearFaults()
	require.True(t, in(s, "ines.carvalho", "Fleet and Drivers"))
	decided(s, q, "ines.carvalho", "right", url.Values{"note": {"after all"}})
	text := receipt(s, q).Text("main")
	assert.Contains(t, text, "1 to change + 1 looks right = 2 people, a row each.")
	assert.NotContains(t, text, "Changed, added to")
	assert.Contains(t, text, "2 changes were sent to Tallyfy, and whether they were made is not known yet: their receipts in Activity look again.")

	var entry string
	for e, err := range s.App.Journal.List(t.Context(), journal.Filter{Org: tallyfy.ID(s.Org), Kind: membership.GroupsChanged}) {
		require.NoError(t, err)
		entry = e.ID
	}
	p := s.Get("/activity/" + entry + "?check=1").Whole(http.StatusOK) // which reads the group
	assert.Equal(t, q.URL, p.Link("Review: "+q.Text("h1")))
	for range 2 { // the second time nothing is added
		text = receipt(s, q).Text("main")
		assert.Equal(t, 2, strings.Count(text, "Changed, added to Fleet and Drivers."))
		assert.Contains(t, text, "Looks right. “after all”", "the later decision stands")
		assert.Contains(t, text, "1 looks right + 1 changed = 2 people, a row each.")
		assert.NotContains(t, text, "is not known yet")
	}
	assert.Equal(t, 2, strings.Count(s.Get(q.URL+".csv").Body, entry), "in the file, too")
}

// file reads the file of a review: for each person by the address, the cells by column.
func file(s *sitetest.Site, q *sitetest.Page) map[string]map[string]string {
	s.T.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.Get(q.URL+"/receipt.csv").Body, "\ufeff"))).ReadAll()
	require.NoError(s.T, err)
	of := map[string]map[string]string{}
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, column := range rows[0] {
			cells[column] = row[i]
		}
		of[cells["Email"]] = cells
	}
	return of
}

// A decision is about somebody in a role. Another role that they get afterwards is seen, one from
// before is not in the way.
func TestARoleThatIsNotThatOfTheDecisionIsSaid(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa", "tobias.renner")
	promote := func(who string) {
		t.Helper()
		s.Elsewhere(http.MethodPut, "/users/"+s.ID(who)+"/role", `{"role":"admin"}`)
		s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	}
	promote("ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers"), "note": {"runs the office"}})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "tobias.renner", "right", url.Values{})
	text := receipt(s, q).Text("main")
	assert.Contains(t, text, "Standard when the review was started, Administrator when decided")
	assert.NotContains(t, text, "Role changed since")
	promote("beatriz.sa")
	promote("tobias.renner")

	p := check(s, q)
	assert.NotContains(t, p.Text("#changed + p + ul"), "Inês Carvalho")
	assert.Contains(t, p.Text("#changed + p + ul"), "Beatriz Sá has another role. Change")
	p.Form("main form[data-form]").Submit("Change 1 group for 2 people").Whole(http.StatusOK)
	r := receipt(s, q)
	people := map[string]string{}
	for _, row := range r.Texts("li.receipt-person") {
		people[strings.Join(strings.Fields(row)[:1], "")] = row
	}
	assert.NotContains(t, people["Inês"], "Role changed since")
	assert.Contains(t, people["Beatriz"], "Role changed since: Administrator")
	assert.Contains(t, people["Tobias"], "Role changed since: Administrator")
	cells := file(s, q)
	assert.Equal(t, "Standard when the review was started, Administrator when decided", cells[s.Member("ines.carvalho").Email]["Role changed"])
	assert.Equal(t, "Role changed since: Administrator", cells[s.Member("tobias.renner").Email]["Role changed"])
	assert.Equal(t, "Standard", cells[s.Member("tobias.renner").Email]["Role"])
}

// The page of a person says who looked, whoever pressed the button that changes groups.
func TestReviewedNamesWhoDecided(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	kwame := asKwame(s)
	kwame.Get(q.URL + "/check").Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	fact := func() string { return s.Get(s.MemberPath("ines.carvalho")).Whole(http.StatusOK).Facts()["Reviewed"] }
	assert.Contains(t, fact(), "by Maren Dahl")
	assert.NotContains(t, fact(), "changed since", "what was decided is no change since")

	// A review that was started later does not count for more than a decision of today.
	second := start(s, "ines.carvalho")
	decided(s, second, "ines.carvalho", "right", url.Values{})
	assert.Contains(t, fact(), "by Maren Dahl")
	decided(kwame, q, "ines.carvalho", "right", url.Values{})
	assert.Contains(t, fact(), "by Kwame Asante")
}

// Who goes from the check to a decision comes back to the check.
func TestChangeOnTheCheckLeadsBackThere(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa", "tobias.renner")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "Operations")})
	p := check(s, q)
	p = p.Follow("Change the decision about Beatriz Sá").Whole(http.StatusOK)
	assert.Equal(t, "Beatriz Sá", p.Text("h1"))
	assert.Equal(t, q.URL+"/check", p.Link("Check and apply"), "the way back")
	p = p.Follow("Look again").Whole(http.StatusOK)
	p = p.Form("main form[data-form]").Submit("Ask someone").Whole(http.StatusUnprocessableEntity)
	p = p.Form("main form[data-form]").Set("note", "Operations?").Submit("Ask someone").Whole(http.StatusOK)
	assert.Equal(t, "Check and apply", p.Text("h1"))
	assert.Contains(t, p.Text(".notice.done"), "Saved: Beatriz Sá, ask someone.")
	assert.Equal(t, []string{"Change 1 group for 1 person"}, p.Texts("main form[data-form] button"))
	p = p.Follow("The text to send, or change").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Equal(t, "Check and apply", p.Text("h1"))

	p = asKwame(s).Get(q.URL + "/people/" + s.ID("beatriz.sa")).Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Equal(t, "Tobias Renner", p.Text("h1"), "else the next person opens")
}

// Two people of one name are told apart wherever a decision about them is carried out.
func TestNamesakesAreToldApart(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "anna.kowalska", "a.kowalska")
	for _, who := range []string{"anna.kowalska", "a.kowalska"} {
		decided(s, q, who, "change", url.Values{"add": groupIDs(s, "Fleet and Drivers"), "note": {"both drive"}})
	}
	p := check(s, q)
	r := p.Form("main form[data-form]").Submit("Change 1 group for 2 people").Whole(http.StatusOK)
	for _, who := range []string{"anna.kowalska", "a.kowalska"} {
		called := "Anna Kowalska (" + s.Member(who).Email + ")"
		assert.Contains(t, p.Text("ul.rows"), called+" Change the decision about "+called)
		assert.Contains(t, r.Text("main"), "Receipt of the change of Fleet and Drivers for "+called)
	}
	links := r.Texts("li.receipt-person a")
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(links))), len(links), "no two links have the same name")
}

// Whoever was to come into a group that is gone is named, with the way to decide anew; their page
// says so, too.
func TestAGroupThatIsGoneNamesWhoWasToComeIn(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "beatriz.sa")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	decided(s, q, "beatriz.sa", "change", url.Values{"add": groupIDs(s, "First Aiders", "Operations")})
	s.Elsewhere(http.MethodDelete, "/groups/"+s.Group("First Aiders").ID, "")
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
	p := check(s, q)
	assert.Contains(t, p.Text("main"), "First Aiders is not changed: it is not there any more.")
	assert.Equal(t, "Beatriz Sá is to come into First Aiders: it is not there any more. Change the decision about Beatriz Sá", p.Text("#held + p + ul"))
	p = p.Follow("Change the decision about Beatriz Sá").Whole(http.StatusOK)
	assert.Contains(t, p.Text("#record + ul"), "Change groups, add to First Aiders and Operations. First Aiders is not there any more.")
}

// The file says what the page says: also who closed the review, what stood in the groups at each
// change, and what a second look noted that agrees.
func TestTheFileHoldsWhatTheReceiptSays(t *testing.T) {
	t.Parallel()
	s := joiners(t)
	q := start(s, "ines.carvalho", "tobias.renner")
	decided(s, q, "ines.carvalho", "change", url.Values{"add": groupIDs(s, "Fleet and Drivers")})
	check(s, q).Form("main form[data-form]").Submit("Change 1 group for 1 person").Whole(http.StatusOK)
	decided(s, q, "ines.carvalho", "right", url.Values{"note": {"as she wished"}})
	decided(s, q, "tobias.renner", "right", url.Values{})
	s.Post(q.URL+"/looks", nil).Whole(http.StatusOK)
	kwame := asKwame(s)
	look := kwame.Get(q.URL).Follow("Take a second look").Whole(http.StatusOK)
	look.Form("main form[data-form]").Set("note", "asked her, too").Submit("Looks right").Whole(http.StatusOK)
	ines, tobias := file(s, q)[s.Member("ines.carvalho").Email], file(s, q)[s.Member("tobias.renner").Email]
	assert.Equal(t, []string{"", ""}, []string{ines["Closed (UTC)"], ines["Closed by"]})
	assert.Contains(t, ines["Earlier decisions"], "Before: Operations. After: Operations and “Fleet and Drivers”.")
	assert.Contains(t, ines["Second look"]+tobias["Second look"], "Second look agrees. “asked her, too” (Kwame Asante, ")
	s.Get(q.URL + "/close").Form("main form").Submit("Close the review").Whole(http.StatusOK)
	ines = file(s, q)[s.Member("ines.carvalho").Email]
	assert.Equal(t, "Maren Dahl", ines["Closed by"])
	assert.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`, ines["Closed (UTC)"])
}
