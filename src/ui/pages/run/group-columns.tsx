import type { Group } from "../../../contract/groups.ts";
import { formatChange, formatFigure, formatPercent } from "../../figures/format-figure.ts";
import { ScoreDots } from "../../figures/ScoreDots.tsx";
import { formatCount, formatShort } from "../../text/figures.ts";
import type { VirtualColumn } from "../../virtual-table/VirtualTable.tsx";
import classes from "./Groups.module.css";

interface GroupColumnsProps {
  threshold: number;
  /** The least score of the groups shown. */
  least: number;
  /** Their longest completions, in tokens. */
  longest: number;
  onChoose(group: string): void;
}

export function groupColumns(props: GroupColumnsProps): VirtualColumn<Group>[] {
  const { threshold, least, longest, onChoose } = props;
  return [
    {
      name: "prompt",
      title: "Prompt",
      cell: ({ group, prompt_excerpt }) => (
        <button type="button" className={classes.prompt} title={group} onClick={() => onChoose(group)}>
          {prompt_excerpt}
        </button>
      ),
    },
    {
      name: "samples",
      title: "Samples",
      cell: ({ scores }) => <ScoreDots scores={scores} threshold={threshold} least={least} />,
    },
    {
      name: "correct",
      title: "Correct",
      isNumber: true,
      cell: ({ correct, valid, invalid }) => (
        <span title={invalid > 0 ? `${formatCount(invalid)} without a valid score` : undefined}>
          {formatCount(correct)} / {formatCount(valid)}
          {invalid > 0 && <sup className={classes.invalid}>−{formatCount(invalid)}</sup>}
        </span>
      ),
    },
    { name: "mean", title: "Mean", isNumber: true, from: "small", cell: ({ mean }) => formatFigure(mean) },
    {
      name: "deviation",
      title: "SD",
      isNumber: true,
      from: "medium",
      cell: ({ standard_deviation }) => formatFigure(standard_deviation),
    },
    {
      name: "change",
      title: "Change",
      isNumber: true,
      from: "small",
      cell: ({ change, previous }) => (
        <span
          className={classes.change}
          data-sign={change === null || change === 0 ? undefined : change > 0 ? "up" : "down"}
          title={
            previous === null ? undefined : `${formatFigure(previous.mean)} at step ${previous.train_step}`
          }
        >
          {formatChange(change)}
        </span>
      ),
    },
    {
      name: "length",
      title: "Tokens p50 – p95",
      from: "medium",
      cell: (group) => <LengthSpread group={group} longest={longest} />,
    },
    {
      name: "truncated",
      title: "Truncated",
      isNumber: true,
      from: "wide",
      cell: ({ truncated_share }) => formatPercent(truncated_share),
    },
    {
      name: "distinct",
      title: "Distinct",
      isNumber: true,
      from: "wide",
      cell: ({ distinct_completions }) =>
        distinct_completions === null ? "–" : formatCount(distinct_completions),
    },
    {
      name: "majority",
      title: "Majority's answer",
      from: "wide",
      cell: ({ majority }) =>
        majority && (
          <span title={`${majority.answer}, given by ${formatCount(majority.rollouts)}`}>
            <span className={classes.verdict} data-right={majority.is_right}>
              {majority.is_right === null ? "?" : majority.is_right ? "✓" : "✗"}
            </span>{" "}
            {majority.answer}
          </span>
        ),
    },
  ];
}

function LengthSpread({ group: { tokens_p50, tokens_p95 }, longest }: { group: Group; longest: number }) {
  if (tokens_p50 === null || tokens_p95 === null) return "–";
  const left = `${(tokens_p50 / longest) * 100}%`;
  const width = `${Math.max(2, ((tokens_p95 - tokens_p50) / longest) * 100)}%`;
  return (
    <span className={classes.length}>
      <span className={classes.track}>
        <span style={{ left, width }} />
      </span>
      <span>
        {formatShort(tokens_p50)} – {formatShort(tokens_p95)}
      </span>
    </span>
  );
}
