package groups_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// trashOf opens the list of deleted groups from the list of groups.
func trashOf(s *sitetest.Site) *sitetest.Page {
	s.T.Helper()
	return s.Get("/groups").Follow("Deleted groups").Whole(http.StatusOK)
}

func TestDeletedGroupsAreListed(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := trashOf(s)
	assert.Contains(t, p.Text("main"), "No deleted groups")
	assert.Empty(t, p.Texts("main a[href$='.csv']"))
	g := s.Group("Finance")
	p = s.Get(s.DeletePath("Finance"))
	assert.Contains(t, p.Text("[aria-labelledby=again]"), "For 90 days it can be created again from Deleted groups")
	assert.Contains(t, p.Text("[aria-labelledby=again]"), "The logo. It is kept as a file, to be added by hand in Tallyfy.")
	receipt := deleted(s, "Finance")
	deleted(s, "Works Council")
	p = s.Get("/activity").Follow("Deleted groups").Whole(http.StatusOK)
	assert.Equal(t, []string{"Works Council", "Finance"}, p.Texts("#list a.name"), "the latest first")
	day := s.App.Now().In(s.Zone())
	rows := p.Texts("#list .small")
	assert.Equal(t, "7 members and 1 guest. Deleted "+day.Format("2 Jan 2006")+" by Maren Dahl. Kept until "+keptUntil(s, 0), rows[1])
	assert.Equal(t, receipt, p.Link("Finance"))

	p = p.Follow("Create again… Finance").Whole(http.StatusOK)
	picture := s.Get(p.Link("download it"))
	require.Equal(t, http.StatusOK, picture.Status)
	assert.Equal(t, `attachment; filename="logo.png"`, picture.Header.Get("Content-Disposition"))
	assert.True(t, strings.HasPrefix(picture.Body, "\x89PNG"))
	p.Form("main form").Set("name", "Money").Submit("Create it again").Whole(http.StatusOK)
	after := s.Group("Money")
	p = trashOf(s)
	assert.Contains(t, p.Text("#list"), "Created again as Money")
	assert.Equal(t, "/groups/"+after.ID, p.Link("Money"))
	assert.Equal(t, []string{"Create again… Works Council"}, p.Texts("#list a.button"))

	file := s.Get(p.Link("Export as CSV"))
	cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, cells, 3)
	assert.Equal(t, "Finance", cells[2][0])
	assert.Equal(t, g.ID, strings.Trim(cells[2][1], "\""))
	assert.Equal(t, []string{"Maren Dahl", "maren.dahl@example.com", s.ID("maren.dahl"), "7", "1"}, cells[2][3:8])
	assert.Equal(t, "Money", cells[2][9])
	assert.Empty(t, cells[1][9])
}

// keptUntil is until when a group that is deleted now is kept, with so many days added. A day has 24
// hours, also where the clocks change.
func keptUntil(s *sitetest.Site, added int) string {
	return s.App.Now().Add(time.Duration(sitetest.TrashDays+added) * 24 * time.Hour).In(s.Zone()).Format("2 Jan 2006")
}

// An administrator keeps a deleted group for a day longer, which Activity records. A press that comes twice adds one day.
func TestADeletedGroupIsKeptLonger(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	receipt := deleted(s, "Finance")
	until := func(days int) string { return keptUntil(s, days) }
	keep := "form[action$='/keep']"
	form := s.Get("/trash").Form(keep)
	s.Sandbox.ClearRequests()
	p := form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. Finance is kept for a day longer. It can be created again until "+until(1)+".", p.Text(".notice"))
	assert.Equal(t, []string{"Keep a day longer: Finance"}, p.Texts("#list form button"))
	assert.Contains(t, p.Text("#list .small"), "Kept until "+until(1))
	p = form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Finance is kept until "+until(1)+" already. Nothing was changed now.", p.Text(".notice"))
	assert.Contains(t, p.Form(keep).Submit("").Text(".notice"), "until "+until(2))
	assert.Zero(t, s.Writes())
	p = s.Get("/activity?what=trash.keep").Whole(http.StatusOK)
	assert.Len(t, p.Texts("main .rows a"), 2)
	p = p.Follow(p.Texts("main .rows a")[0]).Whole(http.StatusOK)
	assert.Regexp(t, `^Maren Dahl kept the deleted group Finance for a day longer\. Confirmed \d\d:\d\d\.$`, p.Text("main .notice"))
	assert.Contains(t, p.Text("main .plan"), "It can be created again until "+until(2)+".")
	for i := 2; i < journal.MostAddedDays; i++ {
		s.Get("/trash").Form(keep).Submit("").Whole(http.StatusOK)
	}
	p = s.Get("/trash").Whole(http.StatusOK)
	assert.False(t, p.Has(keep))
	path := strings.Replace(receipt, "/activity/", "/trash/", 1) + "/keep"
	p = s.Post(path, url.Values{"added": {strconv.Itoa(journal.MostAddedDays)}}).Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), "It is kept until "+until(journal.MostAddedDays)+". A deleted group can be kept for 30 days longer at most, and never longer than its receipt.")
	s.Post(strings.Replace(s.GroupForm("Crew", "d").Submit("Create the group").Follow("Receipt").URL, "/activity/", "/trash/", 1)+"/keep", url.Values{}).Whole(http.StatusNotFound)

	tomas := s.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	tomas.Post(path, url.Values{"added": {"0"}}).Whole(http.StatusNotFound)
	in := record(s, journal.Intent{
		Org: tallyfy.ID(s.Sandbox.OrgID()), Kind: "group.delete", Press: "his", Actor: journal.Subject{Kind: journal.Member, ID: s.ID("tomas.herrera"), Name: "Tomás Herrera"},
		Subjects: []journal.Subject{{Kind: journal.Group, ID: "0123456789abcdef0123456789abcdef", Name: "Old crew"}}, Plan: journal.Plan{Did: "deleted the group Old crew", Facts: json.RawMessage(`{}`)},
	})
	p = tomas.Get("/trash").Whole(http.StatusOK)
	assert.Contains(t, p.Text("#list"), "Old crew")
	assert.False(t, p.Has(keep), "Only administrators")
	p = tomas.Post("/trash/"+in.ID+"/keep", url.Values{"added": {"0"}}).Whole(http.StatusForbidden)
	assert.Equal(t, "Only administrators can keep deleted groups longer", p.Text("h1"))
}

