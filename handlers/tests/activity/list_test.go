package activity_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestNoChangesYet(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/activity").Whole(http.StatusOK)
	assert.Equal(t, "Activity", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "No changes yet")
	assert.Contains(t, p.Text("main"), "Changes are kept for 400 days.")
	assert.Equal(t, "page", p.Find("nav a[href='/activity']").AttrOr("aria-current", ""))
	assert.Empty(t, p.Link("Export as CSV"))
	assert.Empty(t, file(s, ""))
	assert.Contains(t, s.Get("/activity?q=nothing").Text("main"), "No changes match")
}

// Each kind of change has a sentence in the list, a receipt behind it, and the same words in the file.
func TestSentenceOfEachKind(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.GroupForm("Night watch", "Of the yard.").Tick("members", s.ID("esi.mensah")).Submit("Create the group").Whole(http.StatusOK)
	s.Post("/groups", url.Values{"name": {"night watch"}, "description": {"d"}}).Whole(http.StatusUnprocessableEntity)
	s.Get(s.DeletePath("Works Council")).Form("main form").Submit("").Whole(http.StatusOK)
	s.Remove("chiara.dangelo", "siobhan.obrien").Whole(http.StatusOK)
	s.Remove("esi.mensah", "leave").Whole(http.StatusOK)
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Status: 502, Execute: true})
	s.Get(s.DeletePath("Data and Reporting")).Form("main form").Submit("").Whole(http.StatusOK)
	s.Sandbox.ClearFaults()

	minute := s.App.Now().In(time.FixedZone("", 3600)).Format("15:04")
	trim := func(text string) string { return strings.ReplaceAll(text, minute, "10:58") }
	p := s.Get("/activity").Whole(http.StatusOK)
	var got []string
	for _, sentence := range sentences(p) {
		got = append(got, trim(sentence))
	}
	want := []string{
		"Maren Dahl asked Tallyfy to delete the group Data and Reporting. Tallyfy did not answer. Found done 10:58.",
		"Maren Dahl removed Esi Mensah and left the work in their name. Confirmed 10:58, but 1 of 6 points could not be checked.",
		"Maren Dahl removed Chiara D'Angelo and gave the work to Siobhán O'Brien. Confirmed 10:58, but 1 of 7 points could not be checked.",
		"Maren Dahl deleted the group Works Council. Confirmed 10:58.",
		"Maren Dahl wanted to create the group night watch. Tallyfy refused: “The name has already been taken.”",
		"Maren Dahl created the group Night watch. Confirmed 10:58.",
	}
	assert.Equal(t, want, got)
	var inFile []string
	for _, row := range file(s, "") {
		inFile = append(inFile, trim(row["Sentence"]))
	}
	assert.Equal(t, want, inFile)
	for i, text := range p.Texts("main .rows a") {
		receipt := s.Get(p.Find("main .rows a").Eq(i).AttrOr("href", "")).Whole(http.StatusOK)
		assert.NotEmpty(t, receipt.Text("main .notice"), text)
		assert.Regexp(t, `(Carried out|Asked for) by Maren Dahl on \d+ \w+ 20\d\d, `+minute[:2], receipt.Text("main"))
		assert.Contains(t, receipt.Text("main"), "Request ")
	}
}

