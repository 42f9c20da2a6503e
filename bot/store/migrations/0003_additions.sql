-- What a server's moderators added, changed or removed: fields as JSON, only those they set.
-- person: added_by, forget
CREATE TABLE additions (
    addition_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    fields TEXT NOT NULL,
    removed BIGINT NOT NULL CHECK (removed IN (0, 1)),
    added_by BIGINT,
    changed_at BIGINT NOT NULL,
    UNIQUE (guild_id, resource_key)
);

-- Changes with every change to a server's additions; what was laid for another version is stale.
CREATE TABLE additions_versions (
    guild_id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Who changed what, when: for moderators to look up. The last twenty a resource are kept.
-- person: changed_by, forget
CREATE TABLE addition_changes (
    change_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    fields TEXT NOT NULL,
    changed_by BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX changes_of_addition ON addition_changes (guild_id, resource_key, change_id);

-- What stands behind a moderator's card, from the command to the click: for a day.
-- person: opened_by, delete
CREATE TABLE drafts (
    draft_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    opened_by BIGINT NOT NULL,
    resource_key TEXT,
    fields TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_age ON drafts (made_at);
