package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// A form that was opened before somebody else signed in, in another tab, is not carried out in the new person's name.
func TestFormOfAnEarlierSignInIsRefused(t *testing.T) {
	s := signedIn(t, siteOptions{})
	id := s.group("Finance").ID // no open tasks are given to it, so no phrase is asked for
	deletion := s.get("/groups/" + id + "/delete").form("form:has([name=seen])")
	creation := s.get("/groups/new").form("form[data-form]").set("name", "Once").set("description", "d")

	require.Equal(t, "Groups", s.signInWith(sandbox.StandardToken).text("h1"))
	for _, p := range []*page{deletion.submit(""), creation.submit("Create the group")} {
		assert.Equal(t, http.StatusConflict, p.status)
		assert.Equal(t, "You have signed in anew since this form was opened", p.text("h1"))
	}
	assert.Equal(t, "Finance", s.group("Finance").Name)
	assert.Zero(t, s.calls(http.MethodDelete, "/groups")+s.calls(http.MethodPost, "/groups"))

	s.signIn()
	assert.Equal(t, "Groups", deletion.submit("").text("h1"), "the same person may go on with it")
	_, there := s.sandbox.GroupByName("Finance")
	assert.False(t, there)
}
