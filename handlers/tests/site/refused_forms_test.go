package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy/sandbox"
)

// A form is answered with a redirect to a page of its own, which can be loaded again and gone back to: nothing is sent by that,
// and nothing that was typed is lost.
func TestARefusedFormIsAnsweredWithAPageOfItsOwn(t *testing.T) {
	plan := func(s *sitetest.Site) *sitetest.Form {
		return s.Get(s.PlanPath("chiara.dangelo", "siobhan.obrien")).Form("main form")
	}
	deletion := func(s *sitetest.Site) *sitetest.Form { return s.Get(s.DeletePath("Payroll")).Form("main form") }
	const disabled = "is already disabled" // which the page says whoever opens it
	group := func(s *sitetest.Site) *sitetest.Form { return s.GroupForm("Night watch", "Of the yard.") }
	for name, test := range map[string]struct {
		open   func(*sitetest.Site) *sitetest.Form
		button string
		before func(*sitetest.Site) // after the form was opened
		status int
		page   string // the path
		says   string
		keeps  url.Values
	}{
		"a search without script": {open: group, button: "Search", status: 200, page: "/groups/new", keeps: url.Values{"name": {"Night watch"}}},
		"a field": {
			open: func(s *sitetest.Site) *sitetest.Form { return s.GroupForm("", "Of the yard.") }, button: "Create the group",
			status: 422, page: "/groups/new", says: "The group needs a name.", keeps: url.Values{"description": {"Of the yard."}},
		},
		"a name that is taken": {
			open: func(s *sitetest.Site) *sitetest.Form { return s.GroupForm("Payroll", "Of the yard.") }, button: "Create the group",
			status: 422, page: "/groups/new", says: "Payroll", keeps: url.Values{"name": {"Payroll"}},
		},
		"a failure of Tallyfy's": {
			open: group, button: "Create the group", status: 429, page: "/groups/new", says: "The group was not created.",
			before: func(s *sitetest.Site) {
				s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: 429, Header: http.Header{"Retry-After": {"90"}}})
			},
			keeps: url.Values{"name": {"Night watch"}},
		},
		"no answer": {
			open: group, button: "Create the group", status: 502, page: "/groups/new", says: "there is no group with this name yet",
			before: func(s *sitetest.Site) { s.Sandbox.Fail(sandbox.Fault{Method: http.MethodPost, Status: 500}) },
			keeps:  url.Values{"name": {"Night watch"}},
		},
		"a wrong confirmation": {
			open:   func(s *sitetest.Site) *sitetest.Form { return deletion(s).Set("phrase", "Payrol") },
			status: 422, page: "/groups/{group}/delete", says: "That is not the group's name.", keeps: url.Values{"phrase": {"Payrol"}},
		},
		"a group that changed": {
			open: func(s *sitetest.Site) *sitetest.Form { return deletion(s).Set("phrase", "Payroll") }, status: 409, page: "/groups/{group}/delete",
			before: func(s *sitetest.Site) {
				s.Elsewhere(http.MethodPut, s.GroupPath("Payroll"), `{"description":"x","members":[]}`)
			},
			says: "Payroll has changed since you opened this page.", keeps: url.Values{"phrase": {"Payroll"}},
		},
		"a deletion that is refused": {
			open: func(s *sitetest.Site) *sitetest.Form { return deletion(s).Set("phrase", "Payroll") }, status: 409, page: "/groups/{group}/delete",
			before: func(s *sitetest.Site) {
				s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Answer: sandbox.Rule})
			},
			says: "Groups that own a running process cannot be changed.",
		},
		"a plan that changed": {
			open: plan, status: 409, page: "/members/{member}/remove/plan", says: "Something has changed since you opened the plan.",
			before: func(s *sitetest.Site) { s.Elsewhere(http.MethodDelete, s.GroupPath("Payroll"), "") }, keeps: url.Values{"to": {"{to}"}},
		},
		"a removal that is refused": {
			open: plan, status: 409, page: "/members/{member}/remove/plan", says: "Groups that own a running process cannot be changed.",
			before: func(s *sitetest.Site) {
				s.Sandbox.Fail(sandbox.Fault{Method: http.MethodDelete, Answer: sandbox.Rule})
			},
			keeps: url.Values{"to": {"{to}"}},
		},
		"a successor who is disabled": {
			open: plan, status: 422, page: "/members/{member}/remove/handover", says: "can't take over",
			before: func(s *sitetest.Site) { s.Disable("siobhan.obrien") },
		},
		"a member who cannot be removed": {
			open: plan, status: 409, page: "/members/{member}/remove", says: disabled,
			before: func(s *sitetest.Site) { s.Disable("chiara.dangelo") },
		},
		"an organisation that is shut": {
			open: func(s *sitetest.Site) *sitetest.Form {
				return s.Get("/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID())
			},
			before: func(s *sitetest.Site) {
				s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff})
			},
			status: 422, page: "/organisations", says: "Saml Is Not Enabled",
		},
	} {
		for _, base := range []string{"", "/tools/tallyfy"} {
			t.Run(name+base, func(t *testing.T) {
				t.Parallel()
				s := sitetest.SignedIn(t, sitetest.Options{Base: base})
				fill := strings.NewReplacer("{group}", s.Group("Payroll").ID, "{member}", s.ID("chiara.dangelo"), "{to}", s.ID("siobhan.obrien"))
				form := test.open(s)
				if test.before != nil {
					test.before(s)
				}
				s.Sandbox.ClearRequests()
				answer := s.Once(form.Prepare(test.button))
				require.Equal(t, http.StatusSeeOther, answer.Status)
				sent := s.Writes()
				path, _, _ := strings.Cut(strings.TrimPrefix(answer.Header.Get("Location"), base), "?")
				assert.Equal(t, fill.Replace(test.page), path)
				for range 2 { // and loaded again
					p := s.Get(strings.TrimPrefix(answer.Header.Get("Location"), base)).Whole(test.status)
					assert.Contains(t, p.Text("main"), test.says)
					for field, want := range test.keeps {
						assert.Equal(t, fill.Replace(want[0]), p.Form("main form").Values.Get(field), field)
					}
					if test.status == http.StatusTooManyRequests {
						assert.Equal(t, "90", p.Header.Get("Retry-After"))
					}
				}
				assert.Equal(t, sent, s.Writes(), "loading a page sends nothing")
				s.Sandbox.ClearFaults()
				if test.status != http.StatusTooManyRequests && test.says != "" && test.says != disabled {
					assert.NotContains(t, s.Get(path).Text(".notice, .error, [role=alert]"), test.says, "the page itself knows nothing of it")
				}
			})
		}
	}
}

