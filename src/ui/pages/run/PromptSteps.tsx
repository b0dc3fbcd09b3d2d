import type { SamplePage } from "../../../contract/groups.ts";
import { formatFigure } from "../../figures/format-figure.ts";
import classes from "./PromptSteps.module.css";

const WIDTH = 132;
const HEIGHT = 24;
const EDGE = 4;

interface PromptStepsProps {
  steps: SamplePage["steps"];
  step: number | undefined;
  onStep(step: number): void;
}

/** The prompt's mean wherever the run has sampled it; the steps beside this one are a click away. */
export function PromptSteps({ steps, step, onStep }: PromptStepsProps) {
  const at = steps.findIndex(({ train_step }) => train_step === step);
  const [first, last] = [steps[0]?.train_step ?? 0, steps.at(-1)?.train_step ?? 0];
  const means = steps.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  const [low, high] = [Math.min(0, ...means), Math.max(1, ...means)];
  const x = (train_step: number) => EDGE + ((train_step - first) / (last - first || 1)) * (WIDTH - 2 * EDGE);
  const y = (mean: number) => HEIGHT - EDGE - ((mean - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  const scored = steps.filter(({ mean }) => mean !== null);
  const before = steps[at - 1];
  const after = steps[at + 1];
  return (
    <span className={classes.steps}>
      <button
        type="button"
        disabled={before === undefined}
        onClick={() => before && onStep(before.train_step)}
        aria-label={
          before ? `The same prompt at step ${before.train_step}` : "No earlier step of this prompt"
        }
      >
        ← {before?.train_step}
      </button>
      <svg
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={`Mean by step: ${steps.map(({ train_step, mean }) => `${train_step}: ${formatFigure(mean)}`).join(", ")}`}
      >
        <polyline
          points={scored.map(({ train_step, mean }) => `${x(train_step)},${y(mean ?? 0)}`).join(" ")}
          fill="none"
          stroke="var(--series-0)"
          strokeWidth={1.3}
        />
        {scored
          .filter(({ train_step }) => train_step === step)
          .map(({ train_step, mean }) => (
            <circle key={train_step} cx={x(train_step)} cy={y(mean ?? 0)} r={3} fill="var(--accent)" />
          ))}
      </svg>
      <button
        type="button"
        disabled={after === undefined}
        onClick={() => after && onStep(after.train_step)}
        aria-label={after ? `The same prompt at step ${after.train_step}` : "No later step of this prompt"}
      >
        {after?.train_step} →
      </button>
    </span>
  );
}
