// Package postgres gives tests a PostgreSQL to themselves. It does not import store, so that store's own
// tests may use it. The tests register the driver, as importing store does.
package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// URL makes a schema for the test and returns a URL that works in it. Without TEST_POSTGRES_URL
// the test is skipped.
func URL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("TEST_POSTGRES_URL")
	if base == "" {
		t.Skip("set TEST_POSTGRES_URL to the URL of an empty PostgreSQL database to run this test there")
	}
	admin, err := sql.Open("pgx", base)
	require.NoError(t, err)
	schema := "test_" + strings.ToLower(rand.Text())
	_, err = admin.ExecContext(t.Context(), "CREATE SCHEMA "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE")
		require.NoError(t, err)
		require.NoError(t, admin.Close())
	})
	u, err := url.Parse(base)
	require.NoError(t, err)
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}
