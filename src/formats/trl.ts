// TRL's completions_*.parquet (GRPO and kin with log_completions): a row a sample, a column a reward function.

import type { Trace11 } from "../contract/trace.ts";
import { readTurn } from "./assistant-turn.ts";
import { isConversation, promptText, readMessages } from "./chat-messages.ts";
import { opensThinking, readChatTemplate } from "./chat-template.ts";
import { exactRecord } from "./exact-record.ts";
import { type Format, isObject } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";
import { readScoredColumns, toScore, toTrainStep } from "./scored-columns.ts";
import { parseCompletion } from "./thinking.ts";

export const trl: Format = {
  name: "trl",
  description: 'TRL completions: {"step", "prompt", "completion", "<reward function>", …, "advantage"}',
  recognises: (record) =>
    isObject(record) &&
    toTrainStep(record.step) !== undefined &&
    (typeof record.prompt === "string" || Array.isArray(record.prompt)) &&
    (typeof record.completion === "string" || isConversation(record.completion)),
  read: (document) => [readTrlRow(exactRecord(document))],
};

/** A row as a Parquet reader gives it: 64-bit integers may be bigints, missing rewards null or NaN. */
export function readTrlRow({ step, prompt, completion, ...columns }: Record<string, unknown>): Trace11 {
  const trainStep = toTrainStep(step);
  if (trainStep === undefined) throw invalidMember("step", "a training step, an integer from 0");
  const asked = readPrompt(prompt);
  const { steps, finalAnswer, finishReason, extras } = readCompletion(completion, prompt);
  const { scores, rest } = readScoredColumns(columns, "trl");
  for (const [name, value] of Object.entries(rest)) {
    // A reward function that has nothing to say of a sample returns None.
    if (value !== null || name.length > 128 || name === "") continue;
    scores.push(toScore(name, null, "trl"));
    delete rest[name];
  }
  return {
    trace_version: "1.1",
    ...asked,
    final_answer: finalAnswer,
    rollout: { train_step: trainStep },
    ...(finishReason && { generation: { finish_reason: finishReason } }),
    steps,
    scores,
    // As it was rendered, where that is not how it is stored.
    meta: {
      source: "trl",
      ...(typeof prompt === "string" && asked.messages && { prompt }),
      ...rest,
      ...(extras.length > 0 && { message_extras: extras }),
    },
  };
}

function readPrompt(prompt: unknown): Pick<Trace11, "prompt" | "messages"> {
  if (typeof prompt !== "string" && !Array.isArray(prompt))
    throw invalidMember("prompt", "a text or a list of messages");
  const messages = typeof prompt === "string" ? readChatTemplate(prompt) : readMessages(prompt, "prompt");
  const text = messages === undefined ? String(prompt) : promptText(messages);
  if (text === "") throw invalidMember("prompt", "not empty");
  return { prompt: text, ...(messages && { messages }) };
}

/** A completion as text, or as the messages of a turn; `place` names it in faults. */
export function readCompletion(completion: unknown, prompt: unknown, place = "completion") {
  const options = {
    startsThinking: typeof prompt === "string" && opensThinking(prompt),
    splitUntagged: true,
  };
  if (typeof completion === "string") return { ...parseCompletion(completion, options), extras: [] };
  if (!Array.isArray(completion)) throw invalidMember(place, "a text or a list of messages");
  return readTurn(readMessages(completion, place), options);
}
