-- Whether each listed link still leads somewhere. `gone_days`: on how many days of looks in a row its
-- site said that there is no such page, last on `gone_on`; `moved_to`: where it says that the page is
-- for good, with its title there.
CREATE TABLE link_checks (
    url TEXT PRIMARY KEY,
    next_at BIGINT NOT NULL,
    gone_days BIGINT NOT NULL DEFAULT 0,
    gone_on TEXT,
    moved_to TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT ''
);
CREATE INDEX link_checks_due ON link_checks (next_at);
CREATE INDEX link_checks_gone ON link_checks (gone_days) WHERE gone_days > 0;
CREATE INDEX link_checks_moved ON link_checks (url) WHERE moved_to <> '';

CREATE INDEX known_resources_by_url ON known_resources (url);
