package program_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
)

// sentEarlier makes all changes older than a call may take, as if somebody came back after a while.
func sentEarlier(t *testing.T, database string, changes int) {
	t.Helper()
	db, err := store.Open(t.Context(), database)
	require.NoError(t, err)
	defer db.Close()
	n, err := db.Write(t.Context(), `UPDATE dashboard_journal SET at = at - $1`, time.Minute.Milliseconds())
	require.NoError(t, err)
	require.EqualValues(t, changes, n, "one change, one entry")
}

// A program that is killed while a change is under way has written down that it was sent. Nobody sends it again, and its
// receipt says what can be known.
func TestKilledInTheMiddleOfAChange(t *testing.T) {
	t.Parallel()
	const (
		create, del, remove, edit, again, back = "create", "delete", "remove", "edit", "create again", "bring back"
		people, groups, access, copied, merge  = "people", "groups", "access", "copy", "merge"
		undone                                 = "undo"
	)
	for name, test := range map[string]struct {
		kind           string
		executed       bool
		activity, late string
	}{
		"removal, after Tallyfy did it": {
			remove, true, "Maren Dahl asked Tallyfy to remove Chiara D'Angelo and give the work to Siobhán O'Brien.",
			"Done. Tallyfy didn't confirm the removal, but Chiara D'Angelo is removed. 1 of 7 points could not be checked.",
		},
		"removal, before Tallyfy did": {
			remove, false, "Maren Dahl asked Tallyfy to remove Chiara D'Angelo and give the work to Siobhán O'Brien.",
			"Problem. Tallyfy didn't confirm the removal, and Chiara D'Angelo is still active. It may still be under way: check again in a minute before you repeat it.",
		},
		"creation, after Tallyfy did it": {
			create, true, "Maren Dahl asked Tallyfy to create the group Night shift.",
			"Please note. Tallyfy's answer did not arrive. There is a group with this name, most likely this one.",
		},
		"creation, before Tallyfy did": {
			create, false, "Maren Dahl asked Tallyfy to create the group Night shift.",
			"Please note. Tallyfy's answer did not arrive. There is no group with this name yet. It may still appear.",
		},
		"deletion, after Tallyfy did it": {
			del, true, "Maren Dahl asked Tallyfy to delete the group Works Council.",
			"Done. Tallyfy didn't confirm the deletion, but Works Council is gone.",
		},
		"deletion, before Tallyfy did": {
			del, false, "Maren Dahl asked Tallyfy to delete the group Works Council.",
			"Problem. Tallyfy didn't confirm the deletion, and Works Council is still there. It may still be deleted: look again in a minute.",
		},
		"edit, after Tallyfy did it": {
			edit, true, "Maren Dahl asked Tallyfy to rename Works Council to Council.",
			"Done. Tallyfy didn't confirm the change, but it is done. Works Council is called Council now.",
		},
		"edit, before Tallyfy did": {
			edit, false, "Maren Dahl asked Tallyfy to rename Works Council to Council.",
			"Problem. Tallyfy didn't confirm the change, and Works Council is as it was. It may still be changed: look again in a minute.",
		},
		"creation again, after Tallyfy did it": {
			again, true, "Maren Dahl asked Tallyfy to create the group Works Council again.",
			"Please note. Tallyfy's answer did not arrive. There is a group with this name, most likely this one.",
		},
		"creation again, before Tallyfy did": {
			again, false, "Maren Dahl asked Tallyfy to create the group Works Council again.",
			"Please note. Tallyfy's answer did not arrive. There is no group with this name yet. It may still appear.",
		},
		"bringing back, after Tallyfy did it": {
			back, true, "Maren Dahl asked Tallyfy to bring Chiara D'Angelo back.",
			"Done. Tallyfy didn't confirm bringing Chiara D'Angelo back, but it is done: Chiara D'Angelo is back in Aldermoor Logistics.",
		},
		"bringing back, before Tallyfy did": {
			back, false, "Maren Dahl asked Tallyfy to bring Chiara D'Angelo back.",
			"Problem. Tallyfy didn't confirm bringing Chiara D'Angelo back. Chiara D'Angelo is still disabled. It may still be under way: check again in a minute before you repeat it.",
		},
		"people, after Tallyfy did it": {
			people, true, "Maren Dahl asked Tallyfy to add Esi Mensah to Works Council.",
			"Done. Tallyfy didn't confirm the change, but it is done. Esi Mensah was added to Works Council.",
		},
		"several groups, after Tallyfy did the first": {
			groups, true, "Maren Dahl asked Tallyfy to add Esi Mensah to Legal and Works Council.",
			"Problem. Tallyfy didn't confirm all of the change, and Works Council is not as planned. 1 group is as planned. Look again in a minute.",
		},
		"matrix, after Tallyfy did the first": {
			access, true, "Maren Dahl asked Tallyfy to add Esi Mensah to Legal and Works Council.",
			"Problem. Tallyfy didn't confirm all of the change, and Works Council is not as planned. 1 group is as planned. Look again in a minute.",
		},
		"copy, after Tallyfy did it": {
			copied, true, "Maren Dahl asked Tallyfy to create the group Night shift.",
			"Please note. Tallyfy's answer did not arrive. There is a group with this name, most likely this one.",
		},
		"merge, after Tallyfy moved the people": {
			merge, true, "Maren Dahl asked Tallyfy to add Fatou N'Diaye, Sipho Dlamini and Giulia Dell'Acqua to Legal, to merge Works Council into it.",
			"Please note. Works Council was not deleted: it was not confirmed in time that its people are in the other group. Once they are, merge again. Done. Tallyfy didn't confirm the change, but it is done. Fatou N'Diaye, Sipho Dlamini and Giulia Dell'Acqua were added to Legal.",
		},
		"undo, after Tallyfy did it": {
			undone, true, "Maren Dahl asked Tallyfy to undo a change: add Fatou N'Diaye to Works Council.",
			"Done. Tallyfy didn't confirm the change, but it is done. Fatou N'Diaye was added to Works Council.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tallyfy := program.NewAPI(t, sandbox.Options{})
			o := program.Options{API: tallyfy, Address: program.FreeAddress(t), Database: filepath.Join(t.TempDir(), "sessions.db")}
			first := start(t, o)
			s := first.SignedIn()
			var form *sitetest.Form
			fault := sandbox.Fault{Method: http.MethodDelete, Execute: test.executed, Hang: true}
			done := func() bool { return s.Member("chiara.dangelo").Status == "disabled" }
			switch test.kind {
			case create:
				form = s.GroupForm("Night shift", "d").Tick("members", s.ID("maren.dahl"))
				fault.Method, fault.Route = http.MethodPost, sitetest.GroupsRoute
				done = func() bool { return s.Exists("Night shift") }
			case del:
				form = s.Get(s.DeletePath("Works Council")).Form("main form")
				fault.Route = sitetest.GroupRoute
				done = func() bool { return !s.Exists("Works Council") }
			case remove:
				form = s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
				fault.Route = sitetest.UserRoute
			case edit:
				form = s.Get(s.GroupPath("Works Council")+"/edit").Form("main form").Set("name", "Council")
				fault.Method, fault.Route = http.MethodPut, sitetest.GroupRoute
				done = func() bool { return s.Exists("Council") }
			case again:
				s.Get(s.DeletePath("Works Council")).Form("main form").Submit("").Whole(http.StatusOK)
				form = s.Get("/trash").Follow("Create again… Works Council").Form("main form")
				fault.Method, fault.Route = http.MethodPost, sitetest.GroupsRoute
				done = func() bool { return s.Exists("Works Council") }
			case back:
				s.Remove("chiara.dangelo", "siobhan.obrien").Whole(http.StatusOK)
				form = s.Get(s.MemberPath("chiara.dangelo") + "/enable?groups=same").Form("main form")
				fault.Method, fault.Route = http.MethodPut, sitetest.UserRoute+"/enable"
				done = func() bool { return s.Member("chiara.dangelo").Status == "active" }
			case people:
				form = s.Get(s.GroupPath("Works Council")+"/people").Form("main form[method=post]").Set("add", s.ID("esi.mensah"))
			case groups:
				form = s.Get(s.MemberPath("esi.mensah") + "/groups").Form("main form[method=post]")
				form.Values["add"] = []string{s.Group("Works Council").ID, s.Group("Legal").ID}
			case access:
				form = s.Get("/access").Form("form[data-access]")
				form.Values["add"] = []string{s.Group("Works Council").ID + " " + s.ID("esi.mensah"), s.Group("Legal").ID + " " + s.ID("esi.mensah")}
				form = form.Submit("Review changes").Form("main form[method=post]")
			case copied:
				form = s.Get("/groups/new?from="+s.Group("Works Council").ID).Form("main form[method=post]").Set("name", "Night shift")
				fault.Method, fault.Route = http.MethodPost, sitetest.GroupsRoute
				done = func() bool { return s.Exists("Night shift") }
			case merge:
				form = s.Get(s.GroupPath("Works Council") + "/merge?into=" + s.Group("Legal").ID).Form("main form[method=post]")
				done = func() bool { return slices.Contains(s.Group("Legal").Members, s.Member("fatou.ndiaye").ID) }
			case undone:
				s.Get(s.GroupPath("Works Council")+"/people").Form("main form[method=post]").Set("remove", s.ID("fatou.ndiaye")).Submit("Save").Whole(http.StatusOK)
				s.Get(s.GroupPath("Works Council"))
				undo, _ := s.Get("/activity").Find("main .rows a").First().Attr("href")
				form = s.Get(undo + "/undo").Form("main form[method=post]")
				done = func() bool { return slices.Contains(s.Group("Works Council").Members, s.Member("fatou.ndiaye").ID) }
			}
			if fault.Route == "" { // of all who change who is in a group
				fault.Method, fault.Route = http.MethodPut, sitetest.GroupRoute
			}
			if slices.Contains([]string{people, groups, access}, test.kind) {
				done = func() bool {
					in := s.Member("esi.mensah").Groups
					return slices.Contains(in, s.Group("Works Council").ID) || slices.Contains(in, s.Group("Legal").ID)
				}
			}
			earlier := s.Writes()
			button := map[string]string{
				create: "Create the group", edit: "Save", again: "Create it again", people: "Save", groups: "Save", access: "Change 2 groups", copied: "Create the group",
			}[test.kind]
			tallyfy.Fail(fault)
			lost := later(s, form.Prepare(button))
			require.Eventually(t, func() bool { return s.Writes() == earlier+1 && done() == test.executed }, time.Minute, 5*time.Millisecond, "the change does not arrive")
			first.Kill()
			require.Error(t, (<-lost).err)
			tallyfy.ClearFaults()

			second := start(t, o)
			list := s.Get("/activity").Whole(http.StatusOK)
			require.Len(t, list.Texts("main .rows a"), 1+earlier)
			assert.Equal(t, test.activity+" It is not answered yet.", list.Texts("main .rows a")[0])
			sentEarlier(t, o.Database, 1+earlier)
			assert.Equal(t, test.activity+" No outcome was stored; not known.", s.Get("/activity").Texts("main .rows a")[0], "never as done")

			p := form.Submit(button).Whole(http.StatusOK) // the same button, for the browser showed an error
			assert.Equal(t, list.Find("main .rows a").First().AttrOr("href", ""), p.URL)
			assert.Equal(t, test.late, p.Text("main .notice"), "it is checked now")
			assert.Equal(t, earlier+1, s.Writes(), "no change is sent twice")
			assert.Equal(t, test.executed, done(), "nothing is sent by itself")
			second.AssertNoPanic()
		})
	}
}

