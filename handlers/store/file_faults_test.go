package store

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// within fails the test when f does not come back: nothing that is wrong with a database may hold a request for ever.
func within(t *testing.T, limit time.Duration, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		require.Fail(t, "it hangs")
		return nil
	}
}

// fileFault is something that happens to a SQLite file while it is open.
type fileFault struct {
	want   string // in the error
	is     error  // nil for those of SQLite
	reads  bool   // what only reads goes on
	single bool   // it is done to the only connection
	inject func(t *testing.T, db *DB, path string) (undo func())
}

// onConnection runs a statement on the only connection there is, and another to undo it.
func onConnection(statement, undo string) func(t *testing.T, db *DB, path string) func() {
	return func(t *testing.T, db *DB, _ string) func() {
		t.Helper()
		_, err := db.sql.ExecContext(t.Context(), statement)
		require.NoError(t, err)
		return func() {
			_, err := db.sql.ExecContext(t.Context(), undo)
			require.NoError(t, err)
		}
	}
}

// overwritten damages the file when nobody has it open, as new connections find it, and puts it back.
func overwritten(damage func(t *testing.T, file *os.File, size int64)) func(t *testing.T, db *DB, path string) func() {
	return func(t *testing.T, db *DB, path string) func() {
		t.Helper()
		db.sql.SetMaxIdleConns(0) // the last connection moves the log into the file
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Greater(t, len(before), 8*4096)
		change := func(f func(file *os.File)) {
			for _, suffix := range []string{"-wal", "-shm"} {
				if err := os.Remove(path + suffix); !errors.Is(err, os.ErrNotExist) {
					require.NoError(t, err)
				}
			}
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			require.NoError(t, err)
			f(file)
			require.NoError(t, file.Close())
		}
		change(func(file *os.File) { damage(t, file, int64(len(before))) })
		return func() {
			change(func(file *os.File) {
				require.NoError(t, file.Truncate(0))
				_, err := file.Write(before)
				require.NoError(t, err)
			})
		}
	}
}

func garbage(from, to int64) func(t *testing.T, file *os.File, size int64) {
	return func(t *testing.T, file *os.File, size int64) {
		if to == 0 {
			to = size
		}
		_, err := file.WriteAt([]byte(strings.Repeat("garbage!", int(to-from)/8)), from)
		require.NoError(t, err)
	}
}

func cut(parts int64) func(t *testing.T, file *os.File, size int64) {
	return func(t *testing.T, file *os.File, size int64) { require.NoError(t, file.Truncate(size*parts/4)) }
}

var fileFaults = map[string]fileFault{
	"deleted": {want: "put it back, or start the dashboard again", is: ErrMoved, inject: func(t *testing.T, _ *DB, path string) func() {
		require.NoError(t, os.Rename(path, path+".aside"))
		return func() {
			require.NoFileExists(t, path, "no empty database is made in its place")
			require.NoError(t, os.Rename(path+".aside", path))
		}
	}},
	"replaced": {want: "put it back, or start the dashboard again", is: ErrMoved, inject: func(t *testing.T, _ *DB, path string) func() {
		require.NoError(t, os.Rename(path, path+".aside"))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		return func() {
			kept, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Empty(t, kept, "what is there now is left alone")
			require.NoError(t, os.Rename(path+".aside", path))
		}
	}},
	"read-only": {want: "must be writable", reads: true, single: true, inject: onConnection("PRAGMA query_only = 1", "PRAGMA query_only = 0")},
	"full":      {want: "the disk is full", reads: true, single: true, inject: onConnection("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000")},
	"locked": {want: "is held by another process", reads: true, single: true, inject: func(t *testing.T, db *DB, path string) func() {
		_, err := db.sql.ExecContext(t.Context(), "PRAGMA busy_timeout = 100")
		require.NoError(t, err)
		tx, err := engine{url: path}.open(t).sql.BeginTx(t.Context(), nil) // immediate
		require.NoError(t, err)
		return func() { require.NoError(t, tx.Rollback()) }
	}},
	"damaged in the middle": {want: "is damaged", inject: overwritten(garbage(4096, 0))},
	"damaged at its start":  {want: "is not a SQLite database", inject: overwritten(garbage(0, 4096))},
	"cut":                   {want: "is damaged", inject: overwritten(cut(1))},
	"emptied":               {want: "cannot be used", inject: overwritten(cut(0))},
}

