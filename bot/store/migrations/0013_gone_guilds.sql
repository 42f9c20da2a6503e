-- Servers that removed the bot, by Discord's word, and since when that is known. Nothing is tried
-- for them; thirty days later all about them goes.
CREATE TABLE gone_guilds (
    guild_id BIGINT PRIMARY KEY,
    gone_at BIGINT NOT NULL
);

-- When Discord was last asked whether the bot is in a server that it doesn't see.
CREATE TABLE asked_guilds (
    guild_id BIGINT PRIMARY KEY,
    asked_at BIGINT NOT NULL
);
