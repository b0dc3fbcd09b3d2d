import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { parseMap } from "./parse-map.ts";

const paths = (spec: string) => Object.fromEntries([...parseMap(spec)].map(([key, { path }]) => [key, path]));

describe("a map", () => {
  test("names a path for each target; white space around both counts for nothing", () => {
    expect(paths("prompt=question, completion = outputs.0.text ,score.style=s.style,meta.lang=lang")).toEqual(
      {
        prompt: ["question"],
        completion: ["outputs", "0", "text"],
        "score.style": ["s", "style"],
        "meta.lang": ["lang"],
      },
    );
  });

  test("takes commas, dots and backslashes of names after a backslash", () => {
    expect(paths(String.raw`prompt=a\,b\.c.d,answer=e\\.f=g`)).toEqual({
      prompt: ["a,b.c", "d"],
      answer: ["e\\", "f=g"],
    });
  });

  test("may give one member to two targets", () => {
    expect(paths("prompt=q,answer=a,group=uid,meta.uid=uid")).toMatchObject({
      group: ["uid"],
      "meta.uid": ["uid"],
    });
  });

  test.each([
    ["", '"" has no "="'],
    ["prompt", '"prompt" has no "="'],
    ["prompt=q,answer=a,", '"" has no "="'],
    ["prompt=q,respnse=a", 'no target "respnse"'],
    ["prompt=q,answer=a,score.=s", 'no target "score."'],
    ["prompt=q,answer=a,meta.a.b=s", 'no target "meta.a.b"'],
    ["prompt=q,answer=a,toString=s", 'no target "toString"'],
    ["prompt=q,answer=a,prompt=b", '"prompt" is given twice'],
    ["prompt=q,answer=a,reward=r,score.reward=s", '"reward" is given twice'],
    ["prompt=,answer=a", 'the path of "prompt" is empty'],
    ["prompt=a..b,answer=a", 'the path of "prompt" is empty'],
    ["prompt=.,answer=a", 'the path of "prompt" is empty'],
    ["answer=a", '"prompt" is missing'],
    ["prompt=q,reward=r", '"completion", "answer" or "steps" is missing'],
    ["prompt=q,completion=c,steps=s", '"completion" and "steps" both give the steps'],
  ])("%j is refused with its fault and the targets there are", (spec, fault) => {
    const error = thrownBy(() => parseMap(spec));
    expect(error).toMatchObject({ code: "invalid_request", status: 422 });
    expect(error.message).toContain(fault);
    expect(error.message).toContain("prompt, completion, answer, steps, reward, expected, group");
  });
});
