// The plainest of shapes, kept by many scripts: what was asked and what came back, thinking tags and all.

import type { Trace11 } from "../contract/trace.ts";
import { exactRecord } from "./exact-record.ts";
import { toFinishReason } from "./finish-reason.ts";
import { type Format, isObject, isText } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";
import { readKnownMembers } from "./known-members.ts";
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
  const { [member]: completion, ...others } = members;
  const known = readKnownMembers(others, "prompt-response");
  if (!isText(prompt, Number.POSITIVE_INFINITY)) throw invalidMember("prompt", "a text that is not empty");
  if (typeof completion !== "string") throw invalidMember("response", "a text");
  const { steps, finalAnswer, finishReason } = parseCompletion(completion);
  // A sample's number is an integer like a training step's.
  const sampleIndex = toTrainStep(sample);
  const statedReason = toFinishReason(stated);
  const reason = statedReason ?? finishReason;
  const meta: Record<string, unknown> = {
    ...known.rest,
    ...(!isText(model, 256) && model !== undefined && { model }),
    ...(sampleIndex === undefined && sample !== undefined && { sample }),
    ...((statedReason ?? "unknown") === "unknown" && stated !== undefined && { finish_reason: stated }),
  };
  const generation = {
    ...(isText(model, 256) && { model }),
    ...(reason && { finish_reason: reason }),
    ...known.usage,
  };
  const rollout = {
    ...(known.promptId && { prompt_id: known.promptId }),
    ...(sampleIndex !== undefined && { sample_index: sampleIndex }),
  };
  return {
    trace_version: "1.1",
    prompt,
    final_answer: finalAnswer,
    ...(Object.keys(rollout).length > 0 && { rollout }),
    ...(Object.keys(generation).length > 0 && { generation }),
    ...(known.reference && { reference: known.reference }),
    steps,
    ...(known.scores.length > 0 && { scores: known.scores }),
    ...(Object.keys(meta).length > 0 && { meta }),
  };
}
