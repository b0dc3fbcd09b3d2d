// A trace as a list of sections to read: prompt or messages, steps, answer.
import type { Trace11 } from "../../contract/trace.ts";

export type Step = Trace11["steps"][number];
type Message = NonNullable<Trace11["messages"]>[number];

export interface Section {
  key: string;
  kind: "prompt" | "step" | "answer";
  /** What stands over it: a role, a step's type. */
  label: string;
  /** What is read, found and copied. */
  text: string;
  /** JSON rather than prose. */
  isCode?: boolean;
  step?: Step;
}

export function toSections(trace: Trace11): Section[] {
  return [
    ...promptSections(trace),
    ...trace.steps.map(stepSection),
    ...(trace.final_answer === null
      ? []
      : [{ key: "answer", kind: "answer" as const, label: "answer", text: trace.final_answer }]),
  ];
}

/** The messages say what the prompt says, and who said it. */
function promptSections({ prompt, messages }: Trace11): Section[] {
  if (!messages?.length) return [{ key: "prompt", kind: "prompt", label: "prompt", text: prompt }];
  return messages.map((message, at) => ({
    key: `message-${at}`,
    kind: "prompt",
    label: message.role,
    text: messageText(message),
  }));
}

function messageText({ role: _role, content, ...rest }: Message): string {
  const parts = typeof content === "string" ? [content] : (content ?? []).map(partText);
  if (Object.keys(rest).length > 0) parts.push(fenced(rest));
  return parts.join("\n\n");
}

function partText(part: { type: string } & Record<string, unknown>): string {
  return part.type === "text" && typeof part.text === "string" ? part.text : fenced(part);
}

function fenced(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

function stepSection(step: Step): Section {
  const { i, type, content, name, args } = step;
  const label = name ? `${type} · ${name}` : type;
  const base = { key: `step-${i}`, kind: "step" as const, label, step };
  if (args === undefined || args === null) return { ...base, text: content };
  const call = JSON.stringify(args, null, 2);
  return content === ""
    ? { ...base, text: call, isCode: true }
    : { ...base, text: `${content}\n\n${fenced(args)}` };
}