// Each filter, alone and with others, shows the same changes on the page and in the file, and stands in the address.
func TestFiltersOfThePageAndOfTheFile(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	s := sitetest.SignedIn(t, sitetest.Options{Now: func() time.Time { return now }})
	tomas, maren := subject(s, "tomas.herrera"), s.ID("maren.dahl")
	add := func(day, hour int, name string, change func(*journal.Intent), state journal.State) {
		now = time.Date(2026, 11, day, hour, 30, 0, 0, time.UTC)
		in := intent(s, name)
		change(&in)
		record(s, in, state)
	}
	none := func(*journal.Intent) {}
	add(1, 10, "Alpha", none, journal.Done)
	add(2, 22, "Beta", func(in *journal.Intent) { in.Actor = tomas }, journal.Refused) // 23:30 in Maren's zone
	add(2, 23, "Gamma", func(in *journal.Intent) { in.Kind = "group.create"; in.Actor = tomas }, journal.NotConfirmed)
	add(3, 23, "Delta", func(in *journal.Intent) {
		in.Kind = "member.remove"
		in.Subjects = append(in.Subjects, subject(s, "esi.mensah"))
	}, journal.NotSent)
	add(5, 10, "Epsilon Beta", func(in *journal.Intent) { in.Concerned = []tallyfy.UserID{tallyfy.UserID(tomas.ID)} }, journal.Sent)
	now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

	for query, want := range map[string][]string{
		"":                                   {"Epsilon Beta", "Delta", "Gamma", "Beta", "Alpha"},
		"who=" + tomas.ID:                    {"Gamma", "Beta"},
		"who=1":                              nil,
		"what=group.delete":                  {"Epsilon Beta", "Beta", "Alpha"},
		"what=member.remove":                 {"Delta"},
		"outcome=done":                       {"Alpha"},
		"outcome=not+sent":                   {"Delta"},
		"outcome=not+confirmed":              {"Gamma"},
		"outcome=refused":                    {"Beta"},
		"outcome=sent":                       {"Epsilon Beta"},
		"about=member+" + tomas.ID:           {"Epsilon Beta", "Gamma", "Beta"},
		"about=member+" + s.ID("esi.mensah"): {"Delta"},
		"from=2026-11-03":                    {"Epsilon Beta", "Delta", "Gamma"},
		"to=2026-11-02":                      {"Beta", "Alpha"},
		"from=2026-11-02&to=2026-11-02":      {"Beta"},
		"from=2026-11-06":                    nil,
		"q=beta":                             {"Epsilon Beta", "Beta"},
		"q=BETA+tom%C3%A1s":                  {"Beta"},
		"q=esi.mensah":                       {"Delta"},
		"q=deleted+for+good":                 {"Epsilon Beta", "Delta", "Gamma", "Beta", "Alpha"},
		"who=" + tomas.ID + "&what=group.delete&outcome=refused&about=member+" + tomas.ID + "&from=2026-11-02&to=2026-11-02&q=beta": {"Beta"},
		"who=" + maren + "&what=group.delete&q=beta": {"Epsilon Beta"},
		"who=" + maren + "&outcome=refused":          nil,
		// What is no filter is dropped.
		"what=nonsense&outcome=nonsense&about=nonsense&who=a%2Fb&before=nonsense": {"Epsilon Beta", "Delta", "Gamma", "Beta", "Alpha"},
		"about=member+%00&who=%00&before=%00":                                     {"Epsilon Beta", "Delta", "Gamma", "Beta", "Alpha"},
	} {
		t.Run(query, func(t *testing.T) {
			p := s.Get("/activity?" + query).Whole(http.StatusOK)
			rows := file(s, "?"+query)
			require.Len(t, sentences(p), len(want))
			require.Len(t, rows, len(want), "as many rows as the view has")
			assert.Equal(t, sitetest.Plural(len(want), "change"), p.Text("[data-part=note]"))
			for i, name := range want {
				assert.Contains(t, sentences(p)[i], "the group "+name+".")
				assert.Equal(t, sentences(p)[i], rows[i]["Sentence"])
			}
			form := p.Form("main form[role=search]")
			given, err := url.ParseQuery(query)
			require.NoError(t, err)
			if strings.Contains(query, "nonsense") || strings.Contains(query, "%00") {
				given = url.Values{}
			}
			for name := range form.Values {
				assert.Equal(t, given.Get(name), form.Values.Get(name), "the form shows the filter %s", name)
			}
			for name := range given {
				assert.Contains(t, form.Values, name)
			}
			if len(want) > 0 {
				export, err := url.Parse(p.Link("Export as CSV"))
				require.NoError(t, err)
				assert.Equal(t, given, export.Query(), "the file is that of the view")
			}
		})
	}

	p := s.Get("/activity")
	assert.Equal(t, []string{"Everybody", "Maren Dahl", "Tomás Herrera"}, p.Texts("select[name=who] option"))
	assert.Equal(t, []string{"Every change", "Member removed", "Member invited", "Role changed", "Member brought back", "Member disabled", "Member deleted for good", "Guest added", "Guest removed", "Who knows a guest changed", "Group created", "Group edited", "People of a group changed", "People of several groups changed", "Starter set changed", "Review started", "People added to a review", "Review closed", "Group deleted", "Deleted group kept longer", "Deleted group deleted for good"}, p.Texts("select[name=what] option"))
	p = p.Form("main form[role=search]").Set("who", tomas.ID).Set("outcome", "refused").Set("from", "2026-11-02").Submit("Search")
	assert.Len(t, sentences(p), 1, "also without script")
	p = s.Get("/activity?q=beta&about=member+" + tomas.ID)
	assert.Equal(t, []string{"Remove About: Tomás Herrera×"}, p.Texts(".chip"))
	p = p.Follow("Remove About: Tomás Herrera×")
	assert.Equal(t, "/activity?q=beta", p.URL)
	p = s.Get("/activity?before=ffffffff-ffff-7fff-bfff-ffffffffffff&who=" + tomas.ID + "&what=group.delete&outcome=refused&from=2026-11-02&to=2026-11-03&q=beta")
	assert.Equal(t, []string{
		"Remove Who: Tomás Herrera×", "Remove What: Group deleted×", "Remove Outcome: Refused×", "Remove From: 2 Nov 2026×", "Remove To: 3 Nov 2026×",
	}, p.Texts(".chip"))
	assert.Equal(t, "Filters (5)", p.Text(".filters summary"))
	for i, name := range []string{"who", "what", "outcome", "from", "to"} {
		without, err := url.Parse(p.Find(".chip").Eq(i).AttrOr("href", ""))
		require.NoError(t, err)
		assert.Len(t, without.Query(), 5, "the other filters and the search, from the first page")
		assert.NotContains(t, without.Query(), name)
	}
	assert.Equal(t, "/activity", p.Link("Clear all"))
	assert.Empty(t, s.Get("/activity?from=yesterday").Texts(".chip"), "what is no day is not on")
	assert.Contains(t, s.Get("/activity?who=1").Follow("Show all changes").URL, "/activity")
}

