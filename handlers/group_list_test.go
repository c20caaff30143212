package handlers_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGroupListTakesOneCall(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get("/groups")
	assert.Equal(t, http.StatusOK, p.status)
	assert.Equal(t, "1 to 25 of 34 groups", p.text(".page-title .note"))
	assert.Len(t, p.texts("tbody tr"), 25)
	assert.Len(t, s.sandbox.Requests(), 1)
}
