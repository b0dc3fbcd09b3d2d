// What is looked for as it is written, except for case and the width of white space; never within a longer word.
import { WORD } from "./characters.ts";

export interface Span {
  start: number;
  end: number;
}

// Compiled once: a pattern with Unicode's tables takes milliseconds to compile, a plain one microseconds.
const STARTS_AS_WORD = new RegExp(`^${WORD}`, "v");
const ENDS_AS_WORD = new RegExp(`${WORD}$`, "v");

export class Written {
  readonly #literal: RegExp;
  readonly #isOutsideBefore: (before: string) => boolean;
  readonly #isOutsideAfter: (after: string) => boolean;

  constructor(written: string) {
    const words = written.split(/\s+/);
    const escaped = words.map((word) =>
      word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/['’]/g, "['’]"),
    );
    this.#literal = new RegExp(escaped.join("\\s+"), "giu");
    const hasDigitFirst = /^\d/.test(written);
    const hasDigitLast = /\d$/.test(written);
    this.#isOutsideBefore = STARTS_AS_WORD.test(written)
      ? (before) => !ENDS_AS_WORD.test(before) && !(hasDigitFirst && /\d\.$/.test(before))
      : () => true;
    // In "\alpha_1" or "\frac12" the command is there as written.
    const startsLonger = /^\\[A-Za-z]+$/.test(written) ? /^[A-Za-z]/ : STARTS_AS_WORD;
    this.#isOutsideAfter = ENDS_AS_WORD.test(written)
      ? (after) => !startsLonger.test(after) && !(hasDigitLast && /^\.\d/.test(after))
      : () => true;
  }

  /** The first place at or after `from` where it stands. */
  find(text: string, from = 0): Span | undefined {
    this.#literal.lastIndex = from;
    for (let match = this.#literal.exec(text); match !== null; match = this.#literal.exec(text)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (
        this.#isOutsideBefore(text.slice(Math.max(0, start - 2), start)) &&
        this.#isOutsideAfter(text.slice(end, end + 2))
      )
        return { start, end };
      // In the middle of a surrogate pair the search would step back.
      this.#literal.lastIndex = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
    }
    return undefined;
  }
}
