package groups_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// cell is the value of the box of a person in a group.
func cell(s *sitetest.Site, group, member string) string {
	return s.Group(group).ID + " " + s.ID(member)
}

// accessForm is the form for boxes on a page.
func accessForm(p *sitetest.Page) *sitetest.Form { return p.Form("form[data-access]") }

// accessOf opens the boxes of groups.
func accessOf(s *sitetest.Site, query string, groups ...string) *sitetest.Page {
	q, err := url.ParseQuery(query)
	require.NoError(s.T, err)
	for _, g := range groups {
		q.Add("group", s.Group(g).ID)
	}
	return s.Get("/access?" + q.Encode()).Whole(http.StatusOK)
}

// toggle presses a box of the table ("in") or of the lists ("listed"), as without script.
func toggle(f *sitetest.Form, field, value string) *sitetest.Form {
	f.Page.Site.T.Helper()
	require.True(f.Page.Site.T, f.Page.Has(fmt.Sprintf("input[type=checkbox][name=%s][value=%q]", field, value)), "no box %s of %q", field, value)
	if i := slices.Index(f.Values[field], value); i >= 0 {
		f.Values[field] = slices.Delete(f.Values[field], i, i+1)
	} else {
		f.Values.Add(field, value)
	}
	return f
}

// scripted is the form as script sends it: the changes alone.
func scripted(f *sitetest.Form, add, remove []string) *sitetest.Form {
	for _, name := range []string{"in", "listed", "rows", "was"} {
		f.Values.Del(name)
	}
	f.Values["add"], f.Values["remove"] = add, remove
	return f
}

// Boxes are changed in the table or, on a phone, in the lists, without script or with it: each makes the same
// review, one call for each changed group, one entry, and can be undone.
func TestBoxesChangeWhoIsInWhat(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *sitetest.Site, f *sitetest.Form) *sitetest.Form{
		"in the table": func(s *sitetest.Site, f *sitetest.Form) *sitetest.Form {
			toggle(f, "in", cell(s, "Finance", "aino.makela"))
			toggle(f, "in", cell(s, "Finance", "chiara.dangelo"))
			return toggle(f, "in", cell(s, "Legal", "aino.makela"))
		},
		"in the lists": func(s *sitetest.Site, f *sitetest.Form) *sitetest.Form {
			toggle(f, "listed", cell(s, "Finance", "aino.makela"))
			toggle(f, "listed", cell(s, "Finance", "chiara.dangelo"))
			return toggle(f, "listed", cell(s, "Legal", "aino.makela"))
		},
		"in both, with the device turned": func(s *sitetest.Site, f *sitetest.Form) *sitetest.Form {
			toggle(f, "listed", cell(s, "Finance", "aino.makela"))
			toggle(f, "in", cell(s, "Finance", "aino.makela"))
			toggle(f, "in", cell(s, "Finance", "chiara.dangelo"))
			return toggle(f, "listed", cell(s, "Legal", "aino.makela"))
		},
		"with script": func(s *sitetest.Site, f *sitetest.Form) *sitetest.Form {
			return scripted(f, []string{cell(s, "Finance", "aino.makela"), cell(s, "Legal", "aino.makela")}, []string{cell(s, "Finance", "chiara.dangelo")})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before := s.State()
			p := accessOf(s, "", "Finance", "Legal", "Operations")
			s.Sandbox.ClearRequests()
			p = change(s, accessForm(p)).Submit("Review changes").Whole(http.StatusOK)
			assert.Equal(t, "Change 2 groups?", p.Text("h1"))
			assert.Equal(t, []string{
				"Aino Mäkelä is in Finance. Chiara D'Angelo is not in Finance any more. Finance, before: 7 members and 1 guest. After: 7 members and 1 guest.",
				"Aino Mäkelä is in Legal. Legal, before: 3 members and 1 guest. After: 4 members and 1 guest.",
				"Everybody else stays where they are.",
			}, promises(p))
			assert.Empty(t, s.Sandbox.Requests(), "a review costs no call")
			p = p.Form("main form").Submit("Change 2 groups").Whole(http.StatusOK)
			assert.Equal(t, "Access", p.Text("h1"))
			assert.Contains(t, p.URL, "group="+s.Group("Finance").ID, "with the same groups")
			assert.Contains(t, p.Text(".notice"), "Done. Aino Mäkelä was added to Finance and Legal. Chiara D'Angelo was taken out of Finance. Undo")
			assert.Equal(t, 2, s.Writes(), "a call for each group that changes")
			for _, g := range before.Groups {
				want := slices.Clone(g.Members)
				switch g.Name {
				case "Finance":
					want = append(slices.DeleteFunc(want, func(id int) bool { return id == s.Member("chiara.dangelo").ID }), s.Member("aino.makela").ID)
				case "Legal":
					want = append(want, s.Member("aino.makela").ID)
				}
				now := s.Group(g.Name)
				assert.Equal(t, want, now.Members, g.Name)
				assert.Equal(t, g.Guests, now.Guests, g.Name)
				assert.Equal(t, g.Description, now.Description, g.Name)
			}
			assert.Equal(t, 1, s.Get("/activity").Find("main ul.rows a").Length(), "one entry")
			p = p.Follow("Undo").Whole(http.StatusOK)
			p.Form("main form").Submit("Undo this change").Whole(http.StatusOK)
			for _, g := range before.Groups {
				assert.ElementsMatch(t, g.Members, s.Group(g.Name).Members, g.Name)
			}
		})
	}
}

