-- Up Migration

-- What traces are found by, in one structure in place of two: words, which had an index that writes at random; words
-- side by side, now by threes as well; and the values that traces are filtered by. Everything is taken up anew.
DROP TABLE search_terms, search_pairs, search_segments;

-- The index gives each trace a number as it takes it up.
CREATE TABLE search_numbers (
  trace_id uuid PRIMARY KEY,
  number integer NOT NULL
);
CREATE INDEX search_numbers_number ON search_numbers (number) INCLUDE (trace_id);

-- Traces that were taken up together.
CREATE TABLE search_segments (
  first_number integer PRIMARY KEY,
  span integer NOT NULL,
  level smallint NOT NULL,
  bytes integer NOT NULL
);

-- The numbers of the traces that have each term, as gaps; a row holds the terms from one up to the next row's.
CREATE TABLE search_postings (
  first_number integer NOT NULL,
  first_term integer NOT NULL,
  postings bytea NOT NULL,
  PRIMARY KEY (first_number, first_term)
);
ALTER TABLE search_postings ALTER COLUMN postings SET STORAGE EXTERNAL, ALTER COLUMN postings SET STATISTICS 0;

TRUNCATE search_pending;
INSERT INTO search_pending (trace_id) SELECT id FROM traces;

-- Down Migration

DROP TABLE search_numbers, search_segments, search_postings;
CREATE TABLE search_terms (
  trace_id uuid PRIMARY KEY,
  terms integer[] NOT NULL,
  number integer NOT NULL
) WITH (toast_tuple_target = 128);
ALTER TABLE search_terms ALTER COLUMN terms SET STORAGE EXTERNAL, ALTER COLUMN terms SET STATISTICS 0;
CREATE INDEX search_terms_terms ON search_terms USING gin (terms) WITH (gin_pending_list_limit = 16384);
CREATE INDEX search_terms_number ON search_terms (number);
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
TRUNCATE search_pending;
INSERT INTO search_pending (trace_id) SELECT id FROM traces;
