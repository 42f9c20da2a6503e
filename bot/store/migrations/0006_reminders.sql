-- Whether a member wants to be reminded; null: never asked. closed: asked, but takes no direct
-- messages; nothing is tried again until they ask again. A member's row goes with them.
-- A reminder in the outbox goes to a person as a notice does: their id is its channel_id.
ALTER TABLE members ADD COLUMN reminders TEXT CHECK (reminders IN ('wanted', 'closed'));

-- What follows when a group's list is through, and since when that counts; null: nothing.
ALTER TABLE study_groups ADD COLUMN after_list TEXT
    CHECK (after_list IN ('additions', 'must_reads'));
ALTER TABLE study_groups ADD COLUMN after_list_at BIGINT;
