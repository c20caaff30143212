package handlers

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"
	"github.com/hashicorp/golang-lru/v2/expirable"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/metrics"
	"tallyfy-admin/handlers/queue"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/static"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// Options is what the application is made of.
type Options struct {
	API      *tallyfy.Client
	Sessions *store.Sessions
	// Keys seal what goes through a browser on the way to Tallyfy.
	Keys    *store.Keys
	Leases  *store.Leases
	Journal *journal.Journal
	// History is told of every complete reading of members, groups or guests.
	History *history.History
	// Jobs keeps what many changes at once are made of. StartJobs works at them.
	Jobs *bulk.Book
	// Reviews keeps the reviews of people who joined.
	Reviews *review.Book
	// StarterSets are the groups that are expected of people with a job title.
	StarterSets *store.StarterSets
	// Pace is that of the API's limiter, to say how long a job takes.
	Pace ratelimit.Rate
	// OldReceipts gives the presses under which the journal may hold the receipt of a removal from before
	// there was a journal. It is nil where there was none.
	OldReceipts func(member, record string) []string
	Directory   *directory.Cache
	Logos       *logo.Fetcher
	LogoStore   *store.Logos
	// PlannedGroups are the groups that invited people are to be put into.
	PlannedGroups *store.PlannedGroups
	// PublicURL is the address that people use; its path, if any, is where the dashboard is mounted.
	PublicURL *url.URL
	// AnyHost says that PublicURL is a guess: people may use any name of this machine.
	AnyHost        bool
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
	// Sandbox says that API is the embedded sandbox; nil for Tallyfy.
	Sandbox *Sandbox
	// Organisations are those whose members may sign in; all of them if it is empty.
	Organisations []tallyfy.ID
	// OAuth, if set, lets people sign in with Tallyfy itself, without a token to paste.
	OAuth *OAuth
	// Recall is how long pages use what was just read for another page; 0: not at all.
	Recall time.Duration
	// ReadTime is how long all calls of a page that only reads may take together; 10 s if 0.
	ReadTime time.Duration
	// RepeatWait is that of change.Service.
	RepeatWait time.Duration
	// Metrics counts; nil if nobody reads them.
	Metrics *metrics.Metrics
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// Sandbox is what the dashboard knows of the sandbox that it runs on.
type Sandbox struct {
	// Token signs in as its administrator, Colleague as another one.
	Token, Colleague string
	// AfterUpdate calls do once, in the moment after the next update of a group.
	AfterUpdate func(do func())
}

// App is the dashboard.
type App struct {
	Options
	urls     views.URLs
	assets   *static.Set
	oauth    *oauth
	attempts *attempts
	files    fileSlots
	changes  *change.Service
	queue    *queue.Queue // nil before StartJobs
	// answers are those of reads, and what was made of them. logoPlaces are by group.
	answers, logoPlaces *cache.Cache
	logoSlots           *logo.Slots[cache.Scope]
	// followed are the changes of each session in each organisation that this process knows of.
	followed *expirable.LRU[string, ownChanges]
	// bases are groups as forms have shown them.
	bases *expirable.LRU[string, *tallyfy.Group]
	// groupsSeen are the groups of members as forms have shown them.
	groupsSeen *expirable.LRU[string, []tallyfy.ID]
	ready      atomic.Bool
	cookie     string
	root       http.Handler
}

// New puts the application together.
func New(o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Metrics == nil {
		o.Metrics = metrics.New("", nil)
	}
	o.ReadTime = cmp.Or(o.ReadTime, readTime)
	a := &App{
		Options: o, urls: views.URLs{Base: strings.TrimSuffix(o.PublicURL.Path, "/")}, cookie: CookieName(o.PublicURL),
		attempts: newAttempts(), files: fileSlots{of: map[tallyfy.UserID]int{}}, followed: expirable.NewLRU[string, ownChanges](4096, nil, 0),
		bases:      expirable.NewLRU[string, *tallyfy.Group](mostBases, nil, baseTime),
		groupsSeen: expirable.NewLRU[string, []tallyfy.ID](mostBases, nil, baseTime),
		answers:    cache.New(512), logoPlaces: cache.New(keptPlaces), logoSlots: logo.NewSlots[cache.Scope](),
	}
	if a.OldReceipts == nil {
		a.OldReceipts = func(string, string) []string { return nil }
	}
	a.remember()
	a.changes = &change.Service{
		Checked: a.erased,
		Journal: o.Journal, Leases: o.Leases, Log: o.Log, RepeatWait: o.RepeatWait, Now: func() time.Time { return a.Now() },
		Count: func(kind string, s journal.State) { o.Metrics.Change(kind, string(s)) },
	}
	a.oauth = newOAuth(o.OAuth, o.Keys, a.urls, o.PublicURL)
	a.ready.Store(true)
	a.assets = static.New(a.urls.Base + "/assets")
	e, err := a.router()
	if err != nil {
		return nil, err
	}
	pages, err := gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.CompressionLevel(gzip.BestSpeed)) // a tenth larger, in a third of the time
	if err != nil {
		return nil, err
	}
	atAssets := a.urls.Base + "/assets/"
	assets, rest := web.LogAssets(o.Log, a.Metrics.Request, atAssets, o.TrustedProxies, a.assets), pages(e)
	a.root = web.SecurityHeaders(o.PublicURL, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, atAssets) {
			assets.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	}))
	return a, nil
}

