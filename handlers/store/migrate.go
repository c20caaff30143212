package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const (
	// versionTable and migrationLock are our own, so that another application that uses goose may share the database.
	versionTable  = "dashboard_schema_version"
	migrationLock = 0x7461_646d_696e // "tadmin"
)

// migrate runs the migrations that are missing and refuses a database that has more of them than this binary knows.
func migrate(ctx context.Context, db *sql.DB, dialect string) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return fmt.Errorf("the built-in migrations: %w", err)
	}
	return migrateWith(ctx, db, dialect, files)
}

func migrateWith(ctx context.Context, db *sql.DB, dialect string, files fs.FS) error {
	options := []goose.ProviderOption{goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true)}
	gooseDialect := goose.DialectSQLite3
	if dialect == Postgres {
		gooseDialect = goose.DialectPostgres
		// One replica migrates while the others wait: asked every second, given up after a minute.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("preparing the lock for migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(gooseDialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	// provider.Close would close db too.
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the dashboard's database: %w", err)
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the dashboard's database: %w", err)
	}
	if current > known {
		return fmt.Errorf("%w (its version is %d, this one knows %d); start that version, or give another database", ErrNewer, current, known)
	}
	return nil
}
