package groups_test

import (
	"net/http"
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

func editPath(s *sitetest.Site, name string) string { return s.GroupPath(name) + "/edit" }

// movingClock is a sandbox whose clock stands at another second at each look, so that what follows a change
// is later than it.
func movingClock() sitetest.Options {
	now := time.Now()
	return sitetest.Options{Sandbox: sandbox.Options{Now: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}}
}

func TestEditChangesNameAndDescription(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.Group("Finance")
	p := s.Get(editPath(s, "Finance")).Whole(http.StatusOK)
	assert.Equal(t, "Edit Finance", p.Text("h1"))
	f := p.Form("main form")
	assert.Equal(t, "Finance", f.Values.Get("name"))
	assert.Equal(t, before.Description, f.Values.Get("description"))
	s.Sandbox.ClearRequests()
	p = f.Set("name", " Money  matters ").Set("description", "Counts it.\r\nTwice.").Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "/groups/"+before.ID, p.URL)
	assert.Equal(t, "Money matters", p.Text("h1"))
	assert.Equal(t, "Done. Finance is called Money matters now. The description of Finance was changed. Undo", p.Text(".notice"))
	after := s.Group("Money matters")
	assert.Equal(t, "Counts it.\nTwice.", after.Description)
	assert.Equal(t, [2]any{before.Members, before.Guests}, [2]any{after.Members, after.Guests})
	assert.Equal(t, 1, s.Writes())
	assert.Contains(t, s.Get("/groups?q=money").Text("main"), "Money matters", "no list from before")
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl renamed Finance to Money matters and changed the description of Finance. Confirmed")
}

func TestEditWithoutAChangeSendsNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Finance ").Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "There was nothing to change in Finance, so nothing was sent to Tallyfy.", p.Text(".notice"))
	assert.Zero(t, s.Writes())
	assert.NotContains(t, s.Get("/activity").Text("main"), "Finance")
}

func TestEditRefusesWhatTallyfyWould(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ field, value, want string }{
		"no name":            {"name", "  ", "The group needs a name."},
		"invisible name":     {"name", "\u200b", "The name shows nothing"},
		"a long name":        {"name", string(make([]rune, 201)), "control characters"},
		"no description":     {"description", "", "Tallyfy requires one"},
		"another one's name": {"name", "payroll", "The name has already been taken."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := s.State()
			p := s.Get(editPath(s, "Finance")).Form("main form").Set("description", "Typed <b>.").Set(test.field, test.value).Submit("Save").Whole(http.StatusUnprocessableEntity)
			assert.Contains(t, p.Text("#error-"+test.field), test.want)
			assert.Equal(t, "true", p.Find("[name="+test.field+"]").AttrOr("aria-invalid", ""))
			if test.field != "description" {
				assert.Equal(t, "Typed <b>.", p.Form("main form").Values.Get("description"), "what was typed is kept")
			}
			assert.Equal(t, before, s.State())
			p = p.Form("main form").Set("name", "Money").Set("description", "Right.").Submit("Save").Whole(http.StatusOK)
			assert.Equal(t, "Money", p.Text("h1"), "and can be put right")
		})
	}
}

// Each of two administrators changed a text of their own: both are kept. Of one text the second is asked.
func TestEditBesideAnotherAdministrator(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	f := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money")
	s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Description: "Theirs.", Add: []int{s.Member("noor.vandermeer").ID}})
	f.Submit("Save").Whole(http.StatusOK)
	after := s.Group("Money")
	assert.Equal(t, "Theirs.", after.Description)
	assert.Contains(t, after.Members, s.Member("noor.vandermeer").ID)

	for choice, want := range map[string]string{"now": "Treasury", "yours": "Vault"} {
		s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Name: "Money", Description: "Theirs."})
		f = s.Get(editPath(s, "Money")).Form("main form").Set("name", "Vault").Set("description", "Mine.")
		s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Name: "Treasury"})
		s.Sandbox.ClearRequests()
		p := f.Submit("Save").Whole(http.StatusConflict)
		assert.Zero(t, s.Writes(), "nothing was sent")
		assert.Contains(t, p.Text(".notice"), "The group was changed since")
		assert.Contains(t, p.Text("fieldset"), "Money")
		assert.Contains(t, p.Text("fieldset"), "Treasury")
		assert.Contains(t, p.Text("fieldset"), "Vault")
		assert.False(t, p.Has("fieldset input:checked"), "nothing is chosen beforehand")
		assert.Equal(t, "Mine.", p.Form("main form").Values.Get("description"))
		p = p.Form("main form").Submit("Save").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("#error-name"), "Say which one it is to be.")
		p.Form("main form").Set("choice_name", choice).Submit("Save").Whole(http.StatusOK)
		after = s.Group(want)
		assert.Equal(t, "Mine.", after.Description)
	}
}