// ServeHTTP answers every request.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.root.ServeHTTP(w, r) }

// SetReady is told false when the server is about to stop, so that a load balancer sends nobody here any more.
func (a *App) SetReady(ready bool) { a.ready.Store(ready) }

// admits reports whether the members of an organisation may sign in.
func (a *App) admits(org tallyfy.ID) bool {
	return len(a.Organisations) == 0 || slices.Contains(a.Organisations, org)
}

// organisations lists those of a person that are admitted here.
func (a *App) organisations(ctx context.Context, api *tallyfy.Client) ([]tallyfy.Organization, error) {
	list, err := api.Organizations.List(ctx)
	return slices.DeleteFunc(list, func(o tallyfy.Organization) bool { return !a.admits(o.ID) }), err
}

// CookieName is the name of the session's cookie: with the strongest prefix that the public address allows.
func CookieName(public *url.URL) string {
	const name = "ta_session"
	switch {
	case public.Scheme != "https": // browsers drop a prefixed cookie on plain http
		return name
	case strings.Trim(public.Path, "/") == "":
		return "__Host-" + name
	default: // __Host- demands the path "/"
		return "__Secure-" + name
	}
}

// SessionCookie is how the session's cookie is to be set, for the store.
func SessionCookie(public *url.URL) sessions.Options {
	return sessions.Options{
		Path: strings.TrimSuffix(public.Path, "/") + "/", HttpOnly: true, Secure: public.Scheme == "https",
		SameSite: http.SameSiteLaxMode, // Strict would lose the session on a link from a mail
	}
}

func (a *App) router() (*echo.Echo, error) {
	sameSite, err := web.SameSite(a.PublicURL)
	if err != nil {
		return nil, errors.Join(errors.New("the public address cannot be an origin"), err)
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = web.ClientIP(a.TrustedProxies)
	e.HTTPErrorHandler = a.answerError
	ownHost := func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	if !a.AnyHost {
		ownHost = web.OwnHost(a.PublicURL, a.TrustedProxies, a.probes()...)
	}
	e.Use(web.RequestID(a.TrustedProxies), web.NoticeProxy(a.Log, a.TrustedProxies), web.AccessLog(a.Log, a.Metrics.Request, whoInLog), a.recover, ownHost, sameSite)
	add := func(r route) {
		handler := a.wrap(r)
		e.Add(r.method, a.urls.Base+r.address(), handler)
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, a.urls.Base+r.address(), handler)
		}
	}
	for _, r := range a.routes() {
		add(r)
		if r.access == signedIn {
			add(route{r.method, r.path, public, oldAddress})
		}
	}
	if a.urls.Base != "" {
		e.GET(a.urls.Base, func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, a.urls.Home()) })
	}
	return e, nil
}
