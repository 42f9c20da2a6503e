-- Every list has an id: a base list its own, a server's `g<guild_id>:<slug>`. Where these tables say
-- '', they meant the only list there was: the first start puts its id there.

-- Where a reader is in each list that they used, and when they used it last.
-- person: reader_id, delete
CREATE TABLE reader_lists (
    reader_id BIGINT NOT NULL,
    list_id TEXT NOT NULL,
    current_key TEXT,
    goal_key TEXT,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (reader_id, list_id)
);
INSERT INTO reader_lists (reader_id, list_id, current_key, goal_key, used_at)
    SELECT reader_id, '', current_key, goal_key, 0 FROM readers
    WHERE current_key IS NOT NULL OR goal_key IS NOT NULL;
ALTER TABLE readers DROP COLUMN current_key;
ALTER TABLE readers DROP COLUMN goal_key;

ALTER TABLE changes ADD COLUMN list_id TEXT NOT NULL DEFAULT '';

-- What a group reads from; null, as in additions_versions: what its server does by default.
ALTER TABLE study_groups ADD COLUMN list_id TEXT;
ALTER TABLE additions_versions ADD COLUMN list_id TEXT;

ALTER TABLE additions RENAME TO additions_before;
-- What a server's moderators say of a resource in one list.
-- person: added_by, forget
CREATE TABLE additions (
    addition_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    list_id TEXT NOT NULL,
    resource_key TEXT NOT NULL,
    fields TEXT NOT NULL,
    removed BIGINT NOT NULL CHECK (removed IN (0, 1)),
    added_by BIGINT,
    changed_at BIGINT NOT NULL,
    UNIQUE (guild_id, list_id, resource_key)
);
INSERT INTO additions
    SELECT addition_id, guild_id, '', resource_key, fields, removed, added_by, changed_at
    FROM additions_before;
DROP TABLE additions_before;

ALTER TABLE addition_changes ADD COLUMN list_id TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN list_id TEXT NOT NULL DEFAULT '';

ALTER TABLE doubts RENAME TO doubts_before;
-- A reader thinks that something doesn't need what it is said to need; moderators settle it.
-- person: reader_id, delete
CREATE TABLE doubts (
    doubt_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    list_id TEXT NOT NULL,
    resource_key TEXT NOT NULL,
    needed_key TEXT NOT NULL,
    reader_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (guild_id, list_id, resource_key, needed_key, reader_id)
);
INSERT INTO doubts
    SELECT doubt_id, guild_id, '', resource_key, needed_key, reader_id, why, made_at
    FROM doubts_before;
DROP TABLE doubts_before;
CREATE INDEX doubts_of_reader ON doubts (reader_id);
