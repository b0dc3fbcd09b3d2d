import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { Problem } from "../src/contract/pages.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10 } from "./support/traces.ts";

const MAX_BYTES = 2_048;
const database = useDatabase();
const app = useApp(database, { traceMaxBytes: MAX_BYTES, allowedHosts: ["traces.example"] });

describe("a body longer than the limit", () => {
  const send = async (body: string, headers: Record<string, string>) => {
    if (!app.app.server.listening) await app.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.app.server.address() as AddressInfo;
    return new Promise<{ status: number; problem: Problem }>((resolve, reject) => {
      const sent = httpRequest(
        { port, path: "/api/traces", method: "POST", headers },
        (answer: IncomingMessage) => {
          let text = "";
          answer.on("data", (chunk) => (text += chunk));
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, problem: JSON.parse(text) }));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  };
  const json = { "content-type": "application/json" };
  const sized = (bytes: number) => {
    const empty = JSON.stringify(trace10({ prompt: "x", meta: { pad: "" } }));
    return JSON.stringify(
      trace10({ prompt: "x", meta: { pad: "a".repeat(bytes - Buffer.byteLength(empty)) } }),
    );
  };

  test("gets its answer at once where the length is told, and the connection goes on", async () => {
    await send("{}", json);
    const { port } = app.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const answers: string[] = [];
    socket.on("data", (data) => answers.push(String(data)));
    const head = "POST /api/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    socket.write(`${head}Content-Length: 5000000\r\n\r\nthe first of many bytes`);
    await expect.poll(() => answers.join("")).toMatch(/^HTTP\/1\.1 413 .*payload_too_large/s);
    socket.write("x".repeat(5_000_000 - "the first of many bytes".length));
    socket.write("GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await expect.poll(() => answers.join("")).toContain("HTTP/1.1 200 OK");
    socket.destroy();
  });

  test.each([
    ["by its length header", { ...json, "content-length": "3000" }, 3_000],
    ["chunked", { ...json, "transfer-encoding": "chunked" }, 3_000],
    ["by one byte, chunked", { ...json, "transfer-encoding": "chunked" }, MAX_BYTES + 1],
    [
      "by megabytes, all sent before the answer is read",
      { ...json, "transfer-encoding": "chunked" },
      6_000_000,
    ],
  ])("%s gets 413", async (_name, headers, bytes) => {
    const { status, problem } = await send(sized(bytes), headers);
    expect([status, problem.code, problem.detail]).toEqual([
      413,
      "payload_too_large",
      `Payload size exceeds maximum of ${MAX_BYTES} bytes`,
    ]);
  });

  test("is not what a body of exactly the limit is", async () => {
    expect((await send(sized(MAX_BYTES), { ...json, "transfer-encoding": "chunked" })).status).toBe(201);
  });

  test("counts bytes, not characters", async () => {
    const text = JSON.stringify(trace10({ meta: { pad: "é".repeat(1_000) } }));
    expect(text.length).toBeLessThan(MAX_BYTES);
    expect((await send(text, json)).status).toBe(413);
  });

  test("that breaks off leaves the server well", async () => {
    const { port } = app.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "POST /api/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await request(app, "GET", "/api/health")).status).toBe(200);
  });

  test("what is not even HTTP gets 400 as a problem", async () => {
    const { port } = app.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const answer = new Promise<string>((resolve) =>
      socket.once("data", (chunk) => resolve(chunk.toString())),
    );
    socket.write("NONSENSE\r\n\r\n");
    expect(await answer).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"bad_request"/,
    );
    socket.destroy();
  });
});

describe("who may ask", () => {
  const get = (headers: Record<string, string>, url = "/api/traces") =>
    request<Problem>(app, "GET", url, undefined, headers);

  test.each(["localhost:8000", "127.0.0.1", "[::1]:8000", "192.168.1.5:80", "TRACES.example", "localhost."])(
    "%s is a name of this server",
    async (host) => {
      expect((await get({ host })).status).toBe(200);
    },
  );

  test.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])(
    "%s is not",
    async (host) => {
      const answer = await get({ host });
      expect([answer.status, answer.body.code]).toEqual([403, "forbidden_origin"]);
    },
  );

  test.each([
    ["another site's script", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }, 403],
    ["another port of this machine", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }, 403],
    [
      "another site's frame",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
      403,
    ],
    [
      "a followed link",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
      200,
    ],
    ["the own page", { "sec-fetch-site": "same-origin" }, 200],
    ["the address bar", { "sec-fetch-site": "none" }, 200],
  ])("%s gets its due", async (_name, headers, status) => {
    expect((await get(headers)).status).toBe(status);
  });

  test("another site's form cannot post, even as a navigation", async () => {
    const headers = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    expect((await request(app, "POST", "/api/traces", trace10(), headers)).status).toBe(403);
  });
});

