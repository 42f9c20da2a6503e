-- When and where a group talks about its paper, on its own clock; meets_weekday null: it doesn't
-- meet. meets_channel_id: a voice or stage channel; null: at the paper's thread.
ALTER TABLE study_groups ADD COLUMN meets_weekday BIGINT;
ALTER TABLE study_groups ADD COLUMN meets_hour BIGINT;
ALTER TABLE study_groups ADD COLUMN meets_minute BIGINT;
ALTER TABLE study_groups ADD COLUMN meets_minutes BIGINT;
ALTER TABLE study_groups ADD COLUMN meets_channel_id BIGINT;

-- When a week's meeting is; the scheduled event for it, and what Discord was last asked to show
-- there: instant, minutes and channel, '' for none any more; null: it wasn't asked.
ALTER TABLE weeks ADD COLUMN meets_at BIGINT;
ALTER TABLE weeks ADD COLUMN event_id BIGINT;
ALTER TABLE weeks ADD COLUMN event_asked TEXT;
