-- Up Migration

-- Which traces have two words side by side, so that phrases of common words are found: lists of numbers that the
-- index gives traces as it takes them up, in segments of traces that were taken up together. Everything is taken up
-- anew.
CREATE TABLE search_segments (
  first_number integer PRIMARY KEY,
  span integer NOT NULL,
  level smallint NOT NULL,
  postings integer NOT NULL,
  part_bits smallint NOT NULL
);
CREATE TABLE search_pairs (
  first_number integer NOT NULL,
  part integer NOT NULL,
  postings bytea NOT NULL,
  PRIMARY KEY (first_number, part)
);
ALTER TABLE search_pairs ALTER COLUMN postings SET STORAGE EXTERNAL, ALTER COLUMN postings SET STATISTICS 0;

TRUNCATE search_terms, search_pending;
ALTER TABLE search_terms ADD COLUMN number integer NOT NULL;
CREATE INDEX search_terms_number ON search_terms (number);
INSERT INTO search_pending (trace_id) SELECT id FROM traces;

-- Down Migration

ALTER TABLE search_terms DROP COLUMN number;
DROP TABLE search_pairs, search_segments;
