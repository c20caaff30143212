package groups_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const groupRoute = "/organizations/{org}/groups/{group}"

// merging is the page that merges a group with open tasks and guests into another one.
func merging(s *sitetest.Site) *sitetest.Page {
	return s.Get(s.GroupPath("Fleet and Drivers")).Follow("Merge into another group…").Follow("Legal")
}

// A group is merged into another one: its people first, then it is deleted; both are in the journal, and the deleted one can
// be created again.
func TestAGroupIsMergedIntoAnother(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	fleet, legal := s.Group("Fleet and Drivers"), s.Group("Legal")
	p := merging(s)
	assert.Equal(t, "Merge Fleet and Drivers into Legal?", p.Text("h1"))
	text := p.Text("main")
	assert.Contains(t, text, "are in Legal.")
	assert.Contains(t, text, "Fleet and Drivers is deleted for good.")
	assert.Contains(t, text, "Not added: Gareth Pugh (is disabled)")
	assert.Contains(t, text, "Afterwards they are in neither group.")
	assert.Contains(t, text, "Templates can't be seen here")
	f := p.Form("main form[method=post]")
	if f.Values.Has("phrase") {
		refused := f.Submit("")
		assert.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		assert.Zero(t, s.Writes())
		f = refused.Form("main form[method=post]").Set("phrase", "Fleet and Drivers")
	}
	p = f.Submit("")
	assert.Equal(t, "Legal", p.Text("h1"))
	assert.Contains(t, p.Text(".notice.done"), "The people are in this group now. Fleet and Drivers was deleted.")
	assert.False(t, s.Exists("Fleet and Drivers"))
	now := s.Group("Legal")
	for _, id := range legal.Members {
		assert.Contains(t, now.Members, id)
	}
	for _, guest := range append(fleet.Guests, legal.Guests...) {
		assert.Contains(t, now.Guests, guest)
	}
	assert.Contains(t, now.Members, s.Member("soren.kjaergaard").ID)
	assert.NotContains(t, now.Members, s.Member("gareth.pugh").ID)
	rows := s.Get("/activity").Texts("main ul.rows a")
	require.GreaterOrEqual(t, len(rows), 2)
	assert.Contains(t, rows[0], "deleted the group Fleet and Drivers")
	assert.Contains(t, rows[1], "to Legal, to merge Fleet and Drivers into it")
	assert.Contains(t, s.Get("/trash").Text("main"), "Fleet and Drivers")

	again := f.Submit("") // a second press
	assert.Contains(t, again.Text(".notice"), "The other group is already gone. Nothing was deleted now.")
	assert.Equal(t, 2, s.Writes())
}

