-- +goose Up
-- Logos of groups. data is sealed text, '' for an address that was found to have no picture.
CREATE TABLE dashboard_logos (
	id_hash TEXT PRIMARY KEY,
	used_at BIGINT NOT NULL,
	size    BIGINT NOT NULL, -- of data, in bytes
	data    TEXT NOT NULL
);
-- Those to delete are found from the index alone, without reading what is sealed in the rows.
CREATE INDEX dashboard_logos_used_at ON dashboard_logos (used_at, id_hash, size);
