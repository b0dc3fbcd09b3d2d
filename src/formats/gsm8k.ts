// GSM8K (Cobbe et al. 2021): grade-school word problems, a step a line, the answer after "####".
import { AppError } from "../contract/errors.ts";
import type { Trace11 } from "../contract/trace.ts";
import { exactRecord } from "./exact-record.ts";
import { type Format, isObject } from "./format.ts";

type Step = Trace11["steps"][number];

export const gsm8k: Format = {
  name: "gsm8k",
  description: 'GSM8K, plain or Socratic: {"question", "answer": "step\\nstep\\n#### 18"}',
  recognises: (record) =>
    isObject(record) &&
    typeof record.question === "string" &&
    typeof record.answer === "string" &&
    record.answer.includes("####"),
  read: (document) => {
    const { question, answer, ...rest } = exactRecord(document);
    if (typeof question !== "string" || typeof answer !== "string" || !answer.includes("####")) {
      throw new AppError(
        "invalid_trace",
        'Not a GSM8K record: it needs "question" and an "answer" with "####"',
      );
    }
    const mark = answer.lastIndexOf("####");
    const gold = answer.slice(mark + 4).trim();
    if (gold === "" || gold.includes("\n")) {
      throw new AppError("invalid_trace", 'The answer has no final "#### …" line');
    }
    const finalAnswer = gold.replaceAll(",", "");
    const reasoningEnd = answer[mark - 1] === "\n" ? mark - 1 : mark;
    return [
      {
        trace_version: "1.1",
        prompt: question,
        final_answer: finalAnswer,
        steps: splitSteps(answer.slice(0, reasoningEnd), answer.slice(reasoningEnd)),
        reference: { answer: finalAnswer, kind: "math" },
        meta: { source: "gsm8k", ...rest },
      },
    ];
  },
};

/** Joining before, content and after of all steps gives the answer's text back. */
function splitSteps(reasoning: string, ending: string): Step[] {
  const lines = reasoning.split("\n");
  const steps = lines.flatMap((line, index) => {
    const after = index === lines.length - 1 ? ending : "\n";
    // The Socratic variant asks a question before each step.
    const separator = line.indexOf(" ** ");
    const step = (type: string, content: string, after: string) => ({
      type,
      content,
      role: "assistant",
      after,
    });
    if (separator === -1) return [step("reasoning", line, after)];
    return [
      step("sub_question", line.slice(0, separator), " ** "),
      step("reasoning", line.slice(separator + 4), after),
    ];
  });
  return steps.map((step, i) => ({ i, ...step }));
}
