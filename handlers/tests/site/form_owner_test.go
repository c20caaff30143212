package site_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// A form that was opened before somebody else signed in, in another tab, is not carried out in the new person's name.
func TestFormOfAnEarlierSignInIsRefused(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	id := s.Group("Finance").ID // no open tasks are given to it, so no phrase is asked for
	deletion := s.Get("/groups/" + id + "/delete").Form("form:has([name=seen])")
	creation := s.Get("/groups/new").Form("form[data-form]").Set("name", "Once").Set("description", "d")

	require.Equal(t, "Groups", s.SignInWith(sandbox.StandardToken).Text("h1"))
	for _, p := range []*sitetest.Page{deletion.Submit(""), creation.Submit("Create the group")} {
		assert.Equal(t, http.StatusConflict, p.Status)
		assert.Equal(t, "Somebody else opened this form", p.Text("h1"))
	}
	assert.Equal(t, "Finance", s.Group("Finance").Name)
	assert.Zero(t, s.Calls(http.MethodDelete, "/groups")+s.Calls(http.MethodPost, "/groups"))

	assert.NotContains(t, s.Get("/groups/new").Body, "Once", "what was typed is its sender's")
	s.SignIn()
	assert.Equal(t, "Once", s.Get("/groups/new").Form("form[data-form]").Values.Get("name"), "and is kept")
	assert.Equal(t, "Groups", deletion.Submit("").Text("h1"), "the same person may go on with it")
	_, there := s.Sandbox.GroupByName("Finance")
	assert.False(t, there)
}
