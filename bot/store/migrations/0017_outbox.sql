-- A row of the outbox knows its group, its reader and its rank. Nudges became reminders with a
-- reason, lost votes notices.

DROP INDEX outbox_due;
ALTER TABLE outbox RENAME TO outbox_before;
-- Everything the bot sends unasked.
-- person: reader_id, delete
CREATE TABLE outbox (
    row_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    -- Lower ranks leave first.
    rank BIGINT NOT NULL,
    guild_id BIGINT,
    -- A group that is deleted takes these along.
    group_id BIGINT,
    -- Null, if it is to no person: to its group's channel, wherever that is when it is sent.
    channel_id BIGINT,
    -- To whom it is a direct message.
    reader_id BIGINT,
    -- waiting, claimed, sent, uncertain, dropped
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    -- After this instant it is too late to be sent.
    until_at BIGINT NOT NULL,
    -- Who sends it just now, 0 for nobody; a claim is another number each time.
    claim BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    -- When it was first begun and may have been sent; null: certainly not sent yet.
    tried_at BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    message_id BIGINT,
    -- Where it may stand, and by what it is known there: those of the first attempt stay.
    places TEXT,
    trace TEXT,
    problem TEXT,
    UNIQUE (kind, reference)
);
INSERT INTO outbox (row_id, kind, reference, rank, guild_id, group_id, channel_id, reader_id, state,
    due_at, until_at, claim, lease_until, tried_at, attempts, message_id, places, trace, problem)
    SELECT row_id,
    CASE kind WHEN 'nudge' THEN 'reminder' WHEN 'vote_lost' THEN 'notice' ELSE kind END,
    CASE kind WHEN 'nudge' THEN 'idle:' || reference WHEN 'reminder' THEN 'week:' || reference
        ELSE reference END,
    CASE kind WHEN 'post' THEN 0 WHEN 'thread' THEN 1 ELSE 2 END,
    guild_id,
    CASE
        WHEN kind = 'standing' THEN CAST(reference AS BIGINT)
        WHEN kind IN ('post', 'thread', 'opener') THEN (SELECT group_id FROM weeks
            WHERE week_id = CAST(reference AS BIGINT))
        WHEN kind IN ('candidates', 'poll', 'vote_lost') THEN (SELECT group_id FROM votes
            WHERE vote_id = CAST(reference AS BIGINT))
        -- What follows the last colon goes, with a notice's :end before that.
        WHEN kind = 'reminder' THEN (SELECT group_id FROM weeks
            WHERE week_id = CAST(RTRIM(RTRIM(reference, '0123456789'), ':') AS BIGINT))
        WHEN kind = 'sign' THEN CAST(RTRIM(RTRIM(reference, '0123456789'), ':') AS BIGINT)
        WHEN kind = 'notice' THEN CAST(NULLIF(RTRIM(RTRIM(RTRIM(RTRIM(RTRIM(reference, ':end'),
            '0123456789'), ':'), '0123456789'), ':'), '') AS BIGINT)
    END,
    CASE
        WHEN kind IN ('post', 'standing', 'sign', 'notice', 'reminder', 'nudge', 'vote_lost')
            THEN NULL
        -- Where the card above the poll stands: the last of its places.
        WHEN kind = 'called_off' THEN COALESCE((SELECT CAST(SUBSTR(card.places,
            LENGTH(RTRIM(card.places, '0123456789')) + 1) AS BIGINT) FROM outbox_before AS card
            WHERE card.kind = 'candidates' AND card.reference = outbox_before.reference),
            channel_id)
        ELSE channel_id
    END,
    CASE WHEN kind IN ('notice', 'reminder', 'nudge', 'vote_lost') THEN channel_id END,
    state, due_at, until_at, claim, lease_until, tried_at, attempts,
    CASE WHEN kind = 'called_off' AND message_id IS NULL THEN (SELECT card.message_id
        FROM outbox_before AS card
        WHERE card.kind = 'candidates' AND card.reference = outbox_before.reference)
        ELSE message_id END,
    places, trace, problem FROM outbox_before;
DROP TABLE outbox_before;
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_of_group ON outbox (group_id);
CREATE INDEX outbox_of_reader ON outbox (reader_id);
CREATE INDEX outbox_to_people ON outbox (until_at, row_id) WHERE reader_id IS NOT NULL;
