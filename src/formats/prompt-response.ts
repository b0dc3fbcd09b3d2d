// The plainest of shapes, kept by many scripts: what was asked and what came back, thinking tags and all.

import type { Trace11 } from "../contract/trace.ts";
import { exactRecord } from "./exact-record.ts";
import { toFinishReason } from "./finish-reason.ts";
import { type Format, isObject, isText } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";
import { toTrainStep } from "./scored-columns.ts";
import { parseCompletion } from "./thinking.ts";

export const promptResponse: Format = {
  name: "prompt-response",
  description: 'A prompt and its response: {"prompt", "response", "model", …}, or with "completion"',
  recognises: (record) =>
    isObject(record) &&
    typeof record.prompt === "string" &&
    (typeof record.response === "string") !== (typeof record.completion === "string"),
  read: (document) => [readPair(exactRecord(document))],
};

function readPair({
  prompt,
  model,
  sample,
  finish_reason: stated,
  ...members
}: Record<string, unknown>): Trace11 {
  const member = typeof members.response === "string" ? "response" : "completion";
  const { [member]: completion, ...rest } = members;
  if (!isText(prompt, Number.POSITIVE_INFINITY)) throw invalidMember("prompt", "a text that is not empty");
  if (typeof completion !== "string") throw invalidMember("response", "a text");
  const { steps, finalAnswer, finishReason } = parseCompletion(completion);
  // A sample's number is an integer like a training step's.
  const sampleIndex = toTrainStep(sample);
  const statedReason = toFinishReason(stated);
  const reason = statedReason ?? finishReason;
  const meta: Record<string, unknown> = {
    ...rest,
    ...(!isText(model, 256) && model !== undefined && { model }),
    ...(sampleIndex === undefined && sample !== undefined && { sample }),
    ...((statedReason ?? "unknown") === "unknown" && stated !== undefined && { finish_reason: stated }),
  };
  const generation = {
    ...(isText(model, 256) && { model }),
    ...(reason && { finish_reason: reason }),
  };
  return {
    trace_version: "1.1",
    prompt,
    final_answer: finalAnswer,
    ...(sampleIndex !== undefined && { rollout: { sample_index: sampleIndex } }),
    ...(Object.keys(generation).length > 0 && { generation }),
    steps,
    ...(Object.keys(meta).length > 0 && { meta }),
  };
}
