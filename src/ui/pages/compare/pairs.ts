// Two traces as a list of texts that belong together: the answers, the prompts, then step by step.
import type { StepComparison, TextComparison, TextDifference } from "../../../contract/compare.ts";
import type { Trace11 } from "../../../contract/trace.ts";
import type { ComparedTraces } from "../../api/compare.ts";
import { type Section, toSections } from "../../transcript/sections.ts";

export type Op = StepComparison["op"];

/** What both have, or what the base has where the other has something else. */
export type Stretch = { op: "equal"; text: string } | { op: "different"; base: string; other: string };

export interface Pair {
  key: string;
  op: Op;
  base?: Section;
  other?: Section;
  /** The members of a changed step that differ besides its text. */
  members: readonly string[];
  stretches: Stretch[];
  /** Whether the stretches were told apart word by word. */
  isByWords: boolean;
}

export function toPairs({ base, other, prompt, final_answer, steps }: ComparedTraces): Pair[] {
  const [a, b] = [base.payload, other.payload].map(bySections) as [Sections, Sections];
  const answers =
    a.answer || b.answer
      ? [toPair("answer", a.answer, b.answer, final_answer.difference, final_answer.op)]
      : [];
  return [
    ...answers,
    ...promptPairs(a.prompts, b.prompts, prompt),
    ...steps.map((step) => stepPair(step, a, b)),
  ];
}

interface Sections {
  prompts: Section[];
  steps: Section[];
  answer: Section | undefined;
}

function bySections(trace: Trace11): Sections {
  const sections = toSections(trace);
  return {
    prompts: sections.filter(({ kind }) => kind === "prompt"),
    steps: sections.filter(({ kind }) => kind === "step"),
    answer: sections.find(({ kind }) => kind === "answer"),
  };
}

/** Messages are paired by their place; of a lone prompt the difference is known. */
function promptPairs(base: Section[], other: Section[], { difference }: TextComparison): Pair[] {
  const isLone = base[0]?.key === "prompt" && other[0]?.key === "prompt";
  return Array.from({ length: Math.max(base.length, other.length) }, (_, at) =>
    toPair(`prompt-${at}`, base[at], other[at], isLone ? difference : undefined),
  );
}

function stepPair(
  { op, base, other, members = [], difference }: StepComparison,
  a: Sections,
  b: Sections,
): Pair {
  const [left, right] = [a.steps[base ?? -1], b.steps[other ?? -1]];
  const pair = toPair(`step-${base ?? ""}-${other ?? ""}`, left, right, difference, op);
  return { ...pair, members: members.filter((name) => name !== "content") };
}

function toPair(
  key: string,
  base: Section | undefined,
  other: Section | undefined,
  difference: TextDifference | undefined,
  op: Op = opOf(base, other),
): Pair {
  return {
    key,
    op,
    ...(base && { base }),
    ...(other && { other }),
    members: [],
    stretches: toStretches(base, other, difference),
    isByWords: difference?.by === "words",
  };
}

function opOf(base: Section | undefined, other: Section | undefined): Op {
  if (base === undefined) return "added";
  if (other === undefined) return "removed";
  return base.text === other.text && base.label === other.label ? "equal" : "changed";
}

function toStretches(
  base: Section | undefined,
  other: Section | undefined,
  difference: TextDifference | undefined,
): Stretch[] {
  const [left = "", right = ""] = [base?.text, other?.text];
  if (difference === undefined) return [compareWhole(left, right)];
  const stretches: Stretch[] = [];
  for (const { op, text } of difference.parts) {
    const last = stretches.at(-1);
    if (op === "equal") stretches.push({ op, text });
    else if (last?.op === "different") last[op === "removed" ? "base" : "other"] += text;
    else
      stretches.push({ op: "different", base: "", other: "", [op === "removed" ? "base" : "other"]: text });
  }
  // The arguments of a call stand after the content that was compared.
  const [leftTail, rightTail] = [tailOf(base), tailOf(other)];
  if (leftTail !== "" || rightTail !== "") stretches.push(compareWhole(leftTail, rightTail));
  return stretches;
}

function compareWhole(base: string, other: string): Stretch {
  return base === other ? { op: "equal", text: base } : { op: "different", base, other };
}

function tailOf(section: Section | undefined): string {
  return section?.step === undefined ? "" : section.text.slice(section.step.content.length);
}
