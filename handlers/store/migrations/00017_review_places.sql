-- +goose Up
-- Where each person of a review stands, plain: a step of a large review reads one person and opens nothing else. state,
-- until and decision are those of the latest decision; until is the day of one that puts off, 0 for none, and decision its
-- number, 0 for none. read_at is when the person was read. Of what was decided before, the day is not known here: whoever
-- was put off is to be decided at once.
ALTER TABLE dashboard_review_people ADD COLUMN state TEXT NOT NULL DEFAULT 'undecided';
ALTER TABLE dashboard_review_people ADD COLUMN until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dashboard_review_people ADD COLUMN decision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dashboard_review_people ADD COLUMN read_at BIGINT NOT NULL DEFAULT 0;
UPDATE dashboard_review_people SET decision = COALESCE((SELECT MAX(d.n) FROM dashboard_review_decisions d
	WHERE d.review = dashboard_review_people.review AND d.member = dashboard_review_people.member), 0);
UPDATE dashboard_review_people SET state = (SELECT d.state FROM dashboard_review_decisions d
	WHERE d.review = dashboard_review_people.review AND d.n = dashboard_review_people.decision) WHERE decision > 0;
CREATE INDEX dashboard_review_people_n ON dashboard_review_people (review, n, member);

-- Who decided, by id, and when.
ALTER TABLE dashboard_review_decisions ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE dashboard_review_decisions ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX dashboard_review_decisions_author ON dashboard_review_decisions (review, author, n);
