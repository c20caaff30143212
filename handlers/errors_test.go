package handlers_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/sandbox"
)

// innards is in every answer that a test breaks: no page may show it, for it is Tallyfy's or a proxy's own text.
const innards = "SQLSTATE[42S02] in /var/www/app.php line 12 <script>alert(1)</script>"

// assertWholePage checks what every error page promises.
func (s *site) assertWholePage(p *page) {
	s.t.Helper()
	assert.Len(s.t, p.texts("h1"), 1)
	assert.True(s.t, strings.HasSuffix(strings.TrimSpace(p.body), "</html>"), "half a page")
	assert.Contains(s.t, p.header.Get("Content-Type"), "text/html")
	assert.Equal(s.t, "no-store", p.header.Get("Cache-Control"))
	id := p.header.Get("X-Request-Id")
	assert.Len(s.t, id, 32)
	assert.Contains(s.t, p.texts("main code"), id)
	assert.Contains(s.t, s.log.String(), id, "the id finds the cause in the log")
	assert.NotEmpty(s.t, p.texts("main .form-actions a"), "there is a next step")
	for _, raw := range []string{"SQLSTATE", "app.php", "alert(1)", "goroutine", ".go:", "tallyfy:", "context deadline", "EOF", "sandbox.invalid", "/organizations/"} {
		assert.NotContains(s.t, p.body, raw)
	}
	s.assertHidden(p, sandbox.AdminToken)
}

func TestEachKindOfFailureHasItsPage(t *testing.T) {
	const list = "/groups?q=a&page=2"
	for name, c := range map[string]struct {
		fault              sandbox.Fault
		status             int
		title, text, after string
		calls              int
		noRetry            bool
	}{
		"403": {
			fault: sandbox.Fault{Status: 403}, status: 403, calls: 1, noRetry: true,
			title: "Tallyfy does not allow this for your account", text: "Your role in Tallyfy, or your organisation's plan",
		},
		"404": {fault: sandbox.Fault{Status: 404}, status: 404, calls: 1, noRetry: true, title: "Tallyfy does not have this", text: "deleted"},
		"409": {fault: sandbox.Fault{Status: 409}, status: 502, calls: 1, title: "Tallyfy refused this", text: "answered 409"},
		"422": {fault: sandbox.Fault{Status: 422}, status: 502, calls: 1, title: "Tallyfy refused this", text: "answered 422"},
		"429 in seconds": {
			fault: sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"75"}}}, status: 429, calls: 1, after: "75",
			title: "Tallyfy asks to slow down", text: "try again in 75 seconds",
		},
		"429 in minutes": {
			fault: sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"290"}}}, status: 429, calls: 1, after: "290",
			title: "Tallyfy asks to slow down", text: "try again in 5 minutes",
		},
		"429 for the hour": {
			fault: sandbox.Fault{Status: 429, Body: `{"code":"RATE_LIMIT_EXCEEDED","message":"` + `SQLSTATE` + `"}`}, status: 429, calls: 1,
			title: "Tallyfy asks to slow down", text: "Too many requests",
		},
		"500":  {fault: sandbox.Fault{Status: 500}, status: 502, calls: 1, title: "Tallyfy has a problem", text: "(500)"},
		"502":  {fault: sandbox.Fault{Status: 502}, status: 502, calls: 3, title: "Tallyfy has a problem", text: "(502)"},
		"503":  {fault: sandbox.Fault{Status: 503}, status: 502, calls: 3, title: "Tallyfy has a problem", text: "(503)"},
		"302":  {fault: sandbox.Fault{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, status: 502, title: "Tallyfy's answer could not be read", text: "proxy", calls: 1},
		"hang": {fault: sandbox.Fault{Hang: true}, status: 504, calls: 3, title: "Tallyfy did not answer in time", text: "nothing was changed"},
		"cut":  {fault: sandbox.Fault{Abort: true}, status: 502, calls: 3, title: "Tallyfy can't be reached", text: "nothing was changed"},
		"half": {fault: sandbox.Fault{Abort: true, AbortAfter: 60}, status: 502, calls: 3, title: "Tallyfy's answer could not be read", text: "safe"},
		"HTML": {fault: sandbox.Fault{Status: 200, Body: "<html>" + innards}, status: 502, calls: 1, title: "Tallyfy's answer could not be read", text: "safe"},
		"JSON": {fault: sandbox.Fault{Status: 200, Body: `{"data":"` + "SQLSTATE" + `"}`}, status: 502, calls: 1, title: "Tallyfy's answer could not be read", text: "safe"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := signedIn(t, siteOptions{attempt: 60 * time.Millisecond})
			c.fault.Route = "/organizations/{org}/groups"
			if c.fault.Status != 0 && c.fault.Body == "" {
				c.fault.Body = `{"message":"` + innards + `","token":"` + sandbox.AdminToken + `"}`
			}
			s.sandbox.Fail(c.fault)
			p := s.get(list)
			s.assertWholePage(p)
			assert.Equal(t, c.status, p.status)
			assert.Equal(t, c.title, p.text("h1"))
			assert.Contains(t, p.text("main .lead"), c.text)
			assert.Equal(t, c.after, p.header.Get("Retry-After"))
			assert.Len(t, s.sandbox.Requests(), c.calls)
			assert.True(t, p.has(".account"), "the way around stays")
			if c.noRetry {
				assert.NotContains(t, p.texts("main a"), "Try again")
				return
			}
			assert.Equal(t, "Try again", p.texts("main .form-actions a")[0])
			s.sandbox.ClearFaults()
			href, _ := p.Find("main .form-actions a").Attr("href")
			assert.Equal(t, list, href)
			if c.status != http.StatusTooManyRequests {
				assert.Equal(t, http.StatusOK, p.follow("Try again").status)
			}
		})
	}
}

