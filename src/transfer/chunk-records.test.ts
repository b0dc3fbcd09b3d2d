import { describe, expect, test } from "vitest";
import { chunked } from "./chunk-records.ts";
import type { SourceRecord } from "./record-collector.ts";
import { SpareMemory } from "./spare-memory.ts";

const LIMITS = { records: 3, bytes: 2_000_000 };

async function* batches(...texts: (string | undefined)[][]): AsyncGenerator<SourceRecord[]> {
  let line = 0;
  for (const batch of texts)
    yield batch.map((text) => ({
      line: ++line,
      bytes: text === undefined ? undefined : Buffer.from(text),
    }));
}

async function chunksOf(records: AsyncGenerator<SourceRecord[]>, spare?: SpareMemory) {
  const chunks = [];
  for await (const chunk of chunked(records, LIMITS, spare)) chunks.push(chunk);
  return chunks;
}

const textsOf = (records: readonly SourceRecord[]) => records.map(({ bytes }) => bytes?.toString());

describe("records in chunks", () => {
  test("end a chunk by their number, whatever batches they come in", async () => {
    const chunks = await chunksOf(batches(["a"], ["b", "c", "d"], ["e"]));

    expect(chunks.map(({ records }) => textsOf(records))).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
    expect(chunks.map(({ size }) => size)).toEqual([3, 2]);
  });

  test("lie one after the other in spare memory, also where one was too long to be kept", async () => {
    const [chunk] = await chunksOf(batches(["one", undefined, "three"]), new SpareMemory(2_500_000));

    expect(textsOf(chunk?.records ?? [])).toEqual(["one", undefined, "three"]);
    expect(chunk?.bytes?.toString()).toBe("onethree");
  });

  test("stay where they are when the memory does not reach, and nothing of them is lost", async () => {
    const long = "x".repeat(1_500_000);
    const chunks = await chunksOf(batches([long, `${long}y`, "z"]), new SpareMemory(2_500_000));

    expect(chunks.map(({ records }) => textsOf(records))).toEqual([[long, `${long}y`], ["z"]]);
    expect(chunks.map(({ bytes }) => bytes?.toString())).toEqual([undefined, "z"]);
  });

  test("find memory that was given back again", async () => {
    const spare = new SpareMemory(2_500_000);
    const memory = spare.take().buffer;
    spare.giveBack(memory);

    expect(spare.take().buffer).toBe(memory);
    expect(spare.take().buffer).not.toBe(memory);
  });
});
