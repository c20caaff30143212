-- +goose Up
-- The last reading of all members and of all groups that counted, for the next one to be compared with. list is 'members' or
-- 'groups'. version grows when state does change. state is sealed text.
CREATE TABLE dashboard_history_readings (
	org         TEXT NOT NULL,
	list        TEXT NOT NULL,
	version     BIGINT NOT NULL,
	first_ended BIGINT NOT NULL,
	began       BIGINT NOT NULL,
	ended       BIGINT NOT NULL,
	state       TEXT NOT NULL,
	PRIMARY KEY (org, list)
);

-- What differed between two readings: it happened after since and not after till. member is '' for somebody whose account was
-- deleted for good, and where nobody is concerned. entry is the change in the journal that did it, '' for none. part is 1 for
-- what goes with another event, as leaving a deleted group does. data is sealed text, '' for none.
CREATE TABLE dashboard_history_events (
	id     TEXT NOT NULL, -- UUID version 7 of the time till: grows with time, as the journal's ids do
	org    TEXT NOT NULL,
	kind   TEXT NOT NULL,
	member TEXT NOT NULL,
	grp    TEXT NOT NULL,
	since  BIGINT NOT NULL,
	till   BIGINT NOT NULL,
	entry  TEXT NOT NULL,
	part   BIGINT NOT NULL,
	data   TEXT NOT NULL,
	PRIMARY KEY (org, id)
);
CREATE INDEX dashboard_history_events_member ON dashboard_history_events (member, id);
CREATE INDEX dashboard_history_events_group ON dashboard_history_events (grp, id);

-- How far somebody has seen what was changed elsewhere: upto is an event.
CREATE TABLE dashboard_history_seen (
	org    TEXT NOT NULL,
	member TEXT NOT NULL,
	upto   TEXT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (org, member)
);
