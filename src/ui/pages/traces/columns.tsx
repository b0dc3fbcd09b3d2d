import type { ReactNode } from "react";
import type { TraceItem, TraceSort } from "../../../contract/pages.ts";
import {
  formatAge,
  formatCount,
  formatInstant,
  formatPlural,
  formatScore,
  formatShort,
} from "../../text/figures.ts";
import { stepBar } from "./step-bar.ts";
import classes from "./TraceTable.module.css";

export interface Column {
  name: string;
  title: string;
  /** Shown only where the table is at least this wide. */
  from?: "small" | "medium" | "wide" | "widest";
  isNumber?: boolean;
  /** The orders of the API that this column stands for; the first is what one mostly wants. */
  sorts?: readonly [sort: TraceSort, other: TraceSort];
  cell(trace: TraceItem): ReactNode;
}

export const columns: readonly Column[] = [
  {
    name: "answer",
    title: "Answer",
    from: "small",
    cell: ({ answer_excerpt, finish_reason }) =>
      answer_excerpt ?? <em className={classes.none}>{finish_reason === "length" ? "cut off" : "none"}</em>,
  },
  {
    name: "steps",
    title: "Steps",
    sorts: ["most_steps", "fewest_steps"],
    isNumber: true,
    cell: ({ step_count, step_types, step_outline }) => (
      <span className={classes.steps} title={`${formatPlural(step_count, "step")}: ${step_types.join(", ")}`}>
        <span
          className={classes.bar}
          style={{ backgroundImage: stepBar({ step_types, step_outline }) ?? "none" }}
        />
        <span>{formatShort(step_count)}</span>
      </span>
    ),
  },
  {
    name: "length",
    title: "Length",
    sorts: ["longest", "shortest"],
    from: "small",
    isNumber: true,
    cell: ({ char_count, completion_tokens }) => (
      <span
        title={`${formatCount(char_count)} characters${completion_tokens === null ? "" : `, ${formatCount(completion_tokens)} tokens`}`}
      >
        {formatShort(char_count)}
      </span>
    ),
  },
  {
    name: "reward",
    title: "Reward",
    sorts: ["reward_high", "reward_low"],
    from: "small",
    isNumber: true,
    cell: ({ reward }) =>
      reward === null ? null : (
        <span
          className={classes.reward}
          data-sign={reward > 0.5 ? "good" : reward <= 0 ? "bad" : undefined}
          title={String(reward)}
        >
          {formatScore(reward)}
        </span>
      ),
  },
  { name: "source", title: "Source", from: "medium", cell: ({ source }) => source },
  { name: "model", title: "Model", from: "wide", cell: ({ model }) => model },
  {
    name: "run",
    title: "Run",
    from: "wide",
    cell: ({ run, train_step }) =>
      run === null ? null : train_step === null ? run : `${run} · ${train_step}`,
  },
  { name: "tags", title: "Tags", from: "widest", cell: ({ tags }) => tags.join(", ") },
  {
    name: "age",
    title: "Age",
    sorts: ["newest", "oldest"],
    isNumber: true,
    cell: ({ created_at }) => (
      <time dateTime={created_at} title={formatInstant(created_at)}>
        {formatAge(created_at, Date.now())}
      </time>
    ),
  },
];
