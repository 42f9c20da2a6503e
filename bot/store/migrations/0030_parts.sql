-- What of its paper a week had, where that is read in parts: [2, 5, ["chapters 4-6"]], as it was
-- said then. The list may have other parts by now.
ALTER TABLE weeks ADD COLUMN part TEXT;

-- A paper may be read for as many weeks as it has parts. SQLite can't alter a CHECK; how many there
-- may be is held in bot/core.
CREATE TABLE spans_in_parts (
    group_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    weeks BIGINT NOT NULL,
    since_week TEXT NOT NULL,
    PRIMARY KEY (group_id, resource_key)
);
INSERT INTO spans_in_parts (group_id, resource_key, weeks, since_week)
    SELECT group_id, resource_key, weeks, since_week FROM spans;
DROP TABLE spans;
ALTER TABLE spans_in_parts RENAME TO spans;
