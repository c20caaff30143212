package program_test

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest/program"
	"tallyfy-admin/handlers/store"
)

// What the program cannot work with it says in one sentence, and ends with status 1.
func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(t *testing.T, database, secret string)
		says    string
	}{
		"a newer database": {func(t *testing.T, database, _ string) {
			db, err := store.Open(t.Context(), database)
			require.NoError(t, err)
			require.NoError(t, db.Close())
			plain, err := sql.Open("sqlite", database)
			require.NoError(t, err)
			_, err = plain.ExecContext(t.Context(), "INSERT INTO dashboard_schema_version (version_id, is_applied) VALUES (9999, 1)")
			require.NoError(t, err)
			require.NoError(t, plain.Close())
		}, "newer version"},
		"no database at all": {func(t *testing.T, database, _ string) {
			require.NoError(t, os.WriteFile(database, []byte(strings.Repeat("a letter to somebody. ", 1000)), 0o600))
		}, "is not a SQLite database; move it away or choose another path"},
		"a damaged database": {func(t *testing.T, database, _ string) {
			db, err := store.Open(t.Context(), database)
			require.NoError(t, err)
			require.NoError(t, db.Close())
			content, err := os.ReadFile(database)
			require.NoError(t, err)
			for i := 4096; i < len(content); i++ { // behind the first page
				content[i] = 0xa5
			}
			require.NoError(t, os.WriteFile(database, content, 0o600))
		}, "is damaged; move it away"},
		"a folder that is missing": {func(t *testing.T, database, _ string) {
			require.NoError(t, os.Remove(filepath.Dir(database)))
		}, "does not exist; make it or choose another path"},
		"a secret that is a folder": {func(t *testing.T, _, secret string) {
			require.NoError(t, os.Mkdir(secret, 0o700))
		}, "the secret file cannot be read"},
		"a secret that is too short": {func(t *testing.T, _, secret string) {
			require.NoError(t, os.WriteFile(secret, []byte("short-and-private"), 0o600))
		}, "is of no use"},
		"a secret in a folder that is missing": {func(t *testing.T, _, secret string) {
			require.NoError(t, os.Remove(filepath.Dir(secret)))
		}, "its folder must exist and be writable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database, secret := filepath.Join(t.TempDir(), "sessions.db"), filepath.Join(t.TempDir(), "secret")
			test.prepare(t, database, secret)
			out, status := program.RunToTheEnd(t, nil, "--sandbox", "--addr", program.FreeAddress(t), "--database-url", database, "--secret-file", secret)
			assert.Equal(t, 1, status)
			assert.Contains(t, out, test.says)
			assert.True(t, strings.HasPrefix(out, "tallyfy-admin: "), out)
			assert.Equal(t, 1, strings.Count(out, "\n"), "one line: %s", out)
			assert.NotContains(t, out, "private")
		})
	}
}

func TestUnreachablePostgreSQL(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(strings.Repeat("s", 40)), 0o600))
	out, status := program.RunToTheEnd(t, nil, "--sandbox", "--addr", program.FreeAddress(t), "--database-url", "postgres://dashboard:pass-word@"+program.FreeAddress(t)+"/x", "--secret-file", secret)
	assert.Equal(t, 1, status)
	assert.Contains(t, out, "PostgreSQL cannot be reached")
	assert.NotContains(t, out, "pass-word")
}

// With a new secret in front of the old one, everybody stays signed in.
func TestTheSecretIsRotated(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "sessions.db")
	o := program.Options{Database: database, Address: program.FreeAddress(t)}
	first := start(t, o)
	s := first.SignedIn()
	first.Signal(syscall.SIGTERM)
	require.NoError(t, first.WaitForEnd())
	old, err := os.ReadFile(database + ".secret")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(database+".secret", append([]byte(strings.Repeat("another secret. ", 3)+"\n"), old...), 0o600))

	second := start(t, o)
	assert.Contains(t, s.Get("/groups").Whole(http.StatusOK).Body, "Maren Dahl")
	second.AssertNoPanic()
}

// With another secret nobody is signed in any more; nothing else happens.
func TestTheSecretChanges(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "sessions.db")
	o := program.Options{Database: database, Address: program.FreeAddress(t)}
	first := start(t, o)
	s := first.SignedIn()
	first.Signal(syscall.SIGTERM)
	require.NoError(t, first.WaitForEnd())
	require.NoError(t, os.WriteFile(database+".secret", []byte(strings.Repeat("another secret. ", 3)), 0o600))

	second := start(t, o)
	for _, path := range []string{"/", "/groups", "/members"} {
		p := s.Get(path).Whole(http.StatusOK)
		assert.True(t, strings.HasPrefix(p.URL, "/signin"), "%s leads to %s", path, p.URL)
	}
	s.SignIn()
	s.Get("/members").Whole(http.StatusOK)
	for _, line := range second.lines("request") {
		assert.Less(t, line["status"], 500.0)
	}
	second.AssertNoPanic()
}
