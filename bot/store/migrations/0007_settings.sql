-- What a reader set for themselves; no row: nothing.
-- person: reader_id, delete
CREATE TABLE reader_settings (
    reader_id BIGINT PRIMARY KEY,
    zone TEXT,
    -- 1: their name may stand in their groups' cards.
    named BIGINT NOT NULL DEFAULT 0 CHECK (named IN (0, 1)),
    -- 1: a direct message after a week without reading; when the next look is due.
    nudged BIGINT NOT NULL DEFAULT 0 CHECK (nudged IN (0, 1)),
    nudge_at BIGINT
);
CREATE INDEX due_nudges ON reader_settings (nudge_at);