// A list about a group names it as the newest change on the page does.
func TestAListAboutAGroupNamesItAsItWasLast(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	in := intent(s, "Depot")
	record(s, in, journal.Done)
	again := intent(s, "Harbour depot")
	again.Subjects[0].ID = in.Subjects[0].ID
	record(s, again, journal.Refused)
	p := s.Get("/activity?about=group+" + in.Subjects[0].ID)
	assert.Len(t, sentences(p), 2)
	assert.Equal(t, []string{"Remove About: Harbour depot×"}, p.Texts(".chip"))
}

func TestDaysThatAreNone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	record(s, intent(s, "Alpha"), journal.Done)
	for _, field := range []string{"from", "to"} {
		for _, text := range []string{"31.12.2026", "2026-02-30", "yesterday", `"><b>`, "2026-11-20T10:00"} {
			query := "?" + field + "=" + url.QueryEscape(text) + "&q=alpha"
			p := s.Get("/activity" + query).Whole(http.StatusUnprocessableEntity)
			input := p.Find("input[name=" + field + "]")
			assert.Equal(t, text, input.AttrOr("value", ""), "what was typed is kept")
			assert.Equal(t, "text", input.AttrOr("type", ""), "a date field would not show it")
			assert.Equal(t, "true", input.AttrOr("aria-invalid", ""))
			message := p.Find("#" + input.AttrOr("aria-describedby", "nothing")).Text()
			assert.Contains(t, message, "“"+text+"” is not a day. Write it as 2026-03-04.")
			assert.Equal(t, 1, p.Find(".error").Length())
			assert.Equal(t, "alpha", p.Find("main input[name=q]").AttrOr("value", ""))
			assert.Empty(t, sentences(p), "what a wrong filter would leave is not known")
			assert.NotContains(t, p.Text("main"), "No change")

			csv := s.Get("/activity.csv" + query).Whole(http.StatusUnprocessableEntity)
			assert.Equal(t, message, csv.Find(".error").Text(), "a file neither")
		}
	}
	turned := s.Get("/activity?from=2026-11-02&to=2026-11-01").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, turned.Text("main"), "This is before the day in From.")
	s.Get("/activity?from=2026-11-02&to=2026-11-02").Whole(http.StatusOK)
	p := s.Get("/activity?from=yesterday").Form("main form[role=search]").Set("from", "2020-01-01").Submit("Search").Whole(http.StatusOK)
	assert.Len(t, sentences(p), 1)
}

