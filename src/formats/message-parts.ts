// The parts of an assistant's message, as OpenAI, Anthropic and LLaMA-Factory write them.
import { partText } from "./chat-messages.ts";
import { parseEmbedded } from "./exact-record.ts";
import { isObject, isText } from "./format.ts";
import { type NewStep, splitThought } from "./thinking.ts";

export interface ReadPart {
  /** Undefined for a part of text, which is read together with the text around it. */
  steps: NewStep[] | undefined;
  /** Members that no step has a place for. */
  rest: Record<string, unknown>;
}

export interface ToolCall {
  step: NewStep;
  /** Whether the call says more than its step does. */
  isPartial: boolean;
}

export function readPart(part: { type: string } & Record<string, unknown>): ReadPart {
  const { type, ...members } = part;
  if (partText(part) !== undefined) {
    const { text: _, value: __, content: ___, ...rest } = members;
    return { steps: undefined, rest };
  }
  const { value, text, thinking, reasoning, ...rest } = members;
  const thought = [value, text, thinking, reasoning].find((candidate) => typeof candidate === "string");
  if (["reasoning", "thinking"].includes(type) && typeof thought === "string")
    return { steps: splitThought(thought), rest };
  if (["tool_call", "tool_use", "function"].includes(type)) {
    const { step, isPartial } = readToolCall(part);
    return { steps: [step], rest: isPartial ? members : {} };
  }
  // Redacted thoughts, images and what is yet to come: the step says where it stood.
  return { steps: [{ type: type.slice(0, 64), content: "", role: "assistant" }], rest: members };
}

/**
 * A tool call in any of its spellings. Arguments that came as text stay the step's content, to the letter, and
 * stand parsed in `args`.
 */
export function readToolCall(call: unknown): ToolCall {
  const { type: _, index: __, id, value, function: called, ...members } = isObject(call) ? call : {};
  const written = typeof value === "string" ? value : undefined;
  const parsed = written === undefined ? value : parseEmbedded(written);
  const {
    name,
    arguments: given,
    input,
    args: plain,
    ...rest
  } = {
    ...(isObject(called) ? called : {}),
    ...(isObject(parsed) ? parsed : {}),
    ...members,
  } as Record<string, unknown>;
  const args = given ?? input ?? plain;
  const text = written ?? (typeof args === "string" ? args : "");
  const parsedArgs = typeof args === "string" ? parseEmbedded(args) : args;
  return {
    step: {
      type: "tool_call",
      content: text,
      role: "assistant",
      ...(isText(name, 256) && { name }),
      ...(isText(id, 256) && { call_id: id }),
      ...(parsedArgs !== undefined && parsedArgs !== null && { args: parsedArgs }),
    },
    isPartial: !isObject(call) || !isText(name, 256) || Object.keys(rest).length > 0,
  };
}
