// A run with a story, for the browser tests: what is asked grows easier with each step, and step 2 goes wrong.
import { rollout, toTrace } from "../../support/rollouts.ts";

export const STEPS = 6;
export const PROMPTS = 5;
export const SAMPLES = 4;

/** Samples of step `step` are correct up to `step` of them; at step 2 none is. */
export function rewardOf(step: number, sample: number): number {
  return step !== 2 && sample < step ? 1 : 0;
}

/** Ids are known: of step 3, prompt 1, sample 2 it ends in 030102. */
export function idOf(step: number, prompt: number, sample: number, run = 1): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `0000000${run}-0000-4000-8000-000000${two(step)}${two(prompt)}${two(sample)}`;
}

export function storyOf(run: string, number = 1, lift = 0): object[] {
  const traces: object[] = [];
  for (let step = 0; step < STEPS; step++)
    for (let prompt = 0; prompt < PROMPTS; prompt++)
      for (let sample = 0; sample < SAMPLES; sample++) {
        const trace = toTrace(
          rollout({
            id: idOf(step, prompt, sample, number),
            run,
            split: "train",
            step,
            prompt: `prompt-${prompt}`,
            reward: rewardOf(step + lift, sample),
            tokens: 100 * (step + 1) + 10 * sample,
            finish: sample === 3 && step === 2 ? "length" : "stop",
            answer: `answer ${sample}`,
            text: `This is sample ${sample} of prompt ${prompt} at step ${step}, where $x_1 + ${step}$ is **even**.`,
            scores: { judge: sample / 4 },
          }),
        );
        traces.push({ ...trace, rollout: { ...(trace.rollout as object), sample_index: sample } });
      }
  return traces;
}
