-- A link that members want on their server's list, as its page told of it, and what moderators made
-- of it: `taken` as resource_key, or `declined` for a reason. The same link is one suggestion.
-- person: settled_by, forget
CREATE TABLE suggestions (
    suggestion_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    list_id TEXT NOT NULL,
    link TEXT NOT NULL,
    fields TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'declined')),
    resource_key TEXT,
    reason TEXT NOT NULL DEFAULT '',
    settled_by BIGINT,
    settled_at BIGINT
);
CREATE UNIQUE INDEX open_suggestions ON suggestions (guild_id, link) WHERE state = 'open';
CREATE INDEX suggestions_of_guild ON suggestions (guild_id, state);

-- Who wants it, and why: for moderators alone. `is_first`: they suggested it; `leads`: they would
-- lead the group through it; `told_at`: since when they know what became of it.
-- person: reader_id, delete
CREATE TABLE wishes (
    guild_id BIGINT NOT NULL,
    suggestion_id BIGINT NOT NULL,
    reader_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    is_first BIGINT NOT NULL CHECK (is_first IN (0, 1)),
    leads BIGINT NOT NULL CHECK (leads IN (0, 1)),
    made_at BIGINT NOT NULL,
    told_at BIGINT,
    PRIMARY KEY (suggestion_id, reader_id)
);
CREATE INDEX wishes_of_reader ON wishes (reader_id);
