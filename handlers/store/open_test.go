package store

import (
	"context"
	"errors"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]struct{ dialect, target string }{
		"memory:":                  {SQLite, ""},
		":memory:":                 {SQLite, ""},
		"dashboard.db":             {SQLite, "dashboard.db"},
		"/data/a b.db":             {SQLite, "/data/a b.db"},
		"50%.db":                   {SQLite, "50%.db"},
		"sqlite:///data/x.db":      {SQLite, "/data/x.db"},
		"sqlite:///data/a%20b.db":  {SQLite, "/data/a b.db"},
		"postgres://u:p@h/d":       {Postgres, "postgres://u:p@h/d"},
		"postgresql://u:p@h/d?x=y": {Postgres, "postgresql://u:p@h/d?x=y"},
	} {
		dialect, target, err := parseURL(given)
		require.NoError(t, err, given)
		assert.Equal(t, want.dialect, dialect, given)
		assert.Equal(t, want.target, target, given)
	}
	for _, given := range []string{
		"", "mysql://u:pa55@h/d", "sqlite://pa55.db", "sqlite:pa55.db", "sqlite:///x?mode=pa55", "sqlite:///%zzpa55", "file:pa55.db",
		"host=h password=pa55", "user=u password=pa55 dbname=d",
	} {
		_, _, err := parseURL(given)
		require.Error(t, err, given)
		assert.NotContains(t, err.Error(), "pa55", given)
	}
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{"", "memory:", "a.db", "sqlite:///x", "sqlite:///%2e%00", "postgres://u:p@h/d", "x://"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		dialect, target, err := parseURL(given)
		if err != nil {
			return
		}
		if dialect == Postgres {
			assert.Equal(t, given, target)
		} else if target == "" {
			assert.Contains(t, []string{"memory:", ":memory:", "sqlite://"}, given)
		}
	})
}

func TestOpenTwiceKeepsData(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		c := newClock()
		db := e.open(t)
		require.NoError(t, db.Ping(t.Context()))
		v := newVisitor(t, newSessions(t, db, c))
		v.signIn()
		if !e.durable {
			v.store = newSessions(t, e.open(t), c)
			assert.Empty(t, v.dataNow(), "each database in memory is its own")
			return
		}
		require.NoError(t, db.Close())
		v.store = newSessions(t, e.open(t), c)
		assert.Equal(t, token, v.dataNow())
	})
}

func TestManyOpenAtOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				db, err := Open(t.Context(), e.url)
				if assert.NoError(t, err) {
					assert.NoError(t, db.Close())
				}
			})
		}
		group.Wait()
	})
}

func TestFilesAreForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	for name, existing := range map[string]bool{"made": false, "made by somebody before": true} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "a ?%#.db")
			if existing {
				require.NoError(t, os.WriteFile(path, nil, 0o600))
				require.NoError(t, os.Chmod(path, 0o644))
			}
			db := engine{url: path}.open(t)
			v := newVisitor(t, newSessions(t, db, newClock()))
			v.signIn()
			files, err := os.ReadDir(folder)
			require.NoError(t, err)
			assert.Len(t, files, 3, "the database, its log and its index")
			for _, file := range files {
				info, err := file.Info()
				require.NoError(t, err)
				assert.Equal(t, fs.FileMode(0o600), info.Mode(), file.Name())
				assert.True(t, strings.HasPrefix(file.Name(), "a ?%#.db"), file.Name())
			}
		})
	}
}

// TestRelativePath leaves the folder while the database is open: connections are opened later too.
func TestRelativePath(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	db := engine{url: "dashboard.db"}.open(t)
	assert.FileExists(t, filepath.Join(folder, "dashboard.db-wal"), "SQLite works in that folder")
	t.Chdir(t.TempDir())
	for range sqliteConnections {
		conn, err := db.sql.Conn(t.Context())
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		_, err = conn.ExecContext(t.Context(), "DELETE FROM dashboard_sessions")
		require.NoError(t, err)
	}
}