// The question is asked also where nothing else was changed.
func TestEditOfOneTextByTwo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(editPath(s, "Finance")).Form("main form").Set("description", "Mine.")
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Description: "Theirs."})
	p := f.Submit("Save").Whole(http.StatusConflict)
	assert.Contains(t, p.Text("fieldset legend"), "Description: changed since you opened the page")
	p.Form("main form").Set("choice_description", "yours").Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Mine.", s.Group("Finance").Description)
}

func TestEditOfAGroupThatIsGone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money")
	s.Sandbox.DeleteGroup(s.Group("Finance").ID)
	p := f.Submit("Save").Whole(http.StatusNotFound)
	assert.Equal(t, "That group is gone", p.Text("h1"))
	assert.Zero(t, s.Writes())
}

func TestEditWhenTallyfyDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  string
	}{
		"done":     {sandbox.Fault{Execute: true, Abort: true}, "Tallyfy didn't confirm the change, but it is done. Finance is called Money now."},
		"not done": {sandbox.Fault{Abort: true}, "Tallyfy didn't confirm the change, and Finance is as it was."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			test.fault.Method = "PUT"
			f := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money")
			s.Sandbox.Fail(test.fault)
			p := f.Submit("Save").Whole(http.StatusOK)
			assert.Equal(t, "Receipt", p.Text("h1"))
			assert.Contains(t, p.Text(".notice"), test.want)
			again := f.Submit("Save").Whole(http.StatusOK)
			assert.Contains(t, again.Text("main"), test.want[:20], "a second press leads to the first one's receipt")
			assert.Equal(t, 1, s.Writes())
		})
	}
}

func TestEditByWhoMayNot(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money").Submit("Save").Whole(http.StatusForbidden)
	assert.Contains(t, p.Text(".notice"), "Changing groups takes the permission to manage groups.")
	assert.Equal(t, "Money", p.Form("main form").Values.Get("name"))
	assert.True(t, s.Exists("Finance"))
}

// What was typed waits for the same person when the sign-in ends, that with Tallyfy or that with the dashboard.
func TestEditIsKeptWhenTheSignInEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *sitetest.Site){
		"with Tallyfy":       func(s *sitetest.Site) { s.Sandbox.Fail(sandbox.Fault{Answer: sandbox.TokenUnknown}) },
		"with the dashboard": func(s *sitetest.Site) { s.Post("/signout", nil) },
	} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		path := editPath(s, "Finance")
		f := s.Get(path).Form("main form").Set("name", "Money")
		end(s)
		p := f.Submit("Save")
		s.Sandbox.ClearFaults()
		assert.Contains(t, p.Text("main"), "hat you typed is kept", name)
		p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
		assert.Equal(t, path, p.URL, name)
		assert.Equal(t, "Money", p.Form("main form").Values.Get("name"), name)
	}
}

func TestUndoOfAnEdit(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	p := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money").Submit("Save").Follow("Undo").Whole(http.StatusOK)
	assert.Equal(t, "Undo a change of Money", p.Text("h1"))
	assert.Equal(t, []string{"The group's name is Finance.", "Who is in the group stays as it is. That is 7 members and 1 guest."}, promises(p))
	s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}})
	first := p
	p = p.Form("main form").Submit("Undo this change").Whole(http.StatusOK)
	assert.Equal(t, "Finance", p.Text("h1"))
	assert.Contains(t, s.Group("Finance").Members, s.Member("noor.vandermeer").ID, "who came meanwhile stays")
	p = p.Follow("Undo").Whole(http.StatusOK) // the undoing of the undoing
	assert.Equal(t, "The group's name is Money.", promises(p)[0])
	receipt := first.Follow("Receipt").Whole(http.StatusOK)
	assert.Equal(t, "Undone later", receipt.Texts(".form-actions a")[1])
	p = first.Form("main form").Submit("Undo this change").Whole(http.StatusOK) // the press from before
	assert.Equal(t, 2, s.Writes())
	_ = p
	p = s.Get(first.URL).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "There is nothing left to undo.")
	assert.False(t, p.Has("main form"))
}

