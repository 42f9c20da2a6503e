-- How many readers rated a resource, and how many of them 4 or 5: to count them for each card
-- would take the longer the more readers there are.
CREATE TABLE ratings (
    resource_key TEXT PRIMARY KEY,
    rated BIGINT NOT NULL,
    liked BIGINT NOT NULL
);
INSERT INTO ratings (resource_key, rated, liked)
    SELECT resource_key, COUNT(*), SUM(CASE WHEN rating >= 4 THEN 1 ELSE 0 END)
    FROM progress WHERE rating IS NOT NULL GROUP BY resource_key;

-- Each start looks whether any mark was made by a clock that was ahead: not at all of them.
CREATE INDEX marks_by_time ON progress (changed_at);
CREATE INDEX marks_put_off ON progress (until_at) WHERE until_at IS NOT NULL;
