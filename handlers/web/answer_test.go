package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/web"
)

func component(text string, err error) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, text)
		return err
	})
}

func TestPageIsSentWholeOrNotAtAll(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		recorder := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequest(method, "/", nil), recorder)
		hooked := false
		c.Response().Before(func() { hooked = true })
		broken := errors.New("broken")
		require.ErrorIs(t, web.Page(c, http.StatusOK, component("half a pa", broken)), broken)
		assert.False(t, c.Response().Committed, "there can still be an error page")
		assert.Empty(t, recorder.Body.String())

		require.NoError(t, web.Page(c, http.StatusTeapot, component("whole", nil)))
		assert.True(t, hooked, "the session cookie is set by such a hook")
		assert.Equal(t, http.StatusTeapot, recorder.Code)
		assert.Equal(t, "5", recorder.Header().Get("Content-Length"))
		assert.Equal(t, "no-store", recorder.Header().Get("Cache-Control"))
		if method == http.MethodHead {
			assert.Empty(t, recorder.Body.String())
		} else {
			assert.Equal(t, "whole", recorder.Body.String(), "nothing of the page that failed")
		}
	}
}

func TestHTTPSHeaders(t *testing.T) {
	for address, want := range map[string]string{"https://x.example": "max-age=31536000", "http://x.example": ""} {
		public, err := url.Parse(address)
		require.NoError(t, err)
		recorder := httptest.NewRecorder()
		web.SecurityHeaders(public, http.NotFoundHandler()).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
		assert.Equal(t, http.StatusNotFound, recorder.Code)
		assert.Equal(t, want, recorder.Header().Get("Strict-Transport-Security"))
		assert.Equal(t, want != "", recorder.Header().Get("Cross-Origin-Opener-Policy") != "")
	}
}

func TestSameSiteBehindAProxy(t *testing.T) {
	public, err := url.Parse("https://intranet.example/tools/tallyfy")
	require.NoError(t, err)
	sameSite, err := web.SameSite(public)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		method, origin, site string
		refused              bool
	}{
		"public origin, other Host":     {http.MethodPost, "https://intranet.example", "", false},
		"public origin, modern browser": {http.MethodPost, "https://intranet.example", "same-origin", false},
		"public host, wrong scheme":     {http.MethodPost, "http://intranet.example", "", true},
		"public host, other port":       {http.MethodPost, "https://intranet.example:8443", "", true},
		"a host that begins like it":    {http.MethodPost, "https://intranet.example.evil.example", "", true},
		"another site":                  {http.MethodPost, "https://evil.example", "cross-site", true},
		"another site, DELETE":          {http.MethodDelete, "https://evil.example", "", true},
		"a link from another site":      {http.MethodGet, "", "cross-site", false},
		"no browser":                    {http.MethodPost, "", "", false},
	} {
		r := httptest.NewRequest(c.method, "http://app.internal:8080/tools/tallyfy/groups", nil)
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		reached := false
		err := sameSite(func(echo.Context) error { reached = true; return nil })(echo.New().NewContext(r, httptest.NewRecorder()))
		assert.Equal(t, c.refused, errors.Is(err, web.ErrCrossSite), name)
		assert.Equal(t, !c.refused, reached, name)
	}
}

func TestAccessLogIsOneLineWithTheStatusThatWasSent(t *testing.T) {
	var log bytes.Buffer
	e := echo.New()
	e.HTTPErrorHandler = func(_ error, c echo.Context) { _ = c.String(http.StatusConflict, "no") }
	extra := func(echo.Context) []slog.Attr { return []slog.Attr{slog.String("user", "17")} }
	counted := ""
	count := func(route, method string, status int, d time.Duration) {
		assert.Positive(t, d)
		counted += fmt.Sprintf("%s %s %d.", method, route, status)
	}
	e.Use(web.RequestID(nil), web.AccessLog(slog.New(slog.NewTextHandler(&log, nil)), count, extra))
	e.GET("/groups/:group", func(c echo.Context) error {
		web.CountCall(c.Request().Context())
		web.CountCall(context.WithoutCancel(c.Request().Context())) // as a change that outlives its visitor
		return errors.New("refused")
	})
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/groups/secret-id?q=secret-query", nil))
	assert.Equal(t, http.StatusConflict, recorder.Code)
	assert.Equal(t, 1, strings.Count(log.String(), "\n"))
	for _, part := range []string{"method=GET", "route=/groups/:group", "status=409", "user=17", "request_id=" + recorder.Header().Get("X-Request-Id"), "duration_ms=", "upstream_calls=2", "client=192.0.2.1"} {
		assert.Contains(t, log.String(), part)
	}
	assert.NotContains(t, log.String(), "secret")
	assert.Equal(t, "GET /groups/:group 409.", counted)
	web.CountCall(t.Context()) // a call that no request made
}

func TestAssetsHaveAnAccessLineToo(t *testing.T) {
	var log bytes.Buffer
	counted := ""
	count := func(route, method string, status int, _ time.Duration) {
		counted += fmt.Sprintf("%s %s %d.", method, route, status)
	}
	assets := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/assets/app.css" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, "a{}")
	})
	h := web.LogAssets(slog.New(slog.NewTextHandler(&log, nil)), count, "/assets/", nil, assets)
	for _, path := range []string{"/assets/app.css", "/assets/secret-path"} {
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		assert.Contains(t, log.String(), "request_id="+recorder.Header().Get("X-Request-Id"))
	}
	assert.Equal(t, "GET /assets/ 200.GET /assets/ 404.", counted)
	assert.Equal(t, 2, strings.Count(log.String(), "\n"))
	assert.NotContains(t, log.String(), "secret")
	assert.Contains(t, log.String(), "client=192.0.2.1")
}
