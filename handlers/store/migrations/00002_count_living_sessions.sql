-- +goose Up
-- Sessions are counted for a metric: from the index alone, without reading what is sealed in the rows.
CREATE INDEX dashboard_sessions_living ON dashboard_sessions (seen_at, created_at);
DROP INDEX dashboard_sessions_seen_at;
