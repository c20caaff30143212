package groups_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// promises are the sentences on what a deletion will do.
func promises(p *sitetest.Page) []string { return p.Texts("ol.plan li") }

const goneNotice = "That group is already gone. Nothing was done now."

// Each sentence on the page is held against what Tallyfy has afterwards.
func TestDeleteDoesWhatThePageSaid(t *testing.T) {
	t.Parallel()
	for name, who := range map[string]string{
		"Platform Engineering":    "5 members leave the group; their accounts stay as they are.",
		"Finance":                 "7 members and 1 guest leave the group; their accounts stay as they are.",
		"Carrier Partners":        "4 guests leave the group; their accounts stay as they are.",
		"Archive 2019 Relocation": "Nobody is in the group, so nobody leaves it.",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			before, g := s.State(), s.Group(name)
			p := s.Get(s.DeletePath(name)).Whole(http.StatusOK)
			assert.Zero(t, s.Writes(), "looking changes nothing")
			assert.Equal(t, "Delete "+name+"?", p.Text("h1"))
			assert.Equal(t, []string{
				who, name + " is deleted for good. It can't be undone: Tallyfy can't bring a group back.",
				"Tallyfy does not say what becomes of the open tasks that are assigned to the group. There are none now.",
			}, promises(p))
			assert.Contains(t, p.Text(sectionTasks), "No open tasks.")
			assert.Equal(t, "/groups", p.Link("Keep the group"))
			f := p.Form("main form")
			assert.False(t, f.Values.Has("phrase"), "nothing is at stake, nothing is to be typed")
			assert.Equal(t, "Delete "+name, p.Text("main form button"))

			p = f.Submit("Delete " + name).Whole(http.StatusOK)
			assert.Equal(t, "/groups", p.URL)
			assert.Equal(t, "Done. "+name+" was deleted. Receipt", p.Text(".notice"))
			require.Len(t, s.Removals(), 1)
			assert.True(t, strings.HasSuffix(s.Removals()[0].Path, "/groups/"+g.ID))
			assert.Equal(t, 1, s.Writes())

			after := s.State()
			assert.Len(t, after.Groups, len(before.Groups)-1)
			assert.NotContains(t, after.Groups, g)
			require.Len(t, after.Members, len(before.Members))
			for i, m := range before.Members {
				now := after.Members[i]
				assert.NotContains(t, now.Groups, g.ID)
				now.Groups, m.Groups = nil, nil
				assert.Equal(t, m, now)
			}
			assert.Equal(t, before.Tasks, after.Tasks)
			assert.Empty(t, s.Get("/groups").Text(".notice"), "said once")
			s.Get("/groups/" + g.ID).Whole(http.StatusNotFound)
		})
	}
}

func TestDeleteCountsPeople(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for want, people := range map[string]string{
		"1 member leaves the group; their account stays as it is.":                `"members":[` + s.ID("esi.mensah") + `],"guests":[]`,
		"1 guest leaves the group; their account stays as it is.":                 `"members":[],"guests":["a@b.example"]`,
		"1 member and 1 guest leave the group; their accounts stay as they are.":  `"members":[` + s.ID("esi.mensah") + `],"guests":["a@b.example"]`,
		"1 member and 2 guests leave the group; their accounts stay as they are.": `"members":[` + s.ID("esi.mensah") + `],"guests":["a@b.example","c@d.example"]`,
	} {
		s.Elsewhere(http.MethodPut, s.GroupPath("Works Council"), `{"name":"Works Council","description":"x",`+people+`}`)
		assert.Equal(t, want, promises(s.Get(s.DeletePath("Works Council")))[0])
	}
}

