// One panel of the curve, drawn. What is pointed at and chosen is marked over it, so that a chart is drawn once.
import { memo } from "react";
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, XAxis, YAxis } from "recharts";
import classes from "./Curve.module.css";
import { AXIS_PX, endPx } from "./chart-measures.ts";
import { axisEnds, type CurvePanel, type StepPoint } from "./curve-panels.ts";

/** Points beyond which a line shows none of them by itself. */
const FEW = 40;

export const CurveChart = memo(function CurveChart({
  panel,
  points,
}: {
  panel: CurvePanel;
  points: readonly StepPoint[];
}) {
  const { lines, bandOf, formatTick } = panel;
  const ends = axisEnds(panel, points);
  return (
    <div className={classes.drawing} aria-hidden="true">
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={points as StepPoint[]}
          margin={{ top: 6, right: endPx(points.at(-1)?.train_step ?? 0), bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="train_step"
            type="number"
            domain={["dataMin", "dataMax"]}
            allowDecimals={false}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
            height={20}
            minTickGap={24}
            tick={TICK}
          />
          <YAxis
            width={AXIS_PX}
            domain={ends}
            niceTicks="snap125"
            tickCount={ends[1] === 1 ? 3 : 5}
            tick={TICK}
            tickFormatter={formatTick}
            tickLine={false}
            axisLine={false}
          />
          {bandOf && (
            <Area
              dataKey={bandOf}
              stroke="none"
              fill="var(--series-0)"
              fillOpacity={0.18}
              isAnimationActive={false}
              activeDot={false}
            />
          )}
          {lines.map(({ label, read }, at) => (
            <Line
              key={label}
              dataKey={read}
              stroke={`var(--series-${at % 4})`}
              strokeWidth={1.6}
              strokeDasharray={dashes[Math.floor(at / 4)] ?? "0"}
              dot={points.length <= FEW && { r: 1.8, fill: `var(--series-${at % 4})`, strokeWidth: 0 }}
              activeDot={false}
              isAnimationActive={false}
            />
          ))}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
});

const TICK = { fill: "var(--ink-faint)", fontSize: 11 };

/** More lines than colours differ by their strokes. */
const dashes = ["0", "5 3", "2 2"];
