// What a message's own members say of its thinking, beside its content.
import { isObject } from "./format.ts";
import { type NewStep, splitThought } from "./thinking.ts";

export interface Thoughts {
  steps: NewStep[];
  /** The other members of the message, and of the thoughts what no step has a place for. */
  rest: Record<string, unknown>;
}

/** Members that hold a thought as one text, best first: OpenRouter, vLLM and DeepSeek, Ollama. */
const TEXT_MEMBERS = ["reasoning", "reasoning_content", "thinking"];

/**
 * Takes `reasoning_details` (OpenRouter) before the members that hold a text, and the first of these that is
 * not empty. The others are mostly the same text again; one that differs is kept in the rest.
 */
export function readThoughts({ reasoning_details: details, ...members }: Record<string, unknown>): Thoughts {
  const rest = { ...members };
  let { steps, thought } = readDetails(details, rest);
  for (const name of TEXT_MEMBERS) {
    const text = members[name];
    if (text === undefined || text === null || text === "") delete rest[name];
    if (typeof text !== "string" || text === "") continue;
    if (thought === undefined) {
      thought = text;
      steps = splitThought(text);
    }
    if (thought === text) delete rest[name];
  }
  return { steps, rest };
}

/** Texts that follow one another are one text: streams save them in small pieces. */
function readDetails(details: unknown, rest: Record<string, unknown>) {
  const isList = Array.isArray(details) && details.every(isObject);
  if (!isList && details !== undefined && details !== null) rest.reasoning_details = details;
  if (!isList || details.length === 0) return { steps: [], thought: undefined };
  const steps: NewStep[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") steps.push(...splitThought(text));
    text = "";
  };
  for (const detail of details) {
    if (typeof detail.text === "string") {
      text += detail.text;
      continue;
    }
    flush();
    if (typeof detail.summary === "string") steps.push(...splitThought(detail.summary, "summary"));
    else steps.push({ type: "encrypted", content: "", role: "assistant" });
  }
  flush();
  const others = details.map(({ text: _, summary: __, ...members }) => members);
  if (others.some(({ type: _, ...members }) => Object.values(members).some((value) => value !== null)))
    rest.reasoning_details = others;
  const thought = details.map((detail) => detail.text ?? detail.summary ?? "").join("");
  return { steps, thought };
}
