-- +goose Up
-- Both tables hold sealed text in base64; times are unix milliseconds. SQLite and PostgreSQL run the same text.
CREATE TABLE dashboard_sessions (
	id_hash    TEXT PRIMARY KEY,
	data       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL
);
CREATE INDEX dashboard_sessions_created_at ON dashboard_sessions (created_at);
CREATE INDEX dashboard_sessions_seen_at ON dashboard_sessions (seen_at);

CREATE TABLE dashboard_records (
	id_hash    TEXT PRIMARY KEY,
	scope      TEXT NOT NULL,
	body       TEXT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX dashboard_records_expires_at ON dashboard_records (expires_at);
