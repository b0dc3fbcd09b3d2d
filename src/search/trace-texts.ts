// The texts of a trace that are searched, and where in it each stands.
import type { SearchExcerpt } from "../contract/search.ts";
import type { Trace } from "../contract/trace.ts";

export type TraceText = Omit<SearchExcerpt, "parts"> & { text: string };

export function* traceTexts(trace: Trace): Generator<TraceText> {
  const { prompt, steps, final_answer } = trace;
  yield { place: "prompt", text: prompt };
  if ("messages" in trace) {
    for (const [message, { content }] of (trace.messages ?? []).entries())
      for (const text of messageTexts(content))
        if (text !== prompt) yield { place: "message", message, text };
  }
  for (const [index, step] of steps.entries()) {
    const where = { step: index, i: step.i };
    yield { place: "step", ...where, text: step.content };
    const text = "args" in step ? [...strings(step.args)].join("\n") : "";
    if (text !== "") yield { place: "args", ...where, text };
  }
  if (final_answer !== null) yield { place: "answer", text: final_answer };
}

/** A message's text, or that of its parts which are text. */
function messageTexts(content: unknown): string[] {
  if (typeof content === "string") return [content];
  const parts = Array.isArray(content) ? (content as { text?: unknown }[]) : [];
  return parts.flatMap(({ text }) => (typeof text === "string" ? [text] : []));
}

/** All strings and numbers in any JSON; the names of members are not among them. */
function* strings(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "number") yield String(value);
  else if (typeof value === "object" && value !== null)
    for (const member of Object.values(value)) yield* strings(member);
}
