package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresConnections per replica; PostgreSQL allows 100 in all unless configured otherwise.
	postgresConnections = 10
	postgresIdle        = 5 * time.Minute
	postgresLifetime    = 30 * time.Minute // follows a failover or a changed address within that time
	postgresConnect     = 5 * time.Second  // pgx would wait as long as the system does, minutes, for a host that is silent
)

func openPostgres(ctx context.Context, databaseURL string) (*DB, error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, err
	}
	// A connection that the server has cut, at its restart for example, is found before it is used
	// again: the query itself could not be repeated safely. By default that is checked after a
	// second without use only, and a busy page fails.
	always := func(context.Context, stdlib.ShouldPingParams) bool { return true }
	db := stdlib.OpenDB(*config, stdlib.OptionShouldPing(always))
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxIdleTime(postgresIdle)
	db.SetConnMaxLifetime(postgresLifetime)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL cannot be reached: %w", err), db.Close())
	}
	if err := migrate(ctx, db, Postgres); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newDB(db, Postgres, fileIdentity{}), nil
}

// postgresConfig reads the URL; its connect_timeout, in seconds, goes before ours.
func postgresConfig(databaseURL string) (*pgx.ConnConfig, error) {
	// url.Error repeats the URL, password and all, so neither it nor what pgx makes of it is shown.
	if _, err := url.Parse(databaseURL); err != nil {
		return nil, errors.New("the PostgreSQL URL cannot be read; it is written postgres://user:password@host:5432/name, special characters of the password as %XX")
	}
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL URL: %w", err) // pgx hides the password
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = postgresConnect
	}
	return config, nil
}
