-- A vote on what a group reads in a week, held as a poll in its channel: one a group and week.
-- person: called_by, forget
CREATE TABLE votes (
    vote_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    -- lost: its poll couldn't be sent, or its result couldn't be read in time.
    state TEXT NOT NULL CHECK (state IN ('running', 'decided', 'cancelled', 'lost')),
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
CREATE INDEX votes_to_look_at ON votes (look_at);
CREATE INDEX votes_of_person ON votes (called_by);
