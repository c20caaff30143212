package sitetest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers"
	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/metrics"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// A Site is the whole application over HTTP, on a sandbox, with a visitor who keeps cookies.
type Site struct {
	T       *testing.T
	Sandbox *sandbox.Server
	App     *handlers.App
	Server  *httptest.Server
	// Base is where the dashboard is mounted: "" or a sub-path.
	Base   string
	Log    *SyncBuffer
	Client *http.Client
	// Org is the organisation whose pages tests open without naming it: /groups is /o/{org}/groups.
	// The pages that they read have its addresses in the same short form. It is the main organisation
	// of the sandbox unless a test sets another, or "" to read and write addresses as they are.
	Org string
	// Tallyfy is where the sandbox signs people in, with [Options.OAuth].
	Tallyfy *httptest.Server
	// Metrics is read with its handler, as Prometheus would.
	Metrics *metrics.Metrics
}

// Options vary a site. The zero value is the seed's organisation at the root of the host.
type Options struct {
	Base      string // sub-path, without a trailing slash
	Sandbox   sandbox.Options
	NoButton  bool              // as with the real service: no button that signs in to the sandbox
	Transport http.RoundTripper // between the application and Tallyfy, instead of the sandbox's own
	API       string            // Tallyfy's address, if the transport takes another than the sandbox's
	Directory directory.Options
	Attempt   time.Duration  // the client's time for one attempt
	ReadTime  time.Duration  // of all calls of a page that only reads
	Pace      ratelimit.Rate // of all reads; none unless asked for
	Recall    time.Duration  // how long pages use what another page has read; not at all unless asked for
	MaxBody   int64          // the largest answer that the client reads
	Store     *store.DB      // instead of an empty one of the site's own, to be closed by whoever opened it
	// Organisations are those whose members may sign in, all if it is empty.
	Organisations []tallyfy.ID
	OAuth         bool // people may sign in with Tallyfy, which the sandbox plays on an address of its own
	HTTPS         bool // the public address is an https one
	// TrustedProxies are the peers that may say for whom they ask; the tests themselves come from 127.0.0.1.
	TrustedProxies []netip.Prefix
	LogText        bool             // the log as on a terminal, not as JSON
	Now            func() time.Time // the clock of sessions and of the application
	Idle, Absolute time.Duration    // the ages of a session, the store's own if 0
	Jobs           bool             // work at jobs, as the program does
	RepeatWait     time.Duration    // how long a second press waits for the first one's end, the program's own if 0
}

// AttemptFor is the client's time for one attempt where a fault is tried out: short where it would hang, else its own, for a busy
// machine may be slow with what is in order.
func AttemptFor(f sandbox.Fault) time.Duration {
	if f.Hang {
		return 500 * time.Millisecond
	}
	return 0
}

