// Package lifecycle_test tests the pages that change one person, at the whole application: roles, invitations, disabling,
// deletion for good, and guests.
package lifecycle_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const roleRoute = "/organizations/{org}/users/{user}/role"

// latest is the receipt of the latest change.
func latest(s *sitetest.Site) *sitetest.Page {
	s.T.Helper()
	href, ok := s.Get("/activity").Find("main ul.rows a").First().Attr("href")
	require.True(s.T, ok, "no change is listed")
	return s.Get(href)
}

func rolePath(s *sitetest.Site, name string) string { return s.MemberPath(name) + "/role" }

func TestARoleIsChosenPlannedAndGiven(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get(s.MemberPath("noor.vandermeer")).Follow("Change role…").Whole(http.StatusOK)
	assert.Equal(t, "Role of Noor van der Meer", p.Text("h1"))
	assert.Equal(t, "light", p.Find("input[disabled]").AttrOr("value", ""), "the role now can't be chosen")
	p = p.Form("main form").Submit("Show the plan").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "Please check: Choose a role.", p.Text("#error-to"))
	p = p.Form("main form").Tick("to", "standard").Submit("Show the plan").Whole(http.StatusOK)
	assert.Equal(t, []string{"Noor van der Meer's role is Standard, and no longer Light."}, p.Texts("ol.plan li"))
	assert.Contains(t, p.Text("main"), "It takes a full seat and frees a Light one. Tallyfy's interface does not say how many seats are free.")
	assert.Contains(t, p.Text("main"), "Tallyfy mails Noor van der Meer the old and the new role.")
	assert.Zero(t, s.Writes())
	p = p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.Equal(t, s.MemberPath("noor.vandermeer"), p.URL)
	assert.Equal(t, "Done. Noor van der Meer's role is Standard now. Undo", p.Text(".notice.done"))
	assert.Equal(t, "Standard", p.Facts()["Role"])
	assert.Equal(t, "standard", s.Member("noor.vandermeer").Role)
	assert.Equal(t, 1, s.Writes())
	assert.Contains(t, s.Get("/members?role=standard&per_page=100").Text("tbody"), "Noor van der Meer", "the copy knows at once")

	p = latest(s)
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl changed the role of Noor van der Meer from Light to Standard. Confirmed")
	p = p.Follow("Undo…").Whole(http.StatusOK)
	assert.Equal(t, []string{"Noor van der Meer's role is Light, and no longer Standard."}, p.Texts("ol.plan li"))
	assert.Contains(t, p.Text("main"), "It frees a full seat and takes a Light one. Tallyfy never refuses that for lack of a seat.")
	first := strings.TrimSuffix(latest(s).URL, "/")
	p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "light", s.Member("noor.vandermeer").Role)
	assert.Equal(t, first, latest(s).Link("The change that this undoes"))
	assert.NotEmpty(t, s.Get(first).Link("Undone later"))
	assert.Empty(t, s.Get(first).Link("Undo…"))
}

// Making an administrator takes a reason, which the journal keeps.
func TestGivingAdministratorTakesAReason(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	plan := s.Get(rolePath(s, "esi.mensah") + "?to=admin").Whole(http.StatusOK)
	assert.Contains(t, plan.Text("main"), "Administrators of Aldermoor Logistics can invite, change and remove people")
	assert.Contains(t, plan.Text("main"), "Both roles take a full seat, so no seat changes.")
	for _, reason := range []string{"", "  ", "\u200b", strings.Repeat("x", 301)} {
		p := plan.Form("main form").Set("reason", reason).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.True(t, p.Has("#error-reason"), reason)
		assert.Equal(t, reason, p.Form("main form").Values.Get("reason"))
	}
	assert.Zero(t, s.Writes())
	p := plan.Form("main form").Set("reason", "Covers for  Omar <b>\nin March").Submit("Make Esi Mensah an administrator").Whole(http.StatusOK)
	assert.Equal(t, "Administrator", p.Facts()["Role"])
	assert.Contains(t, s.Get("/activity").Text("main"), "Maren Dahl changed the role of Esi Mensah from Standard to Administrator (“Covers for Omar <b> in March”). Confirmed")
	assert.NotContains(t, s.Log.String(), "Covers for", "a reason is not for the log")
}

