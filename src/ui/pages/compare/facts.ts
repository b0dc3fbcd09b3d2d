// What is known of two traces besides their texts, side by side.
import type { Score, Trace11 } from "../../../contract/trace.ts";
import type { ReadTrace } from "../../api/traces.ts";
import { formatCount, formatInstant, formatScore } from "../../text/figures.ts";

export interface Fact {
  name: string;
  /** Undefined where a trace does not say. */
  base: string | undefined;
  other: string | undefined;
}

/** The facts that one of the traces has, in the same order for both. */
export function compareFacts(
  base: ReadTrace,
  other: ReadTrace,
  scores: { base: readonly Score[]; other: readonly Score[] },
): Fact[] {
  const [left, right] = [factsOf(base, scores.base), factsOf(other, scores.other)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names
    .map((name) => ({ name, base: left.get(name), other: right.get(name) }))
    .filter((fact) => fact.base !== undefined || fact.other !== undefined);
}

function factsOf(
  { payload, created_at }: ReadTrace,
  scores: readonly Score[],
): Map<string, string | undefined> {
  const { reference, steps, generation, rollout, meta } = payload as Trace11;
  const number = (value: number | null | undefined) =>
    typeof value === "number" ? formatCount(value) : undefined;
  return new Map<string, string | undefined>([
    ...scores
      .filter(({ step_i }) => step_i === null)
      .map((score): [string, string] => [
        score.by === "" ? score.name : `${score.name} by ${score.by}`,
        score.value === null ? score.status : formatScore(score.value),
      ]),
    ["reference", reference?.answer],
    ["steps", formatCount(steps.length)],
    ["completion tokens", number(generation?.completion_tokens)],
    ["finish reason", generation?.finish_reason ?? undefined],
    ["model", generation?.model ?? undefined],
    ...entries(generation?.sampling),
    ["run", rollout?.run ?? undefined],
    ["split", rollout?.split ?? undefined],
    ["training step", number(rollout?.train_step)],
    ["prompt", rollout?.prompt_id ?? undefined],
    ["sample", number(rollout?.sample_index)],
    ["created", formatInstant(created_at)],
    ...entries(meta),
  ]);
}

function entries(object: Record<string, unknown> | null | undefined): [string, string][] {
  return Object.entries(object ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? value : isTexts(value) ? value.join(", ") : JSON.stringify(value),
  ]);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
