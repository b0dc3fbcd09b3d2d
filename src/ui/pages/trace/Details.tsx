import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Score, Trace11 } from "../../../contract/trace.ts";
import { quoteValue } from "../../search-bar/parse-query.ts";
import { formatCount, formatInstant, formatScore } from "../../text/figures.ts";
import { createJudge, verdictColour } from "../../transcript/step-scores.ts";
import classes from "./Details.module.css";

interface DetailsProps {
  id: string;
  createdAt: string;
  trace: Trace11;
  /** Undefined until they are loaded. */
  scores: readonly Score[] | undefined;
}

/** What is known about a trace besides its text. */
export function Details({ id, createdAt, trace, scores = [] }: DetailsProps) {
  const { rollout, generation, meta, steps } = trace;
  const whole = scores.filter(({ step_i }) => step_i === null);
  const judge = createJudge(scores);
  const tags = Array.isArray(meta?.tags) ? meta.tags.filter((tag) => typeof tag === "string") : [];
  const source = typeof meta?.source === "string" ? meta.source : undefined;
  const rest = Object.entries(meta ?? {}).filter(([name]) => name !== "source" && name !== "tags");
  return (
    <details className={classes.details} open={window.innerWidth > 1200}>
      <summary>Scores and metadata</summary>
      {whole.length > 0 && (
        <section>
          <h2>Scores</h2>
          <dl>
            {whole.map((score) => (
              <Fact key={`${score.name} ${score.by}`} name={score.name} hint={score.by}>
                <span style={{ color: verdictColour[judge(score)] }} title={score.value?.toString()}>
                  {score.value === null ? score.status : formatScore(score.value)}
                </span>
                {score.comment && <p className={classes.comment}>{score.comment}</p>}
              </Fact>
            ))}
          </dl>
        </section>
      )}
      <section>
        <h2>Trace</h2>
        <dl>
          <Fact name="steps">{formatCount(steps.length)}</Fact>
          <Filtered name="source" value={source} />
          {tags.map((tag) => (
            <Filtered key={tag} name="tag" value={tag} />
          ))}
          <Fact name="created">{formatInstant(createdAt)}</Fact>
          <Fact name="version">{trace.trace_version}</Fact>
          <Fact name="id">
            <code className={classes.id}>{id}</code>
          </Fact>
        </dl>
      </section>
      {generation && (
        <section>
          <h2>Generation</h2>
          <dl>
            <Filtered name="model" value={generation.model} />
            <Fact name="engine">{generation.engine}</Fact>
            <Filtered name="finish" value={generation.finish_reason} />
            <Fact name="prompt tokens">{generation.prompt_tokens}</Fact>
            <Fact name="completion tokens">{generation.completion_tokens}</Fact>
            {Object.entries(generation.sampling ?? {}).map(([name, value]) => (
              <Fact key={name} name={name}>
                {toShown(value)}
              </Fact>
            ))}
          </dl>
        </section>
      )}
      {rollout && (
        <section>
          <h2>Rollout</h2>
          <dl>
            <Filtered name="run" value={rollout.run} />
            <Filtered name="split" value={rollout.split} />
            <Filtered name="train_step" value={rollout.train_step} />
            <Filtered name="group" label="prompt" value={rollout.prompt_id} />
            <Fact name="sample">{rollout.sample_index}</Fact>
            <Fact name="attempt">{rollout.attempt}</Fact>
            <Fact name="policy">{rollout.policy_version}</Fact>
            {rollout.parent_id && <Fact name="parent">{rollout.parent_id}</Fact>}
          </dl>
        </section>
      )}
      {rest.length > 0 && (
        <section>
          <h2>Meta</h2>
          <dl>
            {rest.map(([name, value]) => (
              <Fact key={name} name={name}>
                {toShown(value)}
              </Fact>
            ))}
          </dl>
        </section>
      )}
    </details>
  );
}

function toShown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A name and its value; nothing where there is none. */
function Fact({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  if (children === undefined || children === null) return null;
  return (
    <div>
      <dt>
        {name}
        {hint && <small>{hint}</small>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A value that leads to the traces that share it. */
function Filtered(props: { name: string; label?: string; value: string | number | null | undefined }) {
  const { name, label = name, value } = props;
  if (value === undefined || value === null) return null;
  return (
    <Fact name={label}>
      <Link to="/traces" search={{ query: `${name}:${quoteValue(String(value))}` }}>
        {value}
      </Link>
    </Fact>
  );
}
