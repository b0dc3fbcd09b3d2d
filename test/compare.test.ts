import { describe, expect, test } from "vitest";
import { TraceComparison } from "../src/contract/compare.ts";
import type { Problem, TraceCreated } from "../src/contract/pages.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const app = useApp(useDatabase());
const create = async (trace: object | string) =>
  (await request<TraceCreated>(app, "POST", "/api/traces", trace)).body.id;
const compare = <T = unknown>(base: string, other: string) =>
  request<T>(app, "GET", `/api/traces/compare?base=${base}&other=${other}`);

describe("GET /api/traces/compare", () => {
  test("gives both traces as they were sent and how their steps belong together", async () => {
    const base = await create(
      '{"trace_version":"1.0","prompt":"p","final_answer":"5", "steps":[{"i":0,"type":"t","content":"2 + 2 = 5"}],"meta":{"n":12345678901234567890}}',
    );
    const other = await create(trace10({ prompt: "p", steps: [{ i: 3, type: "t", content: "2 + 2 = 4" }] }));
    const answer = await compare<Record<string, unknown>>(base, other);
    expect(answer.status).toBe(200);
    expect(compileCheck(TraceComparison)(answer.body)).toEqual([]);
    expect(answer.text).toContain('"final_answer":"5", "steps"');
    expect(answer.text).toContain('"meta":{"n":12345678901234567890}');
    expect(answer.body).toMatchObject({
      base: { id: base },
      other: { id: other },
      prompt: { op: "equal" },
      final_answer: { op: "changed" },
      steps: [{ op: "changed", base: 0, other: 0, members: ["content"] }],
      is_coarse: false,
    });
  });

  test("compares large traces in a thread to the same end", async () => {
    const steps = (word: string) =>
      Array.from({ length: 50 }, (_, i) => ({
        i,
        type: "t",
        content: `${"same words ".repeat(200)}${word} ${i}`,
      }));
    const base = await create(trace11({ steps: steps("one") }));
    const other = await create(trace11({ steps: steps("two") }));
    const { body } = await compare<{ steps: object[]; is_coarse: boolean }>(base, other);
    expect(body.steps).toHaveLength(50);
    expect(body.steps[49]).toMatchObject({
      op: "changed",
      difference: {
        by: "words",
        parts: [{ op: "equal" }, { text: "one" }, { text: "two" }, { text: " 49" }],
      },
    });
  });

  test("tells integers apart that a double does not", async () => {
    const withNumber = (n: string) =>
      create(
        JSON.stringify(
          trace11({ scores: [], steps: [{ i: 0, type: "t", content: "", args: { n: "N" } }] }),
        ).replace('"N"', n),
      );
    const ids = [await withNumber("10000000000000000000"), await withNumber("10000000000000000001")];
    const { body } = await compare(ids[0] as string, ids[1] as string);
    expect(body).toMatchObject({ steps: [{ op: "changed", members: ["args"] }] });
  });

  test("a trace with itself is equal throughout", async () => {
    const id = await create(trace11());
    const { body } = await compare<{ steps: { op: string }[] }>(id, id.toUpperCase());
    expect(body.steps.map(({ op }) => op)).toEqual(["equal", "equal", "equal"]);
  });

  test("names the trace that is not there, and the parameter that is wrong", async () => {
    const id = await create(trace10());
    const missing = "019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071";
    expect(await compare<Problem>(id, missing)).toMatchObject({
      status: 404,
      body: { code: "trace_not_found", detail: `There is no trace with the id ${missing}` },
    });
    const answer = await compare<Problem>(id, "x");
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, "/other"]);
    expect((await request(app, "GET", `/api/traces/compare?base=${id}`)).status).toBe(422);
  });
});
