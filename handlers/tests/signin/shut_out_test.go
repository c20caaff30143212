package signin_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

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
	p := s.Get("/organisations").Form("form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	assert.Equal(t, "Groups", p.Text("h1"))
}

func TestSwitchingToAnOrganisationThatIsShut(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff})
	p := s.Get("/organisations").Form("form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("").Whole(http.StatusUnprocessableEntity)
	assert.Contains(t, p.Text("main"), samlOff)
	assert.NotContains(t, p.Text("main"), "does not let this token")
	assert.Equal(t, "Groups", s.Get("/groups").Whole(http.StatusOK).Text("h1"), "the session is kept")
}

func TestSigningInToAnOrganisationThatIsShut(t *testing.T) {
	t.Run("one of several", func(t *testing.T) {
		s := sitetest.New(t, sitetest.Options{})
		p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("")
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff, Times: 1})
		p = p.Form("form:has([name=organization])").Set("organization", s.Sandbox.OrgID()).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("main"), samlOff)
		p = p.Form("form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
		assert.Equal(t, "Groups", p.Text("h1"), "without the token being pasted again")
	})
	t.Run("the only one", func(t *testing.T) {
		s := sitetest.New(t, sitetest.Options{})
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Answer: sandbox.SAMLOff, Times: 1})
		p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.StandardToken).Submit("").Whole(http.StatusUnprocessableEntity)
		assert.Contains(t, p.Text("main"), samlOff)
		assert.NotContains(t, p.Text("main"), "does not take this token")
	})
	t.Run("at the first question", func(t *testing.T) {
		for answer, says := range map[sandbox.Answer]string{
			sandbox.SAMLOff: samlOff, sandbox.Rule: "Tallyfy refused: “Groups that own a running process cannot be changed.”",
		} {
			s := sitetest.New(t, sitetest.Options{})
			s.Sandbox.Fail(sandbox.Fault{Route: "/me", Answer: answer})
			p := s.Get("/signin").Form("form:has([name=token])").Set("token", sandbox.AdminToken).Submit("").Whole(http.StatusUnprocessableEntity)
			assert.Contains(t, p.Text(".notice"), says+" The token itself may be good.")
			assert.NotContains(t, p.Text("main"), "does not take this token")
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
		assert.Contains(t, p.Text("main"), "Tallyfy does not take this token.", answer)
		assert.NotContains(t, p.Text("main"), "APSH213")
	}
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Route: sitetest.GroupsRoute, Answer: sandbox.TokenAtEdge, Times: 1})
	assert.Contains(t, s.Get("/groups").Whole(http.StatusOK).Text(".notice"), sitetest.EndedNotice)
}