describe("what every answer carries", () => {
  test("is the request's id, its own or a new one", async () => {
    const named = await request(app, "GET", "/api/health", undefined, { "x-request-id": "job-7.a" });
    expect(named.headers["x-request-id"]).toBe("job-7.a");
    const odd = await request(app, "GET", "/api/health", undefined, { "x-request-id": "a b\tc" });
    expect(odd.headers["x-request-id"]).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  });

  test("is a problem where nothing is", async () => {
    for (const url of ["/api/nope", "/v1/nope", "/api/traces/a/b", "/api/%zz"]) {
      const answer = await request<Problem>(app, "GET", url);
      expect([url, answer.headers["content-type"]]).toEqual([url, "application/problem+json"]);
      expect(answer.body.request_id).toBe(answer.headers["x-request-id"]);
      expect([400, 404]).toContain(answer.status);
    }
  });
});

describe("the API's description", () => {
  test("is OpenAPI 3.1, names every call, and holds both trace versions", async () => {
    const { body } = await request<{ openapi: string; paths: Record<string, object> }>(
      app,
      "GET",
      "/api/openapi.json",
    );
    expect(body.openapi).toMatch(/^3\.1/);
    expect(
      Object.entries(body.paths)
        .sort()
        .map(([path, calls]) => [path, Object.keys(calls).sort()]),
    ).toEqual([
      ["/api/exports", ["get"]],
      ["/api/facets", ["get"]],
      ["/api/formats", ["get"]],
      ["/api/health", ["get"]],
      ["/api/health/ready", ["get"]],
      ["/api/imports", ["post"]],
      ["/api/redi/health", ["get"]],
      ["/api/runs", ["get"]],
      ["/api/runs/compare", ["get"]],
      ["/api/runs/{run}", ["delete", "get", "patch"]],
      ["/api/runs/{run}/curve", ["get"]],
      ["/api/runs/{run}/groups", ["get"]],
      ["/api/runs/{run}/samples", ["get"]],
      ["/api/scores", ["delete", "post"]],
      ["/api/search/status", ["get"]],
      ["/api/traces", ["delete", "get", "post"]],
      ["/api/traces/compare", ["get"]],
      ["/api/traces/matches", ["get"]],
      ["/api/traces/stats", ["get"]],
      ["/api/traces/{id}", ["delete", "get"]],
      ["/api/traces/{id}/scores", ["get"]],
    ]);
    expect(JSON.stringify(body)).toContain('"title":"Trace 1.1"');
  });

  test("has a page that runs no script of others", async () => {
    const page = await request(app, "GET", "/api/docs/");
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    expect(page.text).not.toMatch(/<script>/);
  });
});

test("RediAI's health has its place", async () => {
  expect((await request(app, "GET", "/api/redi/health")).body).toEqual({ status: "healthy" });
});

test("the metrics time every route", async () => {
  await request(app, "GET", "/api/health");
  const { text } = await request(app, "GET", "/metrics");
  expect(text).toMatch(
    /http_request_duration_seconds_count\{method="GET",route="\/api\/health",status="200"\} \d+/,
  );
  expect(text).toContain("nodejs_eventloop_lag_seconds");
  expect(text).toContain('database_pool_connections{state="waiting"}');
});

test("the metrics do not wait for a database that does not answer", async () => {
  const holder = await database.pool.connect();
  try {
    await holder.query("BEGIN; LOCK TABLE search_pending IN ACCESS EXCLUSIVE MODE");
    const late = new Promise((resolve) => setTimeout(resolve, 6_000, "late"));
    const answer = await Promise.race([request(app, "GET", "/metrics"), late]);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("search_pending_traces") });
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
});

describe("a method that a path does not have", () => {
  test.each([
    ["POST", "/api/health", "GET, HEAD"],
    ["POST", "/api/traces/01890a5d-ac96-774b-bcce-b302099a8057", "DELETE, GET, HEAD"],
    ["DELETE", "/api/exports?limit=1", "GET"],
  ] as const)("%s %s gets 405 and what it has", async (method, url, allowed) => {
    const { status, headers, body } = await request<Problem>(app, method, url);
    expect([status, headers.allow, body.code]).toEqual([405, allowed, "method_not_allowed"]);
  });

  test.each(["/api/nothing", "/api/traces/", "/api/traces/a/b/c"])("is not found at %s", async (url) => {
    expect((await request<Problem>(app, "POST", url)).body.code).toBe("route_not_found");
  });
});
