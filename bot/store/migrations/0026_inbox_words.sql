-- Which channel is told once a week while anything waits for a server's moderators; none: they want
-- no such word. Without a row they haven't said.
CREATE TABLE inbox_words (
    guild_id BIGINT PRIMARY KEY,
    channel_id BIGINT,
    next_at BIGINT NOT NULL
);
CREATE INDEX inbox_words_due ON inbox_words (next_at) WHERE channel_id IS NOT NULL;
