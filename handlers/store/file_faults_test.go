package store

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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

// overwritten damages the file when nobody has it open, as new connections find it, and puts it
// back.
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
		_, err := file.WriteAt([]byte(strings.Repeat("garbage!", int(cmp.Or(to, size)-from)/8)), from)
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

// TestFileFaultsWhileOpen: each gives a clear error and signs nobody out, and when it is over the
// store goes on.
func TestFileFaultsWhileOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range fileFaults {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dashboard.db")
			db := engine{url: path}.open(t)
			if fault.single {
				db.sql.SetMaxOpenConns(1)
			}
			u := newUse(t, db)
			undo := fault.inject(t, db, path)
			failing := []map[string]func() error{u.additions()}
			if name != "full" { // deleting needs no more room
				failing = append(failing, u.otherWrites())
			}
			if fault.reads {
				for what, read := range u.reads() {
					assert.NoError(t, within(t, 20*time.Second, read), what)
				}
			} else {
				failing = append(failing, u.reads())
			}
			all := u.fails(fault.want, failing...)
			assert.Equal(t, strings.Count(all, "\n"), strings.Count(all, path), "the operator reads which file")
			if fault.is != nil {
				require.ErrorIs(t, db.Ping(t.Context()), fault.is)
			}
			undo()
			u.goesOn()
		})
	}
}

// TestConnectionsMakeNoFile: one that is opened in the moment after the check finds nothing, and
// leaves nothing.
func TestConnectionsMakeNoFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dashboard.db")
	db := engine{url: path}.open(t)
	db.sql.SetMaxIdleConns(0)
	require.NoError(t, os.Remove(path))
	require.ErrorContains(t, db.sql.PingContext(t.Context()), "unable to open")
	require.ErrorIs(t, db.Tx(t.Context(), nil), ErrMoved, "the check comes first, and tells the operator more")
	assert.NoFileExists(t, path)
}

// TestStartAfterTheFileWasDeleted: people sign in again, the rest works.
func TestStartAfterTheFileWasDeleted(t *testing.T) {
	t.Parallel()
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

// TestFileFaultsAtTheStart: each gives the same words as while open, and once it is over the file
// opens with what it held.
func TestFileFaultsAtTheStart(t *testing.T) {
	t.Parallel()
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

// TestNewerSchemaWhileRunning: another replica of a newer version has migrated already, this one
// goes on until it is replaced.
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

// TestLastSeenIsNotTriedForEveryPage: when it cannot be moved, because of a lock that takes seconds
// to find out, pages do without.
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
