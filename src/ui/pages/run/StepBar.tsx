import { ActionIcon, Select } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { CurvePoint } from "../../../contract/curve.ts";
import type { GroupSort } from "../../../contract/groups.ts";
import { splitToAddress } from "../../addresses/run-search.ts";
import { formatFigure, formatPercent } from "../../figures/format-figure.ts";
import { Icon } from "../../icons/Icon.tsx";
import { formatCount, formatPlural } from "../../text/figures.ts";
import classes from "./StepBar.module.css";
import type { StepQuestion } from "./step-question.ts";

interface StepBarProps {
  run: string;
  question: StepQuestion;
  /** The step's figures; undefined where nothing was sampled at it. */
  point: CurvePoint | undefined;
  /** The step before this one. */
  before: number | undefined;
  sort: GroupSort;
  onSort(sort: GroupSort): void;
  onMove(by: 1 | -1): void;
}

const sorts: { value: GroupSort; label: string }[] = [
  { value: "mixed", label: "Most mixed first" },
  { value: "all_wrong", label: "All wrong first" },
  { value: "all_right", label: "All right first" },
  { value: "biggest_change", label: "Biggest change first" },
  { value: "group", label: "By prompt key" },
];

/** The step that is chosen, in figures, and the order of its groups. */
export function StepBar({ run, question, point, before, sort, onSort, onMove }: StepBarProps) {
  const { step, split, score } = question;
  return (
    <div className={classes.bar}>
      {step === undefined ? (
        <h2>All rollouts</h2>
      ) : (
        <div className={classes.step}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Training step before"
            onClick={() => onMove(-1)}
          >
            <Icon name="left" />
          </ActionIcon>
          <h2>Step {formatCount(step)}</h2>
          <ActionIcon variant="subtle" color="gray" aria-label="Next training step" onClick={() => onMove(1)}>
            <Icon name="right" />
          </ActionIcon>
        </div>
      )}
      {point && (
        <p className={classes.figures}>
          <span>{formatPlural(point.prompts, "group")}</span>
          <span>{formatPlural(point.rollouts, "rollout")}</span>
          {point.invalid > 0 && (
            <span title="Left out of the figures: none, pending, failed or invalid">
              {formatCount(point.invalid)} without a valid score
            </span>
          )}
          <span>mean {formatFigure(point.mean)}</span>
          <span>{formatPercent(point.no_signal_share)} without signal</span>
          {point.length_gap !== null && (
            <span title="Mean tokens of correct samples less those of wrong ones, within groups, then averaged">
              length gap {formatFigure(point.length_gap, 0)}
            </span>
          )}
        </p>
      )}
      <div className={classes.end}>
        {step !== undefined && before !== undefined && before !== step && (
          <Link
            to="/runs/compare"
            search={{
              base: run,
              other: run,
              base_step: String(before),
              other_step: String(step),
              split: splitToAddress(split),
              score: score === "reward" ? undefined : score,
            }}
          >
            Against step {formatCount(before)}
          </Link>
        )}
        <Select
          aria-label="Order of the groups"
          w={170}
          data={sorts}
          value={sort}
          allowDeselect={false}
          onChange={(next) => next !== null && onSort(next as GroupSort)}
        />
      </div>
    </div>
  );
}
