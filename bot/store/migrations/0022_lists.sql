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

-- What a server says of a resource itself (title, link, authors…), in whichever list it stands.
CREATE TABLE facts (
    guild_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (guild_id, resource_key)
);

-- A key under which another list has the same link: a key of the first is what marks hang on.
ALTER TABLE known_resources ADD COLUMN same_as TEXT;

-- A server's own lists. Removed: they may come back, with all their versions.
CREATE TABLE lists (
    list_id TEXT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX lists_of_guild ON lists (guild_id);

-- The last ten imports into each; the newest is what the list is. `before`: what was laid over the
-- list until then and went into this version, as JSON, for it to be put back. `steps` and
-- `resources` are how many it has.
-- person: made_by, forget
CREATE TABLE list_versions (
    version_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    list_id TEXT NOT NULL,
    made_by BIGINT,
    made_at BIGINT NOT NULL,
    steps BIGINT NOT NULL,
    resources BIGINT NOT NULL,
    curriculum TEXT NOT NULL,
    before TEXT NOT NULL
);
CREATE INDEX versions_of_list ON list_versions (guild_id, list_id, version_id);

-- An import's links are being looked up until then; null: none are left.
ALTER TABLE drafts ADD COLUMN lease_until BIGINT;
CREATE INDEX drafts_to_look_up ON drafts (lease_until) WHERE lease_until IS NOT NULL;
