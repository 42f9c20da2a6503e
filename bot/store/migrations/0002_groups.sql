-- A study group is one channel with its weekly slot. A stopped group keeps its row and history.
-- person: changed_by, forget
CREATE TABLE study_groups (
    group_id BIGINT PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
    weekday BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    zone TEXT NOT NULL,
    role_id BIGINT,
    -- Slots before this instant are nobody's business: set at each change, resume and look.
    since_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    -- Why nothing can be posted at present, and since when; null: all is well.
    blocked TEXT,
    blocked_at BIGINT,
    changed_by BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX due_groups ON study_groups (state, next_at);
CREATE INDEX groups_of_guild ON study_groups (guild_id);

-- person: reader_id, delete
CREATE TABLE members (
    group_id BIGINT NOT NULL,
    reader_id BIGINT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, reader_id)
);
CREATE INDEX groups_of_reader ON members (reader_id);

-- One row a group and local ISO week, whatever became of the week: this is what keeps it single.
CREATE TABLE slots (
    slot_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    slot_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('waiting', 'posted', 'uncertain', 'missed', 'skipped', 'nothing')
    ),
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
CREATE INDEX slots_in_order ON slots (group_id, slot_at);

-- Who pressed "I've read it" under a post.
-- person: reader_id, delete
CREATE TABLE post_readers (
    slot_id BIGINT NOT NULL,
    reader_id BIGINT NOT NULL,
    PRIMARY KEY (slot_id, reader_id)
);
CREATE INDEX posts_of_reader ON post_readers (reader_id);

-- Everything the bot sends unasked. (kind, reference) makes each thing one row for good.
-- A notice goes to a person: their id is its channel_id. Its reference may name them, nobody else.
-- person: channel_id, delete
CREATE TABLE outbox (
    row_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    guild_id BIGINT,
    channel_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'uncertain', 'dropped')),
    due_at BIGINT NOT NULL,
    -- After this instant it is too late to be sent.
    until_at BIGINT NOT NULL,
    -- Who sends it just now, 0 for nobody; a claim is another number each time.
    claim BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    -- When it was first claimed and may have been sent; null: certainly not sent yet.
    tried_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    message_id BIGINT,
    sent_at BIGINT,
    problem TEXT,
    UNIQUE (kind, reference)
);
CREATE INDEX outbox_due ON outbox (state, due_at);
