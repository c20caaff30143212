-- +goose Up
-- When a review last came to an end about somebody in a group, or about somebody who was put into it or taken out.
CREATE TABLE dashboard_review_groups (
	review TEXT NOT NULL,
	grp    TEXT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (review, grp)
);
CREATE INDEX dashboard_review_groups_group ON dashboard_review_groups (grp, at);
