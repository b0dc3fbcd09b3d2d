-- Up Migration

-- A run that was deleted has no name any more, so that its name is free at once; its row stays until nothing can
-- name its number any more.
ALTER TABLE runs ALTER COLUMN name DROP NOT NULL;
ALTER TABLE runs ADD COLUMN deleted_at timestamptz(3);

-- Tells equal completions of one prompt from different ones; null for traces outside of runs, and older ones.
ALTER TABLE traces ADD COLUMN completion_hash bytea;

-- How many traces a run has at each of its training steps: the sum of run_changes that were settled.
CREATE TABLE run_steps (
  run_id integer NOT NULL,
  split text,
  train_step integer,
  traces integer NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  CONSTRAINT run_steps_key UNIQUE NULLS NOT DISTINCT (run_id, split, train_step)
);

-- What has changed since. Whoever writes, changes or deletes traces or scores adds rows in the same transaction,
-- so that what is derived from them is known to be out of date; writers never wait for each other here.
CREATE TABLE run_changes (
  run_id integer NOT NULL,
  split text,
  train_step integer,
  -- Traces added, or taken away.
  traces integer NOT NULL,
  changed_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX run_changes_run ON run_changes (run_id);

-- A step's rollouts as columns, group by group: what figures are computed from. Derived; gone when the step changes.
CREATE TABLE step_rollouts (
  run_id integer NOT NULL,
  score_name text NOT NULL,
  split text,
  train_step integer,
  version uuid NOT NULL DEFAULT gen_random_uuid(),
  prompt_keys text[] NOT NULL,
  group_sizes integer[] NOT NULL,
  -- One element a rollout, null where the score is not valid, or the fact not known.
  score_values double precision[] NOT NULL,
  completion_tokens integer[] NOT NULL,
  is_truncated boolean[] NOT NULL,
  CONSTRAINT step_rollouts_key UNIQUE NULLS NOT DISTINCT (run_id, score_name, split, train_step)
);

INSERT INTO run_steps (run_id, split, train_step, traces, changed_at)
SELECT run_id, split, train_step, count(*), max(created_at) FROM traces
WHERE run_id IS NOT NULL
GROUP BY run_id, split, train_step;

-- Down Migration

DROP TABLE step_rollouts, run_changes, run_steps;
ALTER TABLE traces DROP COLUMN completion_hash;
DELETE FROM trace_payloads USING traces, runs WHERE trace_id = traces.id AND run_id = runs.id AND name IS NULL;
DELETE FROM traces USING runs WHERE run_id = runs.id AND name IS NULL;
DELETE FROM runs WHERE name IS NULL;
ALTER TABLE runs DROP COLUMN deleted_at, ALTER COLUMN name SET NOT NULL;
