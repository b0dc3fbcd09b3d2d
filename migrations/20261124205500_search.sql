-- Up Migration

-- Traces that came or went since the index was last brought up to date. Whoever stores or deletes a trace adds a row
-- in the same transaction, so none is left out whatever fails; a table without an index costs the least. Rows of
-- transactions that commit late are simply there late.
CREATE TABLE search_pending (
  trace_id uuid NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_analyze_threshold = 1000000);

-- Hashes of the terms that a trace is found by, made by the program. The arrays lie outside of the rows: who looks
-- terms up reads narrow rows, who walks along traces reads one array for each.
CREATE TABLE search_terms (
  trace_id uuid PRIMARY KEY,
  terms integer[] NOT NULL
) WITH (toast_tuple_target = 128);
ALTER TABLE search_terms ALTER COLUMN terms SET STORAGE EXTERNAL, ALTER COLUMN terms SET STATISTICS 0;
CREATE INDEX search_terms_terms ON search_terms USING gin (terms) WITH (gin_pending_list_limit = 16384);

INSERT INTO search_pending (trace_id) SELECT id FROM traces;

-- Down Migration

DROP TABLE search_terms, search_pending;
