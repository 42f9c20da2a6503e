-- The row of the letter that tells of it, from before the letter leaves: whoever finds that it was
-- sent knows what it told.
ALTER TABLE wishes ADD COLUMN letter_id BIGINT;
