-- The Discord locale in which somebody was last seen: direct messages to them speak it. "": unknown.
ALTER TABLE readers ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- Which language the group spoke that a row outlives. "": its group says it.
ALTER TABLE outbox ADD COLUMN language TEXT NOT NULL DEFAULT '';
