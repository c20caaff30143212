-- +goose Up
-- When a review was closed, 0 for one that is open, and sealed by whom. Nothing of a closed review changes.
ALTER TABLE dashboard_reviews ADD COLUMN closed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dashboard_reviews ADD COLUMN closing TEXT NOT NULL DEFAULT '';