func TestErrorPageNamesTallyfysOwnRequest(t *testing.T) {
	s := signedIn(t, siteOptions{})
	s.sandbox.Fail(sandbox.Fault{Status: 500, Header: http.Header{"X-Request-Id": {"upstream-77"}}})
	p := s.get("/groups")
	assert.Equal(t, []string{p.header.Get("X-Request-Id"), "upstream-77"}, p.texts("main code"))
	assert.Equal(t, p.header.Get("X-Request-Id"), s.sandbox.Requests()[0].Header.Get("X-Request-Id"), "one id connects both logs")
}

func TestMissingPermissionSaysWhatIsMissing(t *testing.T) {
	s := newSite(t, siteOptions{})
	s.signInWith(sandbox.StandardToken)
	p := s.get("/members/20552")
	assert.Equal(t, http.StatusForbidden, p.status)
	assert.Contains(t, p.text("main .lead"), "takes an administrator")
	assert.Equal(t, []string{"All groups", "All members"}, p.texts("main .form-actions a"))
}

// panicking is a transport with a mistake in it, as any code below a handler could have.
type panicking struct{ next http.RoundTripper }

func (b panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Query().Get("q") == "boom" || strings.HasSuffix(r.URL.Path, "/groups/boom") {
		panic("a mistake near " + r.Header.Get("X-Tallyfy-Client"))
	}
	return b.next.RoundTrip(r)
}

func TestPanicIsAPageAndALogEntry(t *testing.T) {
	demo, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	s := newSite(t, siteOptions{transport: panicking{demo.Transport()}})
	s.signIn()
	for _, path := range []string{"/groups?q=boom", "/groups/boom"} { // the second reads side by side, in other goroutines
		p := s.get(path)
		s.assertWholePage(p)
		assert.Equal(t, http.StatusInternalServerError, p.status)
		assert.Equal(t, "Something went wrong here", p.text("h1"))
		assert.NotContains(t, p.body, "a mistake near")
	}
	assert.Contains(t, s.log.String(), "panic: a mistake near APIClient")
	assert.Contains(t, s.log.String(), "errors_test.go", "the stack is in the log")
	assert.Equal(t, http.StatusOK, s.get("/groups").status, "the next request is answered")
}

