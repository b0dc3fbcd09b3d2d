import pg from "pg";
import { expect, test } from "vitest";
import { CuttableProxy } from "../support/cuttable-proxy.ts";
import { useSite } from "./support/browser.ts";
import { manyTraces } from "./support/traces.ts";

const site = useSite();

test("a server that goes away is missed, and what failed is asked for again when it is back", async () => {
  await site.fill(manyTraces(3));
  const page = await site.open("/traces");
  await page.getByRole("link", { name: /Question 00002/ }).waitFor();
  await page.getByRole("link", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name: "Add traces" }).waitFor();
  await page.getByRole("link", { name: "Status" }).click();
  await page.getByText("healthy").first().waitFor();
  await expect.poll(() => page.getByText("healthy").count()).toBe(5);
  await site.stop();
  await page.getByRole("link", { name: "Traces" }).click();
  await page.getByRole("button", { name: /^Age/ }).click();
  await page.getByRole("heading", { name: "The traces could not be listed" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.evaluate("window.dispatchEvent(new Event('focus'))");
  await page.getByRole("link", { name: "Server not reachable" }).waitFor({ timeout: 45_000 });
  await page.getByRole("link", { name: "Add", exact: true }).click();
  const file = { name: "few.jsonl", mimeType: "", buffer: Buffer.from("{}") };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText("The server does not answer. Is it running?").waitFor();
  await page.getByRole("link", { name: "Traces" }).click();

  await site.start();
  await page.getByRole("link", { name: /Question 00002/ }).waitFor({ timeout: 30_000 });
  await page.getByRole("link", { name: "Server not reachable" }).waitFor({ state: "detached" });
  for (const complaint of site.complaints.splice(0)) expect(complaint).toMatch(/ERR_|Failed to (load|fetch)/);
});

test("a database that goes away is said on every page at once, and no longer when it is back", async () => {
  const proxy = new CuttableProxy(site.connection);
  await proxy.mend();
  await site.stop();
  await site.start(proxy.url(site.connection));
  try {
    const page = await site.open("/traces");
    await page.getByRole("link", { name: /Question 00002/ }).waitFor();
    const sign = page.getByRole("link", { name: "Database down" });
    await proxy.cut();
    await page.getByRole("link", { name: "Overview" }).click();
    await sign.waitFor({ timeout: 15_000 });
    await sign.click();
    await page.getByText("The database does not answer", { exact: true }).waitFor();
    await page.getByText("unknown").first().waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: "The traces could not be counted" }).waitFor();
    await proxy.mend();
    await page.getByRole("link", { name: "3 traces" }).waitFor();
    await sign.waitFor({ state: "detached" });
    for (const complaint of site.complaints.splice(0)) expect(complaint).toMatch(/503|ERR_/);
  } finally {
    await site.stop();
    await proxy.cut();
    await site.start();
  }
});

test("the search index is said to be behind while traces wait for it", async () => {
  // The server's indexer holds this lock for as long as it runs. Held here, nobody indexes.
  await site.stop();
  const client = new pg.Client(site.connection);
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock(7235010)");
    await site.start();
    // What waits has waited for long.
    await client.query(
      "INSERT INTO search_pending (trace_id, noted_at) SELECT id, now() - interval '3 min' FROM traces",
    );
    const page = await site.open("/status");
    await page.getByText("3 traces to go, the oldest for 3 min").waitFor();
    await page.getByText("behind", { exact: true }).waitFor();
  } finally {
    await client.end();
  }
});
