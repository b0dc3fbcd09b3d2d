// Two traces compared: their texts word by word, their steps as they belong together. Time is bounded for any two.
import type { Comparison, StepComparison, TextComparison } from "../contract/compare.ts";
import type { Trace } from "../contract/trace.ts";
import { alignSteps, contentKey, type Pair, type Step, whatIsSaid } from "./align-steps.ts";
import { compareText, DiffBudget } from "./compare-text.ts";

export function compareTraces(base: Trace, other: Trace): Comparison {
  const budget = new DiffBudget();
  const { pairs, isCoarse } = alignSteps(base.steps, other.steps);
  const prompt = compareOptional(base.prompt, other.prompt, budget);
  const final_answer = compareOptional(base.final_answer, other.final_answer, budget);
  const steps = pairs.map((pair) => compareStep(pair, base.steps, other.steps, budget));
  const isByEnds = [prompt, final_answer, ...steps].some(({ difference }) => difference?.by === "ends");
  return { prompt, final_answer, steps, is_coarse: isCoarse || isByEnds };
}

function compareOptional(base: string | null, other: string | null, budget: DiffBudget): TextComparison {
  if (base === other) return { op: "equal" };
  if (base === null) return { op: "added" };
  if (other === null) return { op: "removed" };
  return { op: "changed", difference: compareText(base, other, budget) };
}

function compareStep(
  pair: Pair,
  baseSteps: readonly Step[],
  otherSteps: readonly Step[],
  budget: DiffBudget,
): StepComparison {
  const base = baseSteps[pair.base ?? -1];
  const other = otherSteps[pair.other ?? -1];
  if (base === undefined) return { op: "added", ...pair };
  if (other === undefined) return { op: "removed", ...pair };
  if (contentKey(base) === contentKey(other)) return { op: "equal", ...pair };
  const members = differingMembers(base, other);
  const isTextChanged = members.includes("content");
  return {
    op: "changed",
    ...pair,
    members,
    ...(isTextChanged && { difference: compareText(base.content, other.content, budget) }),
  };
}

function differingMembers(base: Step, other: Step): string[] {
  const [a, b] = [whatIsSaid(base), whatIsSaid(other)];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => JSON.stringify(a[name] ?? null) !== JSON.stringify(b[name] ?? null));
}