func TestPragmasAreSetOnEveryConnection(t *testing.T) {
	t.Parallel()
	db := engine{url: filepath.Join(t.TempDir(), "x.db")}.open(t)
	for range sqliteConnections {
		conn, err := db.sql.Conn(t.Context())
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		for pragma, want := range map[string]string{"journal_mode": "wal", "busy_timeout": "5000", "synchronous": "1", "foreign_keys": "1"} {
			var got string
			require.NoError(t, conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
			assert.Equal(t, want, got, pragma)
		}
	}
}

func TestOpenExplainsWhatIsWrong(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	text := write("notes.txt", strings.Repeat("these are notes, not a database\n", 100))
	for name, c := range map[string]struct{ url, want string }{
		"missing folder":  {filepath.Join(folder, "no", "x.db"), "does not exist"},
		"file as folder":  {filepath.Join(text, "x.db"), "is not a folder"},
		"folder":          {folder, "is a folder"},
		"not a database":  {text, "is not a SQLite database"},
		"damaged":         {damagedFile(t), "is damaged"},
		"no such scheme":  {"oracle://h/d", "unknown kind"},
		"postgres absent": {"postgres://u:pa55word@127.0.0.1:1/d", "cannot be reached"},
		"postgres bad":    {"postgres://u:pa55word%@h/d", "cannot be read"},
		"postgres option": {"postgres://u:pa55word@h/d?sslmode=maybe", "sslmode"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := Open(t.Context(), c.url)
			require.Error(t, err)
			assert.Nil(t, db)
			assert.Contains(t, err.Error(), c.want)
			assert.NotContains(t, err.Error(), "pa55word")
		})
	}
	kept, err := os.ReadFile(text)
	require.NoError(t, err)
	assert.Contains(t, string(kept), "these are notes", "what is not ours is left as it was")
}

// damagedFile returns a database with many rows, a stretch of whose pages was overwritten.
func damagedFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "damaged.db")
	db, err := Open(t.Context(), path)
	require.NoError(t, err)
	for i := range 50 {
		putRecord(t, db, testKeys, strings.Repeat("i", i+1), "s", make([]byte, 2000), time.Now().Add(time.Hour))
	}
	require.NoError(t, db.Close())
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteAt([]byte(strings.Repeat("garbage!", 2048)), 40960)
	require.NoError(t, errors.Join(err, file.Close()))
	return path
}

func TestReadOnlyPlaces(t *testing.T) {
	if os.Geteuid() == 0 {
		runAsNobody(t)
		return
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "x.db")
	require.NoError(t, engine{url: path}.open(t).Close())
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) }) //nolint:gosec // a folder needs x

	require.NoError(t, os.Chmod(path, 0o400))
	_, err := Open(t.Context(), path)
	require.ErrorContains(t, err, "must be writable")
	require.NoError(t, os.Chmod(path, 0o600))

	require.NoError(t, os.Chmod(folder, 0o500)) //nolint:gosec // a folder needs x
	_, err = Open(t.Context(), path)
	require.ErrorContains(t, err, "must be writable", "an existing file in a read-only folder")
	_, err = Open(t.Context(), filepath.Join(folder, "new.db"))
	require.ErrorContains(t, err, "must be writable")
	_, err = LoadKeys(filepath.Join(folder, "secret"), true)
	require.ErrorContains(t, err, "be writable")
	require.NoError(t, os.Chmod(folder, 0o700)) //nolint:gosec // a folder needs x

	// The same while it is open, for the connections that are opened from then on.
	db := engine{url: path}.open(t)
	v := newVisitor(t, newSessions(t, db, newClock()))
	v.signIn()
	db.sql.SetMaxIdleConns(0)
	require.NoError(t, os.Chmod(path, 0o400))
	r := v.request()
	session, err := v.store.Get(r, cookieName)
	if err == nil { // what only reads may go on
		assert.Equal(t, token, string(Data(session)))
		err = v.store.Save(r, httptest.NewRecorder(), session)
	}
	require.ErrorContains(t, err, "must be writable")
	for _, name := range []string{path, path + "-wal", path + "-shm"} { // SQLite gives those it makes the mode of the first
		if err := os.Chmod(name, 0o600); !errors.Is(err, fs.ErrNotExist) {
			require.NoError(t, err)
		}
	}
	r = v.request()
	session = v.session(r)
	assert.Equal(t, token, string(Data(session)))
	require.NoError(t, v.store.Save(r, httptest.NewRecorder(), session))
}

// runAsNobody runs the test that calls it in another process, because root may write everywhere.
func runAsNobody(t *testing.T) {
	t.Helper()
	folder, err := os.MkdirTemp("", "nobody") //nolint:usetesting // t.TempDir lies in a folder that only we may enter
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o777)) //nolint:gosec // for another user
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env, command.Dir = []string{"TMPDIR=" + folder}, folder
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	output, err := command.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) {
		t.Skip("root may write everywhere, and may not become another user here; run this test as another user: ", err)
	}
	require.NoError(t, err, string(output))
	require.Contains(t, string(output), "--- PASS: "+t.Name())
}

func TestOpenObeysItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	require.ErrorIs(t, err, context.Canceled)
}
