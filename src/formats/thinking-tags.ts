// The tags that models put around their thoughts and answers, and which text of a completion each encloses.

const TAG =
  /<(?<close>\/)?(?<name>think(?:ing)?|thought|reasoning|answer)(?:\s[^<>]{0,300})?>|<\|(?<edge>begin|end)_of_(?<part>thought|solution)\|>/gi;

const END_TOKENS = [
  "<|im_end|>",
  "<|endoftext|>",
  "<|eot_id|>",
  "<|end_of_text|>",
  "<end_of_turn>",
  "<eos>",
  "<｜end▁of▁sentence｜>",
  "</s>",
];

interface Tag {
  start: number;
  end: number;
  thinking: boolean;
  opens: boolean;
}

/** A stretch of the completion; a tag belongs to the step behind it when it opens, else to the one before. */
export interface Segment {
  kind: "thinking" | "text" | "answer" | "opening" | "closing";
  text: string;
  /** Whether it is a thought or one of a thought's tags. */
  thinking: boolean;
}

/** Offset at which end-of-text tokens begin; the text's length when there are none. */
export function endOfText(text: string): number {
  let end = text.length;
  for (;;) {
    const trimmed = text.slice(0, end).trimEnd().length;
    const token = END_TOKENS.find((candidate) => text.endsWith(candidate, trimmed));
    if (token === undefined) return end;
    end = trimmed - token.length;
  }
}

/**
 * Text is thinking when the last tag before it opens, or when a tag behind it closes what nothing behind it
 * opens: so nested tags, a second `</think>` and one without an opener all count as thinking up to the last.
 */
export function segment(text: string, startsThinking: boolean): { segments: Segment[]; isOpen: boolean } {
  const tags = findTags(text);
  const unopened = new Array<number>(tags.length + 1).fill(0);
  for (let i = tags.length - 1; i >= 0; i--) {
    const { thinking, opens } = tags[i] as Tag;
    const behind = unopened[i + 1] as number;
    unopened[i] = !thinking ? behind : opens ? Math.max(0, behind - 1) : behind + 1;
  }
  const segments: Segment[] = [];
  let isOpen = startsThinking;
  let position = 0;
  const add = (end: number, isThinking: boolean) => {
    const kind = isThinking ? "thinking" : "text";
    if (end > position) segments.push({ kind, text: text.slice(position, end), thinking: isThinking });
    position = end;
  };
  tags.forEach((tag, index) => {
    const isThinking = isOpen || (unopened[index] as number) > 0;
    // Within a thought, answer tags are what the model thinks about.
    if (isThinking && !tag.thinking) return;
    add(tag.start, isThinking);
    const { start, end, opens, thinking } = tag;
    segments.push({ kind: opens ? "opening" : "closing", text: text.slice(start, end), thinking });
    position = end;
    if (thinking) isOpen = opens;
  });
  add(text.length, isOpen);
  nameAnswer(segments);
  return { segments, isOpen };
}

function findTags(text: string): Tag[] {
  const tags = [...text.matchAll(TAG)].map(({ index, 0: { length }, groups = {} }): Tag => {
    const name = (groups.name ?? groups.part ?? "").toLowerCase();
    const opens = groups.close === undefined && groups.edge?.toLowerCase() !== "end";
    return { start: index, end: index + length, thinking: !["answer", "solution"].includes(name), opens };
  });
  const lastClosing = tags.findLastIndex((tag) => tag.thinking && !tag.opens);
  // An answer may talk about tags: one that opens in mid-line, behind all thinking, and is never closed.
  return tags.filter((tag, index) => {
    const isLate = lastClosing !== -1 && index > lastClosing && tag.thinking;
    return !isLate || /(?:^|[\n>])[ \t]*$/.test(text.slice(Math.max(0, tag.start - 100), tag.start));
  });
}

/** The answer is the text that answer tags enclose, the last such; else the first text behind all thinking. */
function nameAnswer(segments: Segment[]): void {
  const tail = segments.findLastIndex(({ thinking }) => thinking) + 1;
  const isSaid = ({ kind, text }: Segment) => kind === "text" && text.trim() !== "";
  const enclosed = segments.findLastIndex(
    (segment, index) => index > tail && isSaid(segment) && opensAnswer(segments[index - 1]),
  );
  const answer = enclosed !== -1 ? segments[enclosed] : segments.slice(tail).find(isSaid);
  if (answer !== undefined) answer.kind = "answer";
}

function opensAnswer(segment: Segment | undefined): boolean {
  return segment?.kind === "opening" && !segment.thinking;
}