func TestDeleteAsksForTheNameWhereTasksAreOpen(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	const name = "Night Shift <script>alert('hi')</script> & Weekend"
	g := s.Group(name)
	p := s.Get(s.DeletePath(name)).Whole(http.StatusOK)
	assert.Equal(t, "1 open task", p.Text(sectionTasks+" p:first-of-type"))
	assert.Len(t, p.Texts(sectionTasks+" li"), 1)
	assert.Contains(t, p.Text("main form"), "Type "+name+" to confirm This group still has open tasks.")
	assert.False(t, p.Has("main script"))
	assert.Equal(t, []string{""}, p.Form("main form").Values["phrase"])
	for typed, message := range map[string]string{
		"":                            "Type the group's name to go on. Nothing was deleted.",
		"  \t":                        "Type the group's name to go on. Nothing was deleted.",
		"Night Shift":                 "That is not the group's name. Nothing was deleted.",
		name + " 2":                   "That is not the group's name. Nothing was deleted.",
		`"><script>alert(1)</script>`: "That is not the group's name. Nothing was deleted.",
	} {
		p := p.Form("main form").Set("phrase", typed).Submit("").Whole(http.StatusUnprocessableEntity)
		field := p.Find("[name=phrase]")
		assert.Equal(t, "true", field.AttrOr("aria-invalid", ""))
		assert.Contains(t, p.Text("#"+strings.Join(strings.Fields(field.AttrOr("aria-describedby", "")), ", #")), message)
		assert.Equal(t, typed, p.Form("main form").Values.Get("phrase"), "what was typed is kept")
		assert.False(t, p.Has("main script"))
		assert.NotContains(t, p.Text(sectionTasks), "None")
	}
	assert.Zero(t, s.Writes())
	// Without the field, as another client may send it.
	s.Post("/groups/"+g.ID+"/delete", map[string][]string{}).Whole(http.StatusUnprocessableEntity)
	assert.Zero(t, s.Writes())

	p = p.Form("main form").Set("phrase", "\t"+strings.ReplaceAll(name, " ", "  ")+" ").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. "+name+" was deleted. Receipt", p.Text(".notice"))
	assert.False(t, p.Has("main script"))
	assert.Len(t, s.Removals(), 1)
	_, still := s.Sandbox.GroupByName(name)
	assert.False(t, still)
}

func TestDeleteWhenTasksCannotBeCounted(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	unknown := func() {
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: http.StatusInternalServerError})
	}
	unknown()
	p := s.Get(s.DeletePath("Payroll")).Whole(http.StatusOK)
	assert.Contains(t, p.Text(sectionTasks), "Not checked The open tasks could not be counted. There may be some.")
	late := p.Form("main form")
	assert.False(t, late.Values.Has("phrase"))

	// They are found at last: the name is wanted after all.
	s.Sandbox.ClearFaults()
	p = late.Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main form"), "Type the group's name to go on.")
	assert.Zero(t, s.Writes())

	// Once it is asked for, a failure to count does not let a wrong one pass.
	unknown()
	p = p.Form("main form").Set("phrase", "Pay").Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main form"), "That is not the group's name.")
	assert.Contains(t, p.Text("main form"), "Type Payroll to confirm This group may still have open tasks.")
	assert.Zero(t, s.Writes())
	p = p.Form("main form").Set("phrase", "Payroll").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Done. Payroll was deleted. Receipt", p.Text(".notice"))
	assert.Len(t, s.Removals(), 1)
}

// Something that looks ahead with HEAD does not take the notice away.
func TestDeleteIsSaidAfterAHead(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Once(s.Get(s.DeletePath("Works Council")).Form("main form").Prepare(""))
	require.False(t, s.Exists("Works Council"))
	for range 2 {
		require.Equal(t, http.StatusOK, s.Once(s.Request(http.MethodHead, "/groups", nil)).Status)
	}
	assert.Equal(t, "Done. Works Council was deleted. Receipt", s.Get("/groups").Text(".notice"))
	assert.Empty(t, s.Get("/groups").Text(".notice"), "said once")
}

