import { useMemo } from "react";
import { formatFigure } from "../../figures/format-figure.ts";
import { formatCount } from "../../text/figures.ts";
import { type VirtualColumn, VirtualTable } from "../../virtual-table/VirtualTable.tsx";
import classes from "./CurveTable.module.css";
import type { CurvePanel, StepPoint } from "./curve-panels.ts";

interface CurveTableProps {
  panels: readonly CurvePanel[];
  points: readonly StepPoint[];
  step: number | undefined;
  onStep(step: number): void;
}

/** The figures of the curve, and those that have no panel, as numbers. */
export function CurveTable({ panels, points, step, onStep }: CurveTableProps) {
  const columns = useMemo<VirtualColumn<StepPoint>[]>(
    () => [
      {
        name: "step",
        title: "Step",
        isNumber: true,
        cell: ({ train_step }) => (
          <button type="button" className={classes.step} onClick={() => onStep(train_step)}>
            {train_step}
          </button>
        ),
      },
      ...counts,
      ...panels.flatMap(({ title, lines }, panel) =>
        lines.map(
          (line): VirtualColumn<StepPoint> => ({
            name: `${title} ${line.label}`,
            title: titleOf(title, line.label, lines.length, panel),
            isNumber: true,
            cell: (point) => line.write(point),
          }),
        ),
      ),
      {
        name: "gap",
        title: (
          <span title="Mean tokens of correct samples less those of wrong ones, within groups">
            Length gap
          </span>
        ),
        isNumber: true,
        cell: ({ length_gap }) => formatFigure(length_gap, 0),
      },
    ],
    [panels, onStep],
  );
  return (
    <div className={classes.frame}>
      <div
        className={classes.sheet}
        style={
          {
            "--columns": `4.5rem 5rem 5.5rem 4.5rem 12rem repeat(${columns.length - 5}, minmax(5.5rem, 1fr))`,
          } as object
        }
      >
        <VirtualTable
          label="Figures by training step"
          columns={columns}
          rows={points}
          keyOf={({ train_step }) => String(train_step)}
          widths={classes.widths}
          current={points.findIndex(({ train_step }) => train_step === step)}
          onChoose={({ train_step }) => onStep(train_step)}
          onMore={undefined}
        />
      </div>
    </div>
  );
}

function titleOf(title: string, label: string, lines: number, panel: number): string {
  if (lines === 1 && panel === 0) return `${title} (95 %)`;
  return title === "Shares"
    ? label[0]?.toUpperCase() + label.slice(1)
    : title === "pass@k"
      ? `pass${label}`
      : `${title} ${label}`;
}

const counts: readonly VirtualColumn<StepPoint>[] = [
  { name: "prompts", title: "Prompts", isNumber: true, cell: ({ prompts }) => formatCount(prompts) },
  { name: "rollouts", title: "Rollouts", isNumber: true, cell: ({ rollouts }) => formatCount(rollouts) },
  {
    name: "invalid",
    title: <span title="Rollouts without a valid score; left out of the figures">Invalid</span>,
    isNumber: true,
    cell: ({ invalid }) => formatCount(invalid),
  },
];
