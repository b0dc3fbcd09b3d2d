// What kind of character stands where in a text, as the analyser tells words apart.

/** Scripts that put no spaces between words, and Hangul, whose words carry their particles with them. */
const SCRIPTS = ["Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar"];
export const UNSPACED = `[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join("")}ー々〆]`;
/** What words of other scripts are made of. */
export const WORD = `[[\\p{L}\\p{M}\\p{N}_]--${UNSPACED}]`;

/** Those that words are made of come first. */
export const Kind = {
  asciiLetter: 0,
  asciiDigit: 1,
  otherOfWord: 2,
  unspaced: 3,
  backslash: 4,
  other: 5,
} as const;
type Kind = (typeof Kind)[keyof typeof Kind];

export const isOfWord = (kind: Kind) => kind <= Kind.otherOfWord;

/** ASCII letters are the same in either case; no other character is changed. */
export const FOLDED = Uint16Array.from({ length: 128 }, (_, unit) =>
  String.fromCharCode(unit).toLowerCase().charCodeAt(0),
);

const IS_UNSPACED = new RegExp(`^${UNSPACED}$`, "v");
const IS_OF_WORD = new RegExp(`^${WORD}$`, "v");
const UNKNOWN = 255;

/** By UTF-16 unit; filled in as characters are met, because asking Unicode's tables takes a microsecond. */
const KINDS = new Uint8Array(65_536).fill(UNKNOWN);
/** Beyond 16 bits. */
const astralKinds = new Map<string, Kind>();

/** A text as UTF-16 units, which are read several times faster than a string's. The last one is 0. */
export type Units = Uint16Array;

/** Kept from text to text: what a longer one needs goes with it. */
const KEPT_UNITS = 524_288;
let kept = new Uint16Array(65_536);

/** They are good until the next call. */
export function unitsOf(text: string): Units {
  const length = text.length + 1;
  let units = kept;
  if (length > units.length) {
    units = new Uint16Array(Math.max(length, Math.min(2 * length, KEPT_UNITS)));
    if (units.length <= KEPT_UNITS) kept = units;
  }
  Buffer.from(units.buffer).write(text, "utf16le");
  units[text.length] = 0;
  return units;
}

/** Of both units of a surrogate pair, that of their character. */
export function kindAt(units: Units, at: number): Kind {
  const unit = units[at] as number;
  const kind = KINDS[unit] as Kind;
  return (kind as number) === UNKNOWN ? learnKind(units, at, unit) : kind;
}

function learnKind(units: Units, at: number, unit: number): Kind {
  if ((unit & 0xf800) !== 0xd800) {
    const kind = findKind(String.fromCharCode(unit));
    KINDS[unit] = kind;
    return kind;
  }
  const first = (unit & 0xfc00) === 0xdc00 ? at - 1 : at;
  const character = String.fromCharCode(units[first] as number, units[first + 1] as number);
  let kind = astralKinds.get(character);
  if (kind === undefined) {
    kind = findKind(character);
    astralKinds.set(character, kind);
  }
  return kind;
}

function findKind(character: string): Kind {
  if (/[A-Za-z]/.test(character)) return Kind.asciiLetter;
  if (/[0-9]/.test(character)) return Kind.asciiDigit;
  if (character === "\\") return Kind.backslash;
  if (IS_OF_WORD.test(character)) return Kind.otherOfWord;
  return IS_UNSPACED.test(character) ? Kind.unspaced : Kind.other;
}
