-- What a server said of a resource before a change and after it, as JSON, so that the change can be
-- taken back; null: it was made before this was kept. `taken_back`: it was.
ALTER TABLE addition_changes ADD COLUMN before TEXT;
ALTER TABLE addition_changes ADD COLUMN after TEXT;
ALTER TABLE addition_changes ADD COLUMN taken_back BIGINT NOT NULL DEFAULT 0
    CHECK (taken_back IN (0, 1));
