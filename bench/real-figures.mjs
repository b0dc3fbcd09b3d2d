// What is stored of real text, against its files: what is made up compresses worse, or better.
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { call } from "./find-figures.mjs";
import { postImport } from "./http-client.mjs";
import { formatNumber, say } from "./progress.mjs";
import { BenchStore } from "./store.mjs";

/**
 * Imports the files, and compares what the database has grown by with the bytes of those that were imported whole.
 * @param {string[]} paths files and folders
 */
export async function measureReal(paths) {
  const store = await BenchStore.open();
  try {
    return await store.serving(async ({ address }) => {
      const empty = await sizesOf(store);
      const { bytes, traces } = await importAll(address, await findFiles(paths));
      if (traces === 0) throw new Error("None of the files was imported whole");
      while ((await call(address, "/api/search/status")).pending > 0)
        await new Promise((resolve) => setTimeout(resolve, 200));
      await store.settle();
      const full = await sizesOf(store);
      say(`  ${traces} traces of ${formatNumber(bytes / traces)} bytes in their files`);
      const [{ payload, row }] = await store.query(`
        SELECT (SELECT sum(octet_length(payload)) FROM trace_payloads)::float8 AS payload,
               (SELECT sum(pg_column_size(traces)) FROM traces)::float8 AS row`);
      say(`  of it payloads ${(payload / bytes).toFixed(3)}, narrow rows ${(row / bytes).toFixed(3)}`);
      const figure = (name, key, ceiling) => {
        const grown = full[key] - empty[key];
        const ratio = grown / bytes;
        return {
          name: `real text, ${name} against its files`,
          unit: "MB",
          ours: grown / 1e6,
          baseline: bytes / 1e6,
          ratio,
          ceiling,
          isOk: ratio <= ceiling,
        };
      };
      return [figure("without full text", "withoutSearch", 0.8), figure("with full text", "whole", 1.5)];
    });
  } finally {
    await store.close();
  }
}

async function sizesOf(store) {
  const [{ whole }] = await store.query("SELECT pg_database_size(current_database())::float8 AS whole");
  return { whole, withoutSearch: whole - (await store.searchBytes()) };
}

async function findFiles(paths) {
  const files = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) files.push(path);
    else files.push(...(await findFiles((await readdir(path)).sort().map((name) => join(path, name)))));
  }
  return files;
}

/** Files with anything that is refused are told, and count for nothing. */
async function importAll(address, files) {
  let bytes = 0;
  let traces = 0;
  for (const file of files) {
    try {
      const { report } = await postImport(address, createReadStream(file), "?on_error=abort");
      bytes += (await stat(file)).size;
      traces += report.inserted;
      say(`  ${file}: ${report.inserted} traces`);
    } catch (error) {
      say(`  ${file}: left out (${error.message.slice(0, 100)})`);
    }
  }
  return { bytes, traces };
}
