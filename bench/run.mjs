// `npm run bench`: every figure against the bare driver doing the same work; bench/README.md states the method.
import { resolve } from "node:path";
import { buildIfStale } from "../bin/build-if-stale.mjs";

buildIfStale();
// Loaded late: in a fresh clone what they import has only just been installed.
const { BenchContext } = await import("./context.mjs");
const { BenchStore } = await import("./store.mjs");
const { measureBrowser } = await import("./browser-figures.mjs");
const { measureExport } = await import("./export-figure.mjs");
const { measureFind } = await import("./find-figures.mjs");
const { measureImports } = await import("./import-figures.mjs");
const { measureMemory } = await import("./memory-figures.mjs");
const { measurePosts } = await import("./post-figures.mjs");
const { measureGet, measureList } = await import("./read-figures.mjs");
const { measureReal } = await import("./real-figures.mjs");
const { measureRuns } = await import("./run-figures.mjs");
const { measureSearch } = await import("./search-figures.mjs");
const { measureScores } = await import("./score-figure.mjs");
const { findGenerator } = await import("./load.mjs");
const { readOptions } = await import("./options.mjs");
const { say } = await import("./progress.mjs");
const { describeRun, formatTable, writeResults } = await import("./report.mjs");

/** In this order, because those that read use what the import before them has stored. */
const groups = {
  "import-small": (context) => measureImports(context, "small", "3.5 KB"),
  get: measureGet,
  list: measureList,
  export: measureExport,
  "import-large": (context) => measureImports(context, "large", "48 KB"),
  "post-64": (context) =>
    measurePosts(context, {
      name: "POST 3.5 KB, 64 connections",
      size: "small",
      bodies: 300,
      connections: 64,
      floor: 0.85,
    }),
  "post-1": (context) =>
    measurePosts(context, {
      name: "POST 3.5 KB, 1 connection",
      size: "small",
      bodies: 300,
      connections: 1,
      floor: 0.45,
    }),
  "post-large": (context) =>
    measurePosts(context, {
      name: "POST 1 MB, 2 connections",
      size: "megabyte",
      bodies: 20,
      connections: 2,
      floor: 0.6,
    }),
  scores: measureScores,
  memory: measureMemory,
  runs: measureRuns,
  find: (context) => measureFind(context, options.keep && resolve(options.keep)),
  search: (context) => measureSearch(context, options.keep && resolve(options.keep)),
  real: () => (options.real.length > 0 ? measureReal(options.real.map((path) => resolve(path))) : []),
  browser: (context) => measureBrowser(context, options.keep && resolve(options.keep)),
};

const options = readOptions(process.argv.slice(2), Object.keys(groups));
const generator = options.generator ?? findGenerator();
const store = await BenchStore.open(options.profile && resolve(options.profile));
let isClosing = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    isClosing = true;
    store.close().finally(() => process.exit(130));
  });
}

const figures = [];
const started = performance.now();
try {
  const run = await describeRun(store, generator);
  const context = new BenchContext(store, options.amounts, generator);
  for (const [name, measure] of Object.entries(groups)) {
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    say(`${name}, ${Math.round((performance.now() - started) / 1000)} s after the start`);
    try {
      figures.push(...(await measure(context)));
    } catch (error) {
      if (isClosing) throw error;
      say(`  failed: ${error.stack}`);
      figures.push({ name, fault: error.message });
    }
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  writeResults({ ...run, seconds, isQuick: options.quick, amounts: options.amounts, figures });
} finally {
  if (!isClosing) await store.close();
}
say(`\n${formatTable(figures, generator)}`);
if (figures.some(({ fault }) => fault !== undefined)) process.exitCode = 1;
else if (options.strict && figures.some(({ isOk }) => !isOk)) process.exitCode = 2;
