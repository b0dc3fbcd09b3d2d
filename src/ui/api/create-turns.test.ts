import { expect, test } from "vitest";
import { createTurns } from "./create-turns.ts";

test("calls run so many at once, in their order, and a failed one gives its turn on", async () => {
  const takeTurn = createTurns(2);
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string) =>
    takeTurn(async () => {
      log.push(name);
      await new Promise<void>((resolve, reject) =>
        ends.set(name, name === "bad" ? () => reject(new Error(name)) : resolve),
      );
      return name;
    });
  const calls = ["a", "bad", "c", "d"].map((name) => call(name).catch((error: Error) => error.message));
  await Promise.resolve();
  expect(log).toEqual(["a", "bad"]);
  ends.get("bad")?.();
  await calls[1];
  await Promise.resolve();
  expect(log).toEqual(["a", "bad", "c"]);
  ends.get("a")?.();
  await calls[0];
  await Promise.resolve();
  ends.get("c")?.();
  ends.get("d")?.();
  expect(await Promise.all(calls)).toEqual(["a", "bad", "c", "d"]);
  const later = call("later");
  await Promise.resolve();
  ends.get("later")?.();
  expect(await later).toBe("later");
});
