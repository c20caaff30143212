package site_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestProbesAskNobody(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{Base: "/tools/tallyfy"})
	s.Sandbox.Fail(sandbox.Fault{Status: http.StatusInternalServerError})
	for _, path := range []string{"/healthz", "/readyz"} {
		p := s.Get(path)
		assert.Equal(t, http.StatusOK, p.Status)
		assert.Empty(t, p.Header.Get("Set-Cookie"))
	}
	s.App.SetReady(false)
	assert.Equal(t, http.StatusServiceUnavailable, s.Get("/readyz").Status)
	assert.Equal(t, http.StatusOK, s.Get("/healthz").Status, "it still lives: nobody may restart it now")
	s.App.SetReady(true)
	assert.Equal(t, http.StatusOK, s.Get("/readyz").Status)
	assert.Empty(t, s.Sandbox.Requests())
}
