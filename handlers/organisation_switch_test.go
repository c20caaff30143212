package handlers_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

func TestSwitchOrganisation(t *testing.T) {
	s := signedIn(t, siteOptions{})
	old := s.client.Jar
	p := s.get("/groups").follow("Switch")
	assert.Equal(t, "Organisations", p.text("h1"))
	assert.Equal(t, s.sandbox.OrgID(), p.Find("input[name=organization][checked]").AttrOr("value", ""))

	address, err := url.Parse(s.server.URL)
	require.NoError(t, err)
	before := old.Cookies(address)[0].Value
	p = p.form("form:has([name=organization])").set("organization", s.sandbox.OtherOrgID()).submit("")
	assert.Equal(t, "Groups", p.text("h1"))
	assert.Contains(t, p.text(".organisation"), "Aldermoor Training Sandpit")
	after := s.client.Jar.Cookies(address)[0].Value
	assert.NotEqual(t, before, after, "the session has a new id")
	for _, r := range s.sandbox.Requests()[len(s.sandbox.Requests())-1:] {
		assert.Contains(t, r.Path, s.sandbox.OtherOrgID())
	}

	s.client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	s.client.Jar.SetCookies(address, []*http.Cookie{{Name: old.Cookies(address)[0].Name, Value: before}})
	assert.Equal(t, "Sign in", s.get("/groups").text("h1"), "the old id is worth nothing")
}

func TestSwitchOrganisationIsRefusedAtItsPlace(t *testing.T) {
	s := signedIn(t, siteOptions{})
	for _, id := range []string{"", "nonsense", "../x"} {
		p := s.post("/organisations", url.Values{"organization": {id}})
		assert.Equal(t, http.StatusUnprocessableEntity, p.status, id)
		assert.Contains(t, p.text("#error-organization"), "Choose one of your organisations.")
	}
	s.sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Status: 403})
	p := s.post("/organisations", url.Values{"organization": {s.sandbox.OtherOrgID()}})
	assert.Equal(t, http.StatusUnprocessableEntity, p.status)
	assert.Contains(t, p.text("#error-organization"), "Tallyfy does not let this token into Aldermoor Training Sandpit.")
	s.sandbox.ClearFaults()
	assert.Contains(t, s.get("/groups").text(".organisation"), "Aldermoor Logistics", "nothing has changed")
}
