package signin_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

const samlOff = "Tallyfy refused: “Saml Is Not Enabled In this Organization”."

// The token is good, and one organisation is not open to it: signing in anew would meet the same.
func TestAnOrganisationThatIsShutKeepsTheSession(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	for _, path := range []string{"/groups", "/members", s.GroupPath("Payroll"), s.RemovePath("chiara.dangelo"), "/groups.csv"} {
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Answer: sandbox.SAMLOff})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupRoute, Answer: sandbox.SAMLOff})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Answer: sandbox.SAMLOff})
		s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UserRoute, Answer: sandbox.SAMLOff})
		p := s.Get(path).Whole(http.StatusForbidden)
		assert.Equal(t, "Tallyfy does not let you in here", p.Text("h1"), path)
		assert.Equal(t, samlOff, p.Text(".lead"), path)
		p = p.Follow("Other organisations").Whole(http.StatusOK)
		assert.Equal(t, "Organisations", p.Text("h1"))
		s.Sandbox.ClearFaults()
		assert.Equal(t, "Groups", s.Get("/groups").Whole(http.StatusOK).Text("h1"), "the session is kept")
	}
	p := s.Get("/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	assert.Equal(t, "Overview", p.Text("h1"))
}

func TestSwitchingToAnOrganisationThatIsShut(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff})
	p := s.Get("/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main"), samlOff)
	assert.NotContains(t, p.Text("main"), "does not let this token")
	assert.Equal(t, "Groups", s.Get("/groups").Whole(http.StatusOK).Text("h1"), "the session is kept")
}

func TestSigningInToAnOrganisationThatIsShut(t *testing.T) {
	t.Run("one of several", func(t *testing.T) {
		s := sitetest.New(t, sitetest.Options{})
		p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("")
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff, Times: 1})
		p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("main"), samlOff)
		p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
		assert.Equal(t, "Overview", p.Text("h1"), "without the token being pasted again")
	})
	t.Run("the only one", func(t *testing.T) {
		s := sitetest.New(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff, Times: 1})
		p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.StandardToken).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("main"), samlOff)
		assert.NotContains(t, p.Text("main"), "rejected this token")
	})
	t.Run("at the first question", func(t *testing.T) {
		for answer, says := range map[sandbox.Answer]string{
			sandbox.SAMLOff: samlOff, sandbox.Rule: "Tallyfy refused: “Groups that own a running process cannot be changed.”",
		} {
			s := sitetest.New(t, sitetest.Options{})
			s.Sandbox.Fail(sandbox.Fault{Route: "/me", Answer: answer})
			p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("").Whole(http.StatusUnprocessableEntity)
			assert.Contains(t, p.Text(".notice"), says+" The token itself may be good.")
			assert.NotContains(t, p.Text("main"), "rejected this token")
		}
	})
	t.Run("with a reason", func(t *testing.T) {
		s := sitetest.New(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.Rule, Times: 1})
		p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.StandardToken).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("main"), "Tallyfy does not let this token into that organisation.")
		assert.Contains(t, p.Text("main"), "Tallyfy refused: “Groups that own a running process cannot be changed.”")
	})
}

// What is said of a token of which Tallyfy says that it is none.
func TestATokenThatTallyfyDoesNotKnow(t *testing.T) {
	for _, answer := range []sandbox.Answer{sandbox.TokenUnknown, sandbox.TokenAtEdge, sandbox.NoReason} {
		s := sitetest.New(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Route: "/me", Answer: answer})
		p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("main"), "Tallyfy rejected this token.", answer)
		assert.NotContains(t, p.Text("main"), "APSH213")
	}
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Answer: sandbox.TokenAtEdge, Times: 1})
	assert.Contains(t, s.Get("/groups").Whole(http.StatusOK).Text(".notice"), sitetest.EndedNotice)
}

