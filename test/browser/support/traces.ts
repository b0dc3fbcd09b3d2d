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
