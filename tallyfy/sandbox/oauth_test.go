package sandbox

import (
	"context"
	"io"
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

const (
	testClient   = "dashboard-7"
	testRedirect = "https://dash.example.com/tally/callback?from=tallyfy"
)

var testClients = map[string][]string{
	testClient:      {testRedirect, "http://localhost:8080/callback"},
	"other":         {"https://other.example.com/cb"},
	`<i>"&'</i> {{`: {"https://[2001:db8::1]:8443/cb"},
}

// grantQuery is a good authorisation request with changes: pairs of a name and its value.
func grantQuery(changes ...string) url.Values {
	q := url.Values{"client_id": {testClient}, "response_type": {"token"}, "redirect_uri": {testRedirect}, "state": {"s1"}}
	for i := 0; i < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
	}
	return q
}

// decision is what the page's form sends.
func decision(what string, changes ...string) url.Values {
	return grantQuery(append([]string{"decision", what, "person", adminEmail}, changes...)...)
}

type doer func(*http.Request) (*http.Response, error)

// visit sends what a browser would, and follows no redirect.
func visit(t testing.TB, do doer, method, target string, form url.Values) reply {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, target, body)
	require.NoError(t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := do(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, res.Body.Close()) }()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return reply{res.StatusCode, res.Header, string(b)}
}

const authorizeURL = "http://sandbox.invalid/oauth/authorize"

func open(t testing.TB, s *Server, q url.Values) reply {
	t.Helper()
	return visit(t, s.Transport().RoundTrip, "GET", authorizeURL+"?"+q.Encode(), nil)
}

func submit(t testing.TB, s *Server, form url.Values) reply {
	t.Helper()
	return visit(t, s.Transport().RoundTrip, "POST", authorizeURL, form)
}

// fragment is what the client's page reads, after the redirect URI has been checked.
func (r reply) fragment(t testing.TB, redirectURI string) url.Values {
	t.Helper()
	require.Equal(t, 303, r.status, r.body)
	rest, ok := strings.CutPrefix(r.header.Get("Location"), redirectURI+"#")
	require.True(t, ok, r.header.Get("Location"))
	v, err := url.ParseQuery(rest)
	require.NoError(t, err)
	return v
}

// issued signs somebody in and gives the token.
func issued(t testing.TB, s *Server, email string) string {
	t.Helper()
	return submit(t, s, decision("allow", "person", email)).fragment(t, testRedirect).Get("access_token")
}

func (r reply) page(t testing.TB) *goquery.Document {
	t.Helper()
	require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"))
	d, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	require.NoError(t, err)
	return d
}

