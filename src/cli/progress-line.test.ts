import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { formatDuration, formatProgress, type Progress, showProgress } from "./progress-line.ts";

const halfway: Progress = {
  name: "step_180.jsonl.gz",
  records: 12_400,
  bytes: 30_000_000,
  totalBytes: 120_000_000,
  elapsedMs: 4_000,
};

test.each<[string, Partial<Progress>, string]>([
  [
    "a file of known size",
    {},
    "step_180.jsonl.gz  12,400 records, 3,100/s  30.0 of 120.0 MB, 7.5 MB/s  12 s left",
  ],
  ["a stream", { name: "-", totalBytes: undefined }, "-  12,400 records, 3,100/s  30.0 MB, 7.5 MB/s"],
  [
    "a file that has grown meanwhile",
    { totalBytes: 20_000_000 },
    "step_180.jsonl.gz  12,400 records, 3,100/s  30.0 of 20.0 MB, 7.5 MB/s",
  ],
  ["the very start", { records: 0, bytes: 0, elapsedMs: 0 }, "step_180.jsonl.gz  0 records  0.0 of 120.0 MB"],
  [
    "before the first byte",
    { records: 0, bytes: 0 },
    "step_180.jsonl.gz  0 records, 0/s  0.0 of 120.0 MB, 0.0 MB/s",
  ],
])("the line of %s", (_name, change, line) => {
  expect(formatProgress({ ...halfway, ...change }, 100)).toBe(line);
});

test("a long name gives way to the figures, and keeps its end, which tells files apart", () => {
  const name = `${"long/".repeat(20)}step_180.jsonl`;
  const line = formatProgress({ ...halfway, name }, 79);
  expect(line).toHaveLength(79);
  expect(line).toMatch(/^….*step_180\.jsonl {2}12,400 records.* 12 s left$/);
  expect(formatProgress({ ...halfway, name }, 30)).toBe("…p_180.jsonl  12,400 records, ");
});

test.each([
  [0, "0 s"],
  [1, "1 s"],
  [59_000, "59 s"],
  [125_000, "2 min 05 s"],
  [12_000_000, "3 h 20 min"],
])("%i ms are %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test("the line is written again in place on a terminal and gone at the end, and never elsewhere", async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const pipe = new PassThrough();
  const draw = (columns: number) => formatProgress(halfway, columns);
  const ends = [showProgress(terminal, draw, 1), showProgress(pipe, draw, 1)];
  let drawn = "";
  for await (const chunk of terminal) {
    drawn += chunk;
    if (drawn.split("\r").length === 3) for (const end of ends) end();
    if (drawn.endsWith("\u001b[K")) break;
  }
  const [line, ...lines] = drawn.split("\r\u001b[K").slice(1, -1);
  expect(line).toBe("…80.jsonl.gz  12,400 records, 3,100/s  ");
  expect(new Set(lines)).toEqual(new Set([line]));
  expect(pipe.read()).toBeNull();
});
