-- How many minutes a reader has, as they said at their last /next; null: they didn't say.
ALTER TABLE readers ADD COLUMN minutes BIGINT;

-- When a reader had marked something last, as they were welcomed back; null: they never were.
ALTER TABLE readers ADD COLUMN welcomed_after BIGINT;
