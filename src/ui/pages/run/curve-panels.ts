// What the curve shows: each panel's lines, and how their values are written.
import type { CurvePoint } from "../../../contract/curve.ts";
import { formatFigure, formatInterval, formatPercent } from "../../figures/format-figure.ts";
import { formatCount } from "../../text/figures.ts";

/** A point that has a training step, and so a place on the curve. */
export type StepPoint = CurvePoint & { train_step: number };

export interface CurveLine {
  label: string;
  read(point: CurvePoint): number | null;
  /** Its value with what belongs to it, such as an interval. */
  write(point: CurvePoint): string;
}

export interface CurvePanel {
  title: string;
  lines: readonly CurveLine[];
  /** An interval around the first line. */
  bandOf?(point: CurvePoint): [number, number] | null;
  formatTick(value: number): string;
  /** The ends of the axis; "auto" leaves an end to the values. */
  ends: readonly [0 | "auto", 1 | "auto"];
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const tokens = (value: number | null) => (value === null ? "–" : formatCount(Math.round(value)));
/** The space must not break the label. */
const percents = (value: number) => `${Number((value * 100).toFixed(1))}\u00a0%`;
const plain = (value: number) => String(Number(value.toFixed(3)));

export function curvePanels(score: string, ks: readonly number[]): readonly CurvePanel[] {
  return [
    {
      title: `Mean ${score}`,
      lines: [
        {
          label: "",
          read: ({ mean }) => mean,
          write: ({ mean, mean_low, mean_high }) =>
            mean_low === null
              ? formatFigure(mean)
              : `${formatFigure(mean)} (95 %: ${formatInterval(mean_low, mean_high)})`,
        },
      ],
      bandOf: ({ mean_low, mean_high }) =>
        mean_low === null || mean_high === null ? null : [mean_low, mean_high],
      formatTick: plain,
      ends: ["auto", "auto"],
    },
    {
      title: "pass@k",
      lines: ks.map((k, at) => ({
        label: `@${k}`,
        read: ({ pass_at_k }) => pass_at_k[at]?.value ?? null,
        write: ({ pass_at_k }) => formatFigure(pass_at_k[at]?.value),
      })),
      formatTick: plain,
      ends: [0, 1],
    },
    {
      title: "Tokens",
      lines: [
        {
          label: "p50",
          read: ({ tokens_p50 }) => tokens_p50,
          write: ({ tokens_p50 }) => tokens(tokens_p50),
        },
        {
          label: "p95",
          read: ({ tokens_p95 }) => tokens_p95,
          write: ({ tokens_p95 }) => tokens(tokens_p95),
        },
      ],
      formatTick: (value) => short.format(value),
      ends: [0, "auto"],
    },
    {
      title: "Shares",
      lines: [
        {
          label: "truncated",
          read: ({ truncated_share }) => truncated_share,
          write: ({ truncated_share }) => formatPercent(truncated_share),
        },
        {
          label: "no signal",
          read: ({ no_signal_share }) => no_signal_share,
          write: ({ no_signal_share }) => formatPercent(no_signal_share),
        },
      ],
      formatTick: percents,
      ends: [0, 1],
    },
  ];
}

/** The least room beside a value that never changes: labels have three decimals. */
const LEAST_ROOM = 0.002;

/** The ends of a panel's axis. A value that never changes has a little room on both sides, not the chart's −1 to 3. */
export function axisEnds(
  { lines, bandOf, ends }: CurvePanel,
  points: readonly StepPoint[],
): [number | "auto", number | "auto"] {
  const [low, high] = ends;
  const values = points.flatMap((point) => [
    ...lines.map(({ read }) => read(point)),
    ...(bandOf?.(point) ?? []),
  ]);
  const [value, ...others] = new Set(values.filter((one) => one !== null));
  if (low !== "auto" || value === undefined || others.length > 0) return [low, high];
  const room = Math.max(LEAST_ROOM, 10 ** Math.floor(Math.log10(Math.abs(value) || 1)) / 5);
  return [value - room, value + room];
}

/** The training step nearest to a place between the first, 0, and the last, 1. */
export function nearestStep(points: readonly StepPoint[], place: number): number | undefined {
  const first = points[0]?.train_step ?? 0;
  const last = points.at(-1)?.train_step ?? 0;
  const wanted = first + place * (last - first);
  let nearest: number | undefined;
  for (const { train_step } of points)
    if (nearest === undefined || Math.abs(train_step - wanted) < Math.abs(nearest - wanted))
      nearest = train_step;
  return nearest;
}

/** The step some points away, within the curve. */
export function stepBy(
  points: readonly StepPoint[],
  step: number | undefined,
  by: number,
): number | undefined {
  if (step === undefined) return points.at(-1)?.train_step;
  const at = points.findIndex(({ train_step }) => train_step >= step);
  const from = at === -1 ? points.length - 1 : at;
  return points[Math.max(0, Math.min(from + by, points.length - 1))]?.train_step;
}
