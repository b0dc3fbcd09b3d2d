// verl's rollout and validation dumps: {step}.jsonl, a line a sample, written by its trainers' _dump_generations.

import type { Trace11 } from "../contract/trace.ts";
import { type Message, opensThinking, readChatTemplate } from "./chat-template.ts";
import { exactRecord } from "./exact-record.ts";
import { type Format, isObject, isText } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";
import { toPromptId } from "./known-members.ts";
import { readScoredColumns, toNumber, toReference, toScore, toTrainStep } from "./scored-columns.ts";
import { parseCompletion } from "./thinking.ts";

export const verl: Format = {
  name: "verl",
  description: 'verl rollout dump: {"input", "output", "gts", "score", "step", …}',
  recognises: (record) =>
    isObject(record) &&
    typeof record.input === "string" &&
    typeof record.output === "string" &&
    (record.score === null || toNumber(record.score) !== undefined) &&
    (toTrainStep(record.step) !== undefined || ("gts" in record && isAbsent(record.step))),
  read: (document) => [readRow(exactRecord(document))],
};

function readRow({ input, output, gts, score, step, uid, ...extras }: Record<string, unknown>): Trace11 {
  if (!isText(input, Number.POSITIVE_INFINITY)) throw invalidMember("input", "a text that is not empty");
  if (typeof output !== "string") throw invalidMember("output", "a text");
  const reward = score === null || score === undefined ? null : toNumber(score);
  if (reward === undefined) throw invalidMember("score", "a number or null");
  const trainStep = toTrainStep(step);
  // Without it the file's name may say the step.
  if (trainStep === undefined && !isAbsent(step))
    throw invalidMember("step", "a training step, an integer from 0");
  const { steps, finalAnswer, finishReason } = parseCompletion(output, {
    startsThinking: opensThinking(input),
    splitUntagged: true,
  });
  // Reward functions often report their own "score" beside verl's; one called "reward" would hide it.
  const { scores, rest } = readScoredColumns(extras, "verl", ["reward"]);
  const reference = toReference(gts);
  const promptId = toPromptId(uid);
  if (promptId === undefined && uid !== undefined) rest.uid = uid;
  const rollout = {
    ...(trainStep !== undefined && { train_step: trainStep }),
    ...(promptId && { prompt_id: promptId }),
  };
  return {
    trace_version: "1.1",
    ...readPrompt(input, rest),
    final_answer: finalAnswer,
    ...(Object.keys(rollout).length > 0 && { rollout }),
    ...(finishReason && { generation: { finish_reason: finishReason } }),
    ...(reference && { reference }),
    steps,
    scores: [toScore("reward", reward, "verl"), ...scores],
    meta: { source: typeof rest.data_source === "string" ? rest.data_source : "verl", ...rest },
  };
}

function isAbsent(step: unknown): boolean {
  return step === undefined || step === null;
}

/** The question, and the chat it stood in; the input as it was rendered is then kept in `meta.input`. */
function readPrompt(input: string, meta: Record<string, unknown>): { prompt: string; messages?: Message[] } {
  const messages = readChatTemplate(input);
  const question = messages?.findLast(({ role }) => role === "user")?.content;
  if (messages === undefined || typeof question !== "string" || question === "") return { prompt: input };
  meta.input = input;
  return { prompt: question, messages };
}
