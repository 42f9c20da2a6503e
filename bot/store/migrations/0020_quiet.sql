-- At which hour of their day a reader is reminded; null: they weren't asked.
ALTER TABLE reader_settings ADD COLUMN remind_hour BIGINT CHECK (remind_hour BETWEEN 0 AND 23);
-- Since when they want a reminder after a week without reading.
ALTER TABLE reader_settings ADD COLUMN nudged_at BIGINT;
-- When they were reminded last, and how many reminders in a row that made without a mark between.
ALTER TABLE reader_settings ADD COLUMN reminded_at BIGINT;
ALTER TABLE reader_settings ADD COLUMN ignored BIGINT NOT NULL DEFAULT 0;
-- When to remind them again: they said *Later*.
ALTER TABLE reader_settings ADD COLUMN again_at BIGINT;

-- Whoever wants reminders, of a group's papers or others, is looked at when one may be due.
INSERT INTO reader_settings (reader_id)
    SELECT DISTINCT reader_id FROM members WHERE reminders = 'wanted'
    ON CONFLICT (reader_id) DO NOTHING;
UPDATE reader_settings SET nudged_at = nudge_at - 604800 WHERE nudged = 1 AND nudge_at > 604800;
UPDATE reader_settings SET nudge_at = 0 WHERE nudged = 1 OR EXISTS (SELECT 1 FROM members
    WHERE members.reader_id = reader_settings.reader_id AND members.reminders = 'wanted');
UPDATE reader_settings SET ignored = 1, reminded_at = (SELECT MAX(COALESCE(tried_at, due_at))
    FROM outbox WHERE outbox.reader_id = reader_settings.reader_id AND kind = 'reminder'
    AND state = 'sent')
    WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.reader_id = reader_settings.reader_id
    AND kind = 'reminder' AND state = 'sent');
