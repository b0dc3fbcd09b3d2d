// The load where there is no wrk: `node autocannon-load.mjs URL METHOD FILE CONNECTIONS SECONDS`, the file as for wrk.lua.
import { readFileSync } from "node:fs";
import autocannon from "autocannon";

const [url, method, file, connections, seconds] = process.argv.slice(2);
const lines = readFileSync(file, "utf8").trimEnd().split("\n");
const headers = { "content-type": "application/json" };
const { pathname } = new URL(url);
const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: lines.map((line) =>
    method === "POST" ? { method, path: pathname, headers, body: line } : { method, path: line },
  ),
});
process.stdout.write(
  `${JSON.stringify({
    count: result["2xx"] + result.non2xx,
    seconds: result.duration,
    refused: result.non2xx,
    faults: result.errors + result.timeouts,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  })}\n`,
);
