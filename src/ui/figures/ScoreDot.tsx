import { markScore } from "./score-mark.ts";

interface ScoreDotProps {
  score: number | null;
  threshold: number;
  least: number;
  x: number;
  y: number;
  radius: number;
}

/** Part of an SVG. Right and wrong differ in shape as well: not everybody tells the colours apart. */
export function ScoreDot({ score, threshold, least, x, y, radius }: ScoreDotProps) {
  const { kind, share } = markScore(score, threshold, least);
  if (kind === "none") {
    const arm = radius * 0.6;
    const path = `M${x - arm} ${y - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`;
    return <path d={path} stroke="var(--ink-faint)" strokeWidth={1.2} fill="none" />;
  }
  if (kind === "right") return <circle cx={x} cy={y} r={radius} fill="var(--score-high)" />;
  const colour = `color-mix(in oklab, var(--score-high) ${Math.round(share * 80)}%, var(--score-low))`;
  return (
    <circle
      cx={x}
      cy={y}
      r={radius - 0.6}
      style={{ stroke: colour, fill: colour, fillOpacity: share * 0.8 }}
      strokeWidth={1.3}
    />
  );
}