// Who reviews nothing is told so, and nothing is sent.
func TestNoBoxChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := accessForm(accessOf(s, "", "Finance")).Submit("Review changes").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Nothing was changed. No box has been changed. Tick or untick somebody first.", p.Text("main .notice"))
	f := toggle(accessForm(accessOf(s, "", "Finance")), "in", cell(s, "Finance", "aino.makela"))
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Add: []int{s.Member("aino.makela").ID}})
	p = f.Submit("Review changes")
	require.Equal(t, "Change 1 group?", p.Text("h1"), "the copy is from before")
	p = p.Form("main form").Submit("Change 1 group").Whole(http.StatusOK)
	assert.Equal(t, "Done. All was so already, so nothing was sent to Tallyfy.", p.Text(".notice"), "and there is nothing to undo")
	assert.Zero(t, s.Writes())
}

// The tools, the pages and the way back keep what was changed, also boxes that are not shown any more, and each of
// them can be taken back.
func TestChangedBoxesAreKept(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	f := toggle(accessForm(accessOf(s, "", "Finance", "Legal")), "in", cell(s, "Finance", "chiara.dangelo"))
	p := accessForm(f.Submit("Next page").Whole(http.StatusOK)).Submit("Next page").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".page-title .note"), "57 people")
	assert.Equal(t, "51–57 of 57", p.Text(".list-foot p"))
	assert.Equal(t, []string{"Take Chiara D'Angelo out of Finance"}, p.Texts(".other-changes li"))
	assert.True(t, p.Has("button:contains('Review 1 change')"))
	p = toggle(accessForm(p), "listed", cell(s, "Legal", "zoe.lindqvist")).Set("q", "chiara").Submit("Show").Whole(http.StatusOK)
	assert.Equal(t, []string{"Add Zoë Lindqvist to Legal"}, p.Texts(".other-changes li"))
	box := p.Find(fmt.Sprintf("input[name=in][value=%q]", cell(s, "Finance", "chiara.dangelo")))
	assert.Equal(t, "none", box.AttrOr("checked", "none"), "not ticked any more")
	assert.True(t, box.Closest("td").HasClass("changed"))
	p = accessForm(p).Set("q", "nobody at all").Submit("Show").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Nobody matches")
	assert.Len(t, p.Texts(".other-changes li"), 2)
	p = accessForm(p).Submit("Review 2 changes").Whole(http.StatusOK)
	assert.Equal(t, "Change 2 groups?", p.Text("h1"))
	p = p.Form("main form").Submit("Back").Whole(http.StatusOK)
	assert.Len(t, p.Texts(".other-changes li"), 2)
	f = accessForm(p)
	f.Values["add"] = nil
	p = f.Submit("Review 2 changes").Whole(http.StatusOK)
	assert.Equal(t, "Change 1 group?", p.Text("h1"))
	p = p.Form("main form").Submit("Back").Follow("Take all changes back").Whole(http.StatusOK)
	assert.False(t, p.Has(".other-changes"))
	assert.Zero(t, s.Writes())
}

