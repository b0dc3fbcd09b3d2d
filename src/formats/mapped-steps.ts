// Steps as a mapped member gives them: a list of texts or of objects, such a list as JSON in a cell, or one text.
import { parseEmbedded } from "./exact-record.ts";
import { isObject, type Step } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";
import { type NewStep, splitThought } from "./thinking.ts";

const STEP_MEMBERS = ["type", "content", "role", "turn", "before", "after", "name", "call_id", "args"];
const STEP_TYPE = "reasoning";

export function readMappedSteps(value: unknown, name: string) {
  const given = typeof value === "string" && value.trimStart().startsWith("[") ? parseEmbedded(value) : value;
  if (typeof value === "string" && !Array.isArray(given)) return toSteps(splitThought(value, STEP_TYPE), []);
  if (!Array.isArray(given)) throw invalidMember(name, "a list of steps");
  const extras: Record<string, unknown>[] = [];
  const steps = given.map((item, i) => {
    if (typeof item === "string") return { type: STEP_TYPE, content: item };
    if (!isObject(item)) throw invalidMember(`${name}.${i}`, 'a text, or an object with "content"');
    if (typeof item.content !== "string") throw invalidMember(`${name}.${i}.content`, "a text");
    const [members, rest] = partition(item);
    if (Object.keys(rest).length > 0) extras.push({ step: i, ...rest });
    return { type: STEP_TYPE, content: item.content, ...members };
  });
  return toSteps(steps, extras);
}

function toSteps(steps: NewStep[], extras: Record<string, unknown>[]) {
  const numbered: Step[] = steps.map((step, i) => ({ i, ...step }));
  // What no step has a place for, by step.
  const meta: Record<string, unknown> = extras.length > 0 ? { step_extras: extras } : {};
  return { steps: numbered, meta, finishReason: undefined };
}

/** What a step has a place for, and the rest. */
function partition(item: Record<string, unknown>): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(item);
  return [
    Object.fromEntries(entries.filter(([name]) => STEP_MEMBERS.includes(name))),
    Object.fromEntries(entries.filter(([name]) => !STEP_MEMBERS.includes(name))),
  ];
}
