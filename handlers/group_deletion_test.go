package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

func (s *site) deletePath(name string) string { s.t.Helper(); return s.groupPath(name) + "/delete" }

// promises are the sentences on what a deletion will do.
func (p *page) promises() []string { return p.texts("ol.plan li") }

const goneNotice = "That group is already gone. Nothing was done now."

// Each sentence on the page is held against what Tallyfy has afterwards.
func TestDeleteDoesWhatThePageSaid(t *testing.T) {
	for name, who := range map[string]string{
		"Platform Engineering":    "5 members leave the group; nobody's account is touched.",
		"Finance":                 "7 members and 1 guest leave the group; nobody's account is touched.",
		"Carrier Partners":        "4 guests leave the group; nobody's account is touched.",
		"Archive 2019 Relocation": "Nobody is in the group, so nobody leaves it.",
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			before, g := s.state(), s.group(name)
			p := s.get(s.deletePath(name)).whole(http.StatusOK)
			assert.Zero(t, s.writes(), "looking changes nothing")
			assert.Equal(t, "Delete "+name+"?", p.text("h1"))
			assert.Equal(t, []string{who, name + " is deleted for good. It can't be undone: Tallyfy can't bring a group back."}, p.promises())
			assert.Equal(t, "None", p.text(sectionTasks+" .badge"))
			assert.Equal(t, "/groups/"+g.ID, p.link("Keep the group"))
			f := p.form("main form")
			assert.False(t, f.values.Has("phrase"), "nothing is at stake, nothing is to be typed")
			assert.Equal(t, "Delete "+name, p.text("main form button"))

			p = f.submit("Delete " + name).whole(http.StatusOK)
			assert.Equal(t, "/groups", p.url)
			assert.Equal(t, "Done. "+name+" was deleted.", p.text(".notice"))
			require.Len(t, s.removals(), 1)
			assert.True(t, strings.HasSuffix(s.removals()[0].Path, "/groups/"+g.ID))
			assert.Equal(t, 1, s.writes())

			after := s.state()
			assert.Len(t, after.groups, len(before.groups)-1)
			assert.NotContains(t, after.groups, g)
			require.Len(t, after.members, len(before.members))
			for i, m := range before.members {
				now := after.members[i]
				assert.NotContains(t, now.Groups, g.ID)
				now.Groups, m.Groups = nil, nil
				assert.Equal(t, m, now)
			}
			assert.Equal(t, before.tasks, after.tasks)
			assert.Empty(t, s.get("/groups").text(".notice"), "said once")
			s.get("/groups/" + g.ID).whole(http.StatusNotFound)
		})
	}
}

func TestDeleteCountsPeople(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for want, people := range map[string]string{
		"1 member leaves the group; nobody's account is touched.":             `"members":[` + s.id("esi.mensah") + `],"guests":[]`,
		"1 guest leaves the group; nobody's account is touched.":              `"members":[],"guests":["a@b.example"]`,
		"1 member and 1 guest leave the group; nobody's account is touched.":  `"members":[` + s.id("esi.mensah") + `],"guests":["a@b.example"]`,
		"1 member and 2 guests leave the group; nobody's account is touched.": `"members":[` + s.id("esi.mensah") + `],"guests":["a@b.example","c@d.example"]`,
	} {
		s.elsewhere(http.MethodPut, s.groupPath("Works Council"), `{"name":"Works Council","description":"x",`+people+`}`)
		assert.Equal(t, want, s.get(s.deletePath("Works Council")).promises()[0])
	}
}

