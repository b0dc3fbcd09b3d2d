import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { trace10, trace11 } from "../../test/support/traces.ts";
import { checkTrace } from "./check-trace.ts";

const step = (changes: object = {}) => ({ i: 0, type: "t", content: "c", ...changes });
const issuesOf = (trace: unknown) =>
  thrownBy(() => checkTrace(trace)).issues.map(({ pointer, code }) => `${pointer} ${code}`);

describe("any trace", () => {
  test.each([[null], [[]], ["trace"], [1], [undefined]])("is an object, so %j is none", (value) => {
    expect(thrownBy(() => checkTrace(value))).toMatchObject({
      code: "invalid_trace",
      status: 422,
      message: "A trace is a JSON object",
    });
  });

  test("is given back as it was", () => {
    for (const trace of [trace10(), trace11()]) expect(checkTrace(trace)).toBe(trace);
  });

  test.each([["2.0"], ["1"], [""], [1], [null], ["toString"], ["__proto__"], ["1.0 "]])(
    "of version %j is refused, and the known versions are named",
    (version) => {
      const error = thrownBy(() => checkTrace(trace10({ trace_version: version })));
      expect(error.issues).toMatchObject([{ pointer: "/trace_version", code: "unknown_version" }]);
      expect(error.message).toContain('known versions are "1.0" and "1.1"');
    },
  );

  test("needs a version", () => {
    const error = thrownBy(() => checkTrace({}));
    expect(error.issues).toMatchObject([{ pointer: "/trace_version", code: "required" }]);
    expect(error.message).toContain('known versions are "1.0" and "1.1"');
  });

  test("has every fault named, up to a hundred of them", () => {
    const faults = (count: number) =>
      trace11({ scores: [], steps: Array.from({ length: count }, (_, i) => step({ i, role: 5 })) });
    expect(issuesOf(faults(3))).toEqual([0, 1, 2].map((index) => `/steps/${index}/role type`));
    expect(issuesOf(faults(100))).toHaveLength(100);
    expect(issuesOf(faults(20_000))).toEqual(issuesOf(faults(100)));
    expect(thrownBy(() => checkTrace(faults(3))).message).toBe(
      'Must be string or null at "/steps/0/role" (and 2 more)',
    );
  });

  test("may have an id in any case, if it is a UUID", () => {
    const id = "0198F4A0-0000-7000-8000-00000000000a";
    expect(checkTrace(trace10({ id })).id).toBe(id);
    for (const bad of ["", "x", `${id}0`, `{${id}}`, id.replaceAll("-", ""), `${id}\n`]) {
      expect(issuesOf(trace10({ id: bad })), bad).toEqual(["/id pattern"]);
    }
    expect(issuesOf(trace10({ id: null }))).toEqual(["/id type"]);
  });

  test.each([
    ["extra", "/extra"],
    ["__proto__", "/__proto__"],
    ["a/b", "/a~1b"],
  ])("has no members beyond the known ones, such as %s", (name, pointer) => {
    for (const trace of [trace10(), trace11()]) {
      const text = JSON.stringify(trace).replace("{", `{"${name}":1,`);
      expect(issuesOf(JSON.parse(text))).toEqual([`${pointer} unknown_member`]);
    }
  });
});

test("members that are not known are refused however many they are", () => {
  for (const count of [1, 8, 9, 100, 500, 501, 2_000]) {
    const unknown = Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, 1]));
    expect(issuesOf(trace10(unknown))).toHaveLength(Math.min(count, 100));
    expect(issuesOf(trace11({ rollout: unknown }))[0]).toBe("/rollout/x0 unknown_member");
  }
});

describe("step indices", () => {
  test("are whole numbers that fit 32 bits", () => {
    for (const i of [0, 2_147_483_647]) checkTrace(trace10({ steps: [step({ i })] }));
    const code = (i: unknown) => issuesOf(trace10({ steps: [step({ i })] }));
    expect(code(-1)).toEqual(["/steps/0/i minimum"]);
    expect(code(2_147_483_648)).toEqual(["/steps/0/i maximum"]);
    for (const i of [0.5, "0", null, true]) expect(code(i)).toEqual(["/steps/0/i type"]);
  });

  test("need no order, but are unique", () => {
    checkTrace(trace10({ steps: [step({ i: 7 }), step({ i: 3 })] }));
    const trace = trace10({ steps: [step(), step({ i: 1 }), step({ i: 0 }), step({ i: 0 })] });
    const error = thrownBy(() => checkTrace(trace));
    expect(error.message).toBe('Step indices must be unique at "/steps/2/i" (and 1 more)');
    expect(issuesOf(trace)).toEqual(["/steps/2/i duplicate_step_index", "/steps/3/i duplicate_step_index"]);
  });
});