// What became of a form belongs to the page that it leads to.
func TestARefusedFormIsShownOnItsPageOnly(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	first := s.GroupForm("", "The first.").Submit("Create the group")
	require.Contains(t, first.URL, "/groups/new?refused=")
	second := s.GroupForm("", "The second.").Submit("Create the group")
	assert.Equal(t, "The second.", s.Get(second.URL).GroupForm().Values.Get("description"))
	assert.Empty(t, s.Get(first.URL).Whole(http.StatusOK).GroupForm().Values.Get("description"), "another form has taken its place")
	_, id, _ := strings.Cut(second.URL, "?")
	assert.NotContains(t, s.Get(s.DeletePath("Works Council")+"?"+id).Whole(http.StatusOK).Text("main"), "needs a name")
	other := s.As(t)
	other.SignIn()
	assert.Empty(t, other.Get(second.URL).GroupForm().Values.Get("description"), "and in its session only")
}

// Where the page of a form can't be shown, that of the error says what became of the form, once.
func TestAnErrorSaysWhatBecameOfTheForm(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.Get(s.GroupPath("Payroll")+"/edit").Form("main form").Set("name", "Night watch")
	s.Sandbox.Fail(sandbox.Fault{
		Method: http.MethodPut, Status: http.StatusUnprocessableEntity, Body: `{"message":"Not today."}`,
		Meanwhile: func() { s.Sandbox.Fail(sandbox.Fault{Method: http.MethodGet, Status: http.StatusInternalServerError}) },
	})
	p := form.Submit("Save").Whole(http.StatusBadGateway)
	assert.Contains(t, p.URL, "/edit?refused=")
	assert.Contains(t, p.Text(".notice"), "Tallyfy refused: “Not today.”")
	s.Sandbox.ClearFaults()
	again := s.Get(p.URL).Whole(http.StatusOK)
	assert.Equal(t, "Night watch", again.Form("main form").Values.Get("name"))
	assert.NotContains(t, again.Text("main"), "Not today", "it was said")
}

// What a session cannot hold is not lost: the page is the answer itself.
func TestAFormThatNoSessionCanHoldIsTheAnswerItself(t *testing.T) {
	t.Run("too large", func(t *testing.T) {
		s := sitetest.SignedIn(t, sitetest.Options{})
		long := strings.Repeat("long ", 80_000)
		p := s.Once(s.GroupForm("", long).Prepare("Create the group")).Whole(http.StatusUnprocessableEntity)
		assert.Equal(t, long, p.GroupForm().Values.Get("description"))
	})
	t.Run("the database fails", func(t *testing.T) {
		db, err := store.Open(t.Context(), "memory:")
		require.NoError(t, err)
		t.Cleanup(func() { _ = db.Close() })
		s := sitetest.SignedIn(t, sitetest.Options{Store: db})
		form := s.GroupForm("", "Of the yard.")
		_, err = db.Write(t.Context(), `CREATE TRIGGER fault BEFORE UPDATE ON dashboard_sessions BEGIN SELECT RAISE(FAIL, 'the disk is gone'); END`)
		require.NoError(t, err)
		p := s.Once(form.Prepare("Create the group")).Whole(http.StatusUnprocessableEntity)
		assert.Equal(t, "Of the yard.", p.GroupForm().Values.Get("description"))
	})
}
