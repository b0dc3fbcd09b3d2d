// The texts of a trace that are searched, and where in it each stands.
import type { Trace } from "../contract/trace.ts";

export interface TraceText {
  place: "prompt" | "step" | "answer";
  /** The step's place among the steps, from 0, and its `i`. */
  step?: number;
  stepI?: number;
  text: string;
}

export function* traceTexts({ prompt, steps, final_answer }: Trace): Generator<TraceText> {
  yield { place: "prompt", text: prompt };
  for (const [step, { i, content }] of steps.entries())
    yield { place: "step", step, stepI: i, text: content };
  if (final_answer !== null) yield { place: "answer", text: final_answer };
}
