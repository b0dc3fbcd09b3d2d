// Conversations as people store them, in the roles and members that version 1.1 knows.

import type { Message } from "./chat-template.ts";
import { isObject } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";

const roles: Record<string, string> = {
  human: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  model: "assistant",
  bot: "assistant",
  observation: "tool",
  function: "tool",
  ipython: "tool",
};

/** Whether a value looks like a conversation: objects with a role, one of them the assistant's. */
export function isConversation(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.every(isMessage) &&
    value.some((message) => ["assistant", "function_call"].includes(toRole(message.role ?? message.from)))
  );
}

export function isMessage(value: unknown): value is Record<string, unknown> {
  return isObject(value) && typeof (value.role ?? value.from) === "string";
}

/** Messages in either spelling, role and content or from and value; `place` names them in faults. */
export function readMessages(value: unknown, place: string): Message[] {
  if (!Array.isArray(value)) throw invalidMember(place, "a list of messages");
  return value.map((item, index) => {
    if (!isObject(item)) throw invalidMember(`${place}[${index}]`, "an object");
    const { role, from, content, value: text, ...rest } = item;
    const speaker = role ?? from;
    if (typeof speaker !== "string" || speaker === "")
      throw invalidMember(`${place}[${index}].${from === undefined ? "role" : "from"}`, "a text");
    const said = content === undefined ? text : content;
    checkContent(
      said,
      `${place}[${index}].${content === undefined && text !== undefined ? "value" : "content"}`,
    );
    if (toRole(speaker) === "function_call")
      return { role: "assistant", content: [{ type: "tool_call", value: said }], ...rest };
    return { role: toRole(speaker), ...(said !== undefined && { content: said }), ...rest };
  });
}

function checkContent(content: unknown, place: string): asserts content is Message["content"] {
  if (content === undefined || content === null || typeof content === "string") return;
  if (!Array.isArray(content)) throw invalidMember(place, "a text, a list of parts or null");
  content.forEach((part, index) => {
    if (!isObject(part) || typeof part.type !== "string" || part.type === "")
      throw invalidMember(`${place}[${index}]`, 'a part with a "type"');
  });
}

function toRole(role: unknown): string {
  const name = String(role).toLowerCase();
  return Object.hasOwn(roles, name) ? (roles[name] as string) : name;
}

/** What a message says in words; `[image]` and the like stand for a message that has none. */
export function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  const parts = content ?? [];
  const texts = parts.map(partText).filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join("\n") : parts.map(({ type }) => `[${type}]`).join(" ");
}

/** The text of a part of type text, in any of its spellings. */
export function partText(part: Record<string, unknown>): string | undefined {
  if (!["text", "input_text", "output_text"].includes(String(part.type))) return undefined;
  const text = part.text ?? part.value ?? part.content;
  return typeof text === "string" ? text : undefined;
}

/** What was asked: the user's last message, or everything said where no user spoke. */
export function promptText(messages: Message[]): string {
  const asked = messages.findLast((message) => message.role === "user" && textOf(message) !== "");
  return asked !== undefined ? textOf(asked) : messages.map(textOf).join("\n\n").trim();
}