// Undoing says which later changes were about the same, and leaves a text that somebody else has changed.
func TestUndoOfWhatWasChangedSince(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	g := s.Group("Finance")
	first := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money").Set("description", "Mine.").Submit("Save").Link("Undo")
	s.Get(editPath(s, "Money")).Form("main form").Set("name", "Vault").Submit("Save").Whole(http.StatusOK)
	p := s.Get(first).Whole(http.StatusOK)
	assert.Contains(t, p.Text("#later + p + ul"), "Maren Dahl renamed Money to Vault.")
	assert.Equal(t, []string{"The group's description is “" + g.Description + "”.", "Who is in the group stays as it is. That is 7 members and 1 guest."}, promises(p))
	assert.NotContains(t, p.Text("main"), "Everybody else", "nobody comes or goes")
	assert.Contains(t, p.Text(".notice"), "Somebody has changed the name since, so it stays as it is now.")
	p.Form("main form").Submit("Undo this change").Whole(http.StatusOK)
	assert.Equal(t, g.Description, s.Group("Vault").Description)
}

func TestUndoOfOtherChanges(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Get(s.DeletePath("Finance")).Form("main form").Submit("").Whole(http.StatusOK)
	href, _ := s.Get("/activity").Find("ul.rows a").First().Attr("href")
	require.NotEmpty(t, href)
	for _, rest := range []string{"/undo", "/repeat"} {
		p := s.Get(href + rest).Whole(http.StatusConflict)
		assert.Equal(t, "This can't be done with that change", p.Text("h1"))
	}
	s.Get("/activity/00000000-0000-7000-8000-000000000000/undo").Whole(http.StatusNotFound)
}

// Somebody else changes the group at the same moment: the receipt names what is missing, and offers that alone, once.
func TestEditThatIsOvertaken(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, movingClock())
	g := s.Group("Finance")
	overtake := func(name string) {
		s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Name: name}) })
	}
	f := s.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money").Set("description", "Mine.")
	overtake("Finance")
	p := f.Submit("Save").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Contains(t, p.Text(".notice"), "Not all of the change is in place. Somebody else changed the group at the same moment. The name is Finance.")
	p = p.Follow("Apply what is missing…").Whole(http.StatusOK)
	assert.Equal(t, []string{"The group's name is Money.", "Who is in the group stays as it is. That is 7 members and 1 guest."}, promises(p))
	repeatPath := p.URL
	overtake("Treasury")
	p = p.Form("main form").Submit("Apply it once more").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice"), "The name is Treasury.")
	assert.NotContains(t, p.Text(".form-actions"), "Apply what is missing", "not again and again")
	s.Get(repeatPath).Whole(http.StatusConflict)
	assert.Equal(t, "Mine.", s.Group("Treasury").Description)

	write := func(query string) {
		_, err := s.App.Jobs.DB.Write(t.Context(), query)
		require.NoError(t, err)
	}
	write(`ALTER TABLE dashboard_journal_subjects RENAME TO elsewhere`)
	s.Get(repeatPath).Whole(http.StatusInternalServerError)
	receipt := s.Get(strings.TrimSuffix(repeatPath, "/repeat")).Whole(http.StatusOK)
	assert.NotContains(t, receipt.Text(".form-actions"), "Apply what is missing", "it may have been applied")
	assert.NotContains(t, receipt.Text(".form-actions"), "Undo…", "it may have been undone")
	write(`ALTER TABLE elsewhere RENAME TO dashboard_journal_subjects`)
	s.Get(repeatPath).Whole(http.StatusConflict)

	for i := range 150 { // more than one query of the journal brings
		record(s, journal.Intent{Org: tallyfy.ID(s.Sandbox.OrgID()), Press: "later " + strconv.Itoa(i), Subjects: []journal.Subject{{Kind: journal.Group, ID: g.ID}}})
	}
	s.Get(repeatPath).Whole(http.StatusConflict)
}

// What is missing of a change is applied once, even if somebody else did it whose changes the
// person may not see.
func TestWhatIsMissingIsAppliedOnceByWhoeverDoesIt(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, movingClock())
	g := s.Group("Finance")
	other := s.As(t)
	other.SignInWith(sandbox.ColleagueToken).Form("form:has([name=organization])").Set("organization", s.Org).Submit("Continue").Whole(http.StatusOK)
	f := other.Get(editPath(s, "Finance")).Form("main form").Set("name", "Money")
	s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(g.ID, sandbox.GroupChange{Name: "Finance"}) })
	receipt := f.Submit("Save").Whole(http.StatusOK)
	repeatPath := receipt.Link("Apply what is missing…")
	s.Get(repeatPath).Form("main form").Submit("Apply it once more").Whole(http.StatusOK)
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("kwame.asante")+"/role", `{"role":"standard"}`)
	other.Get(repeatPath).Whole(http.StatusConflict)
	assert.NotContains(t, other.Get(receipt.URL).Text(".form-actions"), "Apply what is missing")
	assert.NotContains(t, other.Get(receipt.URL).Text(".form-actions"), "Applied once more", "a link that leads nowhere for them")
}