// A page of the list begins after the last one's end.
func TestDeletedGroupsByPages(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for i := range 51 {
		name := "Crew " + strconv.Itoa(100+i)
		s.Elsewhere(http.MethodPost, "/groups", `{"name":"`+name+`","description":"d"}`)
		s.Get(s.DeletePath(name)).Form("main form").Submit("")
	}
	p := s.Get("/trash").Whole(http.StatusOK)
	assert.Len(t, p.Texts("#list a.name"), 50)
	p = p.Follow("Next").Whole(http.StatusOK)
	assert.Equal(t, []string{"Crew 100"}, p.Texts("#list a.name"))
	assert.Equal(t, "/trash", p.Link("First"))
	assert.Equal(t, 51, strings.Count(s.Get("/trash.csv").Body, "Crew 1"))
	assert.Len(t, s.Get("/trash?before=x%00").Whole(http.StatusOK).Texts("#list a.name"), 50)
}

// After its last day a group cannot be created again. The entry stays.
func TestDeletedGroupPastItsLastDay(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	s := sitetest.New(t, sitetest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	s.SignIn()
	g := s.Group("Finance")
	receipt := deleted(s, "Finance")
	form := s.Get(receipt + "/restore").Form("main form")
	until := keptUntil(s, 0)
	later.Store(int64(sitetest.TrashDays*24*time.Hour + time.Minute))
	s.SignIn()
	for _, swept := range []bool{false, true} {
		if swept {
			_, err := s.App.Journal.Sweep(t.Context())
			require.NoError(t, err)
			purge := s.Get("/activity?what=trash.purge")
			p := purge.Follow(purge.Texts("main .rows a")[0]).Whole(http.StatusOK)
			assert.Contains(t, p.Text("main .notice"), "The dashboard deleted for good what was kept of the group Finance.")
			assert.Equal(t, "What was kept to create the group Finance again is deleted. It can't be created again any more. Confirmed", p.Text("main .plan li"))
		}
		assert.Contains(t, s.Get("/trash").Text("main"), "No deleted groups")
		p := s.Get(receipt + "/restore").Whole(http.StatusConflict)
		assert.Equal(t, "Finance can't be created again any more", p.Text("h1"))
		assert.Contains(t, p.Text("main"), "What was in it was kept until "+until+".")
		s.Get(strings.Replace(receipt, "/activity/", "/trash/", 1) + "/picture").Whole(http.StatusNotFound)
		p = s.Get("/groups/" + g.ID).Whole(http.StatusNotFound)
		assert.Contains(t, p.Text("main"), "so it can't be created again any more.")
		assert.NotContains(t, p.Texts("main a"), "Create it again…")
		assert.NotContains(t, s.Get(receipt).Whole(http.StatusOK).Texts("main a"), "Create it again…")
		assert.Contains(t, s.Get(receipt).Facts()["Guests"], g.Guests[0], "the record stays")
	}
	form.Set("as", s.Get("/help").Find("[name=as]").First().AttrOr("value", "")).Submit("Create it again").Whole(http.StatusConflict)
	assert.Zero(t, s.Calls(http.MethodPost, "/groups"))
}

// Others see what they deleted themselves, and why they cannot create groups.
func TestDeletedGroupsOfOthers(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	receipt := deleted(s, "Finance")
	tomas := s.As(t)
	tomas.SignInWith(sandbox.StandardToken)
	p := trashOf(tomas)
	assert.Contains(t, p.Text("main"), "No deleted groups")
	assert.Contains(t, p.Text("main"), "You see those that you deleted; administrators see all.")
	tomas.Get(receipt + "/restore").Whole(http.StatusNotFound)
	tomas.Get(strings.Replace(receipt, "/activity/", "/trash/", 1) + "/picture").Whole(http.StatusNotFound)
	assert.NotContains(t, tomas.Get("/trash.csv").Body, "Finance")

	// Of his own he sees why he cannot.
	e, err := s.App.Journal.Get(t.Context(), tallyfy.ID(s.Sandbox.OrgID()), receipt[len("/activity/"):])
	require.NoError(t, err)
	in := e.Intent
	in.Actor, in.Press = journal.Subject{Kind: journal.Member, ID: s.ID("tomas.herrera"), Name: "Tomás Herrera"}, "his"
	in.Contents = &journal.Contents{Data: json.RawMessage(`{"Name":"Finance","Description":"d"}`)}
	record(s, in)
	p = tomas.Get("/trash").Whole(http.StatusOK)
	assert.Equal(t, []string{"Create again…"}, p.Texts("button.off[aria-describedby=role-note]"))
	p = tomas.Get("/activity").Follow("Tomás Herrera deleted the group Finance. Not checked.").Follow("Create it again…").Whole(http.StatusOK)
	assert.Equal(t, []string{"Create it again"}, p.Texts("button.off[aria-describedby=role-note]"))
}

// record puts a deletion that was carried out into the journal.
func record(s *sitetest.Site, in journal.Intent) *journal.Entry {
	s.T.Helper()
	e := &journal.Entry{At: s.App.Now(), State: journal.Done, Intent: in, Outcome: &journal.Outcome{State: journal.Done}}
	require.NoError(s.T, s.App.Journal.Import(s.T.Context(), e))
	return e
}

// The logo is part of what is kept. Where it cannot be read the page says so before, and asks again where it could be read then.
func TestLogoOfADeletedGroup(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s := sitetest.SignedIn(t, sitetest.Options{Store: db})
	const lost = "The logo. It could not be read now, so it is not kept either."
	p := s.Get(s.DeletePath("Finance")).Whole(http.StatusOK)
	assert.NotContains(t, p.Text("main"), lost)
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/file/{file_id}", Status: http.StatusInternalServerError})
	_, err = db.Write(t.Context(), `DELETE FROM dashboard_logos`)
	require.NoError(t, err)
	p = p.Form("main form").Submit("").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("main"), lost)
	assert.Zero(t, s.Writes())
	p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.False(t, s.Exists("Finance"))
	s.Sandbox.ClearFaults()
	href, _ := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	p = s.Get(href + "/restore").Whole(http.StatusOK)
	assert.Contains(t, p.Text("#lost + ul"), "The logo, which could not be read before the group was deleted.")
	s.Get(strings.Replace(href, "/activity/", "/trash/", 1) + "/picture").Whole(http.StatusNotFound)
}

