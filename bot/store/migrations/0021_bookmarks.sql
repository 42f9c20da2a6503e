-- How far a reader is in a resource that they haven't done, in their own words, which may be none.
-- person: reader_id, delete
CREATE TABLE bookmarks (
    reader_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (reader_id, resource_key)
);

-- In which weeks a resource was read.
CREATE INDEX weeks_of_resource ON weeks (resource_key);
