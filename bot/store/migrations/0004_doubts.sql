-- A reader thinks that something doesn't need what it is said to need; moderators settle it.
-- person: reader_id, delete
CREATE TABLE doubts (
    doubt_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    needed_key TEXT NOT NULL,
    reader_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (guild_id, resource_key, needed_key, reader_id)
);
CREATE INDEX doubts_of_reader ON doubts (reader_id);
