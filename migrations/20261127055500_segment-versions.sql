-- Up Migration

-- Tells a segment from any other that has the same numbers: after a crash numbers are given anew, and so are those of
-- transactions, as indexing does not wait for the disk.
ALTER TABLE search_segments ADD COLUMN version uuid NOT NULL DEFAULT gen_random_uuid();

-- Down Migration

ALTER TABLE search_segments DROP COLUMN version;
