import type { Command } from "commander";
import type { Comparison, StepComparison, TextComparison, TextPart } from "../contract/compare.ts";
import { AppError } from "../contract/errors.ts";
import type { Trace } from "../contract/trace.ts";
import type { Queryable } from "../store/database.ts";
import { findTrace } from "../store/find-trace.ts";
import { compareTraces } from "../trace/compare-traces.ts";
import { parseExactly } from "../trace/parse-exactly.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { parseId } from "./get.ts";
import { shorten, toTerminalText } from "./terminal-text.ts";

export function addCompareCommand(program: Command, context: CommandContext): void {
  program
    .command("compare")
    .description("Compare two traces step by step, word by word")
    .argument("<base>", "the id of the trace to start from", parseId)
    .argument("<other>", "the id of the trace to compare with it", parseId)
    .option("--json", "print both traces and the comparison as JSON, as the API gives it")
    .addHelpText(
      "after",
      "\nExample:\n  $ tunix-rt compare 019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071 019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6072\n\n" +
        "= equal, ~ changed, - only in the first, + only in the second; [-removed-] and {+added+} words.",
    )
    .action((baseId: string, otherId: string, { json }: { json?: boolean }) =>
      withDatabase(readConfig(context), { name: "compare", writes: false }, async ({ pool }) => {
        const base = await readTrace(pool, baseId);
        const other = await readTrace(pool, otherId);
        const comparison = compareTraces(base.trace, other.trace);
        if (json) printJson(context, base.json, other.json, comparison);
        else for (const line of describe(base.trace, other.trace, comparison)) print(context.stdout, line);
      }),
    );
}

async function readTrace(db: Queryable, id: string): Promise<{ trace: Trace; json: string }> {
  const found = await findTrace(db, id, false);
  if (found === undefined) throw new AppError("trace_not_found", `There is no trace with the id ${id}`);
  const payload = found.payload.toString();
  const envelope = { id, created_at: found.createdAt.toISOString(), trace_version: found.traceVersion };
  const json = `${JSON.stringify(envelope).slice(0, -1)},"payload":${payload}}`;
  return { trace: parseExactly(payload) as Trace, json };
}

function printJson(context: CommandContext, base: string, other: string, comparison: Comparison): void {
  print(context.stdout, `{"base":${base},"other":${other},${JSON.stringify(comparison).slice(1)}`);
}

const marks = { equal: "=", changed: "~", added: "+", removed: "-" } as const;

function* describe(base: Trace, other: Trace, comparison: Comparison): Generator<string> {
  yield describeText("prompt", comparison.prompt, base.prompt, other.prompt);
  for (const step of comparison.steps) yield describeStep(step, base, other);
  yield describeText("answer", comparison.final_answer, base.final_answer, other.final_answer);
  if (comparison.is_coarse) yield "Some of it was too large to compare in full.";
}

function describeText(
  name: string,
  { op, difference }: TextComparison,
  base: string | null,
  other: string | null,
): string {
  const text = difference === undefined ? (op === "added" ? other : base) : undefined;
  return line(marks[op], name, text ?? showParts(difference?.parts));
}

function describeStep({ op, base, other, members, difference }: StepComparison, a: Trace, b: Trace): string {
  const step = base === undefined ? b.steps[other ?? 0] : a.steps[base];
  const place =
    base !== undefined && other !== undefined && base !== other ? `${base} → ${other}` : (base ?? other);
  const type = members?.includes("type") ? `${step?.type} → ${b.steps[other ?? 0]?.type}` : step?.type;
  const others = members?.filter((member) => member !== "content" && member !== "type") ?? [];
  const changed = others.length > 0 ? ` (${others.join(", ")} changed)` : "";
  const text = difference === undefined ? (step?.content ?? "") : showParts(difference.parts);
  return line(marks[op], `${place} ${type}${changed}`, text);
}

function line(mark: string, name: string, text: string): string {
  const isWhole = mark === marks.changed;
  const shown = toTerminalText(text);
  return `${mark} ${toTerminalText(name)}: ${isWhole ? shown : shorten(shown, 100)}`;
}

/** Words around a change tell where it is; the rest of what is equal is left out. */
function showParts(parts: readonly TextPart[] = []): string {
  const shown = parts.map(({ op, text }) => {
    if (op === "removed") return `[-${text}-]`;
    if (op === "added") return `{+${text}+}`;
    return text.length > 100 ? `${text.slice(0, 40)} … ${text.slice(-40)}` : text;
  });
  return shown.join("");
}
