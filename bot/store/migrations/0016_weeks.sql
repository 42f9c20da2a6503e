-- What were slots are weeks now: a slot is an instant alone. States lose their CHECKs, for SQLite
-- can't alter one; what may be written is held by the types in bot/core.

-- One row a group and local ISO week, whatever became of the week: this is what keeps it single.
CREATE TABLE weeks (
    week_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    slot_at BIGINT NOT NULL,
    -- waiting, posted, uncertain, missed, skipped, nothing
    state TEXT NOT NULL,
    resource_key TEXT,
    title TEXT,
    why TEXT,
    is_late BIGINT NOT NULL DEFAULT 0,
    channel_id BIGINT,
    message_id BIGINT,
    thread_id BIGINT,
    posted_at BIGINT,
    UNIQUE (group_id, week)
);
INSERT INTO weeks (week_id, group_id, week, slot_at, state, resource_key, title, why, is_late,
    channel_id, message_id, thread_id, posted_at)
    SELECT slot_id, group_id, week, slot_at, state, resource_key, title, why, is_late,
    channel_id, message_id, thread_id, posted_at FROM slots;
DROP TABLE slots;
CREATE INDEX weeks_in_order ON weeks (group_id, slot_at);

-- Who pressed "I've read it" under a week's paper.
-- person: reader_id, delete
CREATE TABLE week_readers (
    week_id BIGINT NOT NULL,
    reader_id BIGINT NOT NULL,
    PRIMARY KEY (week_id, reader_id)
);
INSERT INTO week_readers (week_id, reader_id) SELECT slot_id, reader_id FROM post_readers;
DROP TABLE post_readers;
CREATE INDEX weeks_of_reader ON week_readers (reader_id);

ALTER TABLE study_groups RENAME TO study_groups_before;
-- A study group is one channel with its weekly slot. A stopped group keeps its row and history.
-- person: changed_by, forget
CREATE TABLE study_groups (
    group_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL UNIQUE,
    -- In a forum a group has one post of its own, into which its weeks are sent: the standing
    -- post. Null: it is still to be made, or was deleted in Discord.
    is_forum BIGINT NOT NULL DEFAULT 0,
    standing_id BIGINT,
    -- active, paused, stopped
    state TEXT NOT NULL,
    weekday BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    zone TEXT NOT NULL,
    role_id BIGINT,
    -- Slots before this instant are nobody's business: set at each change, resume and look.
    since_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    -- What follows when its list is through, and since when that counts; null: nothing.
    after_list TEXT,
    after_list_at BIGINT,
    -- Why nothing can be posted at present; null: all is well.
    blocked TEXT,
    changed_by BIGINT,
    changed_at BIGINT NOT NULL
);
INSERT INTO study_groups (group_id, guild_id, channel_id, is_forum, standing_id, state, weekday,
    hour, minute, zone, role_id, since_at, next_at, after_list, after_list_at, blocked,
    changed_by, changed_at)
    SELECT group_id, guild_id, channel_id, is_forum, standing_id, state, weekday,
    hour, minute, zone, role_id, since_at, next_at, after_list, after_list_at, blocked,
    changed_by, changed_at FROM study_groups_before;
DROP TABLE study_groups_before;
CREATE INDEX due_groups ON study_groups (state, next_at);
CREATE INDEX groups_of_guild ON study_groups (guild_id);

ALTER TABLE votes RENAME TO votes_before;
-- A vote on what a group reads in a week, held as a poll in its channel: one a group and week.
-- person: called_by, forget
CREATE TABLE votes (
    vote_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    -- running, decided, cancelled; lost: its poll couldn't be sent, or not be read in time
    state TEXT NOT NULL,
    -- What is voted on, in the order of the list, as a JSON array of keys.
    candidates TEXT NOT NULL,
    hours BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT,
    -- When its poll is to be read, or ended; null: there is nothing more to do.
    look_at BIGINT,
    called_by BIGINT,
    made_at BIGINT NOT NULL,
    UNIQUE (group_id, week)
);
INSERT INTO votes (vote_id, group_id, week, state, candidates, hours, closes_at, channel_id,
    message_id, look_at, called_by, made_at)
    SELECT vote_id, group_id, week, state, candidates, hours, closes_at, channel_id,
    message_id, look_at, called_by, made_at FROM votes_before;
DROP TABLE votes_before;
CREATE INDEX votes_to_look_at ON votes (look_at);
CREATE INDEX votes_of_person ON votes (called_by);
