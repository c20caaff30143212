package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/tallyfy/sandbox"
)

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		s := signedIn(t, siteOptions{base: base})
		operations := s.group("Operations").ID
		asset, _ := s.get("/groups").Find("link[rel=stylesheet]").Attr("href")
		asset = strings.TrimPrefix(asset, base)
		s.sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/guests", Status: http.StatusInternalServerError})
		s.sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/users", Status: http.StatusInternalServerError})
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
			{http.MethodGet, "/groups//new", nil, 307, false},
			{http.MethodPost, "/signout", nil, 303, false},
			{http.MethodGet, "/groups", nil, 303, false}, // signed out by now
			{http.MethodGet, asset, nil, 200, false},
			{http.MethodGet, "/assets/none/css/none.css", nil, 404, false},
			{http.MethodGet, "/healthz", nil, 200, false},
			{http.MethodGet, "/readyz", nil, 200, false},
			{http.MethodOptions, "/groups", nil, 204, false},
		} {
			p := s.once(s.request(c.method, c.path, c.form))
			name := c.method + " " + base + c.path
			assert.Equal(t, c.status, p.status, name)
			h := p.header
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
				assert.False(t, p.has("[style], style, script:not([src]), [onclick], [onsubmit]"), "%s: the policy forbids it", name)
			}
		}
	}
}

func TestProbesAskNobody(t *testing.T) {
	s := newSite(t, siteOptions{base: "/tools/tallyfy"})
	s.sandbox.Fail(sandbox.Fault{Status: http.StatusInternalServerError})
	for _, path := range []string{"/healthz", "/readyz"} {
		p := s.get(path)
		assert.Equal(t, http.StatusOK, p.status)
		assert.Empty(t, p.header.Get("Set-Cookie"))
	}
	s.app.SetReady(false)
	assert.Equal(t, http.StatusServiceUnavailable, s.get("/readyz").status)
	assert.Equal(t, http.StatusOK, s.get("/healthz").status, "it still lives: nobody may restart it now")
	s.app.SetReady(true)
	assert.Equal(t, http.StatusOK, s.get("/readyz").status)
	assert.Empty(t, s.sandbox.Requests())
}