// values are the fields that a browser would send with a button.
func values(form *goquery.Selection, button string) url.Values {
	out := url.Values{}
	form.Find("input[type=hidden], input[checked]").Each(func(_ int, in *goquery.Selection) {
		out.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	b := form.Find("button").FilterFunction(func(_ int, b *goquery.Selection) bool { return b.Text() == button })
	out.Add(b.AttrOr("name", ""), b.AttrOr("value", ""))
	return out
}

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

// TestAuthorizationIsStrict sends each mistake to the page and with the form: a decision makes no mistake good.
func TestAuthorizationIsStrict(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	repeated := func(name string) url.Values {
		q := grantQuery()
		q.Add(name, q.Get(name))
		return q
	}
	for _, c := range []struct {
		name     string
		q        url.Values
		status   int
		location string
		says     string
	}{
		{"good", grantQuery(), 200, "", testClient},
		{"unknown parameters", grantQuery("scope", "all", "prompt", "x"), 200, "", testClient},
		{"unknown client", grantQuery("client_id", "nobody"), 400, "", "“nobody”"},
		{"client in other letters", grantQuery("client_id", "Dashboard-7"), 400, "", "“Dashboard-7”"},
		{"no client", grantQuery("client_id", ""), 400, "", "“client_id” is missing"},
		{"no redirect URI", grantQuery("redirect_uri", ""), 400, "", "“redirect_uri” is missing"},
		{"no response type", grantQuery("response_type", ""), 400, "", "“response_type” is missing"},
		{"no state", grantQuery("state", ""), 400, "", "“state” is missing"},
		{"state with a line break", grantQuery("state", "a\r\nSet-Cookie: b"), 400, "", "printable"},
		{"state beyond ASCII", grantQuery("state", "é"), 400, "", "printable"},
		{"client twice", repeated("client_id"), 400, "", "“client_id” is there more than once"},
		{"redirect URI twice", repeated("redirect_uri"), 400, "", "“redirect_uri” is there more than once"},
		{"response type twice", repeated("response_type"), 400, "", "“response_type” is there more than once"},
		{"state twice", repeated("state"), 400, "", "“state” is there more than once"},
		{"code", grantQuery("response_type", "code"), 303, "#error=unsupported_response_type&state=s1", ""},
		{"TOKEN", grantQuery("response_type", "TOKEN"), 303, "#error=unsupported_response_type&state=s1", ""},
		{"code of an unknown client", grantQuery("response_type", "code", "client_id", "nobody"), 400, "", "“nobody”"},
		{"code elsewhere", grantQuery("response_type", "code", "redirect_uri", "https://evil.example/"), 400, "", "not registered"},
		{"code without a state", grantQuery("response_type", "code", "state", ""), 400, "", "“state” is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := func(r reply, form bool) {
				if c.location != "" {
					assert.Equal(t, testRedirect+c.location, r.header.Get("Location"))
				}
				if form && c.status == 200 {
					assert.NotEmpty(t, r.fragment(t, testRedirect).Get("access_token"))
					return
				}
				assert.Equal(t, c.status, r.status)
				if c.status != 303 {
					assert.Empty(t, r.header.Get("Location"))
					assert.Contains(t, r.page(t).Find("main").Text(), c.says)
					assert.Equal(t, c.status != 200, r.page(t).Find("form").Length() == 0)
				}
				assert.Contains(t, r.header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
			}
			check(open(t, s, c.q), false)
			c.q.Set("decision", "allow")
			c.q.Set("person", adminEmail)
			check(submit(t, s, c.q), true)
		})
	}
}

func TestRedirectURIsAreComparedExactly(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	for _, uri := range []string{
		"https://dash.example.com/tally/callback", "https://dash.example.com/tally/callback/?from=tallyfy", testRedirect + "&x=1", testRedirect + "#",
		testRedirect + "#x", testRedirect + " ", " " + testRedirect, "https://dash.example.com/tally/../tally/callback?from=tallyfy",
		"https://dash.example.com/tally/%63allback?from=tallyfy", "https://dash.example.com:443/tally/callback?from=tallyfy",
		"https://DASH.example.com/tally/callback?from=tallyfy", "http://dash.example.com/tally/callback?from=tallyfy",
		"//dash.example.com/tally/callback?from=tallyfy", "https://u@dash.example.com/tally/callback?from=tallyfy",
		"https://dash.example.com.evil.example/tally/callback?from=tallyfy", "https://other.example.com/cb", "javascript:alert(1)",
		"http://127.0.0.1:8080/callback", "http://localhost:8081/callback", strings.ToUpper(testRedirect),
	} {
		for _, r := range []reply{
			open(t, s, grantQuery("redirect_uri", uri)), submit(t, s, decision("allow", "redirect_uri", uri)), submit(t, s, decision("deny", "redirect_uri", uri)),
		} {
			assert.Equal(t, 400, r.status, uri)
			assert.Empty(t, r.header.Get("Location"), uri)
		}
	}
	assert.Equal(t, 200, open(t, s, grantQuery("redirect_uri", "http://localhost:8080/callback")).status)
	assert.Equal(t, 400, open(t, start(t, Options{}), grantQuery()).status, "without clients there is none")
}

// TestHostileTextRoundTrips: what comes in through the address is text on the page, and comes out as it went in.
func TestHostileTextRoundTrips(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	client, redirect := `<i>"&'</i> {{`, "https://[2001:db8::1]:8443/cb"
	for _, state := range []string{
		`"><script>alert(1)</script>`, `' onfocus='alert(1)`, "a&state=b&access_token=c", "a#b", "a+b c%20d%", "=?/;:,@$", "&amp;&lt;", " ", `{{.State}}\`,
	} {
		r := open(t, s, grantQuery("client_id", client, "redirect_uri", redirect, "state", state))
		require.Equal(t, 200, r.status, state)
		p := r.page(t)
		assert.Zero(t, p.Find("script, i, [onfocus]").Length(), state)
		assert.Contains(t, p.Find("main p").Text(), client)
		form := p.Find("form")
		for _, button := range []string{"Allow", "Deny"} {
			answered := submit(t, s, values(form, button)).fragment(t, redirect)
			assert.Equal(t, []string{state}, answered["state"], button)
			assert.Equal(t, button == "Allow", len(answered["access_token"]) == 1, state)
		}
		wrong := open(t, s, grantQuery("client_id", client, "redirect_uri", redirect, "state", state, "response_type", state+"x"))
		assert.Equal(t, url.Values{"error": {"unsupported_response_type"}, "state": {state}}, wrong.fragment(t, redirect))
	}
	r := open(t, s, grantQuery("client_id", "<b>nobody</b>"))
	assert.Contains(t, r.page(t).Find("p").Text(), "<b>nobody</b>")
	assert.NotContains(t, r.body, "<b>")
}

func TestFormIsStrict(t *testing.T) {
	s := start(t, Options{OAuthClients: testClients})
	both := decision("allow")
	both.Add("decision", "deny")
	for name, form := range map[string]url.Values{
		"no decision": grantQuery("person", adminEmail), "another decision": decision("maybe"), "two decisions": both,
		"nobody": decision("allow", "person", ""), "somebody else": decision("allow", "person", "kwame.asante@example.com"),
	} {
		r := submit(t, s, form)
		assert.Equal(t, 400, r.status, name)
		assert.Empty(t, r.header.Get("Location"), name)
	}
	assert.Equal(t, "access_denied", submit(t, s, decision("deny", "person", "")).fragment(t, testRedirect).Get("error"), "denying needs nobody")

	post := func(query, kind, body string, header ...string) reply {
		req := httptest.NewRequest("POST", "/oauth/authorize"+query, strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		return reply{w.Code, w.Result().Header, w.Body.String()}
	}
	const kind = "application/x-www-form-urlencoded"
	good := decision("allow").Encode()
	for _, c := range []struct {
		name   string
		r      reply
		status int
	}{
		{"plain", post("", kind, good), 303},
		{"with a charset", post("", kind+"; charset=UTF-8", good), 303},
		{"no type", post("", "", good), 400},
		{"JSON", post("", "application/json", `{}`), 400},
		{"broken escape", post("", kind, good+"&x=%zz"), 400},
		{"broken query", post("?x=%zz", kind, good), 400},
		{"state in query and form", post("?state=s1", kind, good), 400},
		{"empty body", post("?"+good, kind, ""), 303}, // RFC 6749, 3.1 leaves open where a POST has its parameters
		{"too large", post("", kind, good+"&x="+strings.Repeat("a", maxBody)), 413},
		{"own form", post("", kind, good, "Sec-Fetch-Site", "same-origin", "Origin", "http://example.com"), 303},
		{"own form, older browser", post("", kind, good, "Origin", "http://example.com"), 303},
		{"another site's form", post("", kind, good, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"), 403},
		{"a neighbour's form", post("", kind, good, "Sec-Fetch-Site", "same-site", "Origin", "http://evil.example.com"), 403},
		{"another site's form, older browser", post("", kind, good, "Origin", "https://evil.example"), 403},
		{"from a sandboxed frame", post("", kind, good, "Origin", "null"), 403},
	} {
		assert.Equal(t, c.status, c.r.status, c.name)
		assert.Equal(t, c.status == 303, c.r.header.Get("Location") != "", c.name)
		if c.status != 303 {
			assert.NotEmpty(t, c.r.page(t).Find("main p").Text(), c.name)
		}
	}
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

// overBothWith is [overBoth] for requests that are not the API's.
func overBothWith(t *testing.T, o Options, test func(t *testing.T, s *Server, base string, do doer)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) {
		s := start(t, o)
		test(t, s, "http://sandbox.invalid", s.Transport().RoundTrip)
	})
	t.Run("listener", func(t *testing.T) {
		s := start(t, o)
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		test(t, s, server.URL, server.Client().Transport.RoundTrip)
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

func TestOAuthOptions(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		ok   bool
	}{
		{"no client", Options{OAuthClients: map[string][]string{}}, true},
		{"a client without URIs", Options{OAuthClients: map[string][]string{"a": nil}}, true},
		{"an origin", Options{OAuthClients: map[string][]string{"a": {"http://localhost:8080"}}}, true},
		{"an escape", Options{OAuthClients: map[string][]string{"a": {"https://example.com/%C3%A9?b=c&d"}}}, true},
		{"no id", Options{OAuthClients: map[string][]string{"": {testRedirect}}}, false},
		{"an id beyond ASCII", Options{OAuthClients: map[string][]string{"é": {testRedirect}}}, false},
		{"a fragment", Options{OAuthClients: map[string][]string{"a": {testRedirect + "#x"}}}, false},
		{"a relative URI", Options{OAuthClients: map[string][]string{"a": {"/callback"}}}, false},
		{"a script", Options{OAuthClients: map[string][]string{"a": {"javascript:alert(1)"}}}, false},
		{"no host", Options{OAuthClients: map[string][]string{"a": {"https:///callback"}}}, false},
		{"a user", Options{OAuthClients: map[string][]string{"a": {"https://u:p@example.com/"}}}, false},
		{"a policy's semicolon", Options{OAuthClients: map[string][]string{"a": {"https://example.com;x/"}}}, false},
		{"a line break", Options{OAuthClients: map[string][]string{"a": {"https://example.com/\r\nX: y"}}}, false},
		{"a broken escape", Options{OAuthClients: map[string][]string{"a": {"https://example.com/%zz"}}}, false},
		{"an hour", Options{TokenLife: time.Hour}, true},
		{"a negative life", Options{TokenLife: -time.Hour}, false},
		{"half a second", Options{TokenLife: time.Second / 2}, false},
	} {
		_, err := New(c.o)
		assert.Equal(t, c.ok, err == nil, "%s: %v", c.name, err)
	}
	clients := map[string][]string{"a": {testRedirect}}
	s := start(t, Options{OAuthClients: clients})
	clients["a"][0] = "https://evil.example/"
	assert.Equal(t, 200, open(t, s, grantQuery("client_id", "a")).status, "a copy")
}

// FuzzAuthorize sends any query and form: a redirect goes to a registered address, and nothing can be put before its fragment.
func FuzzAuthorize(f *testing.F) {
	s := start(f, Options{OAuthClients: testClients})
	f.Add(grantQuery().Encode(), "")
	f.Add("", decision("allow").Encode())
	f.Add("", decision("deny", "state", "\"><b>&#").Encode())
	f.Add(grantQuery("response_type", "code").Encode(), "")
	f.Add("client_id=%zz;state", "state=%00")
	f.Fuzz(func(t *testing.T, query, form string) {
		method := http.MethodGet
		if form != "" {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, "/oauth/authorize", strings.NewReader(form))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		to, fragment, _ := strings.Cut(w.Header().Get("Location"), "#")
		switch w.Code {
		case 200, 400:
			assert.Empty(t, to)
		case 303:
			assert.Contains(t, []string{testRedirect, testClients[testClient][1], "https://other.example.com/cb", "https://[2001:db8::1]:8443/cb"}, to)
			assert.Regexp(t, `^(access_token=[\w.-]+&token_type=Bearer&expires_in=15778800|error=\w+)&state=[\w.~%+-]+$`, fragment)
		default:
			t.Errorf("status %d", w.Code)
		}
	})
}