// A program that is killed after somebody was enabled, while the groups are changed, has two entries: both say what is so. The
// same press sends nothing more.
func TestKilledBetweenEnablingAndTheGroups(t *testing.T) {
	t.Parallel()
	tallyfy := program.NewAPI(t, sandbox.Options{})
	o := program.Options{API: tallyfy, Address: program.FreeAddress(t), Database: filepath.Join(t.TempDir(), "sessions.db")}
	first := start(t, o)
	s := first.SignedIn()
	s.Remove("chiara.dangelo", "siobhan.obrien").Whole(http.StatusOK)
	form := s.Get(s.MemberPath("chiara.dangelo") + "/enable?groups=none").Form("main form")
	earlier := s.Writes()
	tallyfy.Fail(sandbox.Fault{Method: http.MethodPut, Route: sitetest.GroupRoute, Hang: true})
	lost := later(s, form.Prepare(""))
	require.Eventually(t, func() bool { return s.Writes() == earlier+2 }, time.Minute, 5*time.Millisecond, "the change of the first group does not arrive")
	first.Kill()
	require.Error(t, (<-lost).err)
	tallyfy.ClearFaults()
	groups := len(s.Member("chiara.dangelo").Groups)
	require.NotZero(t, groups)

	second := start(t, o)
	p := form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Please note. Chiara D'Angelo is back in Aldermoor Logistics. But 1 sentence about the groups is not as expected: change the groups on the person's page.", p.Text("main .notice"))
	assert.Equal(t, earlier+2, s.Writes(), "no change is sent twice")
	assert.Len(t, s.Member("chiara.dangelo").Groups, groups)
	assert.Contains(t, s.Get("/activity?what=groups.people").Text("main .rows"), "It is not answered yet.")
	second.AssertNoPanic()
}

