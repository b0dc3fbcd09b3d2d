-- Up Migration

-- A run is one training or evaluation run. Traces point at it by number, so that renaming or hiding it is
-- one row's change.
CREATE TABLE runs (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL UNIQUE,
  config jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  hidden_at timestamptz(3)
);

-- What a trace is found and sorted by. Its text lies in trace_payloads, so that lists read narrow rows and a
-- late reward rewrites one. No foreign key to runs: whatever hangs on a trace must stay distributable by its id.
CREATE TABLE traces (
  id uuid PRIMARY KEY,
  created_at timestamptz(3) NOT NULL,
  reward double precision,
  run_id integer,
  train_step integer,
  sample_index integer,
  step_count integer NOT NULL,
  char_count integer NOT NULL,
  completion_tokens integer,
  trace_version text NOT NULL,
  split text,
  prompt_key text NOT NULL,
  source text,
  model text,
  finish_reason text,
  tags text[] NOT NULL,
  step_types text[] NOT NULL,
  prompt_excerpt text NOT NULL,
  answer_excerpt text,
  content_hash bytea NOT NULL
);

CREATE INDEX traces_newest ON traces (created_at DESC, id DESC);
CREATE INDEX traces_group ON traces (run_id, split, train_step, prompt_key) WHERE run_id IS NOT NULL;

-- The trace as it was sent, compressed (Brotli) by the program; it never changes. It comes and goes in the same
-- statement as its trace: a foreign key would lock and rewrite the trace's row for every payload.
CREATE TABLE trace_payloads (
  trace_id uuid PRIMARY KEY,
  payload bytea NOT NULL,
  meta jsonb
);
ALTER TABLE trace_payloads ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The token arrays, cut out of the payload (compressed likewise) with the byte offset at which they go back in.
CREATE TABLE trace_tokens (
  trace_id uuid PRIMARY KEY REFERENCES traces (id) ON DELETE CASCADE,
  payload_offset integer NOT NULL,
  tokens bytea NOT NULL
);
ALTER TABLE trace_tokens ALTER COLUMN tokens SET STORAGE EXTERNAL;

-- Scores of whole traces (step_i null) and of their steps. They change; traces do not.
CREATE TABLE scores (
  trace_id uuid NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
  step_i integer,
  name text NOT NULL,
  scored_by text NOT NULL,
  value double precision,
  status text NOT NULL CHECK (status IN ('ok', 'invalid', 'error', 'pending')),
  comment text,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK ((status = 'ok') = (value IS NOT NULL)),
  CONSTRAINT scores_key UNIQUE NULLS NOT DISTINCT (trace_id, step_i, name, scored_by)
);

-- Down Migration

DROP TABLE scores, trace_tokens, trace_payloads, traces, runs;
