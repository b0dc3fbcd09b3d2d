import { memo } from "react";
import { ScoreDot } from "./ScoreDot.tsx";
import { describeScores } from "./score-mark.ts";

const WIDTH = 152;
const HEIGHT = 26;
const MOST_PITCH = 9.5;

interface ScoreDotsProps {
  scores: readonly (number | null)[];
  threshold: number;
  /** The least score of those shown together. */
  least: number;
}

/** A mark for each sample: full where correct, a ring where not, a cross without a valid score. */
export const ScoreDots = memo(function ScoreDots({ scores, threshold, least }: ScoreDotsProps) {
  const isDouble = scores.length > 16;
  const perRow = isDouble ? Math.max(16, Math.ceil(scores.length / 2)) : scores.length;
  const pitch = Math.min(MOST_PITCH, WIDTH / Math.max(1, perRow));
  const radius = Math.min(3.6, pitch / 2 - 0.6);
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={describeScores(scores, threshold)}>
      {scores.map((score, at) => (
        <ScoreDot
          key={at}
          score={score}
          threshold={threshold}
          least={least}
          x={((at % perRow) + 0.5) * pitch}
          y={isDouble ? HEIGHT / 2 + (at < perRow ? -0.5 : 0.5) * MOST_PITCH : HEIGHT / 2}
          radius={radius}
        />
      ))}
    </svg>
  );
});
