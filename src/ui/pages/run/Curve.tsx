// The figures over training steps, in panels that share what is pointed at and what is chosen.
import { type KeyboardEvent, lazy, type MouseEvent, Suspense, useMemo, useState } from "react";
import classes from "./Curve.module.css";
import { AXIS_PX, endPx } from "./chart-measures.ts";
import { type CurvePanel, nearestStep, type StepPoint, stepBy } from "./curve-panels.ts";

// Asked for with the page, not once the figures are there: it takes as long to come as they do.
const chart = import("./CurveChart.tsx").then(({ CurveChart }) => ({ default: CurveChart }));
// Where it did not come, whoever shows it is told.
chart.catch(() => {});
const CurveChart = lazy(() => chart);

interface CurveProps {
  panels: readonly CurvePanel[];
  points: readonly StepPoint[];
  /** The step that is chosen. */
  step: number | undefined;
  onStep(step: number): void;
}

const leaps: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

export function Curve({ panels, points, step, onStep }: CurveProps) {
  const [pointedAt, setPointedAt] = useState<number>();
  const shown = points.find(({ train_step }) => train_step === (pointedAt ?? step));
  const first = points[0]?.train_step ?? 0;
  const last = points.at(-1)?.train_step ?? 0;
  const besidePx = AXIS_PX + endPx(last);
  const stepAt = ({ clientX, currentTarget }: MouseEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const place = (clientX - left - AXIS_PX) / Math.max(1, width - besidePx);
    return nearestStep(points, Math.max(0, Math.min(place, 1)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = leaps[event.key];
    const next = by === undefined ? undefined : stepBy(points, step, by);
    if (next === undefined) return;
    event.preventDefault();
    setPointedAt(undefined);
    onStep(next);
  };
  const chosen = points.find(({ train_step }) => train_step === step);
  const marks = useMemo(
    () =>
      [
        { kind: "chosen", at: step },
        { kind: "pointed", at: pointedAt },
      ].flatMap(({ kind, at }) =>
        at === undefined || at < first || at > last
          ? []
          : [{ kind, share: last === first ? 0.5 : (at - first) / (last - first) }],
      ),
    [step, pointedAt, first, last],
  );
  return (
    <div
      className={classes.curve}
      role="slider"
      tabIndex={0}
      aria-label="Training step"
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={step ?? last}
      aria-valuetext={chosen && describe(panels, chosen)}
      onKeyDown={onKeyDown}
    >
      {panels.map((panel) => (
        <section key={panel.title} className={classes.panel}>
          <p className={classes.title}>
            <strong>{panel.title}</strong>
            {panel.lines.map((line, at) => (
              <span key={line.label} className={classes.readout} data-series={at % 4}>
                {line.label} <b>{shown ? line.write(shown) : "–"}</b>
              </span>
            ))}
          </p>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: keys move the slider around it */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: as said above */}
          <div
            className={classes.plot}
            onPointerMove={(event) => setPointedAt(stepAt(event))}
            onPointerLeave={() => setPointedAt(undefined)}
            onClick={(event) => {
              const next = stepAt(event);
              if (next !== undefined) onStep(next);
            }}
          >
            <Suspense>
              <CurveChart panel={panel} points={points} />
            </Suspense>
            {marks.map(({ kind, share }) => (
              <span
                key={kind}
                className={classes.mark}
                data-kind={kind}
                style={{ left: `calc(${AXIS_PX}px + (100% - ${besidePx}px) * ${share})` }}
              />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function describe(panels: readonly CurvePanel[], point: StepPoint): string {
  const figures = panels.flatMap(({ title, lines }) =>
    lines.map((line) => [title, line.label, line.write(point)].filter(Boolean).join(" ")),
  );
  return `step ${point.train_step}: ${figures.join(", ")}`;
}
