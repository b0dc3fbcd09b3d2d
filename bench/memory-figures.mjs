import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { postImport, readExport } from "./http-client.mjs";
import { say } from "./progress.mjs";

const MAX_GROWTH_MB = 200;
const SETTLE_MS = 1_000;
const SAMPLE_MS = 50;

/** How far the server's memory grows over what it has at rest, with long traces coming in and going out. */
export async function measureMemory(context) {
  const { store, amounts } = context;
  const file = await context.traceFile("large");
  // The same lines again are other traces: their place in the stream is part of their ids.
  const times = Math.ceil(amounts.memoryBytes / file.bytes);
  const count = times * file.count;
  const megabytes = Math.round((times * file.bytes) / 1e6);
  await context.empty();
  const figures = [];
  await measure("importing", async (address) => {
    const { report } = await postImport(address, Array(times).fill(file.path));
    if (report.inserted !== count) throw new Error(`Of ${count} traces ${report.inserted} were stored`);
    await store.requireTraces(count);
  });
  await measure("exporting", async (address) => {
    const { lines } = await readExport(address);
    if (lines !== count) throw new Error(`The export had ${lines} lines, not ${count}`);
  });
  await context.empty();
  return figures;

  /** A server for each: what one has left behind must not hide what the other takes. */
  async function measure(doing, work) {
    const name = `peak memory ${doing} ${megabytes} MB`;
    try {
      figures.push(
        await store.serving(async ({ address, pid }) => {
          await fetch(`${address}/api/health/ready`);
          await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
          const atRest = readMemory(pid).now;
          const sampled = samplePeak(pid);
          await work(address).finally(sampled.stop);
          const peak = Math.max(readMemory(pid).peak, sampled.peak());
          say(`  ${doing}: ${Math.round(atRest)} MB at rest, ${Math.round(peak)} MB at most`);
          const growth = peak - atRest;
          return {
            name,
            unit: "MB",
            ours: peak,
            baseline: atRest,
            growth,
            most: MAX_GROWTH_MB,
            isOk: growth <= MAX_GROWTH_MB,
          };
        }),
      );
    } catch (error) {
      say(`  failed: ${error.message}`);
      figures.push({ name, fault: error.message });
    }
  }
}

/** Resident memory in MB; where there is no /proc, the peak is found by sampling alone. */
function readMemory(pid) {
  if (existsSync("/proc/self/status")) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const megabytes = (name) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) * 1024) / 1e6;
    return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
  }
  const now = (Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) * 1024) / 1e6;
  return { now, peak: now };
}

function samplePeak(pid) {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, readMemory(pid).now);
  }, SAMPLE_MS);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}
