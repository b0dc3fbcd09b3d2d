import { startChild } from "./child.mjs";
import { postImport } from "./http-client.mjs";
import { say } from "./progress.mjs";
import { takeTurns, toFigure } from "./rounds.mjs";

const FLOOR = 0.6;

/** Imports a file over HTTP and by the command, against COPY of the rows that come of it. */
export async function measureImports(context, size, label) {
  const { store, amounts } = context;
  const file = await context.traceFile(size);
  const baseline = startChild("./baseline-copy.mjs");
  const timed = (work) => async () => {
    await context.empty();
    const seconds = await work();
    await store.requireTraces(file.count);
    return file.count / seconds;
  };
  try {
    return await store.serving(async ({ address }) => {
      const overHttp = timed(async () => {
        const { report, seconds } = await postImport(address, [file.path]);
        requireAllStored(report, file);
        return seconds;
      });
      const byCommand = timed(async () => {
        const start = performance.now();
        requireAllStored(JSON.parse(await store.run(["import", "--json", file.path])), file);
        return (performance.now() - start) / 1000;
      });
      const byCopy = timed(async () => (await baseline.ask({ do: "store" })).seconds);

      await overHttp();
      const { commits } = await baseline.ask({ do: "take", connection: store.connection });
      say(`  the baseline stores the same rows in the same ${commits} commits`);
      const rates = await takeTurns(amounts.importRounds, "traces/s", { overHttp, byCommand, byCopy });
      const details = { commits, megabytesPerTrace: file.bytes / file.count / 1e6 };
      return [
        {
          ...toFigure(`import over HTTP, ${label}`, "traces/s", FLOOR, rates.overHttp, rates.byCopy),
          details,
        },
        {
          ...toFigure(`import by command, ${label}`, "traces/s", FLOOR, rates.byCommand, rates.byCopy),
          details,
        },
      ];
    });
  } finally {
    await baseline.stop();
  }
}

function requireAllStored(report, file) {
  if (report.inserted !== file.count || report.rejected !== 0)
    throw new Error(`Of ${file.count} traces ${report.inserted} were stored, ${report.rejected} rejected`);
}
