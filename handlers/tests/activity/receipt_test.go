package activity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestReceiptOfACreation(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.GroupForm("Night watch", "Of the yard.").Tick("members", s.ID("esi.mensah")).TypeGuests("new@x.example").Submit("Create the group")
	assert.Equal(t, s.GroupPath("Night watch"), p.URL)
	assert.Equal(t, "Done. Night watch was created, with 1 member and 1 guest, and checked. Receipt", p.Text(".notice"))
	receipt := p.Follow("Receipt").Whole(http.StatusOK)
	assert.Contains(t, receipt.URL, "/activity/")
	assert.Equal(t, "Done. Night watch was created, with 1 member and 1 guest, and checked.", receipt.Text("main .notice"))
	assert.Equal(t, []string{"There is a group Night watch with 1 member and 1 guest. Confirmed"}, receipt.Texts(".plan li"))
	assert.Equal(t, map[string]string{
		"Name": "none → Night watch", "Description": "none → Of the yard.", "Members": "none → Esi Mensah", "Guests": "none → new@x.example",
	}, receipt.Facts())
	assert.Equal(t, "/activity", receipt.Link("Activity"))

	// A rename later does not change the entry; the check says what is so now.
	s.Elsewhere(http.MethodPut, "/groups/"+s.Group("Night watch").ID, `{"name":"Day watch","description":"d","members":[],"guests":[]}`)
	receipt = receipt.Follow("Check again")
	assert.Equal(t, "Please note. Night watch was created, but not as asked. Day watch has 0 members and 0 guests.", receipt.Text("main .notice"))
	assert.Equal(t, "none → Night watch", receipt.Facts()["Name"])
	assert.Contains(t, sentences(s.Get("/activity"))[0], "Maren Dahl created the group Night watch. Checked ")
}

func TestReceiptOfADeletion(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.Group("Finance")
	form := s.Get(s.DeletePath("Finance")).Form("main form")
	form.Values.Set("phrase", "Finance")
	p := form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "/groups", p.URL)
	assert.Equal(t, "Done. Finance was deleted. Receipt", p.Text(".notice"))
	receipt := s.Get("/activity").Follow(sentences(s.Get("/activity"))[0]).Whole(http.StatusOK)
	assert.Equal(t, "Done. Finance was deleted.", receipt.Text("main .notice"))
	for _, line := range receipt.Texts(".plan li") {
		assert.Contains(t, line, " Confirmed", line)
	}
	kept := receipt.Facts()
	assert.Equal(t, "Finance → none", kept["Name"])
	assert.Equal(t, before.Description+" → none", kept["Description"])
	for _, id := range before.Members {
		for _, m := range s.Sandbox.Members() {
			if m.ID == id {
				assert.Contains(t, kept["Members"], m.FirstName+" "+m.LastName, "everything that was deleted, by name")
			}
		}
	}
	for _, guest := range before.Guests {
		assert.Contains(t, kept["Guests"], guest)
	}
}

func TestReceiptOfARemoval(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Remove("chiara.dangelo", "siobhan.obrien").Whole(http.StatusOK)
	assert.Contains(t, p.URL, "/activity/")
	assert.Equal(t, "active → disabled", p.Facts()["Status"])
	assert.NotContains(t, p.Facts(), "Groups", "they stand at their sentence")
	assert.Contains(t, p.Texts(".plan .left th a"), "Payroll")
	assert.Contains(t, p.Texts(".plan .names-only a"), "Finance")
	assert.NotContains(t, p.Facts(), "Role", "it is as before")
	for _, path := range []string{s.MemberPath("chiara.dangelo"), s.MemberPath("siobhan.obrien"), s.MemberPath("maren.dahl"), s.GroupPath("Payroll")} {
		page := s.Get(path)
		require.Len(t, sentences(page), 1, path)
		assert.Equal(t, p.URL, page.Link(sentences(page)[0]), "it is on the pages of all it is about")
	}
}

// A change of Tallyfy's refusal has a receipt that repeats the reason and looks at nothing.
func TestReceiptOfARefusal(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Post("/groups", url.Values{"name": {"Finance"}, "description": {"d"}}).Whole(http.StatusUnprocessableEntity)
	list := s.Get("/activity")
	s.Sandbox.ClearRequests()
	p := list.Follow(sentences(list)[0]).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .notice"), "Maren Dahl wanted to create the group Finance. Tallyfy refused: “The name has already been taken.”")
	assert.Empty(t, p.Link("Check again"))
	assert.Equal(t, []string{"There is a group Finance with 0 members and 0 guests."}, p.Texts(".plan li"), "without a result")
	s.Get(p.URL + "?check=again")
	assert.Empty(t, s.Calls(http.MethodGet, "/groups"))
}

