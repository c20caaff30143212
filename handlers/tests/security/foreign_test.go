package security_test

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

// Ids of another organisation are nobody's here: no form takes them to a group of that organisation, whoever sends it,
// and no page tells its name. Forms at the address of an organisation that was not entered do nothing there.
func TestEditsStayInTheirOrganisation(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	other := s.Sandbox.OtherOrgID()
	there := s.As(t) // the same administrator, who has entered the other organisation
	there.SignInWith(sandbox.AdminToken)
	there.Org = other
	there.Post("/signin", url.Values{"token": {sandbox.AdminToken}, "organization": {other}})
	list := there.Get("/groups").Whole(http.StatusOK)
	trainees := lastOf(list.Find("tbody a.name").AttrOr("href", ""))
	require.NotEmpty(t, trainees)
	member := lastOf(there.Get("/members").Find("tbody a.name").First().AttrOr("href", ""))
	require.NotEmpty(t, member)
	foreign := func() string { return there.Get("/groups/" + trainees + "?q=").Text("main") }
	before, foreignBefore := s.State(), foreign()
	forms := map[string]url.Values{
		"/groups/" + trainees + "/people": {"add": {s.ID("noor.vandermeer")}, "remove": {member}, "action": {"save"}},
		"/groups/" + trainees + "/edit":   {"name": {"Taken over"}, "was_name": {"Trainees"}, "description": {"x"}, "was_description": {"Try out what you like here."}},
		"/access":                         {"add": {trainees + " " + s.ID("noor.vandermeer")}, "remove": {trainees + " " + member}, "action": {"save"}, "step": {"review"}, "sure": {"yes"}},
		"/groups/" + trainees + "/delete": {"phrase": {"Trainees"}},
	}
	for name, visitor := range map[string]*sitetest.Site{"an administrator of both": s, "a standard member of one": s.As(t)} {
		if visitor != s {
			require.Equal(t, "Groups", visitor.SignInWith(sandbox.StandardToken).Text("h1"))
		}
		visitor.Sandbox.ClearRequests()
		for path, form := range forms {
			p := visitor.Post(path, form) // in the organisation that was entered
			assert.Contains(t, []int{http.StatusOK, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}, p.Status, "%s: %s", name, path)
			assert.NotContains(t, p.Text("main"), "Trainees", "%s: %s", name, path)
			p = visitor.Post("/o/"+other+path, form) // at the address of the other one
			assert.Equal(t, http.StatusConflict, p.Status, "%s: %s", name, path)
			assert.Contains(t, p.Text("h1"), "belongs to another organisation", "%s: %s", name, path)
			visitor.Post("/o/"+strings.Repeat("0", 32)+path, form)
		}
		for _, r := range visitor.Sandbox.Requests() {
			assert.False(t, r.Method != http.MethodGet && r.Status < 400, "%s: %s %s was carried out", name, r.Method, r.Path)
			assert.False(t, strings.Contains(r.Path, other+"/groups"), "%s: %s %s", name, r.Method, r.Path)
		}
	}
	assert.Equal(t, before, s.State())
	assert.Equal(t, foreignBefore, foreign())
}

// lastOf is the last part of the path of a link.
func lastOf(href string) string {
	path, _, _ := strings.Cut(href, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}
