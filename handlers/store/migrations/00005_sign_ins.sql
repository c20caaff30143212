-- +goose Up
-- Whose sessions are in which organisation, so that they can be listed and ended. details is sealed text.
CREATE TABLE dashboard_sign_ins (
	session TEXT NOT NULL, -- id_hash of dashboard_sessions
	org     TEXT NOT NULL,
	person  TEXT NOT NULL,
	details TEXT NOT NULL,
	PRIMARY KEY (session, org)
);
CREATE INDEX dashboard_sign_ins_org ON dashboard_sign_ins (org, person);
