import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { trace10 } from "./support/traces.ts";

const site = useSite();
const MOST_BYTES = 300_000;

test("there is a trace to show", () => site.fill([trace10()]));

test.each([
  ["/", "1 trace"],
  ["/traces", /What is 27/],
])("%s loads at most 300 KB of JavaScript, without what only some pages need", async (path, link) => {
  const page = await site.open("/favicon.svg");
  const scripts = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith(".js")) scripts.set(pathname, response.body());
  });
  await page.goto(`${site.server.address}${path}`);
  await page.getByRole("link", { name: link }).waitFor();
  const bytes = await Promise.all([...scripts.values()].map(async (body) => gzipSync(await body).length));
  const sum = bytes.reduce((all, one) => all + one, 0);
  expect(sum).toBeGreaterThan(50_000);
  expect(sum).toBeLessThanOrEqual(MOST_BYTES);
  expect([...scripts.keys()].filter((path) => /markdown|JsonEditor|CurveChart/.test(path))).toEqual([]);
});

test("hashed files are kept for ever, the page is not; nothing inline may run", async () => {
  const get = (path: string) => fetch(site.server.address + path);
  const page = await get("/traces/anything");
  expect(page.status).toBe(200);
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self';");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const html = await page.text();
  expect(html).not.toMatch(/<script>|<style|style=/);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
  expect((await get(script)).headers.get("cache-control")).toMatch(/max-age=31536000, immutable/);
});

test.each(["/api/nothing", "/v1/nothing", "/assets/nothing.js"])("%s is not a page", async (path) => {
  const response = await fetch(site.server.address + path);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
});
