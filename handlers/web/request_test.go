package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/web"
)

func proxies(s ...string) (list []netip.Prefix) {
	for _, p := range s {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}

func TestRequestIDIsTakenFromTrustedProxiesOnly(t *testing.T) {
	for name, c := range map[string]struct {
		trusted    []netip.Prefix
		peer, sent string
		taken      bool
	}{
		"from a trusted proxy":        {proxies("10.0.0.0/8"), "10.1.2.3:4000", "abc-DEF_1.2", true},
		"over IPv6":                   {proxies("fd00::/8"), "[fd00::1]:4000", "abc", true},
		"mapped into IPv6":            {proxies("10.0.0.0/8"), "[::ffff:10.1.2.3]:4000", "abc", true},
		"from anybody":                {proxies("10.0.0.0/8"), "192.0.2.1:4000", "abc", false},
		"with no proxy trusted":       {nil, "127.0.0.1:4000", "abc", false},
		"over a socket":               {proxies("0.0.0.0/0"), "@", "abc", false},
		"empty":                       {proxies("10.0.0.0/8"), "10.1.2.3:4000", "", false},
		"too long":                    {proxies("10.0.0.0/8"), "10.1.2.3:4000", strings.Repeat("a", 65), false},
		"as long as may be":           {proxies("10.0.0.0/8"), "10.1.2.3:4000", strings.Repeat("a", 64), true},
		"with markup":                 {proxies("10.0.0.0/8"), "10.1.2.3:4000", "<b>", false},
		"with a line for the log":     {proxies("10.0.0.0/8"), "10.1.2.3:4000", "a\nb", false},
		"with a line end at the end":  {proxies("10.0.0.0/8"), "10.1.2.3:4000", "abc\n", false},
		"with something not in ASCII": {proxies("10.0.0.0/8"), "10.1.2.3:4000", "ü", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			r.Header.Set("X-Request-Id", c.sent)
			e := echo.New()
			recorder := httptest.NewRecorder()
			context := e.NewContext(r, recorder)
			var seen string
			require.NoError(t, web.RequestID(c.trusted)(func(c echo.Context) error { seen = web.IDOf(c); return nil })(context))
			assert.Equal(t, recorder.Header().Get("X-Request-Id"), seen)
			if c.taken {
				assert.Equal(t, c.sent, seen)
			} else {
				assert.Regexp(t, `^[0-9a-f]{32}$`, seen)
			}
		})
	}
	assert.NotEqual(t, web.NewID(), web.NewID())
}

func TestClientIP(t *testing.T) {
	for name, c := range map[string]struct {
		trusted         []netip.Prefix
		peer, forwarded string
		want            string
	}{
		"nobody trusted":        {nil, "127.0.0.1:1", "203.0.113.9", "127.0.0.1"},
		"one proxy":             {proxies("127.0.0.1/32"), "127.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		"two proxies":           {proxies("10.0.0.0/8"), "10.0.0.1:1", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
		"an invented first hop": {proxies("10.0.0.0/8"), "10.0.0.1:1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"},
		"a private address is not trusted for being one": {proxies("10.0.0.0/8"), "192.168.1.1:1", "203.0.113.9", "192.168.1.1"},
		"nor the loopback":        {proxies("10.0.0.0/8"), "127.0.0.1:1", "203.0.113.9", "127.0.0.1"},
		"nor the neighbours":      {proxies("10.0.0.0/16"), "10.1.0.1:1", "203.0.113.9", "10.1.0.1"},
		"IPv6":                    {proxies("fd00::/8"), "[fd00::1]:1", "2001:db8::7", "2001:db8::7"},
		"a prefix with host bits": {proxies("10.9.8.7/8"), "10.1.2.3:1", "203.0.113.9", "203.0.113.9"},
		"no header":               {proxies("10.0.0.0/8"), "10.0.0.1:1", "", "10.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		assert.Equal(t, c.want, web.ClientIP(c.trusted)(r), name)
	}
}

func postOf(kind, body string) echo.Context {
	r := httptest.NewRequest(http.MethodPost, "/?name=from-the-address", strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return echo.New().NewContext(r, httptest.NewRecorder())
}

func TestForm(t *testing.T) {
	const urlencoded = "application/x-www-form-urlencoded"
	form, err := web.Form(postOf(urlencoded+"; charset=UTF-8", "name=a+b&members=1&members=2&empty="))
	require.NoError(t, err)
	assert.Equal(t, url.Values{"name": {"a b"}, "members": {"1", "2"}, "empty": {""}}, form, "of the body only")

	form, err = web.Form(postOf("", ""))
	require.NoError(t, err, "a button alone")
	assert.Empty(t, form)

	_, err = web.Form(postOf(urlencoded, "name="+strings.Repeat("x", web.MaxForm)))
	require.ErrorIs(t, err, web.ErrTooLarge)
	form, err = web.Form(postOf(urlencoded, "name="+strings.Repeat("x", web.MaxForm-len("name="))))
	require.NoError(t, err)
	assert.Len(t, form.Get("name"), web.MaxForm-len("name="))

	for body, status := range map[string]int{"name=%": http.StatusBadRequest, "a;b": http.StatusBadRequest} {
		_, err = web.Form(postOf(urlencoded, body))
		var refused *echo.HTTPError
		require.ErrorAs(t, err, &refused, body)
		assert.Equal(t, status, refused.Code, body)
	}
	for _, kind := range []string{"", "text/plain", "application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded/x"} {
		_, err = web.Form(postOf(kind, "name=a"))
		var refused *echo.HTTPError
		require.ErrorAs(t, err, &refused, kind)
		assert.Equal(t, http.StatusUnsupportedMediaType, refused.Code, kind)
	}
}

func TestParamIsAsItWasMeant(t *testing.T) {
	for path, want := range map[string]string{
		"/g/plain": "plain", "/g/a%20b": "a b", "/g/a%2Fb": "a/b", "/g/50%25": "50%", "/g/%2525": "%25", "/g/a+b": "a+b", "/g/%C3%A9%2F": "é/", "/g/%E9%2F": "\xe9/",
	} {
		e := echo.New()
		var got string
		e.GET("/g/:id", func(c echo.Context) error { got = web.Param(c, "id"); return nil })
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
		assert.Equal(t, want, got, path)
	}
}

// Calls to Tallyfy that run side by side all carry the id; the race detector fails this when they
// share more than that.
func TestRequestIDCanBeAskedSideBySide(t *testing.T) {
	var log bytes.Buffer
	compressing, err := gzhttp.NewWrapper()
	require.NoError(t, err)
	e := echo.New()
	e.Use(web.RequestID(nil), web.AccessLog(slog.New(slog.NewTextHandler(&log, nil)), func(string, string, int, time.Duration) {}, func(echo.Context) []slog.Attr { return nil }))
	e.GET("/", func(c echo.Context) error {
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() { assert.Len(t, web.IDOf(c), 32) })
		}
		both.Wait()
		return nil
	})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	compressing(e).ServeHTTP(httptest.NewRecorder(), r)
}
