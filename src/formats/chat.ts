// Conversations whose last turn is the assistant's: what it thought and said is the trace, the rest its prompt.
import { AppError } from "../contract/errors.ts";
import type { Trace11 } from "../contract/trace.ts";
import { readTurn } from "./assistant-turn.ts";
import { isConversation, promptText, readMessages } from "./chat-messages.ts";
import type { Message } from "./chat-template.ts";
import { exactRecord, parseEmbedded } from "./exact-record.ts";
import { type FinishReason, toFinishReason } from "./finish-reason.ts";
import { type Format, isObject, isText } from "./format.ts";
import { type KnownMembers, readKnownMembers } from "./known-members.ts";

export const chat: Format = {
  name: "chat",
  description:
    'Chat, with thinking or without: {"messages": [{"role", "content"}]} or {"conversations": [{"from", "value"}]}',
  recognises: (record) =>
    isObject(record) && (isConversation(record.messages) || isConversation(record.conversations)),
  read: (document) => [readChat(exactRecord(document))],
};

function readChat({ system, tools, ...record }: Record<string, unknown>): Trace11 {
  const member = Array.isArray(record.messages) ? "messages" : "conversations";
  const { [member]: conversation, model, finish_reason: stated, ...members } = record;
  const known = readKnownMembers(members, "chat");
  const { before, turn: said, after } = takeLastTurn(readMessages(conversation, member), member);
  const isSystemText = typeof system === "string" && system !== "";
  const messages = isSystemText ? [{ role: "system", content: system }, ...before] : before;
  const prompt = promptText(messages);
  if (prompt === "")
    throw new AppError("invalid_trace", `Nothing stands before the assistant's turn in "${member}"`);
  const turn = readTurn(said);
  const toolList = readTools(tools);
  const reason = toFinishReason(stated);
  const meta: Record<string, unknown> = {
    ...known.rest,
    ...(!isSystemText && hasContent(system) && { system }),
    ...(toolList === undefined && hasContent(tools) && { tools }),
    ...(!isText(model, 256) && hasContent(model) && { model }),
    ...((reason === "unknown" || (reason === undefined && hasContent(stated))) && { finish_reason: stated }),
    ...(turn.extras.length > 0 && { message_extras: turn.extras }),
    ...(after.length > 0 && { later_messages: after }),
  };
  return {
    trace_version: "1.1",
    prompt,
    final_answer: turn.finalAnswer,
    messages,
    ...(toolList && { tools: toolList }),
    ...(known.promptId && { rollout: { prompt_id: known.promptId } }),
    ...readGeneration(model, reason ?? turn.finishReason, known.usage),
    ...(known.reference && { reference: known.reference }),
    steps: turn.steps,
    ...(known.scores.length > 0 && { scores: known.scores }),
    ...(Object.keys(meta).length > 0 && { meta }),
  };
}

/** The last assistant message with the tool calls that led to it: all since somebody else last spoke. */
function takeLastTurn(messages: Message[], place: string) {
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  if (last === -1) throw new AppError("invalid_trace", `No message of "${place}" is the assistant's`);
  const isOfTurn = ({ role }: Message) => role === "assistant" || role === "tool";
  const start = messages.findLastIndex((message, index) => index < last && !isOfTurn(message)) + 1;
  const next = messages.findIndex((message, index) => index > last && !isOfTurn(message));
  const end = next === -1 ? messages.length : next;
  return { before: messages.slice(0, start), turn: messages.slice(start, end), after: messages.slice(end) };
}

/** Tools as a list, or as the JSON text of one; undefined for anything else. */
function readTools(tools: unknown): Record<string, unknown>[] | undefined {
  const list = typeof tools === "string" ? parseEmbedded(tools) : tools;
  return Array.isArray(list) && list.length > 0 && list.every(isObject) ? list : undefined;
}

function readGeneration(
  model: unknown,
  reason: FinishReason | undefined,
  usage: KnownMembers["usage"],
): Pick<Trace11, "generation"> {
  const generation = {
    ...(isText(model, 256) && { model }),
    ...(reason && { finish_reason: reason }),
    ...usage,
  };
  return Object.keys(generation).length > 0 ? { generation } : {};
}

function hasContent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
