-- The group that this one went into, for good; null: none. Its weeks stay its own. It is stopped and
-- has given up its channel, which another group may have: that was left_channel_id, and channel_id
-- is minus its own id, as no channel's is. had_counts: what it had counts as had for the other too.
ALTER TABLE study_groups ADD COLUMN merged_into BIGINT;
ALTER TABLE study_groups ADD COLUMN left_channel_id BIGINT;
ALTER TABLE study_groups ADD COLUMN had_counts BIGINT NOT NULL DEFAULT 0
    CHECK (had_counts IN (0, 1));
CREATE INDEX merged_groups ON study_groups (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX left_channels ON study_groups (left_channel_id) WHERE left_channel_id IS NOT NULL;
