import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandContext } from "../src/cli/context.ts";
import { runProgram } from "../src/cli/program.ts";
import { MatchSummary, TraceMatch } from "../src/contract/matches.ts";
import type { Problem } from "../src/contract/pages.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { streamMatches } from "../src/transfer/stream-matches.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10 } from "./support/traces.ts";

const traces = Array.from({ length: 450 }, (_, number) =>
  trace10({
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    prompt: `problem ${number}`,
    meta: { source: number % 2 === 0 ? "even" : "odd" },
    steps: [
      { i: 5, type: "t", content: "first\nwait, no: try again" },
      { i: 6, type: "t", content: number === 7 ? "a rare zebra" : "nothing" },
    ],
  }),
);
const lines = traces.map((trace) => JSON.stringify(trace)).join("\n");

describe("GET /api/traces/matches", () => {
  const database = useDatabase();
  const app = useApp(database);
  beforeAll(async () => {
    await request(app, "POST", "/api/imports", lines, { "content-type": "application/x-ndjson" });
  });
  const find = async (query: string) => {
    const answer = await request(app, "GET", `/api/traces/matches?${query}`);
    expect(answer.status).toBe(200);
    const parsed = answer.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { summary } = parsed.pop() as { summary: MatchSummary };
    expect(compileCheck(MatchSummary)(summary)).toEqual([]);
    for (const match of parsed) expect(compileCheck(TraceMatch)(match)).toEqual([]);
    return { matches: parsed as TraceMatch[], summary };
  };

  test("streams matches with step and place, and says that all was read", async () => {
    const { matches, summary } = await find("match=z.bra");
    expect(matches).toEqual([
      {
        id: traces[7]?.id,
        place: "step",
        step: 1,
        i: 6,
        parts: [{ text: "a rare " }, { text: "zebra", hit: true }],
      },
    ]);
    expect(summary).toMatchObject({ traces: 450, matches: 1, is_complete: true, stopped_by: null });
    expect(summary.bytes).toBeGreaterThan(450 * 100);
  });

  test("stops at the limit, and says so", async () => {
    const { matches, summary } = await find("match=wait&limit=5");
    expect(matches).toHaveLength(5);
    expect(summary).toMatchObject({ matches: 5, is_complete: false, stopped_by: "limit" });
    expect(summary.traces).toBeLessThan(450);
  });

  test("reads only what passes the filters", async () => {
    const { matches, summary } = await find("match=problem%20%5Cd%2B&source=odd&limit=1000");
    expect(matches).toHaveLength(225);
    expect(summary.traces).toBe(225);
    expect((await find("match=x&min_steps=9&max_steps=1")).summary).toMatchObject({
      traces: 0,
      is_complete: true,
    });
  });

  test("whoever leaves before the first match gives the place back", async () => {
    const address = await app.app.listen({ port: 0 });
    const holder = await database.pool.connect();
    try {
      await holder.query("BEGIN; LOCK TABLE trace_payloads IN ACCESS EXCLUSIVE MODE");
      for (let round = 0; round < 3; round++) {
        const signal = AbortSignal.timeout(200);
        await expect(fetch(`${address}/api/traces/matches?match=zebra`, { signal })).rejects.toThrow();
      }
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect((await find("match=zebra")).summary.is_complete).toBe(true);
  });

  test("stops after the bytes and the time it is given", async () => {
    const ask = async (limits: object) => {
      const found = streamMatches(database.pool, {
        match: "(?:a?){300}a{300}",
        filters: {},
        signal: new AbortController().signal,
        limits: { matches: 10, bytes: Number.POSITIVE_INFINITY, timeMs: 60_000, ...limits },
      });
      let next = await found.next();
      while (!next.done) next = await found.next();
      return next.value;
    };
    expect(await ask({ bytes: 1_000 })).toMatchObject({ is_complete: false, stopped_by: "bytes" });
    expect(await ask({ timeMs: 1 })).toMatchObject({ is_complete: false, stopped_by: "time" });
  });

  test.each([
    ["match=(", "/match"],
    ["match=", "/match"],
    ["limit=5", "/match"],
    ["match=a&limit=0", "/limit"],
    ["match=a&sauce=x", "/sauce"],
  ])("%s is refused by name", async (query, pointer) => {
    const answer = await request<Problem>(app, "GET", `/api/traces/matches?${query}`);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe("tunix-rt", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tunix-rt-grep-"));
    await tunix(["import", "-"], lines);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function tunix(args: string[], input = "", given: Partial<CommandContext> = {}) {
    const output = { stdout: "", stderr: "" };
    const stream = (name: keyof typeof output) =>
      new PassThrough().on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
    const context: CommandContext = {
      stdin: Readable.from([Buffer.from(input)]),
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      environment: { DATA_DIR: join(directory, "store") },
      directory,
      exitCode: 0,
      signal: new AbortController().signal,
      ...given,
    };
    const code = await runProgram(args, context);
    await new Promise((resolve) => setImmediate(resolve));
    return { code, ...output };
  }

  test("grep prints like grep, and ends with 1 when nothing matches", async () => {
    expect(await tunix(["grep", "ZEBRA", "-i"])).toEqual({
      code: 0,
      stdout: `${traces[7]?.id}:step 1:a rare zebra\n`,
      stderr: "",
    });
    expect(await tunix(["grep", "ZEBRA"])).toMatchObject({ code: 1, stdout: "" });
    expect(await tunix(["grep", "("])).toMatchObject({ code: 2, stdout: "" });
    const limited = await tunix(["grep", "wait", "--limit", "3", "--json", "--source", "odd"]);
    expect(
      limited.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).place),
    ).toEqual(["step", "step", "step"]);
    expect(limited.stderr).toMatch(/^Stopped after 3 matches/);
  });

  test("grep goes no faster than it is read, and ends when nobody reads any more", async () => {
    const all = (await tunix(["grep", "w"])).stdout.length;
    const stdout = new PassThrough({ highWaterMark: 16 });
    const ended = tunix(["grep", "w"], "", { stdout });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(stdout.writableLength + stdout.readableLength).toBeLessThan(all);
    stdout.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("list --q makes what was imported searchable first, and shows what was found", async () => {
    const { code, stdout, stderr } = await tunix(["list", "--q", "rare zebras"]);
    expect(code).toBe(0);
    expect(stdout.split("\n")[1]).toBe("    step 1: a [rare] [zebra]");
    expect(stderr).toBe("Making 450 traces searchable first\n");
    expect((await tunix(["list", "--q", '"rare zebra"'])).stderr).toBe("");
    const { stdout: exported } = await tunix(["export", "--q", "zebra"]);
    expect(JSON.parse(exported)).toMatchObject({ id: traces[7]?.id });
    expect((await tunix(["list", "--q", '"open'])).code).toBe(2);
  });
});
