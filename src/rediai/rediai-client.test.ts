import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createRediaiClient, type RediaiOptions } from "./rediai-client.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(baseUrl: string, changes: Partial<RediaiOptions> = {}, timeLimitMs?: number) {
  return createRediaiClient(
    { mode: "real", baseUrl, healthPath: "/health", cacheTtlMs: 0, ...changes },
    timeLimitMs,
  );
}

describe("the service is", () => {
  test.each([200, 204])("healthy when it answers %i", async (status) => {
    const url = await listen((_, response) => response.writeHead(status).end());
    expect(await clientOf(url).health()).toEqual({ status: "healthy" });
  });

  test.each([404, 401, 500, 503])("down when it answers %i", async (status) => {
    const url = await listen((_, response) => response.writeHead(status).end("a page about it"));
    expect(await clientOf(url).health()).toEqual({ status: "down", error: `HTTP ${status}` });
  });

  test("down when it does not answer in time", async () => {
    const url = await listen(() => {});
    expect(await clientOf(url, {}, 50).health()).toEqual({ status: "down", error: "Timeout after 0.05s" });
  });

  test("healthy when its answer begins and never ends", async () => {
    const url = await listen((_, response) => response.writeHead(200).write("{"));
    expect(await clientOf(url).health()).toEqual({ status: "healthy" });
  });

  test("down when nobody listens", async () => {
    const url = await listen(() => {});
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const { status, error } = await clientOf(url).health();
    expect(status).toBe("down");
    expect(error).toMatch(/^Connection refused: .*ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  test("down when it hangs up", async () => {
    const url = await listen((request) => request.socket.destroy());
    const { status, error } = await clientOf(url).health();
    expect(status).toBe("down");
    expect(error).toMatch(/./);
  });

  test("healthy in mock mode, whatever the address", async () => {
    expect(await clientOf("http://127.0.0.1:1", { mode: "mock" }).health()).toEqual({ status: "healthy" });
  });
});

describe("the address asked", () => {
  test.each([
    ["", "/health", "/health"],
    ["/", "/health", "/health"],
    ["/redi", "/health", "/redi/health"],
    ["/redi/v1/", "/health?deep=1", "/redi/v1/health?deep=1"],
    ["", "//other.example/health", "//other.example/health"],
  ])("with the base %j and the path %s is %s", async (base, healthPath, asked) => {
    const paths: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      paths.push(`${request.method} ${request.url}`);
      response.end();
    });
    expect(await clientOf(`${url}${base}`, { healthPath }).health()).toEqual({ status: "healthy" });
    expect(paths).toEqual([`GET ${asked}`]);
  });
});

describe("an answer", () => {
  /** Answers 200, 500, 200, 500, …; counts how often it was asked. */
  async function listenAndCount() {
    const counter = { hits: 0 };
    const url = await listen((_, response) => {
      counter.hits++;
      response.writeHead(counter.hits % 2 === 1 ? 200 : 500).end();
    });
    return { url, counter };
  }

  test("is kept as long as it should be", async () => {
    const { url, counter } = await listenAndCount();
    const client = clientOf(url, { cacheTtlMs: 3_600_000 });
    for (let call = 0; call < 5; call++) expect(await client.health()).toEqual({ status: "healthy" });
    expect(counter.hits).toBe(1);
  });

  test("is asked for anew each time when nothing is to be kept", async () => {
    const { url, counter } = await listenAndCount();
    const client = clientOf(url, { cacheTtlMs: 0 });
    const statuses = [];
    for (let call = 0; call < 4; call++) statuses.push((await client.health()).status);
    expect(statuses).toEqual(["healthy", "down", "healthy", "down"]);
    expect(counter.hits).toBe(4);
  });

  test("is shared by all who come while it is on its way", async () => {
    const { url, counter } = await listenAndCount();
    const client = clientOf(url, { cacheTtlMs: 0 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.health()));
    expect(answers).toEqual(Array(20).fill({ status: "healthy" }));
    expect(counter.hits).toBe(1);
  });

  test("is kept by each client for itself", async () => {
    const { url, counter } = await listenAndCount();
    await clientOf(url, { cacheTtlMs: 3_600_000 }).health();
    await clientOf(url, { cacheTtlMs: 3_600_000 }).health();
    expect(counter.hits).toBe(2);
  });
});
