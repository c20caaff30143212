-- +goose Up
-- What earlier sweeps of the journal left of entries that were deleted: one asked for the time again for each table.
DELETE FROM dashboard_journal_contents WHERE entry NOT IN (SELECT id FROM dashboard_journal);
DELETE FROM dashboard_journal_subjects WHERE entry NOT IN (SELECT id FROM dashboard_journal);
