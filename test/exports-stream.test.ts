// Exports over real sockets: readers that stop reading, go away, or are cut off.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Problem } from "../src/contract/pages.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { startServer, waitFor } from "./support/running-server.ts";
import { trace11 } from "./support/traces.ts";

const database = useDatabase();
const patient = useApp(database);
const impatient = useApp(database, { idleMs: 300 });

/** More than the sockets between server and client hold. */
const TRACES = 40;
const noises = Array.from({ length: TRACES }, () => randomBytes(500_000).toString("base64"));
const large = noises.map((noise) => JSON.stringify(trace11({ meta: { noise } }))).join("\n");

beforeAll(async () => {
  const headers = { "content-type": "application/x-ndjson" };
  const { body } = await request(patient, "POST", "/api/imports", large, headers);
  expect(body).toMatchObject({ inserted: TRACES });
  for (const { app } of [patient, impatient]) await app.listen({ port: 0, host: "127.0.0.1" });
});

/** Asks for an export and reads none of it. */
function open(port: number, headers = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, path: "/api/exports", headers, agent: false }, (answer) => {
      answer.on("error", () => {});
      resolve(answer);
    }).on("error", reject);
  });
}

const openOn = ({ app }: typeof patient, headers = {}) =>
  open((app.server.address() as AddressInfo).port, headers);

/** Reads to the end; whether that was the answer's own end. */
async function readOut(answer: IncomingMessage): Promise<{ bytes: Buffer; isComplete: boolean }> {
  const chunks: Buffer[] = [];
  const { complete } = await new Promise<IncomingMessage>((resolve) => {
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("close", () => resolve(answer));
  });
  return { bytes: Buffer.concat(chunks), isComplete: complete };
}

async function copiesUnderWay(): Promise<number> {
  const { rows } = await database.pool.query(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY (%' AND state = 'active'",
  );
  return Number(rows[0].count);
}
const noneUnderWay = () => waitFor(async () => (await copiesUnderWay()) === 0);

test.each([
  ["plain", {}],
  ["gzipped", { "accept-encoding": "gzip" }],
])("all is read as it was by one who comes back to it, %s", async (name, headers) => {
  const answer = await openOn(patient, headers);
  expect(await copiesUnderWay()).toBe(1);
  const { bytes, isComplete } = await readOut(answer);
  expect(isComplete).toBe(true);
  const lines = (name === "plain" ? bytes : gunzipSync(bytes)).toString().trimEnd().split("\n");
  const read = lines.map((line) => JSON.parse(line).meta.noise as string);
  expect(read.length).toBe(TRACES);
  expect(new Set(read)).toEqual(new Set(noises));
  await noneUnderWay();
});

test("two run at once, a third is told to come back, and is served when one has gone away", async () => {
  const answers = [await openOn(patient), await openOn(patient, { "accept-encoding": "gzip" })];
  const refused = await request<Problem>(patient, "GET", "/api/exports");
  expect([refused.status, refused.body.code]).toEqual([503, "database_busy"]);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect(refused.headers["content-encoding"]).toBeUndefined();
  expect(await copiesUnderWay()).toBe(2);
  answers[0]?.destroy();
  await waitFor(async () => (await copiesUnderWay()) === 1);
  const next = await openOn(patient);
  expect(next.statusCode).toBe(200);
  next.destroy();
  answers[1]?.destroy();
  await noneUnderWay();
});

describe("an export that breaks off", () => {
  test.each([
    ["plain", {}],
    ["gzipped", { "accept-encoding": "gzip" }],
  ])(
    "because nobody reads it, %s, frees its connection and is not taken for complete",
    async (_name, headers) => {
      const answer = await openOn(impatient, headers);
      await noneUnderWay();
      expect((await readOut(answer)).isComplete).toBe(false);
      expect(impatient.logs.join("")).toContain("nobody has read it for 0.3 s");
    },
  );

  test.each([
    ["plain", {}],
    ["gzipped", { "accept-encoding": "gzip" }],
  ])("because the database fails, %s, is not taken for complete, and is logged", async (_name, headers) => {
    const answer = await openOn(patient, headers);
    const logged = patient.logs.length;
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY (%'",
    );
    expect((await readOut(answer)).isComplete).toBe(false);
    expect(patient.logs.slice(logged).join("")).toMatch(/terminat/);
  });

  test("is no reason to refuse the next", async () => {
    const answers = [await openOn(patient), await openOn(patient)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    for (const answer of answers) answer.destroy();
    await noneUnderWay();
  });
});

test("a database that is not there is a 503 problem", async () => {
  const lost = await request<Problem>(broken, "GET", "/api/exports", undefined, {
    "accept-encoding": "gzip",
  });
  expect([lost.status, lost.body.code, lost.headers["content-encoding"]]).toEqual([
    503,
    "database_unavailable",
    undefined,
  ]);
});
const broken = useApp(database, {
  connect: () => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" })),
});

describe("a server that stops", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "tunix-rt-exports-"));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  test("cuts an export off after its grace, and ends well", async () => {
    const server = await startServer({ DATA_DIR: join(dataDir, "store") });
    const imported = await fetch(`${server.address}/api/imports`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: Readable.toWeb(Readable.from([large])) as ReadableStream,
      duplex: "half",
    } as RequestInit);
    expect(await imported.json()).toMatchObject({ inserted: TRACES });
    const answer = await open(Number(new URL(server.address).port));
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect((await readOut(answer)).isComplete).toBe(false);
    expect(server.stderr()).toContain('"event":"stopped"');
    expect(server.stderr()).not.toMatch(/"level":(50|60)/);
  });
});
