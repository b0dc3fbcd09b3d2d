// The model solutions published with GSM8K: several models' attempts at one question, each judged.

import { AppError } from "../contract/errors.ts";
import type { Trace11 } from "../contract/trace.ts";
import { exactRecord } from "./exact-record.ts";
import { type Format, isObject, type Step } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";

interface Solution {
  is_correct: boolean;
  solution: string;
}

export const gsm8kSolutions: Format = {
  name: "gsm8k-solutions",
  description:
    'GSM8K model solutions: {"question", "ground_truth", "<model>": {"is_correct", "solution"}, …}',
  recognises: (record) =>
    isObject(record) &&
    typeof record.question === "string" &&
    typeof record.ground_truth === "string" &&
    Object.values(record).some(isSolution),
  read: (document) => {
    const { question, ground_truth: groundTruth, ...members } = exactRecord(document);
    if (typeof question !== "string" || question === "") throw invalidMember("question", "a text");
    if (typeof groundTruth !== "string") throw invalidMember("ground_truth", "a text");
    const solutions = Object.entries(members).filter(([, value]) => isSolution(value)) as [
      string,
      Solution,
    ][];
    if (solutions.length === 0)
      throw new AppError("invalid_trace", 'No member holds a solution, such as {"is_correct", "solution"}');
    const others = Object.fromEntries(Object.entries(members).filter(([, value]) => !isSolution(value)));
    const gold = splitAnswer(groundTruth).answer;
    return solutions.map(([model, { is_correct: isCorrect, solution, ...extras }]): Trace11 => {
      const { reasoning, ending, answer } = splitAnswer(solution);
      return {
        trace_version: "1.1",
        prompt: question,
        final_answer: answer,
        generation: { model },
        ...(gold !== null && { reference: { answer: gold, kind: "math" } }),
        steps: toSteps(reasoning, ending),
        scores: [{ name: "correct", value: isCorrect ? 1 : 0, by: "gsm8k" }],
        meta: { source: "gsm8k", ...others, ...extras },
      };
    });
  },
};

function isSolution(value: unknown): value is Solution {
  return isObject(value) && typeof value.solution === "string" && typeof value.is_correct === "boolean";
}

/** The answer stands in the last line, after "####" or "A:"; a solution that never came to one has null. */
function splitAnswer(text: string): { reasoning: string; ending: string; answer: string | null } {
  const lastLine = text.trimEnd().lastIndexOf("\n") + 1;
  const match = /^(?:####|A:)(.*)/.exec(text.slice(lastLine));
  if (match === null) return { reasoning: text, ending: "", answer: null };
  const start = Math.max(0, lastLine - 1);
  const answer = (match[1] as string).trim().replaceAll(",", "");
  return {
    reasoning: text.slice(0, start),
    ending: text.slice(start),
    answer: answer === "" ? null : answer,
  };
}

/** Joining content and after of all steps gives the solution back. */
function toSteps(reasoning: string, ending: string): Step[] {
  const lines = reasoning.split("\n");
  return lines.map((content, i) => {
    const after = i === lines.length - 1 ? ending : "\n";
    return { i, type: "reasoning", content, role: "assistant", ...(after !== "" && { after }) };
  });
}
