-- How many minutes a reader has, as they said at their last /next; null: they didn't say.
ALTER TABLE readers ADD COLUMN minutes BIGINT;