// TestFileFaultsWhileOpen: each gives a clear error and signs nobody out, and when it is over the store goes on.
func TestFileFaultsWhileOpen(t *testing.T) {
	for name, fault := range fileFaults {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dashboard.db")
			db, c := engine{url: path}.open(t), newClock()
			if fault.single {
				db.sql.SetMaxOpenConns(1)
			}
			v, records := newVisitor(t, newSessions(t, db, c)), newRecords(t, db, c)
			for range 10 { // some pages
				newVisitor(t, v.store).signIn()
			}
			v.signIn()
			claimed, err := records.Claim(t.Context(), "before", "s", []byte("body"), time.Hour)
			require.NoError(t, err)
			require.True(t, claimed)
			r := v.request()
			live := v.session(r)
			larger := token + strings.Repeat("x", 100_000)
			SetData(live, []byte(larger))
			c.Advance(2 * time.Minute) // reads want to move last-seen, too

			captureLog(t)
			undo := fault.inject(t, db, path)
			fails := func(what string, f func() error) {
				t.Helper()
				err := within(t, 20*time.Second, f)
				require.ErrorContains(t, err, fault.want, what)
				assert.NotErrorIs(t, err, ErrGone, what)
				assert.NotErrorIs(t, err, ErrNotFound, what)
				assert.Contains(t, err.Error(), path, "%s: the operator reads which file", what)
				assert.NotContains(t, err.Error(), token, what)
				if fault.is != nil {
					assert.ErrorIs(t, err, fault.is, what)
				}
			}
			reads := map[string]func() error{
				"load": func() error {
					session, err := v.store.New(v.request(), cookieName)
					require.NotNil(t, session, "the interface asks for a session in any case")
					if err == nil {
						assert.Equal(t, token, string(Data(session)), "an error is not a sign-out")
					} else {
						assert.Nil(t, Data(session))
					}
					return err
				},
				"get":   func() error { _, _, err := records.Get(t.Context(), "before"); return err },
				"count": func() error { _, err := v.store.Count(t.Context()); return err },
				"query": func() error { return db.Query(t.Context(), sessionKeys, nil, scanText(new([]string))) },
				"ping":  func() error { return db.Ping(t.Context()) },
			}
			for what, read := range reads {
				if fault.reads {
					assert.NoError(t, within(t, 20*time.Second, read), what)
				} else {
					fails(what, read)
				}
			}
			w := httptest.NewRecorder()
			fails("save", func() error { return v.store.Save(r, w, live) })
			assert.Empty(t, w.Header().Values("Set-Cookie"))
			large := []byte(strings.Repeat("x", 100_000))
			fails("claim", func() error { _, err := records.Claim(t.Context(), "during", "s", large, time.Hour); return err })
			fails("transaction", func() error { return insertLarge(t, db) })
			if name != "full" { // deleting needs no more room
				fails("sign out", func() error { return v.store.Destroy(r, w, live) })
				fails("sweep", func() error { _, err := v.store.Sweep(t.Context()); return err })
				assert.Empty(t, w.Header().Values("Set-Cookie"))
			}

			undo()
			assert.Equal(t, token, v.dataNow(), "everybody is still signed in")
			require.NoError(t, v.store.Save(r, httptest.NewRecorder(), live))
			assert.Equal(t, larger, v.dataNow())
			body, _, err := records.Get(t.Context(), "before")
			require.NoError(t, err)
			assert.Equal(t, "body", string(body))
			claimed, err = records.Claim(t.Context(), "during", "s", large, time.Hour)
			require.NoError(t, err)
			assert.True(t, claimed, "what failed left nothing behind")
			require.NoError(t, db.Ping(t.Context()))
		})
	}
}

// TestConnectionsMakeNoFile: one that is opened in the moment after the check finds nothing, and leaves nothing.
func TestConnectionsMakeNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dashboard.db")
	db := engine{url: path}.open(t)
	db.sql.SetMaxIdleConns(0)
	require.NoError(t, os.Remove(path))
	require.ErrorContains(t, db.sql.PingContext(t.Context()), "unable to open")
	assert.NoFileExists(t, path)
}

