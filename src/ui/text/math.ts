// Finds mathematics in prose, as models write it: $…$, $$…$$, \(…\), \[…\], bare environments and \boxed{…}.

export interface MathSpan {
  /** All that stands in the text for it. */
  raw: string;
  tex: string;
  isDisplay: boolean;
}

/** The mathematics that `text` begins with. */
export function mathAtStart(text: string): MathSpan | undefined {
  if (text.startsWith("$$")) return between(text, "$$", "$$", true);
  if (text.startsWith("$")) return dollars(text);
  if (text.startsWith("\\(")) return between(text, "\\(", "\\)", false);
  if (text.startsWith("\\[")) return between(text, "\\[", "\\]", true);
  if (text.startsWith("\\boxed{") || text.startsWith("\\fbox{")) return boxed(text);
  return environment(text);
}

/** Where mathematics may begin at the earliest, or -1. */
export function mathStart(text: string): number {
  return text.search(/\$|\\[([]|\\f?box(?:ed)?\{|\\begin\{/);
}

function between(text: string, open: string, close: string, isDisplay: boolean): MathSpan | undefined {
  const end = text.indexOf(close, open.length);
  const tex = text.slice(open.length, end).trim();
  if (end === -1 || tex === "") return undefined;
  return { raw: text.slice(0, end + close.length), tex, isDisplay };
}

/**
 * A single dollar is mostly a price. It opens mathematics only before what is not a space, and closes it only
 * after what is not a space and before what is not a digit.
 */
function dollars(text: string): MathSpan | undefined {
  const found = /^\$(?![\s$])((?:\\[\s\S]|[^\\$\n]|\n(?!\s*\n))*?)(?<!\s)\$(?!\d)/.exec(text);
  return found?.[1] ? { raw: found[0], tex: found[1], isDisplay: false } : undefined;
}

/** The braces of its content balance; a regular expression can't tell. */
function boxed(text: string): MathSpan | undefined {
  let depth = 0;
  for (let at = text.indexOf("{"); at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) {
      const raw = text.slice(0, at + 1);
      return { raw, tex: raw, isDisplay: false };
    }
  }
  return undefined;
}

function environment(text: string): MathSpan | undefined {
  const name =
    /^\\begin\{((?:align|aligned|equation|gather|gathered|cases|array|[pbvBV]?matrix|split)\*?)\}/.exec(
      text,
    )?.[1];
  if (name === undefined) return undefined;
  const close = `\\end{${name}}`;
  const end = text.indexOf(close);
  if (end === -1) return undefined;
  const raw = text.slice(0, end + close.length);
  return { raw, tex: raw, isDisplay: true };
}
