import { startChild } from "./child.mjs";
import { sendLoad } from "./load.mjs";
import { takeTurns, toFigure } from "./rounds.mjs";

const CUT_OFF_MS = 2_000;

/** Posts different traces in turn, against the INSERT of the rows that came of them. */
export async function measurePosts(context, { name, size, bodies, connections, floor }) {
  const { store, amounts, generator } = context;
  const file = (await context.bodyFile(size, bodies)).path;
  const baseline = startChild("./baseline-statement.mjs");
  try {
    return await store.serving(async ({ address }) => {
      const post = async (seconds) => {
        await context.empty();
        const load = { generator, url: `${address}/api/traces`, method: "POST", file, connections, seconds };
        const result = await sendLoad(load);
        // What was cut off may still be in a thread of the server, where the database does not show it.
        await new Promise((resolve) => setTimeout(resolve, CUT_OFF_MS));
        // What was under way when the time was over is stored or not; its answer was not waited for.
        await store.requireTraces(result.count, result.count + connections);
        return result.perSecond;
      };
      const insert = async (seconds) => {
        await context.empty();
        const { count, perSecond } = await baseline.ask({ do: "run", seconds, rowsEach: 1 });
        await store.requireTraces(count);
        return perSecond;
      };

      await baseline.ask({ do: "connect", connection: store.connection, connections });
      await post(amounts.warmUpSeconds);
      await baseline.ask({ do: "takeRows", limit: bodies });
      await insert(amounts.warmUpSeconds);
      const { post: ours, insert: theirs } = await takeTurns(amounts.loadRounds, "traces/s", {
        post: () => post(amounts.loadSeconds),
        insert: () => insert(amounts.loadSeconds),
      });
      return [toFigure(name, "traces/s", floor, ours, theirs)];
    });
  } finally {
    await baseline.stop();
  }
}
