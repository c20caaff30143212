-- +goose Up
-- One holder at a time, until a time of the database's clock. epoch grows with each holder.
CREATE TABLE dashboard_leases (
	name       TEXT PRIMARY KEY,
	owner      TEXT NOT NULL,
	epoch      BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX dashboard_leases_expires_at ON dashboard_leases (expires_at);

-- Of two processes that run the same migration at once, the second one fails and changes nothing.
CREATE UNIQUE INDEX dashboard_schema_version_id ON dashboard_schema_version (version_id);
