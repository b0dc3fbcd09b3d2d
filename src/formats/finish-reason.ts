// Why generation ended, in the words of the APIs that say so.
import type { finishReasons } from "../contract/trace.ts";

export type FinishReason = (typeof finishReasons)[number];

const reasons: Record<string, FinishReason> = {
  // OpenAI and what follows it, vLLM and SGLang among them.
  stop: "stop",
  length: "length",
  tool_calls: "tool",
  function_call: "tool",
  content_filter: "abort",
  abort: "abort",
  error: "error",
  // Anthropic.
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool",
  refusal: "abort",
  // TGI.
  eos_token: "stop",
};

/** Undefined where nothing is stated; a word that is not known here is `unknown`. */
export function toFinishReason(stated: unknown): FinishReason | undefined {
  if (typeof stated !== "string" || stated === "") return undefined;
  const word = stated.toLowerCase();
  return Object.hasOwn(reasons, word) ? reasons[word] : "unknown";
}
