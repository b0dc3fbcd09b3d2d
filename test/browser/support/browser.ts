// A real Chromium before a real server, with a database of its own. Whatever the page complains of fails the test.
import type { ClientConfig } from "pg";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { findChromium } from "../../../scripts/find-chromium.mjs";
import { createUiCoverage } from "../../../scripts/ui-coverage.mjs";
import { useDatabase } from "../../support/database.ts";
import { type RunningServer, startServer } from "../../support/running-server.ts";

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Site {
  server: RunningServer;
  browser: Browser;
  /** The way to its database. */
  connection: ClientConfig;
  /** What pages have complained of; empty it where complaints are what is tested. */
  complaints: string[];
  /** Waits for a complaint that a test is about, and lets it go with those before it: a console tells later than a page shows. */
  complained(of: RegExp): Promise<void>;
  /** Opens a page at a path. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Sends traces in the native format. */
  fill(traces: readonly object[]): Promise<void>;
  /** Stops the server. */
  stop(): Promise<void>;
  /** Starts it again, at the address it had; the database may be reached another way. */
  start(databaseUrl?: string): Promise<void>;
}

/** Server and browser for the tests of one file. */
export function useSite(settings: Record<string, string> = {}): Site {
  // A browser on a busy machine takes its time.
  vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
  const database = useDatabase();
  const pages: Page[] = [];
  const site = {
    connection: database.connection,
    complaints: [] as string[],
    async complained(of: RegExp) {
      await expect.poll(() => site.complaints.join()).toMatch(of);
      site.complaints.splice(0);
    },
    async open(path: string, options: BrowserContextOptions = {}) {
      const page = await site.browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
      pages.push(page);
      page.setDefaultTimeout(30_000);
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) site.complaints.push(message.text());
      });
      page.on("pageerror", (error) => site.complaints.push(error.message));
      if (process.env.UI_COVERAGE) await page.coverage.startJSCoverage({ resetOnNavigation: false });
      await page.goto(site.server.address + path);
      return page;
    },
    async fill(traces: readonly object[]) {
      const body = traces.map((trace) => JSON.stringify(trace)).join("\n");
      const response = await fetch(`${site.server.address}/api/imports?format=native`, {
        method: "POST",
        body,
        headers: { "content-type": "application/x-ndjson" },
      });
      expect(await response.json()).toMatchObject({ inserted: traces.length, rejected: 0 });
    },
    async stop() {
      site.server.child.kill("SIGTERM");
      await site.server.exited;
    },
    async start(databaseUrl = toUrl(database.connection)) {
      const { port } = new URL(site.server.address);
      site.server = await startServer({ ...settings, PORT: port, DATABASE_URL: databaseUrl });
    },
  } as Site;

  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM ?? (await findChromium());
    if (executablePath === undefined)
      throw new Error("The browser tests need Chromium; npm test installs one where it can");
    site.browser = await chromium.launch({ executablePath, args: ARGS });
    site.server = await startServer({ ...settings, DATABASE_URL: toUrl(database.connection) });
  });

  afterEach(async () => {
    for (const page of pages.splice(0)) await close(page);
    expect(site.complaints.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await site.browser?.close();
    if (site.server !== undefined) await site.stop();
  });
  return site;
}

async function close(page: Page): Promise<void> {
  if (process.env.UI_COVERAGE) await createUiCoverage().add(await page.coverage.stopJSCoverage());
  await page.close();
}

/** A connection as a DATABASE_URL; a socket's folder goes where pg looks for it. */
function toUrl({ connectionString, user, host, port, database }: ClientConfig): string {
  if (connectionString !== undefined) return connectionString;
  const place = new URLSearchParams({ host: host ?? "", port: String(port ?? 5432) });
  return `postgres://${user}@localhost/${database}?${place}`;
}
