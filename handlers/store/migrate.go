package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const (
	// versionTable and migrationLock are our own, so that the database may be shared with other applications.
	versionTable  = "dashboard_schema_version"
	migrationLock = 0x7461_646d_696e // "tadmin"
	// migrationTime bounds the wait for another replica that is migrating, and the migration itself.
	migrationTime = time.Minute
)

// migrate runs the migrations that are missing and refuses a database that has more of them than this binary knows. There are
// few, they only go forward, and both engines run the same text in one transaction: a library for that would make the program
// half a megabyte larger.
func migrate(ctx context.Context, db *sql.DB, dialect string) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return fmt.Errorf("the built-in migrations: %w", err)
	}
	return migrateWith(ctx, db, dialect, files)
}

func migrateWith(ctx context.Context, db *sql.DB, dialect string, files fs.FS) error {
	steps, err := migrations(files)
	if err != nil {
		return fmt.Errorf("the built-in migrations: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, migrationTime)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("migrating the dashboard's database: %w", err)
	}
	if err := migrateIn(ctx, tx, dialect, steps); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migrating the dashboard's database: %w", err)
	}
	return nil
}

// A migration is a file whose name begins with its version.
type migration struct {
	version int64
	text    string
}

// migrations reads the files in the order of their versions, which is that of their names.
func migrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var steps []migration
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s has no version", name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, migration{version, string(text)})
	}
	return steps, nil
}

// migrateIn does the work in a transaction, which on SQLite holds the file from its beginning.
func migrateIn(ctx context.Context, tx *sql.Tx, dialect string, steps []migration) error {
	do := func(statement string, args ...any) error {
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return fmt.Errorf("migrating the dashboard's database: %w", err)
		}
		return nil
	}
	if dialect == Postgres { // one replica migrates while the others wait; the lock goes with the transaction
		if err := do(`SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
	}
	// is_applied is always true: databases of earlier versions have it.
	if err := do(`CREATE TABLE IF NOT EXISTS ` + versionTable + ` (version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL)`); err != nil {
		return err
	}
	var current, known int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+versionTable).Scan(&current); err != nil {
		return fmt.Errorf("reading the version of the dashboard's database: %w", err)
	}
	for _, step := range steps {
		known = step.version
		if step.version <= current {
			continue
		}
		if err := do(step.text); err != nil {
			return err
		}
		if err := do(`INSERT INTO `+versionTable+` (version_id, is_applied) VALUES ($1, TRUE)`, step.version); err != nil {
			return err
		}
	}
	if current > known {
		return fmt.Errorf("%w (its version is %d, this one knows %d); start that version, or give another database", ErrNewer, current, known)
	}
	return nil
}
