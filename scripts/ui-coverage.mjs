// How much of the web application the browser tests ran, told by the browser, and the floor under it.
import { fileURLToPath } from "node:url";
import { CoverageReport } from "monocart-coverage-reports";

const FLOOR = { lines: 80, branches: 70 };

/** Workers of the tests add to it; what they add lies on disk until the report is made. */
export function createUiCoverage() {
  return new CoverageReport({
    name: "The web application",
    outputDir: fileURLToPath(new URL("../coverage/ui", import.meta.url)),
    reports: ["console-summary", "lcovonly", "html"],
    logging: "error",
    cleanCache: false,
    entryFilter: (entry) => entry.url.includes("/assets/"),
    sourceFilter: (path) => path.includes("src/ui/") && !path.includes("node_modules"),
  });
}

/** Writes the report; returns what is below its floor, in sentences. */
export async function finishUiCoverage() {
  const report = await createUiCoverage().generate();
  if (report === undefined) return ["The browser tests left no coverage"];
  return Object.entries(FLOOR)
    .filter(([name, least]) => !(report.summary[name].pct >= least))
    .map(
      ([name, least]) =>
        `The web application's ${name} are covered to ${report.summary[name].pct} %, not ${least} %`,
    );
}