// What would lock the organisation out is stopped on the first screen, and if somebody sends the form all the same.
func TestDemotionsThatAreStopped(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ who, says string }{
		"oneself":       {"maren.dahl", "This is your own account."},
		"default":       {"ingrid.solheim", "Ingrid Solheim is the default administrator."},
		"a bot":         {"assistant.bot", "Aldermoor Assistant is a bot."},
		"only one left": {"maren.dahl", "Maren Dahl is the only active administrator."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			if name == "only one left" {
				for _, other := range []string{"kwame.asante", "viktor.ionescu", "ingrid.solheim"} {
					s.Disable(other)
				}
			}
			s.Get("/members?refresh=1")
			p := s.Get(rolePath(s, test.who)).Whole(http.StatusOK)
			assert.Contains(t, p.Text("[role=alert]"), test.says)
			assert.False(t, p.Has("main form"))
			p = s.Post(rolePath(s, test.who), url.Values{"to": {"light"}}).Whole(http.StatusConflict)
			assert.Contains(t, p.Text("[role=alert]"), test.says)
			assert.Zero(t, s.Writes())
		})
	}
}

func TestARoleThatIsNone(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	for to, status := range map[string]int{"": 422, "boss": 422, "<b>": 422, "standard": 200} {
		p := s.Post(rolePath(s, "esi.mensah"), url.Values{"to": {to}}).Whole(status)
		if to == "standard" {
			assert.Contains(t, p.Text(".notice"), "Esi Mensah has that role already, so nothing was sent to Tallyfy.")
		} else {
			assert.Contains(t, p.Text("#error-to"), "Choose a role.")
		}
	}
	assert.False(t, s.Get(rolePath(s, "esi.mensah")+"?to=boss").Whole(422).Has("ol.plan"))
	assert.Zero(t, s.Writes())
}

// No seat is free: Tallyfy's words and the pool are said, in both shapes, and nothing typed is lost.
func TestNoSeatForARole(t *testing.T) {
	t.Parallel()
	for _, flat := range []bool{false, true} {
		s := sitetest.SignedIn(t, sitetest.Options{Sandbox: sandbox.Options{FullSeats: 1, FlatErrors: flat}})
		p := s.Get(rolePath(s, "noor.vandermeer")+"?to=standard").Form("main form").Set("reason", "for the audit").Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text(".notice.problem"), "Tallyfy refused: “Your organization has reached its committed full seat limit.” (code SEAT_POOL_EXHAUSTED, full seats). Nothing was changed.")
		assert.Equal(t, "for the audit", p.Form("main form").Values.Get("reason"))
		assert.Equal(t, "light", s.Member("noor.vandermeer").Role)
		assert.Contains(t, latest(s).Text("main"), "Your organization has reached its committed full seat limit.")
	}
}

// The role is read again before it is changed, and afterwards.
func TestARoleThatSomebodyElseChanges(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get(rolePath(s, "noor.vandermeer")+"?to=admin").Form("main form").Set("reason", "r")
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("noor.vandermeer")+"/role", `{"role":"standard"}`)
	s.Sandbox.ClearRequests()
	p := form.Submit("").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "something has changed since you opened this page")
	assert.Equal(t, []string{"Noor van der Meer's role is Administrator, and no longer Standard."}, p.Texts("ol.plan li"))
	assert.Equal(t, "r", p.Form("main form").Values.Get("reason"))
	assert.Zero(t, s.Writes())

	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Route: sitetest.UserRoute, Times: 2, Meanwhile: func() {}})
	s.Sandbox.ClearFaults()
	s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPut, Route: roleRoute, Times: 1, Status: http.StatusOK, Body: `{"data":{"id":` + s.ID("noor.vandermeer") + `,"role":"admin"}}`})
	p = p.Form("main form").Submit("").Whole(http.StatusOK)
	assert.Equal(t, "Receipt", p.Text("h1"), "an answer alone is no proof")
	assert.Contains(t, p.Text(".notice.problem"), "Tallyfy said that this is done, but it is not so: Noor van der Meer's role is Standard.")
}
