-- Up Migration

-- Traces are found by their meta as by everything else: in the same row, so that one scan combines the two.
ALTER TABLE traces ADD COLUMN meta jsonb;
UPDATE traces SET meta = trace_payloads.meta FROM trace_payloads
WHERE trace_id = traces.id AND trace_payloads.meta IS NOT NULL;
ALTER TABLE trace_payloads DROP COLUMN meta;

-- Orders of lists, walked from either end; they also find ranges. Ascending, because new entries then fill pages from
-- one end: an index of descending times splits half-full pages.
DROP INDEX traces_newest;
CREATE INDEX traces_created_at ON traces (created_at, id);
CREATE INDEX traces_step_count ON traces (step_count, id);
CREATE INDEX traces_char_count ON traces (char_count, id);
CREATE INDEX traces_completion_tokens ON traces (completion_tokens, id);
CREATE INDEX traces_reward ON traces (reward, id);

-- By time within what comes in one stretch: a run, a model, an imported source. However far from the list's head
-- that lies, its own head is found at once.
CREATE INDEX traces_run_time ON traces (run_id, created_at, id);
CREATE INDEX traces_model_time ON traces (model COLLATE "C", created_at, id);
CREATE INDEX traces_source_time ON traces (source COLLATE "C", created_at, id);

-- Whatever a trace is asked for by an exact value, in one index: any combination is found by one scan. That a value
-- may stand for another column's does no harm, because the columns are compared as well. What has been inserted since
-- the last clean-up is read whole by every scan: little of it is let gather.
CREATE INDEX traces_terms ON traces USING gin ((
  ARRAY[trace_version, split, train_step::text, prompt_key, source, model, finish_reason] || tags || step_types
)) WITH (gin_pending_list_limit = 256);
CREATE INDEX traces_meta ON traces USING gin (meta jsonb_path_ops) WITH (gin_pending_list_limit = 256);
CREATE INDEX traces_meta_keys ON traces USING gin (jsonb_path_query_array(meta, '$.keyvalue().key') jsonb_path_ops)
  WITH (gin_pending_list_limit = 256);
CREATE INDEX traces_train_step ON traces (train_step);

-- Scores of whole traces by value. Valid rewards are found in traces.
CREATE INDEX scores_value ON scores (name, status, value, trace_id)
  WHERE step_i IS NULL AND (name <> 'reward' OR status <> 'ok');

-- Down Migration

DROP INDEX scores_value, traces_train_step, traces_meta_keys, traces_meta, traces_terms, traces_source_time,
  traces_model_time, traces_run_time, traces_reward, traces_completion_tokens, traces_char_count, traces_step_count,
  traces_created_at;
CREATE INDEX traces_newest ON traces (created_at DESC, id DESC);
ALTER TABLE trace_payloads ADD COLUMN meta jsonb;
UPDATE trace_payloads SET meta = traces.meta FROM traces WHERE trace_id = traces.id AND traces.meta IS NOT NULL;
ALTER TABLE traces DROP COLUMN meta;