// TestStartAfterTheFileWasDeleted: people sign in again, the rest works.
func TestStartAfterTheFileWasDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dashboard.db")
	db, c := engine{url: path}.open(t), newClock()
	v := newVisitor(t, newSessions(t, db, c))
	v.signIn()
	require.NoError(t, os.Remove(path)) // its log stays
	_, err := v.store.Get(v.request(), cookieName)
	require.ErrorIs(t, err, ErrMoved)

	v.store = newSessions(t, engine{url: path}.open(t), c)
	assert.Empty(t, v.dataNow())
	v.signIn()
	require.NoError(t, db.Close(), "the old one is closed after the new one was opened")
	assert.Equal(t, token, v.dataNow())
}

// TestFileFaultsAtTheStart: each gives the same words as while open, and once it is over the file opens with what it held.
func TestFileFaultsAtTheStart(t *testing.T) {
	for name, fault := range map[string]fileFault{
		"damaged in the middle": fileFaults["damaged in the middle"],
		"damaged at its start":  fileFaults["damaged at its start"],
		"cut":                   fileFaults["cut"],
		"held by another process": {want: "is held by another process", inject: func(t *testing.T, db *DB, path string) func() {
			db.sql.SetMaxIdleConns(0)
			other, err := Open(t.Context(), path)
			require.NoError(t, err)
			other.sql.SetMaxOpenConns(1)
			for _, statement := range []string{"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"} {
				_, err = other.sql.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
			return func() { require.NoError(t, other.Close()) }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "dashboard.db")
			db, c := engine{url: path}.open(t), newClock()
			v := newVisitor(t, newSessions(t, db, c))
			v.signIn()
			undo := fault.inject(t, db, path)
			require.NoError(t, db.Close())
			err := within(t, 30*time.Second, func() error {
				again, err := Open(t.Context(), path)
				if err == nil {
					_ = again.Close()
				}
				return err
			})
			require.ErrorContains(t, err, fault.want)
			assert.Contains(t, err.Error(), path)
			undo()
			v.store = newSessions(t, engine{url: path}.open(t), c)
			assert.Equal(t, token, v.dataNow())
		})
	}
}

// TestNewerSchemaWhileRunning: another replica of a newer version has migrated already, this one goes on until it is replaced.
func TestNewerSchemaWhileRunning(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		v := newVisitor(t, newSessions(t, db, newClock()))
		v.signIn()
		_, err := db.sql.ExecContext(t.Context(), "ALTER TABLE dashboard_sessions ADD COLUMN later TEXT")
		require.NoError(t, err)
		_, err = db.sql.ExecContext(t.Context(), "INSERT INTO "+versionTable+" (version_id, is_applied) VALUES (99, TRUE)")
		require.NoError(t, err)
		require.NoError(t, db.Ping(t.Context()))
		assert.Equal(t, token, v.dataNow())
		v.signIn()
		assert.Equal(t, token, v.dataNow())
	})
}

// TestLastSeenIsNotTriedForEveryPage: when it cannot be moved, because of a lock that takes seconds to find out, pages do without.
func TestLastSeenIsNotTriedForEveryPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dashboard.db")
	db, c := engine{url: path}.open(t), newClock()
	log := captureLog(t)
	v := newVisitor(t, newSessions(t, db, c))
	v.signIn()
	c.Advance(2 * time.Minute)
	db.sql.SetMaxOpenConns(1)
	undo := fileFaults["read-only"].inject(t, db, path)
	for range 5 {
		assert.Equal(t, token, v.dataNow())
	}
	assert.Equal(t, 1, strings.Count(log.String(), "last-seen time of a session cannot be moved"))
	c.Advance(2 * time.Minute)
	assert.Equal(t, token, v.dataNow())
	assert.Equal(t, 2, strings.Count(log.String(), "last-seen"), "it is tried again later")
	undo()
	c.Advance(2 * time.Minute)
	assert.Equal(t, token, v.dataNow())
	var seen int64
	require.NoError(t, db.sql.QueryRowContext(t.Context(), "SELECT seen_at FROM dashboard_sessions").Scan(&seen))
	assert.Equal(t, c.Now().UnixMilli(), seen)
	assertNoForm(t, log.String(), token, v.jar[cookieName].Value, sessionRow(v.jar[cookieName].Value))
}
