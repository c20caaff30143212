package sandbox

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSigningIn goes the way of a browser: page, form, redirect, and then the API with the token.
func TestSigningIn(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	prefixed := http.NewServeMux()
	prefixed.Handle("/some/where/", http.StripPrefix("/some/where", s))
	listener, below := httptest.NewServer(s), httptest.NewServer(prefixed)
	t.Cleanup(listener.Close)
	t.Cleanup(below.Close)
	for base, do := range map[string]doer{
		"http://sandbox.invalid":   s.Transport().RoundTrip,
		listener.URL:               http.DefaultTransport.RoundTrip,
		below.URL + "/some/where/": http.DefaultTransport.RoundTrip,
	} {
		base = strings.TrimSuffix(base, "/")
		target := base + "/oauth/authorize?" + grantQuery().Encode()
		r := visit(t, do, "GET", target, nil)
		require.Equal(t, 200, r.status, r.body)
		form := r.page(t).Find("form[method=post]")
		action, err := url.Parse(target)
		require.NoError(t, err)
		action, err = action.Parse(form.AttrOr("action", ""))
		require.NoError(t, err)
		require.Equal(t, base+"/oauth/authorize", action.String())

		r = visit(t, do, "POST", action.String(), values(form, "Allow"))
		assert.Regexp(t, `#access_token=[^&]+&token_type=Bearer&expires_in=15778800&state=s1$`, r.header.Get("Location"))
		assert.Equal(t, "no-store", r.header.Get("Cache-Control"))
		token := r.fragment(t, testRedirect).Get("access_token")
		assert.Equal(t, adminEmail, ask(t, s, token, "GET", "/me", "").data(t)["email"])

		r = visit(t, do, "POST", action.String(), values(form, "Deny"))
		assert.Equal(t, 303, r.status)
		assert.Equal(t, testRedirect+"#error=access_denied&state=s1", r.header.Get("Location"))
	}
}

func TestConsentPage(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	r := open(t, s, grantQuery())
	p := r.page(t)
	assert.Contains(t, p.Find("main").Text(), testClient)
	assert.Contains(t, p.Find("main").Text(), "https://dash.example.com ")
	assert.Equal(t, []string{"Maren Dahl (maren.dahl@example.com)", "Tomás Herrera (tomas.herrera@example.com)"},
		p.Find("label").Map(func(_ int, l *goquery.Selection) string { return strings.TrimSpace(l.Text()) }))
	assert.Equal(t, []string{adminEmail, standardEmail},
		p.Find("input[name=person]").Map(func(_ int, in *goquery.Selection) string { return in.AttrOr("value", "") }))
	assert.Zero(t, p.Find("script, [style], [src], link").Length())

	h := r.header
	assert.Equal(t, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https://dash.example.com",
		h.Get("Content-Security-Policy"))
	assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	assert.Equal(t, "DENY", h.Get("X-Frame-Options"))
	assert.Equal(t, "same-origin", h.Get("Referrer-Policy"))
	assert.Equal(t, "no-store", h.Get("Cache-Control"))
	assert.NotEmpty(t, h.Get("X-Request-Id"))

	r = open(t, s, grantQuery("redirect_uri", "http://localhost:8080/callback"))
	assert.True(t, strings.HasSuffix(r.header.Get("Content-Security-Policy"), "form-action 'self' http://localhost:8080"))
	r = open(t, s, grantQuery("client_id", `<i>"&'</i> {{`, "redirect_uri", "https://[2001:db8::1]:8443/cb"))
	assert.True(t, strings.HasSuffix(r.header.Get("Content-Security-Policy"), "form-action 'self' https:"), "no source for IPv6")

	// Who was deleted for good cannot sign in any more.
	tomas := mustMember(t, s, "tomas.herrera")
	require.Equal(t, 200, admin(t, s, "DELETE", userPath(tomas, "/disable"), "").status)
	require.Less(t, admin(t, s, "DELETE", userPath(tomas, "/delete"), "").status, 300)
	assert.Equal(t, 1, open(t, s, grantQuery()).page(t).Find("input[name=person]").Length())
	assert.Equal(t, 400, submit(t, s, decision("allow", "person", standardEmail)).status)
}

