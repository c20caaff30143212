-- +goose Up
-- Many changes of one kind. plan, note and token are sealed text, '' for none.
CREATE TABLE dashboard_jobs (
	id      TEXT PRIMARY KEY, -- UUID version 7: grows with time
	org     TEXT NOT NULL,
	kind    TEXT NOT NULL,
	owner   TEXT NOT NULL,
	state   TEXT NOT NULL,
	at      BIGINT NOT NULL,
	changed BIGINT NOT NULL,
	plan    TEXT NOT NULL,
	note    TEXT NOT NULL,
	token   TEXT NOT NULL
);
CREATE INDEX dashboard_jobs_org ON dashboard_jobs (org, id);
CREATE INDEX dashboard_jobs_state ON dashboard_jobs (state);
CREATE INDEX dashboard_jobs_at ON dashboard_jobs (at);

-- The rows of a job. what and result are sealed text, '' for none.
CREATE TABLE dashboard_job_rows (
	job    TEXT NOT NULL,
	n      BIGINT NOT NULL,
	step   BIGINT NOT NULL,
	state  TEXT NOT NULL,
	what   TEXT NOT NULL,
	result TEXT NOT NULL,
	PRIMARY KEY (job, n)
);
CREATE INDEX dashboard_job_rows_state ON dashboard_job_rows (job, state, step);
