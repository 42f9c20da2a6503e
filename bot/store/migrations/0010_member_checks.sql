-- When Discord was last asked whether the member is still in the server, or is to be taken as asked.
ALTER TABLE members ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
UPDATE members SET checked_at = joined_at;
CREATE INDEX members_to_check ON members (checked_at);
