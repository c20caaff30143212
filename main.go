// Command tallyfy-admin is a web dashboard with which the administrators of an organisation run its groups and members in
// Tallyfy. This file reads the configuration, puts the parts together, serves, and stops.
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
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // a minimal container has no time zones of its own

	"github.com/gorilla/sessions"

	"tallyfy-admin/handlers"
	"tallyfy-admin/handlers/config"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
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
	log := newLog(cfg, stderr)
	slog.SetDefault(log)
	return serve(ctx, cfg, log, stdout)
}

// serve puts the parts together and answers requests until ctx ends.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger, stdout io.Writer) error {
	api := tallyfy.Options{BaseURL: cfg.APIURL}
	directoryOptions := directory.Options{Burst: 4, Pace: 650 * time.Millisecond} // with it a reading stays below 12 in 5 seconds
	sandboxToken := ""
	if cfg.Sandbox {
		demo, err := sandbox.New(sandbox.Options{Groups: cfg.SandboxGroups, Members: cfg.SandboxMembers, Latency: cfg.SandboxLatency})
		if err != nil {
			return err
		}
		api.BaseURL, api.Transport, sandboxToken = sandbox.BaseURL, demo.Transport(), sandbox.AdminToken
		directoryOptions.Pace = 0 // the sandbox has no limit
		if cfg.SandboxListen != "" {
			l, err := net.Listen("tcp", cfg.SandboxListen)
			if err != nil {
				return fmt.Errorf("the sandbox's own address: %w", err)
			}
			defer l.Close()
			go func() { _ = newServer(demo, log).Serve(l) }()
			fmt.Fprintf(stdout, "The sandbox's API is at http://%s/api\n", l.Addr())
		}
	}
	client, err := tallyfy.New(api)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, string(cfg.DatabaseURL))
	if err != nil {
		return err
	}
	defer db.Close()
	app, sweep, err := newApp(cfg, client, db, log, directoryOptions, sandboxToken)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "The dashboard is at %s/\n", cfg.PublicURL)
	go repeat(ctx, 10*time.Minute, sweep)
	return answer(ctx, newServer(app, log), l, app.SetReady)
}

// newApp opens the session store and makes the dashboard. sweep deletes what has expired.
func newApp(cfg config.Config, client *tallyfy.Client, db *store.DB, log *slog.Logger, d directory.Options, sandboxToken string) (app *handlers.App, sweep func(context.Context), err error) {
	secret, err := loadSecret(cfg, db)
	if err != nil {
		return nil, nil, err
	}
	kept, err := db.Sessions(store.SessionOptions{Secret: secret, Cookie: sessions.Options{
		Path: cfg.PublicURL.Path + "/", HttpOnly: true, Secure: cfg.PublicURL.Scheme == "https",
		SameSite: http.SameSiteLaxMode, // Strict would lose the session on a link from a mail
	}})
	if err != nil {
		return nil, nil, err
	}
	records, err := db.Records(secret)
	if err != nil {
		return nil, nil, err
	}
	app, err = handlers.New(handlers.Options{
		API: client, Sessions: kept, Records: records, Directory: directory.New(d), Logos: logo.New(logo.Options{}),
		PublicURL: cfg.PublicURL, TrustedProxies: cfg.TrustedProxies, Log: log, SandboxToken: sandboxToken,
	})
	return app, func(ctx context.Context) {
		_, sessionsErr := kept.Sweep(ctx)
		_, recordsErr := records.Sweep(ctx)
		if err := errors.Join(sessionsErr, recordsErr); err != nil && ctx.Err() == nil {
			log.Error("expired rows not deleted", slog.Any("error", err))
		}
	}, err
}

// loadSecret reads the key that seals sessions; beside a SQLite file it is made at the first start. With a database in
// memory and no file, one for this run is enough.
func loadSecret(cfg config.Config, db *store.DB) ([]byte, error) {
	if cfg.SecretFile == "" {
		return []byte(rand.Text() + rand.Text()), nil
	}
	return store.LoadSecret(cfg.SecretFile, db.Dialect() == store.SQLite)
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// grace is how long requests under way may take to finish when the server stops: as long as a change may.
const grace = 35 * time.Second

func answer(ctx context.Context, s *http.Server, l net.Listener, ready func(bool)) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ready(false)
	end, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := s.Shutdown(end); err != nil {
		return errors.Join(fmt.Errorf("stopped before every request was answered: %w", err), s.Close())
	}
	return nil
}

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

// healthcheck asks the server that runs with the same configuration whether it lives, for containers without a shell.
func healthcheck(ctx context.Context, cfg config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+cfg.PublicURL.Path+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	return nil
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
