-- What the migrations make: `npm run schema` writes this file.


CREATE TABLE public.run_changes (
    run_id integer NOT NULL,
    split text,
    train_step integer,
    traces integer NOT NULL,
    changed_at timestamp(3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.run_steps (
    run_id integer NOT NULL,
    split text,
    train_step integer,
    traces integer NOT NULL,
    changed_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.runs (
    id integer NOT NULL,
    name text,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    hidden_at timestamp(3) with time zone,
    deleted_at timestamp(3) with time zone
);

ALTER TABLE public.runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.scores (
    trace_id uuid NOT NULL,
    step_i integer,
    name text NOT NULL,
    scored_by text NOT NULL,
    value double precision,
    status text NOT NULL,
    comment text,
    updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT scores_check CHECK (((status = 'ok'::text) = (value IS NOT NULL))),
    CONSTRAINT scores_status_check CHECK ((status = ANY (ARRAY['ok'::text, 'invalid'::text, 'error'::text, 'pending'::text])))
);

CREATE TABLE public.search_numbers (
    trace_id uuid NOT NULL,
    number integer NOT NULL
);

CREATE TABLE public.search_pending (
    trace_id uuid NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000', autovacuum_analyze_threshold='1000000');

CREATE TABLE public.search_postings (
    first_number integer NOT NULL,
    first_term integer NOT NULL,
    postings bytea NOT NULL
);
ALTER TABLE ONLY public.search_postings ALTER COLUMN postings SET STATISTICS 0;
ALTER TABLE ONLY public.search_postings ALTER COLUMN postings SET STORAGE EXTERNAL;

CREATE TABLE public.search_segments (
    first_number integer NOT NULL,
    span integer NOT NULL,
    level smallint NOT NULL,
    bytes integer NOT NULL,
    version uuid DEFAULT gen_random_uuid() NOT NULL
);

CREATE TABLE public.step_rollouts (
    run_id integer NOT NULL,
    score_name text NOT NULL,
    split text,
    train_step integer,
    version uuid DEFAULT gen_random_uuid() NOT NULL,
    prompt_keys text[] NOT NULL,
    group_sizes integer[] NOT NULL,
    score_values double precision[] NOT NULL,
    completion_tokens integer[] NOT NULL,
    is_truncated boolean[] NOT NULL
);

CREATE TABLE public.trace_payloads (
    trace_id uuid NOT NULL,
    payload bytea NOT NULL
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY public.trace_payloads ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE public.trace_tokens (
    trace_id uuid NOT NULL,
    payload_offset integer NOT NULL,
    tokens bytea NOT NULL
);
ALTER TABLE ONLY public.trace_tokens ALTER COLUMN tokens SET STORAGE EXTERNAL;

CREATE TABLE public.traces (
    id uuid NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
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
    content_hash bytea NOT NULL,
    completion_hash bytea,
    meta jsonb,
    step_outline bytea
);

ALTER TABLE ONLY public.run_steps
    ADD CONSTRAINT run_steps_key UNIQUE NULLS NOT DISTINCT (run_id, split, train_step);

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_name_key UNIQUE (name);

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_key UNIQUE NULLS NOT DISTINCT (trace_id, step_i, name, scored_by);

ALTER TABLE ONLY public.search_numbers
    ADD CONSTRAINT search_numbers_pkey PRIMARY KEY (trace_id);

ALTER TABLE ONLY public.search_postings
    ADD CONSTRAINT search_postings_pkey PRIMARY KEY (first_number, first_term);

ALTER TABLE ONLY public.search_segments
    ADD CONSTRAINT search_segments_pkey PRIMARY KEY (first_number);

ALTER TABLE ONLY public.step_rollouts
    ADD CONSTRAINT step_rollouts_key UNIQUE NULLS NOT DISTINCT (run_id, score_name, split, train_step);

ALTER TABLE ONLY public.trace_payloads
    ADD CONSTRAINT trace_payloads_pkey PRIMARY KEY (trace_id);

ALTER TABLE ONLY public.trace_tokens
    ADD CONSTRAINT trace_tokens_pkey PRIMARY KEY (trace_id);

ALTER TABLE ONLY public.traces
    ADD CONSTRAINT traces_pkey PRIMARY KEY (id);

CREATE INDEX run_changes_run ON public.run_changes USING btree (run_id);

CREATE INDEX scores_value ON public.scores USING btree (name, status, value, trace_id) WHERE ((step_i IS NULL) AND ((name <> 'reward'::text) OR (status <> 'ok'::text)));

CREATE INDEX search_numbers_number ON public.search_numbers USING btree (number) INCLUDE (trace_id);

CREATE INDEX traces_char_count ON public.traces USING btree (char_count, id);

CREATE INDEX traces_completion_tokens ON public.traces USING btree (completion_tokens, id);

CREATE INDEX traces_created_at ON public.traces USING btree (created_at, id);

CREATE INDEX traces_group ON public.traces USING btree (run_id, split, train_step, prompt_key) WHERE (run_id IS NOT NULL);

CREATE INDEX traces_meta ON public.traces USING gin (meta jsonb_path_ops) WITH (gin_pending_list_limit='256');

CREATE INDEX traces_meta_keys ON public.traces USING gin (jsonb_path_query_array(meta, '$.keyvalue()."key"'::jsonpath) jsonb_path_ops) WITH (gin_pending_list_limit='256');

CREATE INDEX traces_model_time ON public.traces USING btree (model COLLATE "C", created_at, id);

CREATE INDEX traces_reward ON public.traces USING btree (reward, id);

CREATE INDEX traces_run_time ON public.traces USING btree (run_id, created_at, id);

CREATE INDEX traces_source_time ON public.traces USING btree (source COLLATE "C", created_at, id);

CREATE INDEX traces_step_count ON public.traces USING btree (step_count, id);

CREATE INDEX traces_terms ON public.traces USING gin ((((ARRAY[trace_version, split, (train_step)::text, prompt_key, source, model, finish_reason] || tags) || step_types))) WITH (gin_pending_list_limit='256');

CREATE INDEX traces_train_step ON public.traces USING btree (train_step);

CREATE STATISTICS public.scores_name_status (mcv) ON name, status FROM public.scores;

ALTER TABLE ONLY public.scores
    ADD CONSTRAINT scores_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES public.traces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.trace_tokens
    ADD CONSTRAINT trace_tokens_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES public.traces(id) ON DELETE CASCADE;

