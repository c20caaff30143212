// Command tallyfy-admin is a web dashboard with which the administrators of an organisation run its
// groups and members in Tallyfy. This file reads the settings, puts the parts together, serves, and
// stops.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // for hosts without time zones of their own

	"tallyfy-admin/handlers"
	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/config"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/metrics"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tallyfy-admin:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, lookupEnv func(string) (string, bool), stdout, stderr io.Writer) error {
	cfg, err := config.Parse(args, lookupEnv)
	if errors.Is(err, config.ErrHelp) {
		config.Usage(stdout)
		return nil
	}
	if err != nil {
		return err
	}
	switch cfg.Command {
	case config.CommandVersion:
		fmt.Fprintln(stdout, version())
		return nil
	case config.CommandHealthcheck:
		return healthcheck(ctx, cfg)
	}
	// Nearly all memory is garbage of the last pages. The collector waits longer for garbage where
	// more memory is in use, and counts what nothing was ever written to, which is not resident.
	// That costs a few megabytes, and saves a tenth of the work.
	var ballast []byte
	if _, set := lookupEnv("GOGC"); !set {
		ballast = make([]byte, 10<<20)
	}
	defer runtime.KeepAlive(ballast)
	log := newLog(cfg, stderr)
	slog.SetDefault(log)
	// Below the limit of a container garbage is collected more often, before the kernel ends the program for it.
	if _, said := lookupEnv("GOMEMLIMIT"); !said {
		if limit := config.MemoryLimit(os.DirFS("/")); limit > 0 {
			debug.SetMemoryLimit(limit/10*9 + int64(len(ballast)))
		}
	}
	return serve(ctx, cfg, log, stdout)
}

// serve puts the parts together and answers requests until ctx ends.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger, stdout io.Writer) error {
	for _, warning := range cfg.Warnings() {
		log.Warn(warning)
	}
	if err := store.CheckSecretFile(cfg.DatabaseFile); err != nil {
		return err
	}
	db, err := store.Open(ctx, string(cfg.DatabaseURL))
	if err != nil {
		return err
	}
	defer db.Close()
	o := handlers.Options{PublicURL: cfg.PublicURL, AnyHost: cfg.AnyHost, TrustedProxies: cfg.TrustedProxies, Log: log, Logos: logo.New(logo.Options{}), Recall: 15 * time.Second}
	if err := openStores(ctx, cfg, db, &o); err != nil {
		return err
	}
	o.Metrics = metrics.New(version(), o.Sessions.Count)
	api := tallyfy.Options{
		BaseURL: cfg.APIURL,
		Limiter: ratelimit.New(cfg.Pace, o.Metrics.Paced),
		OnCall: func(ctx context.Context, c tallyfy.Call) {
			o.Metrics.Call(c)
			web.CountCall(ctx)
		},
		OnWait: func(_ context.Context, operation string, d time.Duration) { o.Metrics.Wait(operation, d) },
	}
	if cfg.Sandbox {
		demo, authorize, err := startSandbox(ctx, cfg, log, stdout)
		if err != nil {
			return err
		}
		api.BaseURL, api.Transport = sandbox.BaseURL, demo.Transport()
		o.Sandbox = &handlers.Sandbox{Token: sandbox.AdminToken, Colleague: sandbox.ColleagueToken, AfterUpdate: demo.AfterUpdate}
		cfg.OAuthURL = authorize
	}
	if o.API, err = tallyfy.New(api); err != nil {
		return err
	}
	for _, id := range cfg.Organisations {
		o.Organisations = append(o.Organisations, tallyfy.ID(id))
	}
	o.Directory, o.Pace = directory.New(directory.Options{}), cfg.Pace
	if cfg.OAuthClientID != "" {
		o.OAuth = &handlers.OAuth{ClientID: cfg.OAuthClientID, AuthorizeURL: cfg.OAuthURL}
	}
	app, err := handlers.New(o)
	if err != nil {
		return err
	}
	stopJobs, err := app.StartJobs(ctx, db)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := stopJobs(end); err != nil {
			log.Error("jobs not stopped in time; they go on at the next start", slog.Any("error", err))
		}
	}()
	if cfg.MetricsAddr != "" {
		if _, err := serveAside(ctx, cfg.MetricsAddr, o.Metrics, log); err != nil {
			return fmt.Errorf("the address for metrics: %w", err)
		}
	}
	// The parser of the migrations leaves 16 MB in a pool, which two collections empty. The heap
	// would grow to twice that before the next one.
	runtime.GC()
	debug.FreeOSMemory()
	l, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "The dashboard is at %s/\n", cfg.PublicURL)
	go repeat(ctx, 10*time.Minute, func(ctx context.Context) { sweep(ctx, o, log) })
	return answer(ctx, newServer(app, log), l, app.SetReady, cfg.ShutdownDelay)
}

// startSandbox makes the invented organisation. It also listens on an address if one is set, or if
// people sign in there as they would at Tallyfy. authorize is then the address to sign in at.
func startSandbox(ctx context.Context, cfg config.Config, log *slog.Logger, stdout io.Writer) (demo *sandbox.Server, authorize string, err error) {
	o := sandbox.Options{Joiners: true, Groups: cfg.SandboxGroups, Members: cfg.SandboxMembers, Latency: cfg.SandboxLatency, Reads: cfg.SandboxRate.Reads, Per: cfg.SandboxRate.Per}
	address := cfg.SandboxListen
	if cfg.OAuthClientID != "" {
		o.OAuthClients = map[string][]string{cfg.OAuthClientID: {handlers.OAuthRedirect(cfg.PublicURL)}}
		if address == "" {
			address = "127.0.0.1:0"
		}
	}
	if demo, err = sandbox.New(o); err != nil || address == "" {
		return demo, "", err
	}
	l, err := serveAside(ctx, address, demo, log)
	if err != nil {
		return nil, "", fmt.Errorf("the sandbox's own address: %w", err)
	}
	at := "http://" + reachable(l.Addr().String())
	fmt.Fprintf(stdout, "The sandbox's API is at %s/api\n", at)
	return demo, at + "/oauth/authorize", nil
}

