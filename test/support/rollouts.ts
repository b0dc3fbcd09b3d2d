// Rollouts of made-up runs, and ways to store many of them.
import { randomUUID } from "node:crypto";
import { type Answer, request, type TestApp } from "./app.ts";

export interface Rollout {
  id: string;
  run: string;
  split: string | null;
  step: number | null;
  prompt: string;
  /** Null: the verifier failed; undefined: there is no reward. */
  reward?: number | null | undefined;
  tokens?: number | null;
  finish?: "stop" | "length" | null;
  answer?: string | null;
  text?: string;
  /** Further scores of the whole trace, by name. */
  scores?: Record<string, number>;
}

export function rollout(changes: Partial<Rollout> = {}): Rollout {
  return { id: randomUUID(), run: "run-a", split: "train", step: 1, prompt: "p1", reward: 1, ...changes };
}

/** As version 1.1 has it. */
export function toTrace(rollout: Rollout): Record<string, unknown> {
  const { id, run, split, step, prompt, reward, tokens, finish, answer, text } = rollout;
  const rewards =
    reward === undefined
      ? []
      : [{ name: "reward", value: reward, status: reward === null ? "error" : "ok", by: "verifier" }];
  const others = Object.entries(rollout.scores ?? {}).map(([name, value]) => ({ name, value, by: "judge" }));
  return {
    id,
    trace_version: "1.1",
    prompt: `Prompt ${prompt}`,
    final_answer: answer ?? null,
    rollout: { run, split, train_step: step, prompt_id: prompt },
    generation: { finish_reason: finish ?? null, completion_tokens: tokens ?? null },
    steps: [{ i: 0, type: "thinking", content: text ?? "thought" }],
    scores: [...rewards, ...others],
  };
}

/** Stores them by one import. */
export async function importRollouts(app: TestApp, rollouts: readonly Rollout[]): Promise<Answer<unknown>> {
  const lines = rollouts.map((one) => JSON.stringify(toTrace(one))).join("\n");
  const answer = await request(app, "POST", "/api/imports", lines, {
    "content-type": "application/x-ndjson",
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer;
}
