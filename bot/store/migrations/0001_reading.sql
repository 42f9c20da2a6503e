-- Ids are 63 bits, instants whole seconds UTC, both BIGINT: so SQLite and PostgreSQL say the same.

-- person: reader_id, delete
CREATE TABLE readers (
    reader_id BIGINT PRIMARY KEY,
    current_key TEXT,
    goal_key TEXT
);

-- person: reader_id, delete
CREATE TABLE progress (
    reader_id BIGINT NOT NULL,
    resource_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'known', 'skipped', 'later')),
    changed_at BIGINT NOT NULL,
    until_at BIGINT,
    rating BIGINT CHECK (rating BETWEEN 1 AND 5),
    PRIMARY KEY (reader_id, resource_key)
);
CREATE INDEX progress_of_resource ON progress (resource_key);

-- What a reader may undo: the rows before and after, as JSON. The last twenty are kept.
-- person: reader_id, delete
CREATE TABLE changes (
    change_id BIGINT PRIMARY KEY,
    reader_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    before_rows TEXT NOT NULL,
    after_rows TEXT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX changes_of_reader ON changes (reader_id, change_id);

-- Every resource that was ever listed: progress keeps its title when it leaves the list.
CREATE TABLE known_resources (
    resource_key TEXT PRIMARY KEY,
    namespace TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    link TEXT NOT NULL,
    gone_at BIGINT
);
CREATE INDEX known_of_namespace ON known_resources (namespace);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