func TestDeleteAsksForTheNameWhereTasksAreOpen(t *testing.T) {
	s := signedIn(t, siteOptions{})
	const name = "Night Shift <script>alert('hi')</script> & Weekend"
	g := s.group(name)
	p := s.get(s.deletePath(name)).whole(http.StatusOK)
	assert.Equal(t, "Found 1 open task:", p.text(sectionTasks+" p:first-of-type"))
	assert.Len(t, p.texts(sectionTasks+" li"), 1)
	assert.Contains(t, p.text("main form"), "because open tasks are given to this group: "+name)
	assert.False(t, p.has("main script"))
	assert.Equal(t, []string{""}, p.form("main form").values["phrase"])
	for typed, message := range map[string]string{
		"":                            "Type the group's name to go on. Nothing was deleted.",
		"  \t":                        "Type the group's name to go on. Nothing was deleted.",
		"Night Shift":                 "That is not the group's name. Nothing was deleted.",
		strings.ToUpper(name):         "That is not the group's name. Nothing was deleted.",
		`"><script>alert(1)</script>`: "That is not the group's name. Nothing was deleted.",
	} {
		p := p.form("main form").set("phrase", typed).submit("").whole(http.StatusUnprocessableEntity)
		field := p.Find("[name=phrase]")
		assert.Equal(t, "true", field.AttrOr("aria-invalid", ""))
		assert.Contains(t, p.text("#"+strings.Join(strings.Fields(field.AttrOr("aria-describedby", "")), ", #")), message)
		assert.Equal(t, typed, p.form("main form").values.Get("phrase"), "what was typed is kept")
		assert.False(t, p.has("main script"))
		assert.NotContains(t, p.text(sectionTasks), "None")
	}
	assert.Zero(t, s.writes())
	// Without the field, as another client may send it.
	s.post("/groups/"+g.ID+"/delete", map[string][]string{}).whole(http.StatusUnprocessableEntity)
	assert.Zero(t, s.writes())

	p = p.form("main form").set("phrase", "\t"+strings.ReplaceAll(name, " ", "  ")+" ").submit("").whole(http.StatusOK)
	assert.Equal(t, "Done. "+name+" was deleted.", p.text(".notice"))
	assert.False(t, p.has("main script"))
	assert.Len(t, s.removals(), 1)
	_, still := s.sandbox.GroupByName(name)
	assert.False(t, still)
}

func TestDeleteWhenTasksCannotBeCounted(t *testing.T) {
	s := signedIn(t, siteOptions{})
	unknown := func() { s.sandbox.Fail(sandbox.Fault{Route: tasksRoute, Status: http.StatusInternalServerError}) }
	unknown()
	p := s.get(s.deletePath("Payroll")).whole(http.StatusOK)
	assert.Contains(t, p.text(sectionTasks), "Not checked The open tasks could not be counted. There may be some.")
	late := p.form("main form")
	assert.False(t, late.values.Has("phrase"))

	// They are found at last: the name is wanted after all.
	s.sandbox.ClearFaults()
	p = late.submit("").whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.text("main form"), "Type the group's name to go on.")
	assert.Zero(t, s.writes())

	// Once it is asked for, a failure to count does not let a wrong one pass.
	unknown()
	p = p.form("main form").set("phrase", "Pay").submit("").whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.text("main form"), "That is not the group's name.")
	assert.Contains(t, p.text("main form"), "because open tasks may be given to this group: Payroll")
	assert.Zero(t, s.writes())
	p = p.form("main form").set("phrase", "Payroll").submit("").whole(http.StatusOK)
	assert.Equal(t, "Done. Payroll was deleted.", p.text(".notice"))
	assert.Len(t, s.removals(), 1)
}

