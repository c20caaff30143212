package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAuthorizationIsStrict sends each mistake to the page and with the form: a decision makes no
// mistake good.
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

// TestHostileTextRoundTrips: what comes in through the address is text on the page, and comes out
// as it went in.
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

// FuzzAuthorize sends any query and form: a redirect goes to a registered address, and nothing can
// be put before its fragment.
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