// A receipt looks again when it is opened, for a month, and whenever somebody asks. A HEAD never does.
func TestWhenAReceiptLooksAgain(t *testing.T) {
	t.Parallel()
	offset := time.Duration(0)
	s := sitetest.SignedIn(t, sitetest.Options{Recall: 15 * time.Second, Now: func() time.Time { return time.Now().Add(offset) }, Idle: 1000 * time.Hour, Absolute: 1000 * time.Hour})
	p := s.Remove("esi.mensah", "leave").Whole(http.StatusOK)
	reads := func(r *http.Request) int {
		s.Sandbox.ClearRequests()
		s.Do(r)
		return s.Calls(http.MethodGet, "/users/"+s.ID("esi.mensah"))
	}
	get := func(path string) *http.Request { return s.Request(http.MethodGet, path, nil) }
	assert.Zero(t, reads(get(p.URL)), "it has just been checked")
	assert.Equal(t, 1, reads(get(p.URL+"?check=again")))
	reload := get(p.URL)
	reload.Header.Set("Cache-Control", "max-age=0")
	assert.Equal(t, 1, reads(reload))
	offset = 16 * time.Second
	assert.Zero(t, reads(s.Request(http.MethodHead, p.URL+"?check=again", nil)))
	assert.Equal(t, 1, reads(get(p.URL)))
	offset = 29 * 24 * time.Hour
	assert.Equal(t, 1, reads(get(p.URL)))
	offset = 31 * 24 * time.Hour
	assert.Zero(t, reads(get(p.URL)), "people have moved on")
	assert.Equal(t, 1, reads(get(p.URL+"?check=again")))
}

// While Tallyfy cannot be asked, a receipt shows what was found before, and stays.
func TestReceiptWhileTallyfyIsAway(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get(s.DeletePath("Works Council")).Form("main form").Submit("").Whole(http.StatusOK)
	list := s.Get("/activity")
	address := list.Find("main .rows a").AttrOr("href", "")
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Status: 500})
	p := s.Get(address).Whole(http.StatusOK)
	assert.Equal(t, "Please note. Tallyfy said that Works Council is deleted. It could not be checked.", p.Text("main .notice"))
	s.Sandbox.ClearFaults()
	assert.Equal(t, "Done. Works Council was deleted.", s.Get(address).Text("main .notice"))
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Status: 401})
	assert.Equal(t, "Sign in", s.Get(address).Text("h1"))
}

func TestEntryOfAnotherVersion(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	in := intent(s, "Alpha")
	in.Kind = "group.merge"
	e := record(s, in, journal.Done)
	p := s.Get("/activity/" + e.ID).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .notice"), "Maren Dahl deleted the group Alpha. Not checked.")
	assert.Empty(t, p.Link("Check again"))
}

func TestNoSuchReceipt(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, path := range []string{"/activity/00000000-0000-7000-8000-000000000000", "/activity/x", "/activity/%00", "/activity/a%2Fb", "/members/1/remove/receipt/" + strings.Repeat("0", 32), "/members/1/remove/receipt/%00"} {
		p := s.Get(path).Whole(http.StatusNotFound)
		assert.Equal(t, "There is no such receipt", p.Text("h1"), path)
		assert.Contains(t, p.Text("main"), "Receipts are kept for 400 days.")
	}
}

// The page of a person or a group lists the last five changes, and leads to all.
func TestChangesOnThePageOfAGroup(t *testing.T) {
	t.Parallel()
	db := openStore(t)
	s := sitetest.SignedIn(t, sitetest.Options{Store: db})
	about := "/activity?about=" + url.QueryEscape(group(s, "Finance").Key())
	assert.Contains(t, s.Get(s.GroupPath("Finance")).Text("section[aria-labelledby=activity]"), "None with this dashboard.")
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		in := intent(s, name)
		in.Subjects = append(in.Subjects, group(s, "Finance"))
		record(s, in, journal.Done)
	}
	record(s, intent(s, "Elsewhere"), journal.Done)
	p := s.Get(s.GroupPath("Finance"))
	require.Len(t, sentences(p), 5)
	assert.Contains(t, sentences(p)[0], "the group F.")
	assert.Contains(t, sentences(p)[4], "the group B.")
	assert.Equal(t, about, p.Link("All changes"))
	all := p.Follow("All changes")
	assert.Len(t, sentences(all), 6)
	assert.Equal(t, []string{"Remove About: Finance×"}, all.Texts(".chip"))

	_, err := db.Write(t.Context(), `ALTER TABLE dashboard_journal RENAME TO elsewhere`)
	require.NoError(t, err)
	p = s.Get(s.GroupPath("Finance")).Whole(http.StatusOK)
	assert.Contains(t, p.Text("section[aria-labelledby=activity]"), "Not all of them could be read.", "which is not the same as none")
	assert.Equal(t, http.StatusInternalServerError, s.Get("/activity").Status)
	assert.Equal(t, http.StatusInternalServerError, s.Get("/activity.csv").Status)
}
