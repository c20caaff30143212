package site_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// innards is in every answer that a test breaks: no page may show it, for it is Tallyfy's or a proxy's own text.
const innards = "SQLSTATE[42S02] in /var/www/app.php line 12 <script>alert(1)</script>"

// assertWholePage checks what every error page promises.
func assertWholePage(s *sitetest.Site, p *sitetest.Page) {
	s.T.Helper()
	assert.Len(s.T, p.Texts("h1"), 1)
	assert.True(s.T, strings.HasSuffix(strings.TrimSpace(p.Body), "</html>"), "half a page")
	assert.Contains(s.T, p.Header.Get("Content-Type"), "text/html")
	assert.Equal(s.T, "no-store", p.Header.Get("Cache-Control"))
	id := p.Header.Get("X-Request-Id")
	assert.Len(s.T, id, 32)
	assert.Contains(s.T, p.Texts("main code"), id)
	assert.Contains(s.T, s.Log.String(), id, "the id finds the cause in the log")
	assert.NotEmpty(s.T, p.Texts("main .form-actions a"), "there is a next step")
	for _, raw := range []string{"SQLSTATE", "app.php", "alert(1)", "goroutine", ".go:", "tallyfy:", "context deadline", "EOF", "sandbox.invalid", "/organizations/"} {
		assert.NotContains(s.T, p.Body, raw)
	}
	s.AssertHidden(p, sandbox.AdminToken)
}

// What package faults does not try on every page: how the time to wait and an answer without words
// are put.
func TestPagesSayWhatTallyfyAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault       sandbox.Fault
		status      int
		text, after string
	}{
		"409":              {sandbox.Fault{Status: 409}, 502, "answered 409", ""},
		"422":              {sandbox.Fault{Status: 422}, 502, "answered 422", ""},
		"429 in seconds":   {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"75"}}}, 429, "try again in 75 seconds", "75"},
		"429 in minutes":   {sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"290"}}}, 429, "try again in 5 minutes", "290"},
		"429 for the hour": {sandbox.Fault{Answer: sandbox.HourlyCapIn}, 429, "Please try again later.” Please try again in up to an hour. Nothing was changed.", ""},
		"429 for the hour, without a text": {
			sandbox.Fault{Status: 429, Body: `{"error":{"code":"RATE_LIMIT_EXCEEDED"}}`, Header: http.Header{"Retry-After": {"1"}}},
			429,
			"Your organisation has used up what Tallyfy allows in an hour. Please try again in up to an hour. Nothing was changed.", "",
		},
		"429 for the hour, in minutes": {
			sandbox.Fault{Status: 429, Body: `{"code":"RATE_LIMIT_EXCEEDED"}`, Header: http.Header{"Retry-After": {"1200"}}}, 429, "Please try again in 20 minutes.", "1200",
		},
		"302": {sandbox.Fault{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, 502, "proxy", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			c.fault.Route = sitetest.GroupsRoute
			if c.fault.Body == "" && c.fault.Answer == "" {
				c.fault.Body = `{"error":true,"trace":"` + innards + `","token":"` + sandbox.AdminToken + `"}`
			}
			s.Sandbox.Fail(c.fault)
			p := s.Get("/groups?q=a&page=2")
			assertWholePage(s, p)
			assert.Equal(t, c.status, p.Status)
			assert.Contains(t, p.Text("main .lead"), c.text)
			assert.Equal(t, c.after, p.Header.Get("Retry-After"))
			assert.Len(t, s.Sandbox.Requests(), 1)
			assert.Equal(t, "Try again", p.Texts("main .form-actions a")[0])
		})
	}
}

// What waits too long for its turn is not sent, and the page does not say that Tallyfy had refused it.
func TestPageThatWaitsForOthersSaysSo(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{Pace: ratelimit.Rate{Reads: 12, Per: time.Minute}})
	p := s.Get("/groups")
	for range 12 {
		s.Sandbox.ClearRequests()
		p = s.Get("/groups")
	}
	assertWholePage(s, p)
	assert.Empty(t, s.Sandbox.Requests())
	assert.Equal(t, http.StatusTooManyRequests, p.Status)
	assert.Equal(t, "Too many pages are waiting for Tallyfy", p.Text("h1"))
	assert.Regexp(t, `^Everybody here shares one pace of asking Tallyfy, and this page would wait too long for its turn\. Please try again in \d+ seconds\. Nothing was changed\.$`,
		p.Text("main .lead"))
	wait, err := strconv.Atoi(p.Header.Get("Retry-After"))
	require.NoError(t, err)
	assert.InDelta(t, 60, wait, 10)
	assert.Equal(t, "Try again", p.Texts("main .form-actions a")[0])
}

