package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const (
	// The tables have names of our own, because the database may be shared with other applications.
	versionTable       = "dashboard_schema_version"
	migrationLockTable = "dashboard_schema_lock"
	// migrationTime bounds the wait for another replica that is migrating, and the migration
	// itself.
	migrationTime = time.Minute
	// migrationPause is the time between two looks at another replica's lock.
	migrationPause = 200 * time.Millisecond
)

// migrate runs the missing migrations, and refuses a database that a newer version of the dashboard
// has migrated.
func migrate(ctx context.Context, db *sql.DB, dialect string) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return fmt.Errorf("the built-in migrations: %w", err)
	}
	return migrateWith(ctx, db, dialect, files)
}

func migrateWith(ctx context.Context, db *sql.DB, dialect string, files fs.FS) error {
	ctx, cancel := context.WithTimeout(ctx, migrationTime)
	defer cancel()
	versions, err := database.NewStoreFromQuerier(versionTable, versionQueries{dialect})
	if err != nil {
		return fmt.Errorf("the table of migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithStore(versions), goose.WithDisableGlobalRegistry(true)}
	if dialect == Postgres {
		locker, err := migrationLock()
		if err != nil {
			return fmt.Errorf("the lock for migrations: %w", err)
		}
		options = append(options, goose.WithLocker(locker))
	}
	provider, err := goose.NewProvider(goose.DialectCustom, db, files, options...)
	if err != nil {
		return fmt.Errorf("the built-in migrations: %w", err)
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the dashboard's database: %w", err)
	}
	if current > known {
		return fmt.Errorf("%w (its version is %d, this one knows %d); start that version, or give another database", ErrNewer, current, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the dashboard's database: %w", err)
	}
	return nil
}

// migrationLock lets one replica migrate while the others wait. It is a row with an end that its
// holder moves on: an advisory lock belongs to a session, and poolers in transaction mode give each
// transaction another one.
func migrationLock() (lock.Locker, error) {
	return lock.NewPostgresTableLocker(
		lock.WithTableName(migrationLockTable),
		lock.WithTableLockTimeout(migrationPause, uint64(migrationTime/migrationPause)),
		lock.WithTableUnlockTimeout(migrationPause, uint64(5*time.Second/migrationPause)),
		lock.WithTableLogger(slog.New(slog.DiscardHandler)), // its errors are returned as well
	)
}

// versionQueries is the table of migrations as the first releases made it, with two columns, for
// goose: its own has four. The version table keeps that form, so that no database needs more than
// its missing migrations.
type versionQueries struct{ dialect string }

func (versionQueries) CreateTable(table string) string {
	return `CREATE TABLE ` + table + ` (version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL)`
}

func (q versionQueries) TableExists(table string) string {
	if q.dialect == Postgres {
		return `SELECT to_regclass('` + table + `') IS NOT NULL`
	}
	return `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '` + table + `')`
}

func (versionQueries) InsertVersion(table string) string {
	return `INSERT INTO ` + table + ` (version_id, is_applied) VALUES ($1, $2)`
}

func (versionQueries) ListMigrations(table string) string {
	return `SELECT version_id, is_applied FROM ` + table + ` ORDER BY version_id DESC`
}

func (versionQueries) GetLatestVersion(table string) string {
	return `SELECT MAX(version_id) FROM ` + table
}

// Migrations only go forward, and their times are not asked for: goose never runs these two.
func (versionQueries) DeleteVersion(string) string         { return "" }
func (versionQueries) GetMigrationByVersion(string) string { return "" }
