import type { JsonDocument } from "./json-document.ts";
import type { Member } from "./scan-json.ts";

export interface Cut {
  /** The document without the member; the rest of its text is as it was. */
  rest: JsonDocument;
  /** What was cut out: the member with one comma beside it. */
  text: string;
  /** Offset in the rest's text at which the cut goes back in. */
  offset: number;
}

/** Cuts a member out of the outermost object, by its index in `document.members`. */
export function cutMember(document: JsonDocument, index: number): Cut {
  const { bytes: _bytes, ...rest } = document;
  const { members, text } = document;
  const { key } = members[index] as Member;
  const { from, to } = cutRange(members, index);
  const { [key]: _cut, ...value } = document.value as Record<string, unknown>;
  const moved = members.slice(index + 1).map((member) => moveBack(member, to - from));
  return {
    rest: {
      ...rest,
      text: text.slice(0, from) + text.slice(to),
      value,
      members: [...members.slice(0, index), ...moved],
    },
    text: text.slice(from, to),
    offset: from,
  };
}

/** What goes with a member: one comma beside it, where there is one, and the space on that side. */
export function cutRange(members: readonly Member[], index: number): { from: number; to: number } {
  const { keyStart, end } = members[index] as Member;
  const before = members[index - 1];
  const after = members[index + 1];
  return {
    from: after === undefined && before !== undefined ? before.end : keyStart,
    to: after?.keyStart ?? end,
  };
}

function moveBack({ key, keyStart, start, end }: Member, by: number): Member {
  return { key, keyStart: keyStart - by, start: start - by, end: end - by };
}