// A guest who was deleted meanwhile does not come back with the group.
func TestGuestsWhoAreGoneAreLeftOut(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	guest := s.Group("Finance").Guests[0]
	receipt := deleted(s, "Finance")
	s.Elsewhere(http.MethodDelete, "/guests/"+guest, "")
	p := s.Get(receipt + "/restore").Whole(http.StatusOK)
	assert.Contains(t, p.Text("#lost + ul"), guest+" (is not a guest of the organisation any more)")
	p.Form("main form").Submit("Create it again").Whole(http.StatusOK)
	assert.Empty(t, s.Group("Finance").Guests)
}

// Entries from before the contents were stored beside them hold them themselves.
func TestDeletedGroupOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	e := record(s, journal.Intent{
		Org: tallyfy.ID(s.Sandbox.OrgID()), Kind: "group.delete", Press: "p", Actor: journal.Subject{Kind: journal.Member, ID: s.ID("maren.dahl"), Name: "Maren Dahl"},
		Subjects: []journal.Subject{{Kind: journal.Group, ID: "0123456789abcdef0123456789abcdef", Name: "Old crew"}},
		Plan: journal.Plan{
			Will: "delete the group Old crew", Did: "deleted the group Old crew", Lines: []journal.Line{{Kind: "gone", Text: "Gone."}},
			Differences: []journal.Difference{{What: "Name", Before: []string{"Old crew"}}, {What: "Description", Before: []string{"d"}}},
			Facts:       json.RawMessage(`{"Logo":"https://x.example/l.png","Members":[` + s.ID("esi.mensah") + `],"Tasks":3}`),
		},
	})
	p := s.Get("/trash").Whole(http.StatusOK)
	assert.Contains(t, p.Text("#list .small"), "1 member and 0 guests.")
	p = p.Follow("Create again… Old crew").Whole(http.StatusOK)
	assert.Contains(t, p.Text("#lost + ul"), "3 open tasks, and the template steps, that named the group")
	p.Form("main form").Submit("Create it again").Whole(http.StatusOK)
	assert.Equal(t, []int{s.Member("esi.mensah").ID}, s.Group("Old crew").Members)
	assert.Equal(t, "/groups/"+s.Group("Old crew").ID, s.Get("/groups/"+e.Subjects[0].ID).Whole(http.StatusNotFound).Link("Old crew"))
}
