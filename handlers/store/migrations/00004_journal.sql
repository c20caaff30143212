-- +goose Up
-- The record of changes. intent, outcome and checked are sealed text in base64, '' for none yet.
CREATE TABLE dashboard_journal (
	id      TEXT PRIMARY KEY, -- UUID version 7: grows with time
	org     TEXT NOT NULL,
	at      BIGINT NOT NULL,
	actor   TEXT NOT NULL,
	kind    TEXT NOT NULL,
	state   TEXT NOT NULL,
	press   TEXT NOT NULL,
	intent  TEXT NOT NULL,
	outcome TEXT NOT NULL,
	checked TEXT NOT NULL
);
CREATE UNIQUE INDEX dashboard_journal_press ON dashboard_journal (org, press);
CREATE INDEX dashboard_journal_org ON dashboard_journal (org, id);
CREATE INDEX dashboard_journal_actor ON dashboard_journal (org, actor, id);
CREATE INDEX dashboard_journal_at ON dashboard_journal (at);

-- Which entries show on the page of a member or a group.
CREATE TABLE dashboard_journal_subjects (
	org     TEXT NOT NULL,
	subject TEXT NOT NULL,
	entry   TEXT NOT NULL,
	PRIMARY KEY (org, subject, entry)
);
CREATE INDEX dashboard_journal_subjects_entry ON dashboard_journal_subjects (entry);
