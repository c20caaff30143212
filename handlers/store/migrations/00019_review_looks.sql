-- +goose Up
-- Second looks of another administrator at people who look right: at which decision, which is by whom, and the answer, ''
-- until there is one. data is sealed text, '' until then.
CREATE TABLE dashboard_review_looks (
	review   TEXT NOT NULL,
	member   TEXT NOT NULL,
	decision BIGINT NOT NULL,
	author   TEXT NOT NULL,
	answer   TEXT NOT NULL,
	data     TEXT NOT NULL,
	PRIMARY KEY (review, member, decision)
);
