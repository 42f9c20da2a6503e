-- Where a message was perhaps sent, one channel's id after the other, and by what it is known again
-- there. From now on both are written, with tried_at, just before the first attempt.
ALTER TABLE outbox ADD COLUMN places TEXT;
ALTER TABLE outbox ADD COLUMN trace TEXT;
