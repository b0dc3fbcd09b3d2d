// Matches of a regular expression in texts, in time that grows with the text alone (RE2).
import { RE2JS } from "re2js";
import { AppError } from "../contract/errors.ts";
import type { SearchExcerpt } from "../contract/search.ts";
import type { TraceText } from "./trace-texts.ts";
import { withoutHalves } from "./without-halves.ts";

/** Characters shown on each side of a match, as far as its line goes. */
const AROUND = 60;
/** Of a match that is long itself. */
const MAX_SHOWN = 200;

/** Throws `invalid_request` that says what is wrong. Every line has a beginning and an end (`^`, `$`). */
export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE);
  } catch (error) {
    // The library puts its flags before the pattern.
    const message = `match: ${(error as Error).message.replace("`(?m)", "`")}`;
    throw new AppError("invalid_request", message, {
      issues: [{ pointer: "/match", message, code: "regular_expression" }],
    });
  }
}

export function findMatches(pattern: RE2JS, texts: Iterable<TraceText>, limit: number): SearchExcerpt[] {
  const matches: SearchExcerpt[] = [];
  for (const { text, ...where } of texts) {
    const matcher = pattern.matcher(text);
    while (matches.length < limit && matcher.find()) {
      const [start, end] = [matcher.start(), matcher.end()];
      if (start === end) continue;
      matches.push({
        ...where,
        parts: cutLine(text, start, end),
      });
    }
  }
  return matches;
}

function cutLine(text: string, start: number, end: number): SearchExcerpt["parts"] {
  const lead = text.slice(Math.max(0, start - AROUND), start);
  const trail = text.slice(end, end + AROUND);
  const before = lead.slice(lead.lastIndexOf("\n") + 1);
  const lineEnd = trail.indexOf("\n");
  const match = text.slice(start, Math.min(end, start + MAX_SHOWN));
  const parts = [
    { text: before },
    { text: match.length < end - start ? `${withoutHalves(match)}…` : match, hit: true as const },
    { text: lineEnd === -1 ? trail : trail.slice(0, lineEnd) },
  ];
  return parts
    .map((part) => ({ ...part, text: withoutHalves(part.text) }))
    .filter((part) => part.text !== "");
}
