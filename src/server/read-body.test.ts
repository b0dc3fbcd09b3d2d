import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppError } from "../contract/errors.ts";
import { readBody } from "./read-body.ts";

const LIMIT = 1_000;
const IDLE_MS = 200;

let server: Server;
let port: number;
let outcomes: (Buffer | AppError)[];

/** A server that answers with the body's length, or the error's status. */
beforeEach(async () => {
  outcomes = [];
  server = createServer(async (message, response) => {
    const outcome = await readBody(message, LIMIT, IDLE_MS).catch((error: AppError) => error);
    outcomes.push(outcome);
    if (Buffer.isBuffer(outcome)) response.end(String(outcome.length));
    else response.writeHead(outcome.status, { connection: "close" }).end(outcome.message);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function post(chunks: Buffer[], headers: Record<string, string | number> = {}) {
  const sending = request({ port, host: "127.0.0.1", method: "POST", headers });
  sending.on("error", () => {});
  const answer = new Promise<IncomingMessage>((resolve) => sending.on("response", resolve));
  for (const chunk of chunks) sending.write(chunk);
  sending.end();
  const response = await answer;
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

const bytes = (size: number) => Buffer.alloc(size, "é");

describe("a body", () => {
  test.each([0, 1, LIMIT])("of %i bytes is read, whether its length is told or not", async (size) => {
    for (const headers of [{ "content-length": size }, { "transfer-encoding": "chunked" }]) {
      const half = size >> 1;
      const parts = [bytes(size).subarray(0, half), bytes(size).subarray(half)].filter(
        (part) => part.length > 0,
      );
      expect(await post(parts, headers)).toEqual({ status: 200, text: String(size) });
    }
    expect(outcomes).toEqual([bytes(size), bytes(size)]);
  });

  test.each([LIMIT + 1, 100_000, 8_000_000])(
    "of %i bytes is too large, however it was framed",
    async (size) => {
      for (const headers of [{ "content-length": size }, { "transfer-encoding": "chunked" }]) {
        expect(await post([bytes(size)], headers)).toEqual({
          status: 413,
          text: "Payload size exceeds maximum of 1000 bytes",
        });
      }
    },
  );

  test("without an end is refused all the same", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), bytes(1_048_576), Buffer.from("\r\n")]);
    for (let sent = 0; sent < 12; sent++) socket.write(chunk);
    const [answer] = await new Promise<Buffer[]>((resolve) => socket.once("data", (data) => resolve([data])));
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test("of which nothing more comes is ended", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT}\r\n\r\nhalf`);
    const [answer] = await new Promise<Buffer[]>((resolve) => socket.once("data", (data) => resolve([data])));
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  test("that breaks off is an error, not a shorter body", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const arrived = new Promise((resolve) => server.once("request", resolve));
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT}\r\n\r\nhalf`);
    await arrived;
    socket.destroy();
    await expect.poll(() => outcomes.length).toBe(1);
    expect(outcomes[0]).toMatchObject({ code: "bad_request", message: "The body broke off" });
  });
});