// openStores opens sessions, leases, logos, the journal and the reviews.
func openStores(ctx context.Context, cfg config.Config, db *store.DB, o *handlers.Options) error {
	keys, err := loadKeys(cfg, db)
	if err != nil {
		return err
	}
	o.Sessions, err = db.Sessions(store.SessionOptions{Keys: keys, Cookie: handlers.SessionCookie(cfg.PublicURL)})
	if err != nil {
		return err
	}
	o.Keys, o.Leases = keys, db.Leases()
	o.LogoStore = db.Logos(keys, time.Now)
	o.PlannedGroups = db.PlannedGroups(keys, time.Now)
	o.Journal = journal.New(db, keys, days(cfg.JournalDays), days(cfg.TrashDays), time.Now)
	o.StarterSets = db.StarterSets(keys, time.Now)
	o.Reviews = &review.Book{DB: db, Keys: keys, Keep: days(cfg.ReviewDays), Now: time.Now}
	o.History = history.New(history.Options{DB: db, Keys: keys, Journal: o.Journal, Keep: days(cfg.HistoryDays), Now: time.Now, Log: o.Log})
	o.Jobs = &bulk.Book{DB: db, Keys: keys, Now: time.Now}
	records := db.Records(keys)
	o.OldReceipts = func(member, record string) []string { return records.Rows(removal.OldReceiptID(member, record)) }
	return takeOverReceipts(ctx, records, o.Journal)
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// takeOverReceipts moves the receipts of removals that earlier versions kept into the journal.
func takeOverReceipts(ctx context.Context, records *store.Records, j *journal.Journal) error {
	return records.Take(ctx, func(row, scope string, body []byte) error {
		if e, ok := removal.FromOldReceipt(row, scope, body); ok {
			return j.Import(ctx, e)
		}
		return nil
	})
}

// sweep deletes what has expired.
func sweep(ctx context.Context, o handlers.Options, log *slog.Logger) {
	o.Directory.Sweep()
	_, sessionsErr := o.Sessions.Sweep(ctx)
	_, leasesErr := o.Leases.Sweep(ctx)
	_, logosErr := o.LogoStore.Sweep(ctx)
	_, plannedErr := o.PlannedGroups.Sweep(ctx)
	_, journalErr := o.Journal.Sweep(ctx)
	historyErr := o.History.Sweep(ctx)
	_, jobsErr := o.Jobs.Sweep(ctx)
	_, reviewsErr := o.Reviews.Sweep(ctx)
	if err := errors.Join(sessionsErr, leasesErr, logosErr, plannedErr, journalErr, historyErr, jobsErr, reviewsErr); err != nil && ctx.Err() == nil {
		log.Error("expired rows not deleted", slog.Any("error", err))
	}
}

// loadKeys reads the secrets that seal the stored data. Beside an SQLite file a secret is made at
// the first start. A database in memory without a file gets one for this run.
func loadKeys(cfg config.Config, db *store.DB) (*store.Keys, error) {
	if cfg.SecretFile == "" {
		return store.NewKeys([]byte(rand.Text() + rand.Text()))
	}
	return store.LoadKeys(cfg.SecretFile, db.Dialect() == store.SQLite)
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serveAside serves a second address, besides the dashboard's, until the program ends.
func serveAside(ctx context.Context, address string, h http.Handler, log *slog.Logger) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := newServer(h, log)
	go func() {
		if err := s.Serve(l); ctx.Err() == nil {
			log.Error("no more answers on "+address, slog.Any("error", err))
		}
	}()
	return l, nil
}

// grace is how long requests under way may take when the server stops. A change may take as long.
const grace = 35 * time.Second

// answer serves until ctx ends. Then it reports for the time of delay that it is not ready, so that
// load balancers send no more requests. After that it accepts none, and lets those under way
// finish.
func answer(ctx context.Context, s *http.Server, l net.Listener, ready func(bool), delay time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ready(false)
	select {
	case err := <-failed:
		return err
	case <-time.After(delay):
	}
	end, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := s.Shutdown(end); err != nil {
		return errors.Join(fmt.Errorf("stopped before every request was answered: %w", err), s.Close())
	}
	return nil
}

// repeat calls do at once, and then again after each interval, until ctx ends.
func repeat(ctx context.Context, every time.Duration, do func(context.Context)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		do(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func newLog(cfg config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	text := cfg.LogFormat == "text"
	if f, ok := w.(*os.File); ok && cfg.LogFormat == "auto" {
		info, err := f.Stat()
		text = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if text {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// healthcheck asks the server with the same settings whether it lives, for containers without a
// shell.
func healthcheck(ctx context.Context, cfg config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+reachable(cfg.Addr)+cfg.PublicURL.Path+"/healthz", nil)
	if err != nil {
		return err
	}
	// Not the proxy of the environment, which is for the way to Tallyfy and does not know this machine's own addresses.
	answer, err := (&http.Client{Transport: &http.Transport{}}).Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	return nil
}

// reachable is an address of this machine for one that may stand for all of its interfaces.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision := "development"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return revision + " " + info.GoVersion
}