// A count that its own rows contradict is none: "None" would let the group go without a word.
func TestDeleteDoesNotBelieveAWrongCount(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"unreadable": `{"data":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"}],"meta":{"pagination":{"total":{}}}}`,
		"too low":    `{"data":[{"id":"a"},{"id":"b"}],"meta":{"pagination":{"total":0}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			asked := s.Get(s.DeletePath("Payroll")).Form("main form").Set("phrase", "")
			s.Sandbox.Fail(sandbox.Fault{Route: sitetest.TasksRoute, Status: http.StatusOK, Body: body})
			p := s.Get(s.DeletePath("Payroll")).Whole(http.StatusOK)
			assert.Contains(t, p.Text(sectionTasks), "Not checked The open tasks could not be counted. There may be some.")
			p = asked.Submit("").Whole(http.StatusUnprocessableEntity)
			assert.Contains(t, p.Text("main form"), "Type Payroll to confirm This group may still have open tasks.")
			assert.Zero(t, s.Writes())
		})
	}
}

func TestDeleteStopsWhenTheGroupHasChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.GroupPath("Works Council")
	id := s.ID("esi.mensah")
	for _, change := range []struct{ body, first string }{
		{`{"name":"Works Council","description":"x","members":[` + id + `]}`, "1 member leaves"},
		{`{"name":"Works Council","description":"x","guests":["a@b.example"]}`, "1 member and 1 guest leave"},
		{`{"name":"Works <b>Council</b> 2","description":"x"}`, "1 member and 1 guest leave"},
	} {
		f := s.Get(path + "/delete").Form("main form")
		s.Elsewhere(http.MethodPut, path, change.body)
		s.Sandbox.ClearRequests()
		p := f.Submit("").Whole(http.StatusConflict)
		assert.Contains(t, p.Text(".notice"), "Stopped before anything was done", change.body)
		assert.Contains(t, p.Text(".notice"), "has changed since you opened this page.", change.body)
		assert.Zero(t, s.Writes(), change.body)
		assert.True(t, strings.HasPrefix(promises(p)[0], change.first), "as it is now: %s", promises(p)[0])
		assert.False(t, p.Has("main b"))
	}
	const now = "Works <b>Council</b> 2"
	p := s.Get(path + "/delete")
	assert.Equal(t, "Delete "+now+"?", p.Text("h1"))
	assert.Equal(t, "Done. "+now+" was deleted. Receipt", p.Form("main form").Submit("Delete "+now).Whole(http.StatusOK).Text(".notice"))

	// What was typed stays for the second look.
	f := s.Get(s.DeletePath("Payroll")).Form("main form").Set("phrase", "Payroll")
	s.Elsewhere(http.MethodPut, s.GroupPath("Payroll"), `{"name":"Payroll","description":"x","members":[]}`)
	p = f.Submit("").Whole(http.StatusConflict)
	assert.Equal(t, "Payroll", p.Form("main form").Values.Get("phrase"))
	assert.Equal(t, "Done. Payroll was deleted. Receipt", p.Form("main form").Submit("").Whole(http.StatusOK).Text(".notice"))
}

func TestDeleteOfAGroupThatIsGone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	path := s.DeletePath("Works Council")
	f := s.Get(path).Form("main form")
	s.Elsewhere(http.MethodDelete, strings.TrimSuffix(path, "/delete"), "")
	s.Sandbox.ClearRequests()
	for _, p := range []*sitetest.Page{f.Submit(""), s.Get(path)} {
		p.Whole(http.StatusOK)
		assert.Equal(t, "/groups", p.URL)
		assert.Equal(t, goneNotice, p.Text(".notice"))
	}
	assert.Zero(t, s.Writes())

	// Somebody else was quicker by a moment.
	f = s.Get(s.DeletePath("Management Board")).Form("main form")
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.GroupRoute, Execute: true, Status: 404, Body: `{"message":"Group not found"}`})
	assert.Equal(t, goneNotice, f.Submit("").Whole(http.StatusOK).Text(".notice"))
	assert.Len(t, s.Removals(), 1)
}

// No list shows the group any more, whether it comes from Tallyfy or from the copy that filters need.
func TestDeleteFreshensTheLists(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*sandbox.Fault{
		"deleted":             nil,
		"gone already":        {Execute: true, Status: 404},
		"done, not confirmed": {Execute: true, Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			s.Elsewhere(http.MethodPut, s.GroupPath("Works Council"), `{"name":"Works Council","description":"x","members":[`+s.ID("fatou.ndiaye")+`]}`)
			lists := []string{"/groups?q=council", "/groups?people=one"}
			for _, list := range lists {
				require.Contains(t, s.Get(list).Whole(http.StatusOK).Texts("tbody .name"), "Works Council", list)
			}
			person := s.MemberPath("fatou.ndiaye")
			require.Contains(t, s.Get(person).Texts(".rows a"), "Works Council")
			f := s.Get(s.DeletePath("Works Council")).Form("main form")
			if fault != nil {
				fault.Method, fault.Route = http.MethodDelete, sitetest.GroupRoute
				s.Sandbox.Fail(*fault)
			}
			f.Submit("").Whole(http.StatusOK)
			for _, list := range append(lists, "/groups") {
				assert.NotContains(t, s.Get(list).Whole(http.StatusOK).Texts("tbody .name"), "Works Council", list)
			}
			assert.NotContains(t, s.Get(person).Texts(".rows a"), "Works Council")
		})
	}
}
