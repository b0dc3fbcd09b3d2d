import { startChild } from "./child.mjs";
import { readExport } from "./http-client.mjs";
import { takeTurns, toFigure } from "./rounds.mjs";

/** What a native line is made of, in the order of src/store/stream-traces.ts. */
const SELECT_EXPORTED = `
  SELECT id, created_at, trace_version, run_id, split, train_step, payload
  FROM traces JOIN trace_payloads ON trace_id = id ORDER BY created_at, id`;

/** Exports everything over HTTP, against COPY of the same columns in the same order: as text, its default, and in binary. */
export async function measureExport(context) {
  const { store, amounts } = context;
  const { count } = await context.loadSmall();
  const baseline = startChild("./baseline-copy.mjs");
  try {
    return await store.servingAlone(async ({ address }) => {
      const exported = async () => {
        const { lines, seconds } = await readExport(address);
        if (lines !== count) throw new Error(`The export had ${lines} lines, not ${count}`);
        return count / seconds;
      };
      const copied = (format) => async () => {
        const query = { do: "read", connection: store.connection, query: SELECT_EXPORTED, format };
        const { rows, seconds } = await baseline.ask(query);
        if (rows !== count) throw new Error(`COPY gave ${rows} rows, not ${count}`);
        return count / seconds;
      };

      await exported();
      await copied("text")();
      const rates = await takeTurns(amounts.exportRounds, "traces/s", {
        exported,
        asText: copied("text"),
        inBinary: copied("binary"),
      });
      const name = `export of ${count.toLocaleString("en-GB")} over HTTP`;
      return [
        toFigure(name, "traces/s", 0.5, rates.exported, rates.asText),
        toFigure(`${name}, against binary`, "traces/s", 0.5, rates.exported, rates.inBinary),
      ];
    });
  } finally {
    await baseline.stop();
  }
}
