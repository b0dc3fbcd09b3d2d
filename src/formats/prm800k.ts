// PRM800K (Lightman et al. 2023): solutions to MATH problems with a person's rating of every step.

import { AppError } from "../contract/errors.ts";
import type { Trace11 } from "../contract/trace.ts";
import { exactRecord } from "./exact-record.ts";
import { type Format, isObject, type Step, type TraceScore } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";

interface Completion {
  text: string;
  rating?: number | null;
  flagged?: boolean | null;
}

interface LabelledStep {
  completions: Completion[];
  human_completion: Completion | null;
  chosen_completion: number | null;
}

export const prm800k: Format = {
  name: "prm800k",
  description:
    'PRM800K: {"labeler", "question": {"problem", …}, "label": {"steps": […], "finish_reason"}, …}',
  recognises: (record) =>
    isObject(record) &&
    isObject(record.question) &&
    typeof record.question.problem === "string" &&
    isObject(record.label) &&
    Array.isArray(record.label.steps),
  skips: (record) => {
    if (!isObject(record)) return undefined;
    if (record.is_quality_control_question === true) return "a quality control question";
    if (record.is_initial_screening_question === true) return "a screening question";
    return undefined;
  },
  read: (document) => {
    const { question, label, ...members } = exactRecord(document);
    if (!isObject(question) || typeof question.problem !== "string" || question.problem === "")
      throw invalidMember("question.problem", "a text");
    if (!isObject(label) || !Array.isArray(label.steps)) throw invalidMember("label.steps", "a list");
    const { problem, ground_truth_answer: gold, ...questionRest } = question;
    const { steps: labelled, ...labelRest } = label;
    const { steps, scores, notes } = readPath(labelled.map(checkStep), label.finish_reason);
    const answer = /(?:^|\n\n)# Answer\n\n([\s\S]*)$/.exec(steps.at(-1)?.content ?? "")?.[1]?.trim();
    const trace: Trace11 = {
      trace_version: "1.1",
      prompt: question.problem,
      final_answer: answer === undefined || answer === "" ? null : answer,
      ...(typeof gold === "string" && { reference: { answer: gold, kind: "math" } }),
      steps,
      scores,
      meta: { source: "prm800k", ...members, ...questionRest, ...labelRest, ...notes },
    };
    return [trace];
  },
};

/** With the rows that `prm800k` leaves out; only where it is asked for by name. */
export const prm800kAll: Format = {
  name: "prm800k-all",
  description:
    'The same with control and screening questions, asked for by name: {"is_quality_control_question": true, …}',
  recognises: () => false,
  read: prm800k.read,
};

/**
 * The path the labeller took. It ends where none of the next steps is chosen; where that is because the
 * solution went wrong there, its own next step, the first one offered, is the last of the path.
 */
function readPath(labelled: LabelledStep[], finishReason: unknown) {
  const steps: Step[] = [];
  const scores: TraceScore[] = [];
  const alternatives: { step_i: number; completions: Completion[] }[] = [];
  const humanSteps: number[] = [];
  const flaggedSteps: number[] = [];
  let hasEnded = false;
  labelled.forEach(({ completions, human_completion: human, chosen_completion: chosen }, i) => {
    const isPathEnd = chosen === null && human === null;
    const isWrong = isPathEnd && finishReason === "found_error" && completions[0]?.rating === -1;
    const taken = hasEnded ? undefined : (completions[isWrong ? 0 : (chosen ?? -1)] ?? human ?? undefined);
    hasEnded ||= isPathEnd;
    if (taken !== undefined) {
      steps.push({ i, type: "reasoning", content: taken.text, role: "assistant" });
      if (typeof taken.rating === "number")
        scores.push({ name: "correct", value: taken.rating, by: "prm800k", step_i: i });
      if (taken === human) humanSteps.push(i);
      if (taken.flagged === true) flaggedSteps.push(i);
    }
    const others = [...completions, ...(human ? [human] : [])].filter((completion) => completion !== taken);
    if (others.length > 0) alternatives.push({ step_i: i, completions: others });
  });
  const notes = {
    ...(alternatives.length > 0 && { alternatives }),
    ...(humanSteps.length > 0 && { human_steps: humanSteps }),
    ...(flaggedSteps.length > 0 && { flagged_steps: flaggedSteps }),
  };
  return { steps, scores, notes };
}

function checkStep(step: unknown, index: number): LabelledStep {
  const place = `label.steps[${index}]`;
  if (!isObject(step)) throw invalidMember(`${place}`, "an object");
  const {
    completions: offered,
    human_completion: human = null,
    chosen_completion: chosen = null,
  } = step as Partial<LabelledStep>;
  const completions = offered ?? [];
  if (!Array.isArray(completions) || !completions.every(isCompletion))
    throw invalidMember(`${place}.completions`, 'a list of {"text", "rating": -1, 0 or 1}');
  if (human !== null && !isCompletion(human))
    throw invalidMember(`${place}.human_completion`, 'null or {"text"}');
  if (chosen !== null && completions[chosen] === undefined)
    throw new AppError("invalid_trace", `The member "${place}.chosen_completion" names no completion`);
  return { completions, human_completion: human, chosen_completion: chosen };
}

function isCompletion(value: unknown): value is Completion {
  const ratings: unknown[] = [-1, 0, 1, null, undefined];
  return isObject(value) && typeof value.text === "string" && ratings.includes(value.rating);
}
