// Traces for the browser tests, larger than those a person would write.
import { trace10, trace11 } from "../../support/traces.ts";

export { trace10, trace11 };

/** Traces that differ in what lists show; the first is the newest. */
export function manyTraces(count: number): object[] {
  return Array.from({ length: count }, (_, at) =>
    trace10({
      prompt: `Question ${String(at).padStart(5, "0")}: what is ${at} + 1?`,
      final_answer: String(at + 1),
      created_at: new Date(Date.UTC(2026, 0, 31) - at * 60_000).toISOString(),
      meta: { source: at % 3 === 0 ? "thirds" : "others", tags: at % 2 === 0 ? ["even"] : [] },
    }),
  );
}

export function longTrace(steps: number, characters: number): object {
  return trace11({
    prompt: `A trace of ${steps} steps`,
    messages: null,
    steps: Array.from({ length: steps }, (_, i) => ({
      i,
      type: i % 5 === 4 ? "check" : "thinking",
      content: `Step number ${i}. ${"So $x_1 + 2$ is **even**, and on it goes. ".repeat(characters / 43)}`,
    })),
    final_answer: "the very end",
    scores: [],
    tokens: null,
    rollout: null,
  });
}
