// A trace's steps in at most 24 bytes, for the small bars of lists: what kind each step is, and about how long.
import type { Trace } from "../contract/trace.ts";

/** A bar in a list has no room for more. */
const MAX_MARKS = 24;
/** What four bits hold. */
const MOST = 15;

/**
 * A byte for each step; of more than 24 steps, for each of 24 stretches of them, with the type of its longest step and
 * the length of all. High four bits: the type's place in `types`, 15 for those from there on. Low four bits:
 * ⌊log2⌋ of the length in UTF-16 units, 15 at most.
 */
export function outlineSteps(steps: Trace["steps"], types: readonly string[]): Buffer {
  const count = Math.min(steps.length, MAX_MARKS);
  const marks = Buffer.allocUnsafe(count);
  let from = 0;
  for (let mark = 0; mark < count; mark++) {
    const to = Math.floor(((mark + 1) * steps.length) / count);
    let longest = steps[from] as Trace["steps"][number];
    let length = 0;
    for (; from < to; from++) {
      const step = steps[from] as Trace["steps"][number];
      length += step.content.length;
      if (step.content.length > longest.content.length) longest = step;
    }
    const place = types.indexOf(longest.type);
    const type = place === -1 ? MOST : Math.min(place, MOST);
    marks[mark] = (type << 4) | Math.min(length === 0 ? 0 : 31 - Math.clz32(length), MOST);
  }
  return marks;
}