func TestDeleteStopsWhenTheGroupHasChanged(t *testing.T) {
	s := signedIn(t, siteOptions{})
	path := s.groupPath("Works Council")
	id := s.id("esi.mensah")
	for _, change := range []struct{ body, first string }{
		{`{"name":"Works Council","description":"x","members":[` + id + `]}`, "1 member leaves"},
		{`{"name":"Works Council","description":"x","guests":["a@b.example"]}`, "1 member and 1 guest leave"},
		{`{"name":"Works <b>Council</b> 2","description":"x"}`, "1 member and 1 guest leave"},
	} {
		f := s.get(path + "/delete").form("main form")
		s.elsewhere(http.MethodPut, path, change.body)
		s.sandbox.ClearRequests()
		p := f.submit("").whole(http.StatusConflict)
		assert.Contains(t, p.text(".notice"), "Stopped before anything was done", change.body)
		assert.Contains(t, p.text(".notice"), "has changed since you opened this page.", change.body)
		assert.Zero(t, s.writes(), change.body)
		assert.True(t, strings.HasPrefix(p.promises()[0], change.first), "as it is now: %s", p.promises()[0])
		assert.False(t, p.has("main b"))
	}
	const now = "Works <b>Council</b> 2"
	p := s.get(path + "/delete")
	assert.Equal(t, "Delete "+now+"?", p.text("h1"))
	assert.Equal(t, "Done. "+now+" was deleted.", p.form("main form").submit("Delete "+now).whole(http.StatusOK).text(".notice"))

	// What was typed stays for the second look.
	f := s.get(s.deletePath("Payroll")).form("main form").set("phrase", "Payroll")
	s.elsewhere(http.MethodPut, s.groupPath("Payroll"), `{"name":"Payroll","description":"x","members":[]}`)
	p = f.submit("").whole(http.StatusConflict)
	assert.Equal(t, "Payroll", p.form("main form").values.Get("phrase"))
	assert.Equal(t, "Done. Payroll was deleted.", p.form("main form").submit("").whole(http.StatusOK).text(".notice"))
}

func TestDeleteOfAGroupThatIsGone(t *testing.T) {
	s := signedIn(t, siteOptions{})
	path := s.deletePath("Works Council")
	f := s.get(path).form("main form")
	s.elsewhere(http.MethodDelete, strings.TrimSuffix(path, "/delete"), "")
	s.sandbox.ClearRequests()
	for _, p := range []*page{f.submit(""), s.get(path)} {
		p.whole(http.StatusOK)
		assert.Equal(t, "/groups", p.url)
		assert.Equal(t, goneNotice, p.text(".notice"))
	}
	assert.Zero(t, s.writes())

	// Somebody else was quicker by a moment.
	f = s.get(s.deletePath("Management Board")).form("main form")
	s.sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: groupRoute, Execute: true, Status: 404, Body: `{"message":"Group not found"}`})
	assert.Equal(t, goneNotice, f.submit("").whole(http.StatusOK).text(".notice"))
	assert.Len(t, s.removals(), 1)
}

// No list shows the group any more, whether it comes from Tallyfy or from the copy that filters need.
func TestDeleteFreshensTheLists(t *testing.T) {
	for name, fault := range map[string]*sandbox.Fault{
		"deleted":             nil,
		"gone already":        {Execute: true, Status: 404},
		"done, not confirmed": {Execute: true, Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			s.elsewhere(http.MethodPut, s.groupPath("Works Council"), `{"name":"Works Council","description":"x","members":[`+s.id("fatou.ndiaye")+`]}`)
			lists := []string{"/groups?q=council", "/groups?people=one"}
			for _, list := range lists {
				require.Contains(t, s.get(list).whole(http.StatusOK).texts("tbody .name"), "Works Council", list)
			}
			person := s.memberPath("fatou.ndiaye")
			require.Contains(t, s.get(person).texts(".rows a"), "Works Council")
			f := s.get(s.deletePath("Works Council")).form("main form")
			if fault != nil {
				fault.Method, fault.Route = http.MethodDelete, groupRoute
				s.sandbox.Fail(*fault)
			}
			f.submit("").whole(http.StatusOK)
			for _, list := range append(lists, "/groups") {
				assert.NotContains(t, s.get(list).whole(http.StatusOK).texts("tbody .name"), "Works Council", list)
			}
			assert.NotContains(t, s.get(person).texts(".rows a"), "Works Council")
		})
	}
}
