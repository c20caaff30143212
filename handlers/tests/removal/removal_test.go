// Package removal_test tests the wizard that removes a member: its steps, its plan, what it does, and its receipt.
package removal_test

import (
	"net/http"
	"net/url"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// inOther signs in to the small organisation.
func inOther(s *sitetest.Site) {
	s.T.Helper()
	p := s.Post("/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {s.Sandbox.OtherOrgID()}, "next": {"/groups"}})
	require.Equal(s.T, "Groups", p.Text("h1"))
	s.Org = s.Sandbox.OtherOrgID()
	s.Sandbox.ClearRequests()
}

// listings is how often the members were listed, by anybody.
func listings(s *sitetest.Site) int {
	n := 0
	for _, r := range s.Sandbox.Requests() {
		if r.Method == http.MethodGet && r.Path == "/organizations/"+s.Sandbox.OrgID()+"/users" {
			n++
		}
	}
	return n
}
