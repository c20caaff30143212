package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
)

// The values of DB.Dialect.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// DB is an open, migrated database. It is safe for concurrent use.
type DB struct {
	Querier
	sql     *sql.DB
	dialect string
}

func newDB(db *sql.DB, dialect string, file fileIdentity) *DB {
	var on statements = db
	if dialect == SQLite {
		on = &prepared{DB: db}
	}
	return &DB{Querier: Querier{on: on, file: file, readTimeout: readTimeout, writeTimeout: writeTimeout}, sql: db, dialect: dialect}
}

// Open opens a database and brings its tables up to date. databaseURL is one of
//
//   - a path, or sqlite:///absolute/path: a SQLite file, made with mode 0600 when it is missing;
//     its folder must exist and be writable, because SQLite keeps two more files beside it;
//   - memory: or :memory: for a SQLite database of this process only, gone with Close;
//   - postgres://… or postgresql://… for PostgreSQL; several replicas may start at once.
//
// The error says what to do about a missing or read-only folder, a file that is damaged or not a
// database, or a database of a newer version (ErrNewer). It never holds the password of the URL.
func Open(ctx context.Context, databaseURL string) (*DB, error) {
	dialect, target, err := parseURL(databaseURL)
	if err != nil {
		return nil, err
	}
	switch {
	case dialect == Postgres:
		return openPostgres(ctx, target)
	case target == "":
		return openMemory(ctx)
	default:
		return openFile(ctx, target)
	}
}

// parseURL returns the dialect and the path (empty for memory) or the PostgreSQL URL. Its errors do
// not repeat the text, which might hold a password.
func parseURL(databaseURL string) (dialect, target string, err error) {
	scheme, rest, hasScheme := strings.Cut(databaseURL, "://")
	switch {
	case databaseURL == "":
		return "", "", errors.New("no database given: a path, sqlite:///path, memory: or postgres://… is needed")
	case databaseURL == "memory:", databaseURL == ":memory:":
		return SQLite, "", nil
	case hasScheme && (scheme == "postgres" || scheme == "postgresql"):
		return Postgres, databaseURL, nil
	case hasScheme && scheme == "sqlite":
		path, err := url.PathUnescape(rest)
		if err != nil || !strings.HasPrefix(path, "/") || strings.ContainsAny(rest, "?#") {
			return "", "", errors.New("a SQLite URL is written sqlite:///absolute/path, without options; a relative path is given without sqlite://")
		}
		return SQLite, path, nil
	case hasScheme, strings.HasPrefix(databaseURL, "file:"), strings.HasPrefix(databaseURL, "sqlite:"):
		return "", "", errors.New("unknown kind of database URL: a path, sqlite:///path, memory: or postgres://… is accepted")
	case strings.Contains(databaseURL, "dbname="), strings.HasPrefix(databaseURL, "host="):
		return "", "", errors.New("a PostgreSQL database is given as a URL: postgres://user:password@host:5432/name")
	default:
		return SQLite, databaseURL, nil
	}
}

// Close closes every connection. A database in memory is lost.
func (db *DB) Close() error { return db.sql.Close() }

// Ping reports whether the database answers and holds the dashboard's tables.
func (db *DB) Ping(ctx context.Context) error {
	var n int
	return db.Read(ctx, []any{&n}, `SELECT COUNT(*) FROM (SELECT 1 FROM dashboard_sessions LIMIT 1) AS one`)
}

// Dialect returns SQLite or Postgres.
func (db *DB) Dialect() string { return db.dialect }

// SQL is the pool itself, for the queue, which has tables and statements of its own.
func (db *DB) SQL() *sql.DB { return db.sql }