// Somebody who was removed from the organisation, in Tallyfy itself or here, has one page left.
func TestARemovedPersonGetsNothingFromMemory(t *testing.T) {
	// Each is a first refusal. What follows it must not come from memory.
	for name, first := range map[string]func(*sitetest.Site) *sitetest.Page{
		"a list":    func(s *sitetest.Site) *sitetest.Page { return s.Get("/groups?page=2") },
		"a search":  func(s *sitetest.Site) *sitetest.Page { return s.Get("/members?q=anna") },
		"a group":   func(s *sitetest.Site) *sitetest.Page { return s.Get(s.GroupPath("Payroll")) },
		"a plan":    func(s *sitetest.Site) *sitetest.Page { return s.Get(s.PlanPath("chiara.dangelo", "leave")) },
		"a form":    func(s *sitetest.Site) *sitetest.Page { return s.Get("/groups/new") },
		"a journal": func(s *sitetest.Site) *sitetest.Page { return s.Get("/activity") },
		"a file":    func(s *sitetest.Site) *sitetest.Page { return s.Get(s.GroupPath("Payroll") + "/people.csv") },
	} {
		t.Run(name, func(t *testing.T) {
			s := sitetest.SignedIn(t, sitetest.Options{Recall: time.Minute, Directory: directory.Options{MaxAge: time.Hour, Stale: time.Hour}})
			if !slices.Contains([]string{"a form", "a search", "a journal"}, name) { // which ask nobody when enough is in memory
				require.Len(t, strings.Split(strings.TrimSpace(s.Get("/members.csv?status=all").Body), "\n"), 61)
			}
			s.Elsewhere(http.MethodDelete, "/users/"+s.ID("maren.dahl"), "")
			shutOut := func(p *sitetest.Page) {
				t.Helper()
				p.Whole(http.StatusForbidden)
				assert.Equal(t, "Tallyfy does not let you in here", p.Text("h1"))
				assert.Equal(t, "Tallyfy does not let you into Aldermoor Logistics any more. Tallyfy refused: “You do not have access to this organization.”"+
					" Nothing that was read there before is shown. If this is a mistake, ask one of its administrators.", p.Text(".lead"))
				assert.Equal(t, []string{"Skip to the content", "Tallyfy admin", "Other organisations"}, p.Texts("a"))
				assert.True(t, p.Has("form[action='/signout'] button"))
			}
			shutOut(first(s))
			for _, path := range []string{
				"/", "/members.csv", "/members?role=admin", "/guests", "/guests.csv", "/groups", "/groups.csv", "/groups?people=none", "/groups/new", "/members", "/access", "/sandbox", "/access.csv", "/activity", "/activity.csv", "/trash", "/trash.csv", "/help",
				s.GroupPath("Payroll"), s.GroupPath("Payroll") + "/delete", s.GroupPath("Payroll") + "/merge", s.MemberPath("chiara.dangelo"), s.MemberPath("chiara.dangelo") + "/groups", "/groups?refresh=1",
			} {
				shutOut(s.Get(path))
			}
			logo := s.Get(s.GroupPath("Finance") + "/logo")
			assert.Contains(t, logo.Header.Get("Content-Type"), "svg", "no logo from memory")
			assert.Equal(t, "?", strings.TrimSpace(logo.Text("text")))
			org := s.Org
			s.Org = ""
			assert.Equal(t, "/o/"+org+"/organisations", s.Get("/").URL)
			s.Org = org
			p := s.Get("/organisations").Whole(http.StatusOK)
			assert.Equal(t, []string{"Skip to the content", "Tallyfy admin"}, p.Texts("a"))
			p = p.Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
			assert.Equal(t, "Overview", p.Text("h1"))
		})
	}
}

func TestAFormOfARemovedPersonIsKeptUntilTheyAreBack(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	form := s.GroupForm("Night watch", "Of the yard.")
	s.Elsewhere(http.MethodDelete, "/users/"+s.ID("maren.dahl"), "")
	p := form.Submit("Create the group").Whole(http.StatusForbidden)
	assert.Equal(t, "Tallyfy does not let you in here", p.Text("h1"))
	assert.Contains(t, p.Text(".lead"), "Nothing was changed.")
	assert.NotContains(t, p.Text("main"), "Chiara", "no picker from memory")
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Times: 1, Status: 200, Body: `{"data":{"id":` + s.ID("maren.dahl") + `,"role":"admin"}}`})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.UsersRoute, Status: 200, Body: `{"data":[]}`})
	p = s.Get("/groups/new").Whole(http.StatusOK)
	assert.Equal(t, "Night watch", p.GroupForm().Values.Get("name"))
	assert.True(t, p.Has(".account"), "the usual frame is back")
}

// A refusal that is about the call alone leaves everything else as it is.
func TestARefusalThatIsNotAboutTheOrganisation(t *testing.T) {
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get(s.MemberPath("chiara.dangelo")).Whole(http.StatusForbidden)
	assert.Equal(t, "Tallyfy does not allow this for your account", p.Text("h1"))
	assert.True(t, p.Has(".account"))
	assert.Equal(t, "Groups", p.Follow("All groups").Whole(http.StatusOK).Text("h1"))
}
