package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := sitetest.SignedIn(t, sitetest.Options{Base: base})
		operations := s.Group("Operations").ID
		asset, _ := s.Get("/groups").Find("link[rel=stylesheet]").Attr("href")
		asset = strings.TrimPrefix(asset, base)
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/guests", Status: http.StatusInternalServerError})
		s.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Status: http.StatusInternalServerError})
		for _, c := range []struct {
			method, path string
			form         url.Values
			status       int
			// page: HTML that shows what only this visitor may see.
			page bool
		}{
			{http.MethodGet, "/groups", nil, 200, true},
			{http.MethodHead, "/groups", nil, 200, true},
			{http.MethodGet, "/groups/new", nil, 200, true},
			{http.MethodGet, "/groups/" + operations, nil, 200, true},
			{http.MethodGet, "/signin", nil, 200, true},
			{http.MethodPost, "/signin", url.Values{}, 422, true},
			{http.MethodPost, "/groups", url.Values{}, 422, true},
			{http.MethodPost, "/groups", url.Values{"name": {strings.Repeat("x", 1<<20)}}, 413, true},
			{http.MethodGet, "/members", nil, 502, true},
			{http.MethodGet, "/groups/unknown", nil, 404, true},
			{http.MethodGet, "/nowhere", nil, 404, true},
			{http.MethodDelete, "/groups", nil, 405, true},
			{http.MethodGet, "/", nil, 303, false},
			{http.MethodGet, "/groups//new", nil, 404, true},
			{http.MethodPost, "/signout", nil, 303, false},
			{http.MethodGet, "/groups", nil, 303, false}, // signed out by now
			{http.MethodGet, asset, nil, 200, false},
			{http.MethodGet, "/assets/none/css/none.css", nil, 404, false},
			{http.MethodGet, "/healthz", nil, 200, false},
			{http.MethodGet, "/readyz", nil, 200, false},
			{http.MethodOptions, "/groups", nil, 204, false},
		} {
			p := s.Once(s.Request(c.method, c.path, c.form))
			name := c.method + " " + base + c.path
			assert.Equal(t, c.status, p.Status, name)
			h := p.Header
			policy := h.Get("Content-Security-Policy")
			assert.Contains(t, policy, "default-src 'none'", name)
			assert.Contains(t, policy, "frame-ancestors 'none'", name)
			assert.NotContains(t, policy, "unsafe", name)
			assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), name)
			assert.Equal(t, "DENY", h.Get("X-Frame-Options"), name)
			assert.Equal(t, "same-origin", h.Get("Referrer-Policy"), name)
			assert.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), name)
			assert.NotEmpty(t, h.Get("Permissions-Policy"), name)
			assert.Empty(t, h.Get("Server")+h.Get("X-Powered-By"), name)
			if c.page {
				assert.Equal(t, "no-store", h.Get("Cache-Control"), name)
				assert.Equal(t, "text/html; charset=UTF-8", h.Get("Content-Type"), name)
				assert.NotEmpty(t, h.Get("X-Request-Id"), name)
				assert.False(t, p.Has("[style], style, script:not([src]), [onclick], [onsubmit]"), "%s: the policy forbids it", name)
			}
		}
	}
}

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
