-- A group's papers come every so many weeks, counted from an ISO week on; none on its days off, nor
-- in a pause: intervals of ISO 8601 with both days ("2026-12-24/2026-12-26"), between spaces.
ALTER TABLE study_groups ADD COLUMN every BIGINT NOT NULL DEFAULT 1;
ALTER TABLE study_groups ADD COLUMN counts_from TEXT NOT NULL DEFAULT '';
ALTER TABLE study_groups ADD COLUMN days_off TEXT NOT NULL DEFAULT '';
ALTER TABLE study_groups ADD COLUMN pause TEXT NOT NULL DEFAULT '';
