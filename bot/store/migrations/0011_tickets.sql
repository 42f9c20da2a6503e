-- From when on the next message may be sent by any of the processes: microseconds since 1970.
CREATE TABLE tickets (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    free_at BIGINT NOT NULL
);