// New starts a site that nobody has signed in to, until the test ends.
func New(t *testing.T, o Options) *Site {
	t.Helper()
	s := &Site{T: t, Base: o.Base, Log: &SyncBuffer{}, Metrics: metrics.New("test", nil)}
	var app http.Handler
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { app.ServeHTTP(w, r) }))
	if o.HTTPS {
		s.Server.StartTLS()
	} else {
		s.Server.Start()
	}
	t.Cleanup(s.Server.Close)
	public, err := url.Parse(s.Server.URL + o.Base)
	require.NoError(t, err)
	if o.OAuth {
		o.Sandbox.OAuthClients = map[string][]string{"dashboard": {handlers.OAuthRedirect(public)}}
	}
	s.Sandbox, err = sandbox.New(o.Sandbox)
	require.NoError(t, err)
	s.Org = s.Sandbox.OrgID()
	if o.Transport == nil {
		o.Transport = s.Sandbox.Transport()
	}
	if o.API == "" {
		o.API = sandbox.BaseURL
	}
	api, err := tallyfy.New(tallyfy.Options{
		Limiter: ratelimit.New(o.Pace, nil),
		BaseURL: o.API, Transport: o.Transport, AttemptTimeout: o.Attempt, MaxBody: o.MaxBody,
		OnCall: func(ctx context.Context, c tallyfy.Call) {
			s.Metrics.Call(c)
			web.CountCall(ctx)
		},
		OnWait: func(_ context.Context, operation string, d time.Duration) { s.Metrics.Wait(operation, d) },
	})
	require.NoError(t, err)
	db := o.Store
	if db == nil {
		db, err = store.Open(t.Context(), "memory:")
		require.NoError(t, err)
		t.Cleanup(func() { _ = db.Close() })
	}
	keys, err := store.NewKeys([]byte(Secret))
	require.NoError(t, err)
	kept, err := db.Sessions(store.SessionOptions{Keys: keys, Cookie: handlers.SessionCookie(public), Idle: o.Idle, Absolute: o.Absolute, Now: o.Now})
	require.NoError(t, err)

	var embedded *handlers.Sandbox
	if !o.NoButton {
		embedded = &handlers.Sandbox{Token: sandbox.AdminToken, Colleague: sandbox.ColleagueToken, AfterUpdate: s.Sandbox.AfterUpdate}
	}
	var oauth *handlers.OAuth
	if o.OAuth {
		s.Tallyfy = httptest.NewServer(s.Sandbox)
		t.Cleanup(s.Tallyfy.Close)
		oauth = &handlers.OAuth{ClientID: "dashboard", AuthorizeURL: s.Tallyfy.URL + "/oauth/authorize"}
	}
	changes := journal.New(db, keys, JournalDays*24*time.Hour, TrashDays*24*time.Hour, func() time.Time { return s.App.Now() })
	log := slog.New(logHandler(s.Log, o.LogText))
	s.App, err = handlers.New(handlers.Options{
		API: api, OAuth: oauth, Sessions: kept, Keys: keys, Leases: db.Leases(), Directory: directory.New(o.Directory), Logos: logo.New(logo.Options{}),
		LogoStore:     db.Logos(keys, func() time.Time { return s.App.Now() }),
		PlannedGroups: db.PlannedGroups(keys, func() time.Time { return s.App.Now() }),
		Journal:       changes,
		History: history.New(history.Options{
			DB: db, Keys: keys, Journal: changes, Keep: JournalDays * 24 * time.Hour, Now: func() time.Time { return s.App.Now() }, Log: log,
		}),
		Jobs:        &bulk.Book{DB: db, Keys: keys, Now: func() time.Time { return s.App.Now() }},
		StarterSets: db.StarterSets(keys, func() time.Time { return s.App.Now() }),
		Reviews:     &review.Book{DB: db, Keys: keys, Keep: ReviewDays * 24 * time.Hour, Now: func() time.Time { return s.App.Now() }},
		Pace:        o.Pace,
		PublicURL:   public, Organisations: o.Organisations, TrustedProxies: o.TrustedProxies, Log: log, Sandbox: embedded, Metrics: s.Metrics, Recall: o.Recall, RepeatWait: o.RepeatWait, ReadTime: o.ReadTime, Now: o.Now,
	})
	require.NoError(t, err)
	app = s.App
	if o.Jobs {
		stop, err := s.App.StartJobs(t.Context(), db)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, stop(context.Background())) })
	}
	s.Client = s.newVisitor(t)
	return s
}

// JournalDays is how long the journal of every site here keeps its entries.
const JournalDays = 400

// ReviewDays is how long every site here keeps its reviews.
const ReviewDays = 400

// TrashDays is how long a deleted group can be created again on every site here.
const TrashDays = 90

// Secret is the server's secret of every site here.
const Secret = "secret for tests, of 32 or more bytes"

func logHandler(w io.Writer, text bool) slog.Handler {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	if text {
		return slog.NewTextHandler(w, options)
	}
	return slog.NewJSONHandler(w, options)
}

// newVisitor is a browser that trusts the site's certificate, if it has one.
func (s *Site) newVisitor(t *testing.T) *http.Client {
	c := NewVisitor(t)
	if s.Server.TLS != nil {
		c.Transport = s.Server.Client().Transport
	}
	return c
}

