// Bodies of imports over real sockets: answered before their end, or never ended.

import { Agent, type ClientRequest, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10 } from "./support/traces.ts";

const database = useDatabase();
const patient = useApp(database);
const impatient = useApp(database, { idleMs: 300 });
const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());
beforeAll(async () => {
  for (const { app } of [patient, impatient]) await app.listen({ port: 0, host: "127.0.0.1" });
});

interface Opened {
  sent: ClientRequest;
  /** When the answer's last byte is there. */
  answer: Promise<{ status: number | undefined; text: string }>;
  /** When the connection is closed, or can be used again. */
  closed: Promise<void>;
}

/** Begins a body that its caller ends or does not. */
function open({ app }: typeof patient, path: string, headers: Record<string, string>): Opened {
  const { port } = app.server.address() as AddressInfo;
  const sent = httpRequest({ port, path, method: "POST", headers, agent });
  sent.on("error", () => {});
  const answer = new Promise<{ status: number | undefined; text: string }>((resolve) =>
    sent.on("response", (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", () => {});
    }),
  );
  return { sent, answer, closed: new Promise((resolve) => sent.on("close", resolve)) };
}

const LINES = { "content-type": "application/x-ndjson" };
const lastLine = (text: string) => JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
const good = `${JSON.stringify(trace10({ prompt: "x".repeat(3_000) }))}\n`;
const damaged = Buffer.concat([gzipSync("x").subarray(0, 10), Buffer.alloc(5_000, 7)]);

describe("an answer in lines that ends before the body", () => {
  const inLines = { ...LINES, accept: "application/x-ndjson" };
  const cases: [string, string, string | Buffer, number][] = [
    ["a bad record under abort", "/api/imports?on_error=abort", `{bad\n${good.repeat(1_000)}`, 422],
    ["damaged gzip", "/api/imports", damaged, 400],
    ["damaged gzip of scores", "/api/scores", damaged, 400],
  ];

  test.each(cases)(
    "(%s) is told, and the connection is closed on a client that sends on",
    async (...args) => {
      const [_name, path, body, status] = args;
      const { sent, answer, closed } = open(patient, path, inLines);
      sent.write(body);
      const more = setInterval(() => sent.write(good.repeat(10)), 20);
      expect(lastLine((await answer).text)).toMatchObject({ status });
      await closed;
      clearInterval(more);
    },
    20_000,
  );

  test.each(cases)(
    "(%s) is read by a client that sends all before",
    async (_name, path, body, status) => {
      const { sent, answer, closed } = open(patient, path, inLines);
      sent.write(body);
      sent.end(Buffer.alloc(4_000_000, "\n"));
      expect(lastLine((await answer).text)).toMatchObject({ status });
      await closed;
      expect(sent.writableFinished).toBe(true);
    },
    20_000,
  );
});

describe("a body of which nothing comes any more", () => {
  test("ends its import with 408, keeps what is stored, and makes room for the next", async () => {
    const begun = Array.from({ length: 4 }, (_, i) => {
      const { sent, answer } = open(impatient, `/api/imports?run=stalled-${i}`, LINES);
      sent.write(good.repeat(600));
      return answer;
    });
    for (const { status, text } of await Promise.all(begun)) {
      expect([status, JSON.parse(text).code]).toEqual([408, "body_timeout"]);
      expect(text).toContain("Nothing of the body has come for 0.3 s; 500 traces of the first 500 records");
    }
    const next = open(impatient, "/api/imports?run=next", LINES);
    next.sent.end(good);
    expect((await next.answer).status).toBe(200);
  });

  test("ends an answer in lines, and its connection", async () => {
    const { sent, answer, closed } = open(impatient, "/api/imports", {
      ...LINES,
      accept: "application/x-ndjson",
    });
    sent.write(good);
    expect(lastLine((await answer).text)).toMatchObject({ status: 408 });
    await closed;
  });

  test("ends a stream of scores", async () => {
    const { sent, answer } = open(impatient, "/api/scores", LINES);
    sent.write("{");
    expect((await answer).status).toBe(408);
  });

  test("ends with a client that sends scores and reads no answer", async () => {
    const records = 200_000;
    const score = { trace_id: "0a1b2c3d-0000-4000-8000-00000000dead", name: "reward", value: 1 };
    const { port } = impatient.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
    socket.write(
      "POST /api/scores HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n" +
        "content-type: application/x-ndjson\r\naccept: application/x-ndjson\r\n\r\n",
    );
    const lines = Buffer.from(`${JSON.stringify(score)}\n`.repeat(records));
    socket.write(`${lines.length.toString(16)}\r\n`);
    socket.write(lines);
    // The socket is paused: what comes is not read.
    await closed;
  });

  test("is not one that waits for the database", async () => {
    const { sent, answer } = open(impatient, "/api/imports", LINES);
    const client = await database.pool.connect();
    await client.query("BEGIN; LOCK TABLE traces IN SHARE MODE");
    // More than is read ahead: the client has to wait as well.
    for (let i = 0; i < 60; i++)
      sent.write(`${JSON.stringify(trace10({ prompt: `large ${i}`, meta: { a: "x".repeat(900_000) } }))}\n`);
    sent.end();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const wasHeldUp = !sent.writableFinished;
    await client.query("ROLLBACK");
    client.release();
    const { status, text } = await answer;
    expect([wasHeldUp, status]).toEqual([true, 200]);
    expect(JSON.parse(text)).toMatchObject({ inserted: 60 });
  });
});
