// A completion as the model wrote it, to steps: what it thought, and what it answered.
// Joining `before`, `content` and `after` of all steps gives the completion back, byte for byte.
import type { Step } from "./format.ts";
import { cutToLimit, splitThinking } from "./split-thinking.ts";
import { endOfText, type Segment, segment } from "./thinking-tags.ts";

/** A step before it is numbered. */
export type NewStep = Omit<Step, "i">;

export interface ParsedCompletion {
  /** Steps of type `thinking`, `text` (said beside the answer) and, where there is one, `answer`. */
  steps: Step[];
  /** What was said after thinking, or within its answer tags, without outer white space; null for nothing. */
  finalAnswer: string | null;
  /** Why generation ended, as far as the text shows it: a thought left open, or an end-of-text token. */
  finishReason: "length" | "stop" | undefined;
}

export interface CompletionOptions {
  /** The prompt ended with an opening tag, as some chat templates do. */
  startsThinking?: boolean;
  /** Make a step of every paragraph of a completion that thinks without tags. */
  splitUntagged?: boolean;
}

/** Below the contract's 20,000, so that tool calls beside a completion still find room. */
const MAX_STEPS = 19_000;
const MAX_CONTENT_LENGTH = 1_000_000;

export function parseCompletion(completion: string, options: CompletionOptions = {}): ParsedCompletion {
  const end = endOfText(completion);
  const { segments, isOpen } = segment(completion.slice(0, end), options.startsThinking === true);
  const isUntagged = !segments.some(({ kind, text }) => kind === "thinking" && text.trim() !== "");
  const steps = toSteps(segments, isUntagged && options.splitUntagged === true, completion.slice(end));
  return {
    steps: steps.map((step, i) => ({ i, ...step })),
    finalAnswer: segments.find(({ kind }) => kind === "answer")?.text.trim() ?? null,
    finishReason: end < completion.length ? "stop" : isOpen ? "length" : undefined,
  };
}

function toSteps(segments: Segment[], splitsAnswer: boolean, ending: string): NewStep[] {
  const steps: NewStep[] = [];
  let pending = "";
  const trail = (text: string) => {
    const last = steps.at(-1);
    if (last === undefined || pending !== "") pending += text;
    else last.after = (last.after ?? "") + text;
  };
  for (const { kind, text } of segments) {
    if (kind === "opening") pending += text;
    else if (kind === "closing" || text.trim() === "") trail(text);
    else
      for (const piece of kind === "thinking" || splitsAnswer ? splitThinking(text) : cutToLimit(text)) {
        const content = piece.trim();
        const start = piece.indexOf(content);
        steps.push(
          toStep(kind, pending + piece.slice(0, start), content, piece.slice(start + content.length)),
        );
        pending = "";
      }
  }
  const kept = mergeBeyondLimit(steps);
  const last = kept.at(-1);
  // Nothing but tags and space: an empty step keeps them.
  const emptyType = segments.some(({ thinking }) => thinking) ? "thinking" : "text";
  if (last === undefined) return pending + ending === "" ? [] : [toStep(emptyType, pending, "", ending)];
  const after = (last.after ?? "") + pending + ending;
  return after === "" ? kept : [...kept.slice(0, -1), { ...last, after }];
}

function toStep(type: string, before: string, content: string, after: string): NewStep {
  return {
    type,
    content,
    role: "assistant",
    ...(before !== "" && { before }),
    ...(after !== "" && { after }),
  };
}

/** The steps of a thought that came without tags. */
export function splitThought(text: string, type = "thinking"): NewStep[] {
  return toSteps([{ kind: "thinking", text, thinking: true }], false, "").map((step) => ({ ...step, type }));
}

/** Joins neighbours, evenly, where there are more steps than a trace may have; the last stays as it is. */
function mergeBeyondLimit(steps: NewStep[]): NewStep[] {
  if (steps.length <= MAX_STEPS) return steps;
  const size = Math.ceil((steps.length - 1) / (MAX_STEPS - 1));
  const merged: NewStep[] = [];
  let group: NewStep[] = [];
  let length = 0;
  const flush = () => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return;
    const whole = group.map(({ before = "", content, after = "" }) => before + content + after).join("");
    const from = first.before?.length ?? 0;
    const to = whole.length - (last.after?.length ?? 0);
    merged.push(toStep(first.type, whole.slice(0, from), whole.slice(from, to), whole.slice(to)));
    group = [];
    length = 0;
  };
  for (const step of steps.slice(0, -1)) {
    const { before, content, after } = step;
    const added = (before?.length ?? 0) + content.length + (after?.length ?? 0);
    if (group.length === size || length + added > MAX_CONTENT_LENGTH) flush();
    group.push(step);
    length += added;
  }
  flush();
  return [...merged, ...steps.slice(-1)];
}
