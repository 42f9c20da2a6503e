-- Who leads a group in a week, or was asked to: leads, asked, declined; closed: who was asked takes
-- no direct messages. The choice of who leads, and their questions to the paper as a JSON array.
-- person: reader_id, delete
CREATE TABLE leads (
    group_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    reader_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    resource_key TEXT,
    questions TEXT NOT NULL DEFAULT '[]',
    changed_at BIGINT NOT NULL,
    -- When they were reminded of it, and by which row of the outbox, put there before it leaves.
    told_at BIGINT,
    letter_id BIGINT,
    PRIMARY KEY (group_id, week, reader_id)
);
CREATE INDEX leads_of_reader ON leads (reader_id);
