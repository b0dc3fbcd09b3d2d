// A trace's steps as one bar: a piece a step, in its type's colour, as wide as the root of its length, like the outline
// of a trace.
import type { TraceItem } from "../../../contract/pages.ts";
import { typeColour } from "../../transcript/step-colour.ts";

/** Pieces narrower than this can't be seen. */
const LEAST_SHARE = 0.02;
const OTHER = "var(--ink-faint)";

/** A background image; undefined where nothing is known of the steps but their number. */
export function stepBar({
  step_types,
  step_outline,
}: Pick<TraceItem, "step_types" | "step_outline">): string | undefined {
  const marks = [...(step_outline ?? "").matchAll(/(.)(.)/g)].map(([, type = "f", length = "0"]) => {
    const name = step_types[Number.parseInt(type, 16)];
    return {
      colour: name === undefined ? OTHER : typeColour(name),
      width: 2 ** (Number.parseInt(length, 16) / 2),
    };
  });
  if (marks.length === 0) return undefined;
  const sum = marks.reduce((all, { width }) => all + width, 0);
  const shares = marks.map(({ width }) => Math.max(LEAST_SHARE, width / sum));
  const whole = shares.reduce((all, share) => all + share, 0);
  let at = 0;
  const stops = marks.map(({ colour }, index) => {
    const from = at;
    at += (100 * (shares[index] ?? 0)) / whole;
    const end = index === marks.length - 1 ? "100%" : `calc(${at.toFixed(1)}% - 1px)`;
    return `${colour} ${from.toFixed(1)}% ${end}, transparent ${end} ${at.toFixed(1)}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