// All pages together show each change once, also while new ones come in.
func TestPagesOfChanges(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for i := range 120 {
		record(s, intent(s, fmt.Sprintf("Number %03d", i)), journal.Done)
	}
	p := s.Get("/activity?what=group.delete")
	assert.Len(t, sentences(p), 50)
	assert.Equal(t, "50 changes on this page", p.Text("[data-part=note]"))
	assert.False(t, p.Has("a:contains('First')"))
	var seen []string
	for pages := 1; ; pages++ {
		seen = append(seen, sentences(p)...)
		record(s, intent(s, "Came later"), journal.Done)
		if p.Link("Next") == "" {
			assert.Equal(t, 3, pages)
			break
		}
		p = p.Follow("Next")
		assert.Equal(t, "/activity?what=group.delete", p.Link("First"))
	}
	require.Len(t, seen, 120)
	for i, sentence := range seen {
		assert.Contains(t, sentence, fmt.Sprintf("Number %03d.", 119-i))
	}
	assert.Len(t, file(s, "?before="+url.QueryEscape("00000000-0000-7000-8000-000000000000")), 123, "a file holds all pages")
	assert.Contains(t, sentences(p.Follow("First"))[0], "Came later")
}

// A filter names its group though no change of it is listed.
func TestTheFilterNamesAGroupWithoutChanges(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get("/").Whole(http.StatusOK)
	p := s.Get("/activity?about=" + url.QueryEscape("group "+s.Group("Finance").ID)).Whole(http.StatusOK)
	assert.Equal(t, []string{"Remove About: Finance×"}, p.Texts(".chip"))
}

// A text is searched for in two thousand changes at a time. Whoever looks further finds all.
func TestSearchInManyChanges(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	at := s.App.Now().Add(-time.Hour)
	for i := range 2100 {
		name := "Number " + strconv.Itoa(i)
		if slices.Contains([]int{0, 50, 99}, i) {
			name = "Needle " + strconv.Itoa(i)
		}
		in := intent(s, name)
		require.NoError(t, s.App.Journal.Import(t.Context(), &journal.Entry{At: at.Add(time.Duration(i) * time.Second), State: journal.Done, Intent: in, Outcome: &journal.Outcome{State: journal.Done}}))
	}
	p := s.Get("/activity?q=needle").Whole(http.StatusOK)
	assert.Empty(t, sentences(p))
	assert.Contains(t, p.Text("main"), "None of the latest changes fits. Look at the older ones on the next page.")
	assert.NotEmpty(t, p.Link("Export as CSV"))
	p = p.Follow("Next")
	assert.Len(t, sentences(p), 3)
	assert.Empty(t, p.Link("Next"))
	assert.Len(t, file(s, "?q=needle"), 3)
}

func TestFileOfChanges(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	s := sitetest.SignedIn(t, sitetest.Options{Now: func() time.Time { return now }})
	in := intent(s, "=cmd|' /C calc'!A0")
	in.Actor.Name, in.Subjects = "+SUM(A1)", append(in.Subjects, group(s, "Finance"))
	e := record(s, in, journal.Sent)
	require.NoError(t, s.App.Journal.End(t.Context(), e, journal.Outcome{State: journal.Refused, Words: "@No.", Tallyfys: true, UpstreamID: "up-1", At: now}))
	require.NoError(t, s.App.Journal.SetCheck(t.Context(), e, journal.Check{At: now, Findings: []journal.Finding{{Result: journal.Confirmed}, {Result: journal.Confirmed}, {Result: journal.NotAsExpected}, {Result: journal.NotChecked}}}))
	rows := file(s, "")
	require.Len(t, rows, 1)
	assert.Equal(t, map[string]string{
		"Time (UTC)": "2026-11-20 09:00:00", "By": "'+SUM(A1)", "By (email)": "maren.dahl@example.com", "By (id)": s.ID("maren.dahl"), "Change": "group.delete",
		"About": "'=cmd|' /C calc'!A0; Finance", "About (id)": in.Subjects[0].ID + "; " + s.Group("Finance").ID,
		"Sentence": "'+SUM(A1) wanted to delete the group =cmd|' /C calc'!A0. Tallyfy refused: “@No.” But it was found done 10:00.", "Outcome": "refused", "Reason": "'@No.",
		"Checked (UTC)": "2026-11-20 09:00:00", "Confirmed": "2", "Not as expected": "1", "Could not check": "1",
		"Request": in.RequestID, "Tallyfy's request": "up-1", "Id": e.ID,
	}, rows[0])
}