// Somebody else changes the same groups meanwhile: all of it is kept. One group is gone: the others are changed.
func TestBoxesBesideAnotherAdministrator(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	finance, legal := s.Group("Finance"), s.Group("Legal")
	f := toggle(accessForm(accessOf(s, "", "Finance", "Legal")), "in", cell(s, "Finance", "aino.makela"))
	p := toggle(f, "in", cell(s, "Legal", "aino.makela")).Submit("Review changes")
	s.Sandbox.ChangeGroup(finance.ID, sandbox.GroupChange{Add: []int{s.Member("yuki.tanabe").ID}, Description: "Theirs."})
	s.Sandbox.Fail(sandbox.Fault{Method: "GET", Route: sitetest.GroupRoute, Skip: 1, Times: 1, Meanwhile: func() { s.Sandbox.DeleteGroup(legal.ID) }})
	s.Sandbox.ClearRequests()
	p = p.Form("main form").Submit("Change 2 groups").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "The group is gone.")
	assert.Equal(t, 1, s.Writes())
	now := s.Group("Finance")
	assert.Contains(t, now.Members, s.Member("yuki.tanabe").ID)
	assert.Contains(t, now.Members, s.Member("aino.makela").ID)
	assert.Equal(t, "Theirs.", now.Description)
}

// Who is disabled has a box only where there is something to take back, and a client without our form is told.
func TestBoxesOfDisabledPeople(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := accessOf(s, "show=everybody&q=gareth", "Operations", "Finance")
	for _, field := range []string{"in", "listed"} {
		assert.Equal(t, 1, p.Find(fmt.Sprintf("input[name=%s]", field)).Length())
		assert.True(t, p.Has(fmt.Sprintf("input[name=%s][value=%q][checked]", field, cell(s, "Operations", "gareth.pugh"))))
	}
	f := accessForm(p)
	f.Values["add"] = []string{cell(s, "Finance", "gareth.pugh")}
	p = toggle(f, "in", cell(s, "Operations", "gareth.pugh")).Submit("Review changes").Whole(http.StatusOK)
	assert.Equal(t, "Change 1 group?", p.Text("h1"))
	assert.Contains(t, p.Text("main"), "Not added: Gareth Pugh (is disabled).")
	p.Form("main form").Submit("Change 1 group").Whole(http.StatusOK)
	assert.NotContains(t, s.Group("Operations").Members, s.Member("gareth.pugh").ID)
	assert.NotContains(t, s.Group("Finance").Members, s.Member("gareth.pugh").ID)
}

// Emptying a group is asked about, once for all groups.
func TestBoxesWithSomethingAtStake(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := toggle(accessForm(accessOf(s, "", "Payroll")), "in", cell(s, "Payroll", "chiara.dangelo")).Submit("Review changes").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .notice.warning"), "Nobody is left in Payroll")
	p = p.Form("main form").Submit("Change 1 group").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main"), "Tick this to go on, or go back.")
	assert.Zero(t, s.Writes())
	p.Form("main form").Tick("sure", "yes").Submit("Change 1 group").Whole(http.StatusOK)
	assert.Empty(t, s.Group("Payroll").Members)
}

// A second press of the button finds the first one's entry.
func TestBoxesSentTwice(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := toggle(accessForm(accessOf(s, "", "Finance")), "in", cell(s, "Finance", "aino.makela")).Submit("Review changes")
	f := p.Form("main form")
	f.Submit("Change 1 group")
	s.Sandbox.ChangeGroup(s.Group("Finance").ID, sandbox.GroupChange{Remove: []int{s.Member("aino.makela").ID}})
	f.Submit("Change 1 group").Whole(http.StatusOK)
	assert.Equal(t, 1, s.Writes())
}

