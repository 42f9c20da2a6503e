-- In a forum a group has one post of its own, into which its weeks are sent: the standing post.
-- Null: it is still to be made, or was deleted in Discord.
ALTER TABLE study_groups ADD COLUMN is_forum BIGINT NOT NULL DEFAULT 0;
ALTER TABLE study_groups ADD COLUMN standing_id BIGINT;
