-- +goose Up
-- The groups that were planned for somebody who was invited. id_hash is of the organisation and the address, member the id of
-- the invited person, '' where it is not known. data is sealed text.
CREATE TABLE dashboard_planned_groups (
	org     TEXT NOT NULL,
	id_hash TEXT NOT NULL,
	member  TEXT NOT NULL,
	at      BIGINT NOT NULL,
	data    TEXT NOT NULL,
	PRIMARY KEY (org, id_hash)
);
CREATE INDEX dashboard_planned_groups_member ON dashboard_planned_groups (org, member);
CREATE INDEX dashboard_planned_groups_at ON dashboard_planned_groups (at);
