const known: Record<string, string> = {
  thinking: "thinking",
  thought: "thinking",
  reasoning: "thinking",
  answer: "answer",
  tool_call: "tool_call",
  action: "tool_call",
  tool_result: "tool_result",
  observation: "tool_result",
  prompt: "message",
  system: "message",
  user: "message",
  assistant: "message",
};
const OTHERS = 5;

/** The colour of a step's type, the same for the same word everywhere. */
export function typeColour(type: string): string {
  const name = known[type];
  if (name !== undefined) return `var(--type-${name})`;
  let hash = 0;
  for (const character of type) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return `var(--type-other-${hash % OTHERS})`;
}
