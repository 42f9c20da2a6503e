-- Written, and never read: a link's canonical form is worked out from its url.
ALTER TABLE known_resources DROP COLUMN link;
ALTER TABLE study_groups DROP COLUMN blocked_at;
ALTER TABLE outbox DROP COLUMN sent_at;
