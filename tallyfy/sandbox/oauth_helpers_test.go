package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

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
