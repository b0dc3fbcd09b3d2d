// A map for private formats: which member of a record goes where in a trace, as `target=path,target=path`.
import { AppError } from "../contract/errors.ts";

const targets = [
  "prompt",
  "completion",
  "answer",
  "steps",
  "reward",
  "expected",
  "group",
  "run",
  "split",
  "train_step",
  "sample_index",
  "model",
  "finish_reason",
  "prompt_tokens",
  "completion_tokens",
  "source",
  "tags",
  "id",
] as const;
const families = ["score.", "meta."] as const;

export type Target = (typeof targets)[number] | `score.${string}` | `meta.${string}`;

export interface Place {
  /** The path as it was written, to name it in faults. */
  name: string;
  /** Names of members, one within the other; a number is also a place in a list. */
  path: readonly string[];
}

export type Mapping = ReadonlyMap<Target, Place>;

/**
 * Reads a map. A comma, dot or backslash that belongs to a name is written after a backslash.
 * Throws `invalid_request`, which names what is wrong and the targets there are.
 */
export function parseMap(spec: string): Mapping {
  const mapping = new Map<Target, Place>();
  for (const entry of splitUnescaped(spec, ",")) {
    const equals = entry.indexOf("=");
    if (equals === -1) throw invalidMap(`"${entry.trim()}" has no "="`);
    const target = toTarget(entry.slice(0, equals).trim());
    const name = entry.slice(equals + 1).trim();
    const path = splitUnescaped(name, ".").map((part) => part.replaceAll(/\\([\\.,])/g, "$1"));
    if (path.includes("")) throw invalidMap(`the path of "${target}" is empty or has an empty part`);
    if (mapping.has(target)) throw invalidMap(`"${target}" is given twice`);
    mapping.set(target, { name, path });
  }
  checkWhole(mapping);
  return mapping;
}

function toTarget(name: string): Target {
  if (name === "score.reward") return "reward";
  const family = families.find((prefix) => name.startsWith(prefix));
  const rest = family === undefined ? "" : name.slice(family.length);
  const isFamily = rest !== "" && rest.length <= 128 && !(family === "meta." && rest.includes("."));
  if (isFamily || (targets as readonly string[]).includes(name)) return name as Target;
  throw invalidMap(`there is no target "${name}"`);
}

function checkWhole(mapping: Mapping): void {
  if (!mapping.has("prompt")) throw invalidMap('"prompt" is missing');
  if (mapping.has("completion") && mapping.has("steps"))
    throw invalidMap('"completion" and "steps" both give the steps; name one of them');
  if (!mapping.has("completion") && !mapping.has("answer") && !mapping.has("steps"))
    throw invalidMap('"completion", "answer" or "steps" is missing');
}

function splitUnescaped(text: string, separator: "," | "."): string[] {
  const parts = [""];
  for (const [piece] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (piece === separator) parts.push("");
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts;
}

function invalidMap(fault: string): AppError {
  const known = `${targets.join(", ")}, score.<name>, meta.<key>`;
  return new AppError(
    "invalid_request",
    `The map is not valid: ${fault}. It is target=path,target=path; the targets are ${known}`,
  );
}