// Unless Tallyfy shows the people in the other group, nothing is deleted.
func TestAMergeDeletesNothingUnlessThePeopleAreThere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault         sandbox.Fault
		then          func(s *sitetest.Site)
		says          string
		status, write int
	}{
		"refused":                {fault: sandbox.Fault{Method: "PUT", Route: groupRoute, Status: 422, Body: `{"message":"Not today."}`}, says: "Not today.", status: 422, write: 1},
		"no answer":              {fault: sandbox.Fault{Method: "PUT", Route: groupRoute, Status: 502}, says: "Works Council was not deleted", status: 200, write: 1},
		"done without an answer": {fault: sandbox.Fault{Method: "PUT", Route: groupRoute, Execute: true, Status: 500}, says: "Works Council was deleted", status: 200, write: 2},
		"cannot be read again": {then: func(s *sitetest.Site) {
			s.Sandbox.Fail(sandbox.Fault{Method: "PUT", Route: groupRoute, Times: 1, Meanwhile: func() {
				s.Sandbox.Fail(sandbox.Fault{Method: "GET", Route: groupRoute, Status: 500})
			}})
		}, says: "Works Council was not deleted", status: 200, write: 1},
		"overtaken": {then: func(s *sitetest.Site) {
			id := s.Group("Legal").ID
			s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(id, sandbox.GroupChange{Remove: []int{s.Member("fatou.ndiaye").ID}}) })
		}, says: "Works Council was not deleted", status: 200, write: 1},
		"the deletion is refused": {fault: sandbox.Fault{Method: "DELETE", Route: groupRoute, Status: 403, Body: `{"message":"Not you."}`}, says: "The people are in the other group, but Works Council was not deleted.", status: 409, write: 2},
		"others join meanwhile": {then: func(s *sitetest.Site) {
			id := s.Group("Works Council").ID
			s.Sandbox.AfterUpdate(func() { s.Sandbox.ChangeGroup(id, sandbox.GroupChange{Add: []int{s.Member("noor.vandermeer").ID}}) })
		}, says: "The people were added to the other group, and Works Council has changed since, so it was not deleted.", status: 409, write: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			f := s.Get(s.GroupPath("Works Council") + "/merge?into=" + s.Group("Legal").ID).Form("main form[method=post]")
			if test.then != nil {
				test.then(s)
			} else {
				s.Sandbox.Fail(test.fault)
			}
			p := f.Submit("")
			assert.Contains(t, p.Text("main"), test.says, s.Log.String())
			assert.Equal(t, test.status, p.Status)
			s.Sandbox.ClearFaults()
			assert.Equal(t, name == "done without an answer", !s.Exists("Works Council"))
			deleted := 0
			for _, r := range s.Sandbox.Requests() {
				if r.Method == http.MethodDelete {
					deleted++
				}
			}
			assert.Equal(t, test.write-1, deleted)
		})
	}
}

// Who cannot be read would be lost with the group: nothing is merged while all members, or some of them, are not read.
func TestAMergeWaitsUntilAllMembersAreRead(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]int{"none are read": 0, "some are read": 1} { // pages of 500
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{Members: 520}})
			path := s.GroupPath("Everyone at Aldermoor")
			s.Get("/members?role=admin")
			form := s.Get(path + "/merge?into=" + s.Group("Legal").ID).Form("main form[method=post]").Values
			overview := s.Get("/")
			s.Sandbox.Fail(sandbox.Fault{Method: "GET", Route: "/organizations/{org}/users", Skip: read, Status: 500})
			overview.Follow("Refresh") // the copies are dropped, and the members cannot be read again
			p := s.Get(path + "/merge?into=" + s.Group("Legal").ID)
			assert.Contains(t, p.Text("main .notice"), "Tallyfy did not give all members, so it is not known who can be added.")
			assert.False(t, p.Has("main form[method=post]"))
			form.Del("seen_people")
			p = s.Post(path+"/merge", form)
			assert.Contains(t, p.Text("main"), "Stopped before anything was done: not all members are read yet")
			assert.Zero(t, s.Writes())
			assert.True(t, s.Exists("Everyone at Aldermoor"))
		})
	}
}

func TestAMergeOfGroupsThatAreNone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.GroupPath("Works Council") + "/merge?into=" + s.Group("Works Council").ID)
	assert.Equal(t, "Merge Works Council into another group", p.Text("h1"), "not into itself")
	assert.NotContains(t, p.Texts("main .rows .name"), "Works Council")
	assert.Equal(t, http.StatusNotFound, s.Get(s.GroupPath("Works Council")+"/merge?into=00000000000000000000000000000000").Status)
	p = s.Get(s.GroupPath("Works Council") + "/merge?into=" + s.Group("Archive 2019 Relocation").ID)
	assert.Contains(t, p.Text(".notice"), "Archive 2019 Relocation has no description, and Tallyfy takes no change without one.")
	assert.False(t, p.Has("main form[method=post]"))
	form := s.Get(s.GroupPath("Works Council") + "/merge?into=" + s.Group("Legal").ID).Form("main form[method=post]").Values
	form.Set("into", s.Group("Archive 2019 Relocation").ID)
	form.Del("seen_people")
	p = s.Post(s.GroupPath("Works Council")+"/merge", form)
	assert.Contains(t, p.Text(".notice"), "has no description")
	assert.True(t, s.Exists("Works Council"))
	assert.Zero(t, s.Writes())
}
