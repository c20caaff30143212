package handlers_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// A site is the whole application over HTTP, on a sandbox, with a visitor who keeps cookies.
type site struct {
	t       *testing.T
	sandbox *sandbox.Server
	app     *handlers.App
	server  *httptest.Server
	// base is where the dashboard is mounted: "" or a sub-path.
	base   string
	log    *syncBuffer
	client *http.Client
}

// siteOptions vary a site. The zero value is the seed's organisation at the root of the host.
type siteOptions struct {
	base      string // sub-path, without a trailing slash
	sandbox   sandbox.Options
	noButton  bool              // as with the real service: no button that signs in to the sandbox
	transport http.RoundTripper // between the application and Tallyfy, instead of the sandbox's own
	directory directory.Options
	attempt   time.Duration // the client's time for one attempt
}

func newSite(t *testing.T, o siteOptions) *site {
	t.Helper()
	s := &site{t: t, base: o.base, log: &syncBuffer{}}
	var err error
	s.sandbox, err = sandbox.New(o.sandbox)
	require.NoError(t, err)
	if o.transport == nil {
		o.transport = s.sandbox.Transport()
	}
	api, err := tallyfy.New(tallyfy.Options{BaseURL: sandbox.BaseURL, Transport: o.transport, AttemptTimeout: o.attempt})
	require.NoError(t, err)
	db, err := store.Open(t.Context(), "memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	secret := []byte(strings.Repeat("secret for tests", 2))
	kept, err := db.Sessions(store.SessionOptions{Secret: secret, Cookie: sessions.Options{Path: o.base + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}})
	require.NoError(t, err)
	records, err := db.Records(secret)
	require.NoError(t, err)

	var app http.Handler
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { app.ServeHTTP(w, r) }))
	t.Cleanup(s.server.Close)
	public, err := url.Parse(s.server.URL + o.base)
	require.NoError(t, err)
	token := sandbox.AdminToken
	if o.noButton {
		token = ""
	}
	s.app, err = handlers.New(handlers.Options{
		API: api, Sessions: kept, Records: records, Directory: directory.New(o.directory), Logos: logo.New(logo.Options{}),
		PublicURL: public, Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), SandboxToken: token,
	})
	require.NoError(t, err)
	app = s.app
	s.client = newVisitor(t)
	return s
}

// newVisitor is a browser that keeps cookies and follows redirects.
func newVisitor(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar, Timeout: time.Minute}
}

// signedIn is a site where the administrator has signed in by the button, and no call has been counted yet.
func signedIn(t *testing.T, o siteOptions) *site {
	t.Helper()
	s := newSite(t, o)
	s.signIn()
	s.sandbox.ClearRequests()
	return s
}

func (s *site) signIn() {
	s.t.Helper()
	p := s.get("/signin").form("form:has([name=sandbox])").submit("")
	require.Equal(s.t, http.StatusOK, p.status)
	require.Equal(s.t, "Groups", p.text("h1"))
}

// signInWith signs in with a token, pasted into the form.
func (s *site) signInWith(token string) *page {
	s.t.Helper()
	return s.get("/signin").form("form:has([name=token])").set("token", token).submit("")
}

// A page is an answer that was read.
type page struct {
	*goquery.Document
	site   *site
	status int
	header http.Header
	// url is where the redirects ended, without the host and the base.
	url  string
	body string
}

// get opens a path below the base.
func (s *site) get(path string) *page {
	s.t.Helper()
	return s.do(s.request(http.MethodGet, path, nil))
}

// post sends a form as any client could.
func (s *site) post(path string, form url.Values) *page {
	s.t.Helper()
	return s.do(s.request(http.MethodPost, path, form))
}

