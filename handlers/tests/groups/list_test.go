package groups_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

func TestGroupListTakesOneCall(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/groups")
	assert.Equal(t, http.StatusOK, p.Status)
	assert.Equal(t, "1 to 25 of 34 groups", p.Text(".page-title .note"))
	assert.Len(t, p.Texts("tbody tr"), 25)
	assert.Len(t, s.Sandbox.Requests(), 1)
}
