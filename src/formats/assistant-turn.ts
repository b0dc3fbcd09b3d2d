// An assistant's turn, from the messages that make it up: what it thought, called, was told and answered.
import { partText, textOf } from "./chat-messages.ts";
import type { Message } from "./chat-template.ts";
import { type FinishReason, toFinishReason } from "./finish-reason.ts";
import { isText, type Step } from "./format.ts";
import { readPart, readToolCall } from "./message-parts.ts";
import { type CompletionOptions, type NewStep, parseCompletion } from "./thinking.ts";
import { readThoughts } from "./thoughts.ts";

export interface Turn {
  steps: Step[];
  /** The text of the last message after its thinking; null when it says nothing or a tool has the last word. */
  finalAnswer: string | null;
  finishReason: FinishReason | undefined;
  /** By message, what has no place in a step. */
  extras: Record<string, unknown>[];
}

interface Said {
  steps: NewStep[];
  answer: string | null;
  finishReason: FinishReason | undefined;
  rest: Record<string, unknown>;
}

/** `turn` numbers the assistant's messages where there are several. */
export function readTurn(messages: Message[], options: CompletionOptions = {}): Turn {
  const isSeveral = messages.filter(({ role }) => role === "assistant").length > 1;
  const steps: NewStep[] = [];
  const extras: Record<string, unknown>[] = [];
  let last: Said | undefined;
  let turn = -1;
  messages.forEach((message, index) => {
    const isAssistant = message.role === "assistant";
    if (isAssistant) turn++;
    last = isAssistant ? readAssistant(message, turn === 0 ? options : {}) : readOther(message);
    // Only what is said last is the answer.
    const isLast = index === messages.length - 1;
    for (const step of last.steps) {
      const type = step.type === "answer" && !isLast ? "text" : step.type;
      steps.push({ ...step, type, ...(isSeveral && turn >= 0 && { turn }) });
    }
    if (Object.keys(last.rest).length > 0) extras.push({ message: index, ...last.rest });
  });
  return {
    steps: steps.map((step, i) => ({ i, ...step })),
    finalAnswer: last?.answer ?? null,
    finishReason: last?.finishReason,
    extras,
  };
}

function readOther({ role, content, tool_call_id: id, name, ...rest }: Message): Said {
  const step: NewStep = {
    type: role === "tool" ? "tool_result" : "message",
    content: textOf({ role, ...(content !== undefined && { content }) }),
    role,
    ...(isText(name, 256) && { name }),
    ...(isText(id, 256) && { call_id: id }),
  };
  // Parts beside text, images for one, are kept whole.
  const isPlain = !Array.isArray(content) || content.every((part) => partText(part) !== undefined);
  return {
    steps: [step],
    answer: null,
    finishReason: undefined,
    rest: isPlain ? rest : { ...rest, content },
  };
}

function readAssistant(message: Message, options: CompletionOptions): Said {
  const { role: _, content, tool_calls: calls, finish_reason: stated, ...members } = message;
  const thoughts = readThoughts(members);
  const said = readContent(content, options);
  // Some captures give the same thoughts twice, in a member and, tagged, in the content.
  const isRepeated = thoughts.steps.length > 0 && sameText(thoughts.steps, said.steps);
  const called = (Array.isArray(calls) ? calls : []).map(readToolCall);
  const rest: Record<string, unknown> = { ...thoughts.rest, ...said.rest };
  const isUnread = Array.isArray(calls) ? called.some((call) => call.isPartial) : Boolean(calls);
  if (isUnread) rest.tool_calls = calls;
  const steps = [...(isRepeated ? [] : thoughts.steps), ...said.steps, ...called.map(({ step }) => step)];
  const reason = toFinishReason(stated);
  if (reason === "unknown") rest.finish_reason = stated;
  return {
    steps,
    answer: said.answer,
    finishReason: reason ?? said.finishReason ?? (steps.at(-1)?.type === "tool_call" ? "tool" : undefined),
    rest,
  };
}

function sameText(thoughts: NewStep[], said: NewStep[]): boolean {
  const words = (steps: NewStep[]) =>
    steps.map(({ type, content }) => (type === "thinking" ? content.replace(/\s+/g, "") : "")).join("");
  return words(thoughts) === words(said);
}

function readContent(content: Message["content"], options: CompletionOptions): Said {
  const said: Said = { steps: [], answer: null, finishReason: undefined, rest: {} };
  const unread: unknown[] = [];
  let text = "";
  const flush = () => {
    if (text === "") return;
    const { steps, finalAnswer, finishReason } = parseCompletion(text, options);
    if (finalAnswer !== null) {
      for (const step of said.steps) if (step.type === "answer") step.type = "text";
      said.answer = finalAnswer;
    }
    said.steps.push(...steps.map(({ i: _, ...step }) => step));
    said.finishReason = finishReason;
    text = "";
  };
  for (const part of typeof content === "string" ? [{ type: "text", text: content }] : (content ?? [])) {
    const { steps, rest } = readPart(part);
    // Neighbouring parts of text are one text.
    if (steps === undefined) text += partText(part);
    else {
      flush();
      said.steps.push(...steps);
    }
    if (Object.keys(rest).length > 0) unread.push({ type: part.type, ...rest });
  }
  flush();
  if (unread.length > 0) said.rest.parts = unread;
  return said;
}