func (s *site) request(method, path string, form url.Values) *http.Request {
	s.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+s.base+path, body)
	require.NoError(s.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (s *site) do(r *http.Request) *page {
	s.t.Helper()
	answer, err := s.client.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	document, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	require.NoError(s.t, err)
	return &page{
		Document: document, site: s, status: answer.StatusCode, header: answer.Header,
		url: strings.TrimPrefix(answer.Request.URL.RequestURI(), s.base), body: string(body),
	}
}

// text is the text of what a selector finds, with its white space folded.
func (p *page) text(selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

// texts is the text of each thing that a selector finds.
func (p *page) texts(selector string) []string {
	return p.Find(selector).Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// has reports whether a selector finds something.
func (p *page) has(selector string) bool { return p.Find(selector).Length() > 0 }

// follow opens the link with that text.
func (p *page) follow(text string) *page {
	p.site.t.Helper()
	var href string
	p.Find("a").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		if strings.Join(strings.Fields(a.Text()), " ") == text {
			href, _ = a.Attr("href")
		}
		return href == ""
	})
	require.NotEmpty(p.site.t, href, "no link %q on %s", text, p.url)
	r := p.site.request(http.MethodGet, strings.TrimPrefix(href, p.site.base), nil)
	r.Header.Set("Referer", p.site.server.URL+p.site.base+p.url)
	return p.site.do(r)
}

// A form is a form of a page with what is filled in, as a browser would send it.
type form struct {
	page           *page
	method, action string
	values         url.Values
	selection      *goquery.Selection
}

// form takes the one form that a selector finds.
func (p *page) form(selector string) *form {
	p.site.t.Helper()
	found := p.Find(selector)
	require.Equal(p.site.t, 1, found.Length(), "forms %q on %s (%d)", selector, p.url, p.status)
	f := &form{page: p, method: http.MethodGet, values: url.Values{}, selection: found}
	if m, ok := found.Attr("method"); ok {
		f.method = strings.ToUpper(m)
	}
	f.action, _ = found.Attr("action")
	found.Find("input, textarea, select").Each(func(_ int, c *goquery.Selection) {
		name, _ := c.Attr("name")
		kind, _ := c.Attr("type")
		_, checked := c.Attr("checked")
		switch {
		case name == "" || (!checked && (kind == "checkbox" || kind == "radio")):
		case goquery.NodeName(c) == "textarea":
			f.values.Add(name, strings.TrimPrefix(c.Text(), "\n"))
		case goquery.NodeName(c) == "select":
			value, _ := c.Find("option[selected]").Attr("value")
			f.values.Add(name, value)
		default:
			value, _ := c.Attr("value")
			f.values.Add(name, value)
		}
	})
	return f
}

// set replaces what is in a field; it must exist.
func (f *form) set(name string, values ...string) *form {
	f.page.site.t.Helper()
	require.NotZero(f.page.site.t, f.selection.Find("[name='"+name+"']").Length(), "no field %q on %s", name, f.page.url)
	f.values[name] = values
	return f
}

// tick adds the value of a checkbox that is shown; with a textarea of the same name behind it, before that one's value.
func (f *form) tick(name, value string) *form {
	f.page.site.t.Helper()
	require.NotZero(f.page.site.t, f.selection.Find("input[name='"+name+"'][value='"+value+"']").Length(), "no choice %s=%s on %s", name, value, f.page.url)
	f.values[name] = slices.Insert(f.values[name], 0, value)
	return f
}

// submit presses the button with that text ("" for the form's only one) and follows redirects.
func (f *form) submit(button string) *page {
	f.page.site.t.Helper()
	r := f.prepare(button)
	return f.page.site.do(r)
}

// prepare is the request that pressing the button makes.
func (f *form) prepare(button string) *http.Request {
	f.page.site.t.Helper()
	t := f.page.site.t
	var pressed *goquery.Selection
	f.selection.Find("button").Each(func(_ int, b *goquery.Selection) {
		if pressed == nil && (button == "" || strings.Join(strings.Fields(b.Text()), " ") == button) {
			pressed = b
		}
	})
	require.NotNil(t, pressed, "no button %q on %s", button, f.page.url)
	values, action := url.Values{}, f.action
	for name, v := range f.values {
		values[name] = slices.Clone(v)
	}
	if name, ok := pressed.Attr("name"); ok {
		value, _ := pressed.Attr("value")
		values.Add(name, value)
	}
	if elsewhere, ok := pressed.Attr("formaction"); ok {
		action = elsewhere
	}
	action = strings.TrimPrefix(action, f.page.site.base)
	var r *http.Request
	if f.method == http.MethodGet {
		path, _, _ := strings.Cut(action, "?")
		r = f.page.site.request(http.MethodGet, path+"?"+values.Encode(), nil)
	} else {
		r = f.page.site.request(f.method, action, values)
	}
	r.Header.Set("Origin", f.page.site.server.URL)
	r.Header.Set("Referer", f.page.site.server.URL+f.page.site.base+f.page.url)
	return r
}

// calls is how many requests reached the sandbox with that method and route's beginning, below the organisation.
func (s *site) calls(method, below string) int {
	n := 0
	for _, r := range s.sandbox.Requests() {
		_, path, found := strings.Cut(r.Path, "/organizations/"+s.sandbox.OrgID())
		if found && r.Method == method && strings.HasPrefix(path, below) {
			n++
		}
	}
	return n
}

// member finds somebody of the seed by the part of the address before the @.
func (s *site) member(name string) sandbox.Member {
	s.t.Helper()
	m, ok := s.sandbox.MemberByEmail(name + "@example.com")
	require.True(s.t, ok, name)
	return m
}

// group finds a group of the seed by its name.
func (s *site) group(name string) sandbox.Group {
	s.t.Helper()
	g, ok := s.sandbox.GroupByName(name)
	require.True(s.t, ok, name)
	return g
}

// syncBuffer is a log that several requests may write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
