import { expect, test } from "vitest";
import { KeptAnswers } from "../src/store/kept-answers.ts";
import { useDatabase } from "./support/database.ts";

const database = useDatabase();
const note = "INSERT INTO search_pending (trace_id) VALUES (gen_random_uuid())";

function countPending(kept: KeptAnswers, question: object = {}) {
  return kept.get(question, async () => {
    const { rows } = await database.pool.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM search_pending",
    );
    return { count: rows[0]?.count };
  });
}

test("an answer is given again while nothing is written", async () => {
  const kept = new KeptAnswers(database.pool);
  // Polled, because other tests write to other databases of the same server.
  await expect
    .poll(async () => {
      const [one, other] = await Promise.all([countPending(kept, { a: 1 }), countPending(kept, { a: 2 })]);
      const again = await countPending(kept, { a: 1 });
      return [again === one, again === other];
    })
    .toEqual([true, false]);
});

test("what another connection writes is seen at once, also when it began before the answer was kept", async () => {
  const kept = new KeptAnswers(database.pool);
  const { count: before = 0 } = await countPending(kept);
  const writer = await database.pool.connect();
  try {
    for (let written = 1; written <= 5; written++) {
      await writer.query("BEGIN");
      await writer.query(note);
      expect((await countPending(kept)).count).toBe(before + written - 1);
      await writer.query("COMMIT");
      expect((await countPending(kept)).count).toBe(before + written);
    }
  } finally {
    writer.release();
  }
});

test("a failure is not kept", async () => {
  const kept = new KeptAnswers(database.pool);
  const failing = kept.get({}, async () => {
    throw new Error("gone");
  });
  await expect(failing).rejects.toThrow("gone");
  expect((await countPending(kept)).count).toBeTypeOf("number");
});
