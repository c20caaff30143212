package removal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A DELETE is not answered within our time and carried out later. Meanwhile another administrator's press
// sends nothing, and says whose was sent and when.
func TestLateAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		route      string
		form, same func(*sitetest.Site) *sitetest.Form
		path       func(*sitetest.Site) string // of the call
		after      string
	}{
		"a member": {
			sitetest.UserRoute,
			func(s *sitetest.Site) *sitetest.Form {
				return s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
			},
			func(s *sitetest.Site) *sitetest.Form {
				return s.Get(s.PlanPath("chiara.dangelo", "anna.kowalska")).Form("main form")
			},
			func(s *sitetest.Site) string { return "/users/" + s.ID("chiara.dangelo") },
			"Remove Chiara D'Angelo",
		},
		"a group": {
			sitetest.GroupRoute,
			func(s *sitetest.Site) *sitetest.Form { return s.Get(s.DeletePath("Works Council")).Form("main form") },
			func(s *sitetest.Site) *sitetest.Form { return s.Get(s.DeletePath("Works Council")).Form("main form") },
			func(s *sitetest.Site) string { return "/groups/" + s.Group("Works Council").ID },
			"Groups",
		},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 20, 17, 52, 0, 0, time.UTC)
			s := sitetest.SignedIn(t, sitetest.Options{Attempt: 500 * time.Millisecond, Now: func() time.Time { return now }})
			s.Elsewhere(http.MethodPut, "/users/"+s.ID("tomas.herrera")+"/role", `{"role":"admin"}`)
			second := s.As(t)
			second.SignInWith(sandbox.StandardToken)
			form, same, path := test.form(s), test.same(second), test.path(s)
			s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Route: test.route, Hang: true})
			form.Submit("")
			s.Sandbox.ClearFaults()

			p := same.Submit("").Whole(http.StatusConflict)
			assert.Contains(t, p.Text("main"), "It was sent at 18:52 by Maren Dahl and is not answered yet. Nothing was done by this one.")
			require.Equal(t, 1, s.Calls(http.MethodDelete, path), "one call")

			s.Elsewhere(http.MethodDelete, path, "") // as the first call, carried out late
			p.Follow("Look at the other one").Whole(http.StatusOK)
			calls := s.Calls(http.MethodDelete, path)
			assert.Contains(t, same.Submit("").Text("h1"), test.after)
			assert.Equal(t, calls, s.Calls(http.MethodDelete, path), "what is done is not done again")
		})
	}
}
