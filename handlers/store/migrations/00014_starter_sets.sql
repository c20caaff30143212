-- +goose Up
-- The groups that are expected of people with a job title. id_hash is of the organisation and the title; '' is the title of the
-- set for everybody. data is sealed text.
CREATE TABLE dashboard_starter_sets (
	org     TEXT NOT NULL,
	id_hash TEXT NOT NULL,
	at      BIGINT NOT NULL,
	data    TEXT NOT NULL,
	PRIMARY KEY (org, id_hash)
);