// What no page of ours sends is refused with a sentence, and nothing of the rest is lost.
func TestOddBoxes(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	before := s.State()
	good := cell(s, "Finance", "aino.makela")
	many := func(n, groups int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("group%d %d", i%groups, i))
		}
		return list
	}
	for name, test := range map[string]struct {
		form   url.Values
		status int
		says   string
		kept   int // boxes in the form that is shown again
	}{
		"values that are none":   {url.Values{"add": {good, "x", "a/b 1", "%2e%2e 7", " ", strings.Repeat("x", 5000) + " 1"}}, 422, "A box was about no group or no person. It is left out", 1},
		"nothing but nonsense":   {url.Values{"add": {"../../me 1"}}, 422, "A box was about no group or no person.", 0},
		"how it was, of nothing": {url.Values{"was": {"", " ", "x"}, "rows": {"1 2"}, "in": {"y 1"}}, 422, "No box has been changed.", 0},
		"too many":               {url.Values{"add": many(1001, 20)}, 422, "You changed 1,001 boxes. 1,000 fit into one review", 1001},
		"too many groups":        {url.Values{"add": many(26, 26)}, 422, "You changed boxes of 26 groups. 25 fit into one review", 26},
		"a group that is gone":   {url.Values{"add": {"00000000000000000000000000000000 " + s.ID("aino.makela")}}, 200, "There was nothing to change, so nothing was sent to Tallyfy. Group 00000000000000000000000000000000 was not changed: it is not there any more.", 1},
		"nobody of that id":      {url.Values{"add": {s.Group("Finance").ID + " 999999"}}, 200, "Not added: Member 999999 (there is nobody with this id in the organisation).", 1},
		"in and out":             {url.Values{"add": {good}, "remove": {good}}, 200, "There was nothing to change", 0},
		"a long search":          {url.Values{"add": {good}, "q": {strings.Repeat("long ", 20_000)}, "action": {"show"}}, 200, "Nobody matches", 1},
		"saved without a review": {url.Values{"add": {good}, "action": {"save"}}, 200, "Access", 1},
	} {
		if test.form.Get("action") == "" {
			test.form.Set("action", "review")
		}
		p := s.Post("/access", test.form).Whole(test.status)
		assert.Contains(t, p.Text("main"), test.says, name)
		boxes := p.Find("form[data-access] .changed input[name=in], form[data-access] input[name=add], form[data-access] input[name=remove]").Length()
		assert.Equal(t, test.kept, boxes, name)
	}
	p := s.Post("/access", url.Values{"add": {strings.Repeat("x", 1_100_000)}}).Whole(http.StatusRequestEntityTooLarge)
	assert.Contains(t, p.Text("main"), "A form may hold 1 MB. Nothing was done.")
	s.Post("/access", url.Values{"add": many(40_000, 20)}).Whole(http.StatusBadRequest) // more fields than Go reads
	assert.Equal(t, before, s.State())
	assert.Zero(t, s.Writes())
}

// The sign-in with Tallyfy ends, or that with the dashboard: the boxes are there again after the next one.
func TestBoxesAreKeptWhenTheSignInEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *sitetest.Site){
		"with Tallyfy":       func(s *sitetest.Site) { s.Sandbox.Fail(sandbox.Fault{Answer: sandbox.TokenUnknown}) },
		"with the dashboard": func(s *sitetest.Site) { s.Post("/signout", url.Values{}) },
	} {
		s := sitetest.SignedIn(t, sitetest.Options{})
		f := toggle(accessForm(accessOf(s, "q=aino", "Finance")), "in", cell(s, "Finance", "aino.makela")).Submit("Review changes").Form("main form")
		end(s)
		p := f.Submit("Change 1 group")
		require.Contains(t, p.Text("h1"), "Sign in", name)
		s.Sandbox.ClearFaults()
		p = p.Form("form:has([name=sandbox])").Submit("").Whole(http.StatusOK)
		assert.Equal(t, "Change 1 group?", p.Text("h1"), name)
		p.Form("main form").Submit("Change 1 group").Whole(http.StatusOK)
		assert.Contains(t, s.Group("Finance").Members, s.Member("aino.makela").ID, name)
	}
}

// Who may not change groups sees no boxes, with the reason, and Tallyfy refuses what is sent all the same.
func TestBoxesAreForThoseWhoMayChangeGroups(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get("/access").Whole(http.StatusOK)
	assert.False(t, p.Has("main input[type=checkbox][name=in], main form[method=post], .review-bar"))
	assert.Contains(t, p.Text("main"), "You can look, not change: your role is Standard.")
	assert.True(t, p.Has(".matrix td.in"))
	before := s.State()
	p = s.Post("/access", url.Values{"add": {cell(s, "Finance", "aino.makela")}, "action": {"save"}, "step": {"review"}})
	assert.Contains(t, []int{http.StatusForbidden, http.StatusUnprocessableEntity}, p.Status)
	assert.Contains(t, p.Text("main"), "Nothing was changed.")
	assert.Equal(t, before, s.State())
}
