// A prompt as a chat template rendered it, back to messages; only where its role markers leave no doubt.
import type { Trace11 } from "../contract/trace.ts";

export type Message = NonNullable<Trace11["messages"]>[number] & Record<string, unknown>;

interface Template {
  /** A header, with its role as the first group. */
  header: RegExp;
  /** What closes a message. */
  footer: RegExp;
  /** Whether text before the first header is the system's. */
  opensWithSystem?: boolean;
}

const templates: readonly Template[] = [
  // ChatML, as Qwen and others use it.
  { header: /<\|im_start\|>(\w{1,32})\n/g, footer: /<\|im_end\|>\n?$/ },
  // Llama 3.
  { header: /<\|start_header_id\|>(\w{1,32})<\|end_header_id\|>\n\n/g, footer: /<\|eot_id\|>$/ },
  // Gemma.
  { header: /<start_of_turn>(\w{1,32})\n/g, footer: /<end_of_turn>\n?$/ },
  // DeepSeek.
  { header: /<｜(User|Assistant)｜>/g, footer: /<｜end▁of▁sentence｜>$/, opensWithSystem: true },
  // Any of them that marks roles with words, decoded without its special tokens.
  { header: /(?<=^|\n)(system|user|assistant)\n/g, footer: /\n$/ },
];

/** Tokens that may stand before the first header: padding and the beginning of the text. */
const LEADING_TOKENS = /^(?:\s|<(?:\||｜)?[\w▁|]{1,40}(?:\||｜)?>)*$/;
/** What a template may already put into the assistant's mouth. */
const PREFILL = /^\s*(?:<think(?:ing)?>\s*(?:<\/think(?:ing)?>\s*)?)?$/;

/** The messages before the assistant's turn, or undefined when the text is not clearly a rendered chat. */
export function readChatTemplate(text: string): Message[] | undefined {
  for (const template of templates) {
    const messages = readAs(template, text);
    if (messages !== undefined) return messages;
  }
  return undefined;
}

/** Whether the prompt ends within a thought that it opened itself. */
export function opensThinking(prompt: string): boolean {
  return /<think(?:ing)?>\s*$/.test(prompt.slice(-100));
}

function readAs({ header, footer, opensWithSystem }: Template, text: string): Message[] | undefined {
  const headers = [...text.matchAll(header)];
  const messages = headers.map((match, index): Message => {
    const content = text.slice(match.index + match[0].length, headers[index + 1]?.index ?? text.length);
    return { role: toRole(match[1] as string), content: content.replace(footer, "") };
  });
  const lead = text.slice(0, headers[0]?.index ?? 0);
  const last = messages.pop();
  if (last?.role !== "assistant" || !PREFILL.test(String(last.content)) || !alternates(messages))
    return undefined;
  if (LEADING_TOKENS.test(lead)) return messages;
  if (!opensWithSystem) return undefined;
  return [{ role: "system", content: lead.replace(/^(?:<｜[^｜]{1,40}｜>)+/, "") }, ...messages];
}

function toRole(role: string): string {
  const name = role.toLowerCase();
  return name === "model" ? "assistant" : name;
}

/** A system message at most, then a user's, and no two of one kind in a row: text that quotes a chat fails this. */
function alternates(messages: Message[]): boolean {
  const roles = messages.map(({ role }) => role);
  const turns = roles[0] === "system" || roles[0] === "developer" ? roles.slice(1) : roles;
  return (
    turns[0] === "user" &&
    turns.at(-1) !== "assistant" &&
    turns.every((role, index) => role === "tool" || role !== turns[index - 1]) &&
    turns.every((role) => role === "user" || role === "assistant" || role === "tool")
  );
}