func TestErrorPageNamesTallyfysOwnRequest(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Status: 500, Header: http.Header{"X-Request-Id": {"upstream-77"}}})
	p := s.Get("/groups")
	assert.Equal(t, []string{p.Header.Get("X-Request-Id"), "upstream-77"}, p.Texts("main code"))
	assert.Equal(t, p.Header.Get("X-Request-Id"), p.Find("main [data-copy]").First().AttrOr("data-copy", ""))
	assert.Equal(t, p.Header.Get("X-Request-Id"), s.Sandbox.Requests()[0].Header.Get("X-Request-Id"), "one id connects both logs")
}

func TestMissingPermissionSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t, sitetest.Options{})
	s.SignInWith(sandbox.StandardToken)
	p := s.Get("/members/20552")
	assert.Equal(t, http.StatusForbidden, p.Status)
	assert.Contains(t, p.Text("main .lead"), "Only administrators can")
	assert.Equal(t, []string{"All groups", "All members"}, p.Texts("main .form-actions a"))
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
	t.Parallel()
	demo, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	s := sitetest.New(t, sitetest.Options{Transport: panicking{demo.Transport()}})
	s.SignIn()
	for _, path := range []string{"/groups?q=boom", "/groups/boom"} { // the second reads side by side, in other goroutines
		p := s.Get(path)
		assertWholePage(s, p)
		assert.Equal(t, http.StatusInternalServerError, p.Status)
		assert.Equal(t, "Something went wrong here", p.Text("h1"))
		assert.NotContains(t, p.Body, "a mistake near")
	}
	assert.Contains(t, s.Log.String(), "panic: a mistake near APIClient")
	assert.Contains(t, s.Log.String(), "errors_test.go", "the stack is in the log")
	assert.Equal(t, http.StatusOK, s.Get("/groups").Status, "the next request is answered")
}

func TestVisitorWhoDoesNotWaitIsNoFailure(t *testing.T) {
	t.Parallel()
	demo, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	g := &sitetest.Gate{Next: demo.Transport(), Method: http.MethodGet, Suffix: "/groups", Arrived: make(chan struct{}), Open: make(chan struct{})}
	s := sitetest.New(t, sitetest.Options{Transport: g})
	s.Once(s.Request(http.MethodPost, "/signin", url.Values{"sandbox": {"admin"}}))
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-g.Arrived
		leave()
		demo.Fail(sandbox.Fault{Hang: true}) // until the application, too, has noticed
		close(g.Open)
	}()
	_, err = s.Client.Do(s.Request(http.MethodGet, "/groups", nil).WithContext(ctx)) //nolint:bodyclose // there is none
	require.ErrorIs(t, err, context.Canceled)
	assert.Eventually(t, func() bool { return strings.Contains(s.Log.String(), `"status":499`) }, time.Minute, time.Millisecond)
	assert.Contains(t, s.Log.String(), "visitor went away")
	assert.NotContains(t, s.Log.String(), `"ERROR"`)
}

func TestFormThatCannotBeRead(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			s := sitetest.SignedIn(t, sitetest.Options{})
			group := s.Group("Operations")
			for _, path := range []string{"/signin", "/groups", "/groups/" + group.ID + "/delete", "/members/20552/remove"} {
				r := s.Request(http.MethodPost, path, url.Values{})
				r, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL.String(), strings.NewReader(c.body))
				require.NoError(t, err)
				r.Header.Set("Content-Type", c.kind)
				p := s.Once(r)
				assertWholePage(s, p)
				assert.Equal(t, c.status, p.Status, path)
				assert.Equal(t, c.title, p.Text("h1"), path)
			}
			assert.Empty(t, s.Sandbox.Requests(), "nothing is done with half a form")
			s.Group("Operations")
		})
	}
}

// Whoever is signed in sees a page that does not exist in the usual frame, with the way on.
func TestUnknownPageKeepsTheFrame(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	p := s.Get("/nowhere")
	assert.Equal(t, http.StatusNotFound, p.Status)
	assert.Contains(t, p.Text(".organisation"), "Aldermoor Logistics")
	assert.Equal(t, "Groups", p.Follow("All groups").Text("h1"))
	assert.Empty(t, sitetest.New(t, sitetest.Options{}).Get("/nowhere").Text(".organisation"), "nobody's name on a stranger's page")
}

// Tallyfy may send our own id back. It is said once.
func TestOneIDIsSaidOnce(t *testing.T) {
	s := sitetest.SignedIn(t, sitetest.Options{})
	s.Sandbox.Fail(sandbox.Fault{Status: 500})
	p := s.Get("/organisations").Whole(http.StatusBadGateway)
	assert.Equal(t, []string{p.Header.Get("X-Request-Id")}, p.Texts("main code"))
}
