-- +goose Up
-- What a change deleted, to create it again. It goes before the entry does. contents and picture are sealed text in
-- base64, '' for no picture.
CREATE TABLE dashboard_journal_contents (
	entry    TEXT PRIMARY KEY,
	at       BIGINT NOT NULL,
	contents TEXT NOT NULL,
	picture  TEXT NOT NULL
);
CREATE INDEX dashboard_journal_contents_at ON dashboard_journal_contents (at);
