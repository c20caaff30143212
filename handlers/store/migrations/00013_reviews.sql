-- +goose Up
-- Reviews of people who joined. Only ids, times and states are plain: what is needed to count. data is sealed text.
-- decisions is how many there are: it numbers them, and the row is the lock under which one is added.
CREATE TABLE dashboard_reviews (
	id        TEXT PRIMARY KEY, -- UUID version 7: grows with time
	org       TEXT NOT NULL,
	at        BIGINT NOT NULL,
	decisions BIGINT NOT NULL,
	data      TEXT NOT NULL
);
CREATE INDEX dashboard_reviews_org ON dashboard_reviews (org, id);
CREATE INDEX dashboard_reviews_at ON dashboard_reviews (at);

-- The people of a review in their order.
CREATE TABLE dashboard_review_people (
	review TEXT NOT NULL,
	member TEXT NOT NULL,
	n      BIGINT NOT NULL,
	data   TEXT NOT NULL,
	PRIMARY KEY (review, member)
);

-- What was decided about them, in order. Rows are added and never changed.
CREATE TABLE dashboard_review_decisions (
	review TEXT NOT NULL,
	n      BIGINT NOT NULL,
	member TEXT NOT NULL,
	state  TEXT NOT NULL,
	data   TEXT NOT NULL,
	PRIMARY KEY (review, n)
);
CREATE INDEX dashboard_review_decisions_member ON dashboard_review_decisions (member, review, n);