// Right after the restart the change may still be under way: its receipt says so, and nobody else can change the same thing.
func TestKilledJustNow(t *testing.T) {
	t.Parallel()
	tallyfy := program.NewAPI(t, sandbox.Options{})
	o := program.Options{API: tallyfy, Address: program.FreeAddress(t), Database: filepath.Join(t.TempDir(), "sessions.db")}
	first := start(t, o)
	s := first.SignedIn()
	plan := s.PlanPath("chiara.dangelo", "siobhan.obrien")
	form, otherTab := s.Get(plan).Form("main form"), s.Get(plan).Form("main form")
	tallyfy.Fail(sandbox.Fault{Method: http.MethodDelete, Route: sitetest.UserRoute, Hang: true})
	lost := later(s, form.Prepare(""))
	require.Eventually(t, func() bool { return len(s.Removals()) == 1 }, time.Minute, 5*time.Millisecond, "the removal does not arrive")
	first.Kill()
	require.Error(t, (<-lost).err)
	tallyfy.ClearFaults()

	start(t, o)
	p := form.Submit("").Whole(http.StatusOK)
	assert.Equal(t, "The removal of Chiara D'Angelo has been sent and is not answered yet. Check again in a moment.", p.Text("main .notice"))
	other := otherTab.Submit("").Whole(http.StatusConflict)
	assert.Equal(t, p.URL, other.Link("Look at the other one"))
	assert.Len(t, s.Removals(), 1)
}
