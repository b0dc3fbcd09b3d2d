-- Up Migration

-- The steps' types and lengths in a few bytes, for the bars of lists, which read no payload. Null for traces that were
-- stored before: lists then show how many steps there are.
ALTER TABLE traces ADD COLUMN step_outline bytea;

-- Down Migration

ALTER TABLE traces DROP COLUMN step_outline;
