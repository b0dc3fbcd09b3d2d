// The figures as a table for people and as a file for programs.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { formatNumber } from "./progress.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Where and when the figures were taken. */
export async function describeRun(store, generator) {
  const [{ version }] = await store.query("SELECT current_setting('server_version') AS version");
  return {
    date: new Date().toISOString(),
    version: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
    commit: git("rev-parse", "HEAD"),
    changedFiles: git("status", "--porcelain")?.split("\n").filter(Boolean).length ?? null,
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9) },
    loadAtStart: loadavg(),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    postgresql: version,
    generator,
  };
}

function git(...args) {
  try {
    return execFileSync("git", args, {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}

export function formatTable(figures, generator) {
  const rows = figures.map((figure) => {
    const { name, unit, ours, baseline, ratio, floor, growth, most, ceiling, p95, long, isOk, fault } =
      figure;
    if (fault !== undefined) return [name, "", "", "", "", `failed: ${fault}`];
    if (long !== undefined) {
      const told = long.length === 0 ? "0" : `${long.length}, up to ${formatNumber(figure.longest)} ms`;
      return [name, told, `${figure.frames} frames`, "", "0", isOk ? "ok" : "above"];
    }
    if (p95 !== undefined)
      return [name, `p95 ${formatNumber(p95)} ms`, "", "", `≤ ${most} ms`, isOk ? "ok" : "above"];
    const compared =
      ratio === undefined
        ? [`+${formatNumber(growth)} MB`, `≤ +${most} MB`]
        : [ratio.toFixed(2), ceiling === undefined ? `≥ ${floor.toFixed(2)}` : `≤ ${ceiling.toFixed(2)}`];
    return [
      name,
      `${formatNumber(ours)} ${unit}`,
      `${formatNumber(baseline)} ${unit}`,
      ...compared,
      isOk ? "ok" : ceiling === undefined ? "below" : "above",
    ];
  });
  const head = [`figure (load by ${generator})`, "ours", "baseline", "ratio", "wanted", ""];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 5
          ? cell.padEnd(widths[column] * Number(column === 0))
          : cell.padStart(widths[column]),
      )
      .join("  ")
      .trimEnd();
  return [
    line(head),
    line(widths.map((width, column) => "-".repeat(column === 5 ? 0 : width))),
    ...rows.map(line),
  ].join("\n");
}

export function writeResults(results) {
  writeFileSync(new URL("results.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
}
