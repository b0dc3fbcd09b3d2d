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
  const { members, text } = document;
  const { key, keyStart, end } = members[index] as Member;
  const before = members[index - 1];
  const after = members[index + 1];
  const from = after === undefined && before !== undefined ? before.end : keyStart;
  const to = after?.keyStart ?? end;
  const { [key]: _cut, ...value } = document.value as Record<string, unknown>;
  const moved = members.slice(index + 1).map((member) => moveBack(member, to - from));
  return {
    rest: {
      ...document,
      text: text.slice(0, from) + text.slice(to),
      value,
      members: [...members.slice(0, index), ...moved],
    },
    text: text.slice(from, to),
    offset: from,
  };
}

function moveBack({ key, keyStart, start, end }: Member, by: number): Member {
  return { key, keyStart: keyStart - by, start: start - by, end: end - by };
}