// NewVisitor is a browser that keeps cookies and follows redirects. Its connections are its own: a test server that closes breaks
// those of http.DefaultTransport, those of other tests too.
func NewVisitor(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	own := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(own.CloseIdleConnections)
	return &http.Client{Jar: jar, Timeout: time.Minute, Transport: own}
}

// SignedIn is a site where the administrator has signed in by the button, and no call has been counted yet.
func SignedIn(t *testing.T, o Options) *Site {
	t.Helper()
	s := New(t, o)
	s.SignIn()
	s.Sandbox.ClearRequests()
	return s
}

// Zone is where the administrator is: pages show days as they are there.
func (s *Site) Zone() *time.Location {
	s.T.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	require.NoError(s.T, err)
	return zone
}

// SignIn signs in as the administrator, by the button, and opens the groups.
func (s *Site) SignIn() {
	s.T.Helper()
	p := s.Get("/signin?next=/groups").Form("form:has([name=sandbox])").Submit("")
	require.Equal(s.T, http.StatusOK, p.Status)
	require.Equal(s.T, "Groups", p.Text("h1"))
}

// SignInWith signs in with a token, pasted into the form, and opens the groups.
func (s *Site) SignInWith(token string) *Page {
	s.T.Helper()
	return s.Get("/signin?next=/groups").Form("form:has([name=token])").Set("token", token).Submit("")
}

// As is the same site with another browser.
func (s *Site) As(t *testing.T) *Site {
	other := *s
	other.Client = s.newVisitor(t)
	return &other
}

// Get opens a path below the base.
func (s *Site) Get(path string) *Page {
	s.T.Helper()
	return s.Do(s.Request(http.MethodGet, path, nil))
}

// Post sends a form as any client could.
func (s *Site) Post(path string, form url.Values) *Page {
	s.T.Helper()
	return s.Do(s.Request(http.MethodPost, path, form))
}

// Request is a request for a path below the base, with a form unless that is nil.
func (s *Site) Request(method, path string, form url.Values) *http.Request {
	s.T.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(s.T.Context(), method, s.Server.URL+s.Base+s.Full(path), body)
	require.NoError(s.T, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// Do sends a request as the visitor and reads the answer.
func (s *Site) Do(r *http.Request) *Page {
	s.T.Helper()
	answer, err := s.Client.Do(r)
	require.NoError(s.T, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(s.T, err)
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		body = []byte(s.short(string(body)))
	}
	document, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	require.NoError(s.T, err)
	if location := answer.Header.Get("Location"); location != "" {
		answer.Header.Set("Location", s.short(location))
	}
	return &Page{
		Document: document, Site: s, Status: answer.StatusCode, Header: answer.Header,
		URL: strings.TrimPrefix(s.short(answer.Request.URL.RequestURI()), s.Base), Body: string(body),
	}
}

// Full adds the organisation to the path of a page that belongs to one.
func (s *Site) Full(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	if s.Org != "" && strings.HasPrefix(path, "/") && slices.Contains([]string{"", "groups", "groups.csv", "members", "members.csv", "guests", "guests.csv", "access", "access.csv", "activity", "activity.csv", "trash", "trash.csv", "organisations", "sign-ins", "search", "help", "kit", "sandbox", "bulk", "jobs", "reviews"}, first) {
		return "/o/" + s.Org + path
	}
	return path
}

// short takes the organisation out of all addresses in a text.
func (s *Site) short(text string) string {
	if s.Org == "" {
		return text
	}
	prefix := "/o/" + s.Org
	return strings.NewReplacer(prefix, "", url.QueryEscape(prefix), "").Replace(text)
}

// Once sends a request without following a redirect.
func (s *Site) Once(r *http.Request) *Page {
	s.T.Helper()
	following := s.Client
	defer func() { s.Client = following }()
	s.Client = &http.Client{
		Jar: following.Jar, Transport: following.Transport, Timeout: following.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s.Do(r)
}