func TestVisitorWhoDoesNotWaitIsNoFailure(t *testing.T) {
	demo, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	g := &gate{next: demo.Transport(), method: http.MethodGet, suffix: "/groups", arrived: make(chan struct{}), open: make(chan struct{})}
	s := newSite(t, siteOptions{transport: g})
	s.once(s.request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-g.arrived
		leave()
		demo.Fail(sandbox.Fault{Hang: true}) // until the application, too, has noticed
		close(g.open)
	}()
	_, err = s.client.Do(s.request(http.MethodGet, "/groups", nil).WithContext(ctx)) //nolint:bodyclose // there is none
	require.ErrorIs(t, err, context.Canceled)
	assert.Eventually(t, func() bool { return strings.Contains(s.log.String(), `"status":499`) }, 10*time.Second, time.Millisecond)
	assert.Contains(t, s.log.String(), "visitor went away")
	assert.NotContains(t, s.log.String(), `"ERROR"`)
}

func TestFormThatCannotBeRead(t *testing.T) {
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	require.NoError(t, w.WriteField("name", "X"))
	require.NoError(t, w.Close())
	const urlencoded = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		kind, body string
		status     int
		title      string
	}{
		"oversized":         {urlencoded, "name=" + strings.Repeat("x", 1<<20), 413, "The form is too large"},
		"damaged":           {urlencoded, "name=%zz", 400, "The form could not be read"},
		"with a semicolon":  {urlencoded, "name=a;b=c", 400, "The form could not be read"},
		"in another format": {w.FormDataContentType(), parts.String(), 415, "The form could not be read"},
		"JSON":              {"application/json", `{"name":"X"}`, 415, "The form could not be read"},
		"without a type":    {"", "name=X", 415, "The form could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := signedIn(t, siteOptions{})
			group := s.group("Operations")
			for _, path := range []string{"/signin", "/groups", "/groups/" + group.ID + "/delete", "/members/20552/remove"} {
				r := s.request(http.MethodPost, path, url.Values{})
				r, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL.String(), strings.NewReader(c.body))
				require.NoError(t, err)
				r.Header.Set("Content-Type", c.kind)
				p := s.once(r)
				s.assertWholePage(p)
				assert.Equal(t, c.status, p.status, path)
				assert.Equal(t, c.title, p.text("h1"), path)
			}
			assert.Empty(t, s.sandbox.Requests(), "nothing is done with half a form")
			s.group("Operations")
		})
	}
}

func TestNothingSecretIsInTheLog(t *testing.T) {
	s := newSite(t, siteOptions{})
	s.signInWith(sandbox.StandardToken)
	cookie := s.sessionCookies()[0].Value
	for _, path := range []string{"/groups?q=needle-in-a-query", "/members", "/members/20552", "/nowhere?token=needle-in-a-query"} {
		s.get(path)
	}
	s.signInWith("a-mistyped-token")
	for _, secret := range []string{sandbox.StandardToken, cookie, "a-mistyped-token", "needle-in-a-query", "tomas.herrera"} {
		assert.NotContains(t, s.log.String(), secret)
	}
	assert.Contains(t, s.log.String(), `"msg":"request"`)
}

// Whoever is signed in sees a page that does not exist in the usual frame, with the way on.
func TestUnknownPageKeepsTheFrame(t *testing.T) {
	s := signedIn(t, siteOptions{})
	p := s.get("/nowhere")
	assert.Equal(t, http.StatusNotFound, p.status)
	assert.Contains(t, p.text(".organisation"), "Aldermoor Logistics")
	assert.Equal(t, "Groups", p.follow("All groups").text("h1"))
	assert.Empty(t, newSite(t, siteOptions{}).get("/nowhere").text(".organisation"), "nobody's name on a stranger's page")
}
