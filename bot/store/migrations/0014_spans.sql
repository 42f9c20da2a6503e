-- For how many weeks a group reads a long paper, counted from a week on; 0: it is passed over.
CREATE TABLE spans (
    group_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    weeks BIGINT NOT NULL CHECK (weeks BETWEEN 0 AND 4),
    since_week TEXT NOT NULL,
    PRIMARY KEY (group_id, resource_key)
);
