-- What a group reads in a week because a moderator picked it, or because it won a vote.
-- person: picked_by, forget
CREATE TABLE picks (
    group_id BIGINT NOT NULL,
    week TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('picked_by_moderator', 'vote_winner')),
    resource_key TEXT NOT NULL,
    picked_by BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, week, why)
);
CREATE INDEX picks_of_person ON picks (picked_by);
