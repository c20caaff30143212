-- +goose Up
-- By how many days administrators have kept longer what an entry deleted. The at of its contents has moved on by as much.
ALTER TABLE dashboard_journal ADD COLUMN added_days BIGINT NOT NULL DEFAULT 0;
