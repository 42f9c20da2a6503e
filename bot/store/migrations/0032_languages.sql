-- What a group's public messages are written in: the Discord locale of the moderator who started it;
-- '': it was started before that was kept, and has English.
ALTER TABLE study_groups ADD COLUMN language TEXT NOT NULL DEFAULT '';
