package store

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/postgres"
)

// wire stands between the store and PostgreSQL and can be cut.
type wire struct {
	t       *testing.T
	target  string
	address string

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
	silent   bool
}

// newWire returns the wire and the URL that leads over it.
func newWire(t *testing.T, databaseURL string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	w := &wire{t: t, target: u.Host, address: "127.0.0.1:0"}
	w.connect()
	t.Cleanup(w.cut)
	u.Host = w.address
	return w, u.String()
}

// connect begins to accept, at the same address as before.
func (w *wire) connect() {
	w.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(w.t.Context(), "tcp", w.address)
	require.NoError(w.t, err)
	w.mu.Lock()
	w.listener, w.address, w.silent = listener, listener.Addr().String(), false
	w.mu.Unlock()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			w.mu.Lock()
			w.open = append(w.open, near)
			far, err := (&net.Dialer{}).DialContext(w.t.Context(), "tcp", w.target)
			if err == nil {
				w.open = append(w.open, far)
				go w.carry(near, far)
				go w.carry(far, near)
			}
			w.mu.Unlock()
		}
	}()
}

func (w *wire) carry(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		silent := w.silent
		w.mu.Unlock()
		if !silent && n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				_ = to.Close()
			}
			return
		}
	}
}

// cut closes everything: new connections are refused, as when the server is stopped.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	for _, conn := range w.open {
		_ = conn.Close()
	}
	w.open = nil
}

// swallow drops what is sent either way without closing anything, as a network that lost its route
// does.
func (w *wire) swallow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
}

func TestPostgresFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		inject, undo func(t *testing.T, w *wire)
	}{
		"stopped": {
			inject: func(_ *testing.T, w *wire) { w.cut() },
			undo:   func(_ *testing.T, w *wire) { w.connect() },
		},
		"silent": {
			inject: func(_ *testing.T, w *wire) { w.swallow() },
			undo:   func(_ *testing.T, w *wire) { w.cut(); w.connect() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, databaseURL := newWire(t, postgres.URL(t))
			db := engine{url: databaseURL}.open(t)
			u := newUse(t, db)
			db.readTimeout, db.writeTimeout = 300*time.Millisecond, 300*time.Millisecond
			u.limit = postgresConnect - time.Second // which bounds them otherwise
			fault.inject(t, w)
			u.fails("the dashboard's database", u.reads(), u.additions(), u.otherWrites())

			fault.undo(t, w)
			db.readTimeout, db.writeTimeout = readTimeout, writeTimeout
			u.goesOn()
		})
	}
}

// TestPostgresEndsItsConnections is what a restart or an administrator does. A connection that was
// used within the last second is not looked at before it is used again, so each of them may cost
// one request; never more.
func TestPostgresEndsItsConnections(t *testing.T) {
	t.Parallel()
	base := postgres.URL(t)
	u, err := url.Parse(base)
	require.NoError(t, err)
	query := u.Query()
	query.Set("application_name", "dashboard-"+query.Get("search_path"))
	u.RawQuery = query.Encode()
	db := engine{url: u.String()}.open(t)
	admin := engine{url: base}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	var group sync.WaitGroup
	for range 4 * postgresConnections {
		group.Go(func() {
			_, err := v.store.New(v.request(), cookieName)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	var ended int
	require.NoError(t, admin.sql.QueryRowContext(t.Context(),
		"SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1", query.Get("application_name")).Scan(&ended))
	require.Positive(t, ended)
	require.LessOrEqual(t, ended, postgresConnections)

	failed := 0
	for range 3 * postgresConnections {
		session, err := v.store.New(v.request(), cookieName)
		if err != nil {
			failed++
			assert.ErrorContains(t, err, "the dashboard's database")
			continue
		}
		assert.Equal(t, token, string(Data(session)), "an error, or the session, but no sign-out")
	}
	assert.LessOrEqual(t, failed, ended)
	assert.Equal(t, token, v.dataNow())
}

// TestSilentPostgresAtTheStart: a host that accepts and never answers ends the start with an error.
func TestSilentPostgresAtTheStart(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	err = within(t, 30*time.Second, func() error {
		_, err := Open(t.Context(), "postgres://u:pa55word@"+listener.Addr().String()+"/d?sslmode=disable&connect_timeout=1")
		return err
	})
	require.ErrorContains(t, err, "cannot be reached")
	assert.NotContains(t, err.Error(), "pa55word")

	for given, want := range map[string]time.Duration{"postgres://h/d": postgresConnect, "postgres://h/d?connect_timeout=7": 7 * time.Second} {
		config, err := postgresConfig(given)
		require.NoError(t, err)
		assert.Equal(t, want, config.ConnectTimeout, given)
	}
}
