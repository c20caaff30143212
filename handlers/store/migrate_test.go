package store

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/postgres"
)

func TestNewerDatabaseIsRefused(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		newer := fstest.MapFS{"00099_later.sql": {Data: []byte("-- +goose Up\nCREATE TABLE later (x TEXT);\n")}}
		for name, content := range embedded(t) {
			newer[name] = &fstest.MapFile{Data: []byte(content)}
		}
		require.NoError(t, migrateWith(t.Context(), db.sql, db.Dialect(), newer))
		require.ErrorIs(t, migrate(t.Context(), db.sql, db.Dialect()), ErrNewer)
		if e.durable {
			_, err := Open(t.Context(), e.url)
			require.ErrorIs(t, err, ErrNewer)
			assert.Contains(t, err.Error(), "99")
		}
	})
}

// What earlier sweeps left of entries that were deleted goes with the update, and nothing else does.
func TestRestsOfDeletedEntriesGo(t *testing.T) {
	eachEngine(t, func(t *testing.T, e engine) {
		db := e.open(t)
		for _, statement := range []string{
			`DELETE FROM dashboard_schema_version WHERE version_id = 21`,
			`INSERT INTO dashboard_journal (id, org, at, actor, kind, state, press, intent, outcome, checked) VALUES ('there', 'o', 1, '1', 'k', 'done', 'p', '', '', '')`,
			`INSERT INTO dashboard_journal_subjects (org, subject, entry) VALUES ('o', 'member 1', 'there'), ('o', 'member 1', 'gone')`,
			`INSERT INTO dashboard_journal_contents (entry, at, contents, picture) VALUES ('there', 1, '', ''), ('gone', 1, '', '')`,
		} {
			_, err := db.Write(t.Context(), statement)
			require.NoError(t, err)
		}
		require.NoError(t, migrate(t.Context(), db.sql, db.Dialect()))
		for _, table := range []string{"dashboard_journal_subjects", "dashboard_journal_contents"} {
			var entries string
			require.NoError(t, db.sql.QueryRowContext(t.Context(), `SELECT MIN(entry) || MAX(entry) FROM `+table).Scan(&entries))
			assert.Equal(t, "therethere", entries, table)
		}
	})
}

func embedded(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		content, err := fs.ReadFile(migrationFiles, name)
		require.NoError(t, err)
		files[filepath.Base(name)] = string(content)
	}
	return files
}

// testdata/e79c892.sqlite was made by the program of that commit, with the sandbox: Maren Dahl
// signed in, and removed Chiara D'Angelo with the wizard. e79c892.key is its secret.
const (
	oldFile   = "testdata/e79c892.sqlite"
	oldSecret = "testdata/e79c892.key"
	oldRecord = "removal 20565 90b818f9eaceb592de3852a806f852a2"
	oldScope  = "6d0aa48725f2ed12a7dc900ce58a6798 20526"
	oldCookie = "MTc5NTg5MDQ3MHxRelpNTmtWMFpVRTNXRjlWWDJ4ZlUyeExjMVpIVEZCalVHWm1USEpHVERCMGExRlRZVGc1TVZKZlZRPT1861h-5SEcnU1foy25EJwFyOetLaZ3etrOUWgM0aK0vNY="
)

// oldDatabase gives an engine the tables and rows of the old program, as it made them.
func oldDatabase(t *testing.T, e engine) {
	t.Helper()
	if !strings.HasPrefix(e.url, "postgres") {
		content, err := os.ReadFile(oldFile)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(e.url, content, 0o600))
		return
	}
	old, err := sql.Open("sqlite", oldFile)
	require.NoError(t, err)
	defer old.Close()
	db, err := sql.Open("pgx", e.url)
	require.NoError(t, err)
	defer db.Close()
	files := embedded(t)
	for _, statement := range []string{
		`CREATE TABLE dashboard_schema_version (version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL)`,
		files["00001_sessions_and_records.sql"], files["00002_count_living_sessions.sql"],
		`INSERT INTO dashboard_schema_version (version_id, is_applied) VALUES (1, TRUE), (2, TRUE)`,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	for _, table := range []string{"dashboard_sessions", "dashboard_records"} {
		var a, b, c, d any
		require.NoError(t, old.QueryRowContext(t.Context(), `SELECT * FROM `+table).Scan(&a, &b, &c, &d), "one row each")
		_, err := db.ExecContext(t.Context(), `INSERT INTO `+table+` VALUES ($1, $2, $3, $4)`, a, b, c, d)
		require.NoError(t, err)
	}
}

// TestDatabaseOfTheFirstReleaseIsTakenOver: its migrations are known, its receipts open, and the
// next migrations run.
func TestDatabaseOfTheFirstReleaseIsTakenOver(t *testing.T) {
	keys, err := LoadKeys(oldSecret, false)
	require.NoError(t, err)
	at := func() time.Time { return time.Date(2026, 11, 28, 19, 0, 0, 0, time.UTC) }
	eachEngine(t, func(t *testing.T, e engine) {
		if !e.durable {
			return // a database in memory is always new
		}
		oldDatabase(t, e)
		for start := range 2 {
			db := e.open(t)
			records := db.Records(keys)
			records.Now = at
			var receipts int
			require.NoError(t, records.Take(t.Context(), func(row, scope string, body []byte) error {
				if !slices.Contains(records.Rows(oldRecord), row) {
					return nil
				}
				receipts++
				assert.Equal(t, oldScope, scope)
				var receipt struct{ By, State string }
				require.NoError(t, json.Unmarshal(body, &receipt))
				assert.Equal(t, "Maren Dahl", receipt.By)
				assert.Equal(t, "done", receipt.State)
				return nil
			}))
			assert.Equal(t, 1-start, receipts, "it is taken at the first start")
			var versions []string
			require.NoError(t, db.Query(t.Context(), `SELECT version_id FROM `+versionTable+` ORDER BY version_id`, nil, scanText(&versions)))
			assert.Len(t, versions, len(embedded(t)), "each migration is noted once")
			_, err = db.Write(t.Context(), `INSERT INTO `+versionTable+` (version_id, is_applied) VALUES (3, TRUE)`)
			require.Error(t, err, "nor can a second process note it at the same time")
			v := newVisitor(t, newSessions(t, db, newClock()))
			v.jar[cookieName] = &http.Cookie{Name: cookieName, Value: oldCookie}
			assert.True(t, v.session(v.request()).IsNew, "everybody signs in once more")
			v.signIn()
			assert.Equal(t, token, v.dataNow())
			require.NoError(t, db.Close())
		}
	})
}

// TestReplicasMigrateOneAfterTheOther: one that was killed in the middle holds the others up until
// its lock ends.
func TestReplicasMigrateOneAfterTheOther(t *testing.T) {
	t.Parallel()
	e := engine{url: postgres.URL(t), durable: true}
	other, err := sql.Open("pgx", e.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	locker, err := migrationLock()
	require.NoError(t, err)
	require.NoError(t, locker.Lock(t.Context(), other))
	opened := make(chan error, 1)
	go func() {
		db, err := Open(t.Context(), e.url)
		if err == nil {
			err = db.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		require.Fail(t, "it does not wait", "%v", err)
	case <-time.After(5 * migrationPause):
	}
	_, err = other.ExecContext(t.Context(), `UPDATE `+migrationLockTable+` SET lease_expires_at = now() - interval '1 second'`)
	require.NoError(t, err)
	select {
	case err := <-opened:
		require.NoError(t, err)
	case <-time.After(30 * time.Second):
		require.Fail(t, "it waits for ever")
	}
}