func TestAuthorizeMethodsAndPaths(t *testing.T) {
	overBothWith(t, Options{OAuthClients: testClients}, func(t *testing.T, _ *Server, base string, do doer) {
		target := base + "/oauth/authorize?" + grantQuery().Encode()
		for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} {
			r := visit(t, do, method, target, nil)
			assert.Equal(t, 405, r.status, method)
			assert.Equal(t, "GET, HEAD, POST", r.header.Get("Allow"))
			assert.Contains(t, r.page(t).Text(), "not allowed")
		}
		get, head := visit(t, do, "GET", target, nil), visit(t, do, "HEAD", target, nil)
		assert.Equal(t, 200, head.status)
		assert.Empty(t, head.body)
		assert.Equal(t, itoa(len(get.body)), head.header.Get("Content-Length"))
		assert.Equal(t, 303, visit(t, do, "HEAD", base+"/oauth/authorize?"+grantQuery("response_type", "code").Encode(), nil).status)

		// Beside the endpoint there is only the API, which wants its headers first.
		for _, path := range []string{"/oauth", "/oauth/authorize/", "/oauth/token", "/oauth%2Fauthorize", "/api/oauth/authorize"} {
			assert.Equal(t, 401, visit(t, do, "GET", base+path+"?"+grantQuery().Encode(), nil).status, path)
		}
	})
}

func TestAuthorizeFaults(t *testing.T) {
	overBothWith(t, Options{OAuthClients: testClients}, func(t *testing.T, s *Server, base string, do doer) {
		page := base + "/oauth/authorize?" + grantQuery().Encode()
		s.Fail(Fault{Route: "/oauth/authorize", Times: 1, Status: 503, Body: "<h1>Busy</h1>"})
		assert.Equal(t, 200, admin(t, s, "GET", "/me", "").status, "another route")
		r := visit(t, do, "GET", page, nil)
		assert.Equal(t, 503, r.status)
		assert.Equal(t, "<h1>Busy</h1>", r.body)
		assert.Equal(t, 200, visit(t, do, "GET", page, nil).status)

		s.Fail(Fault{Method: "POST", Route: "/oauth/authorize", Times: 1, Abort: true})
		req, err := http.NewRequestWithContext(t.Context(), "POST", base+"/oauth/authorize", strings.NewReader(decision("allow").Encode()))
		require.NoError(t, err)
		res, err := do(req)
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		assert.Error(t, err)

		s.Fail(Fault{Route: "/me", Times: 1, Status: 500})
		assert.Equal(t, 200, visit(t, do, "GET", page, nil).status, "a fault of another route")
	})
}

func TestAuthorizeLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, Options{OAuthClients: testClients, Latency: 150 * time.Millisecond})
		began := time.Now()
		assert.Equal(t, 200, open(t, s, grantQuery()).status)
		assert.Equal(t, 150*time.Millisecond, time.Since(began))

		// Who goes away during the wait gets no token.
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, "POST", authorizeURL, strings.NewReader(decision("allow").Encode()))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		_, err = s.Transport().RoundTrip(req)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		synctest.Wait()
		assert.Empty(t, s.tokens.issued)
	})
}

func TestAuthorizeRequestsAreRecorded(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	open(t, s, grantQuery())
	token := issued(t, s, adminEmail)
	got := s.Requests()
	require.Len(t, got, 2)
	assert.Equal(t, "/oauth/authorize", got[0].Path)
	assert.Equal(t, grantQuery().Encode(), got[0].RawQuery)
	assert.Equal(t, 200, got[0].Status)
	assert.Equal(t, "POST", got[1].Method)
	assert.Equal(t, decision("allow").Encode(), string(got[1].Body))
	assert.Equal(t, 303, got[1].Status)
	for _, r := range got {
		assert.Empty(t, r.Token)
		assert.NotContains(t, r.RawQuery+string(r.Body), token)
	}
}
