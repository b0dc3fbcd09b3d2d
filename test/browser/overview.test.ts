import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { TracePage } from "../../src/contract/pages.ts";
import { toUrl } from "../../src/ui/api/request.ts";
import { parseQuery } from "../../src/ui/search-bar/parse-query.ts";
import { useSite } from "./support/browser.ts";
import { manyTraces, trace11 } from "./support/traces.ts";

const site = useSite();
const list = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const bar = (page: Page) => page.getByRole("combobox", { name: "Filter traces" });

test("an empty store is filled with the example in one click", async () => {
  const page = await site.open("/");
  await page.getByRole("heading", { name: "No traces yet" }).waitFor();
  await page.getByText("npx tunix-rt import traces.jsonl").waitFor();
  await page.getByRole("button", { name: "Load the example" }).click();
  await page.getByRole("article", { name: "step 1" }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete 1 trace" }).click();
});

test("a file that is dropped on an empty store is looked into where files are imported", async () => {
  const page = await site.open("/");
  const line = JSON.stringify({ question: "What is 2+2?", answer: "2+2=4\n#### 4" });
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "one.jsonl", mimeType: "", buffer: Buffer.from(line) });
  await page.waitForURL(/\/add$/);
  await page.getByText("format: gsm8k").waitFor();
  // It is there once, not again when the page is opened anew.
  await page.getByRole("link", { name: "Status" }).click();
  await page.getByRole("heading", { name: "Database" }).waitFor();
  await page.getByRole("link", { name: "Add", exact: true }).click();
  await page.getByText("Drop a file here, or choose one").waitFor();
});

test("every mark leads to as many traces as it says", async () => {
  await site.fill([
    ...manyTraces(90),
    trace11({ created_at: "2026-03-01T12:00:00.000Z", meta: { source: "two words", tags: ["even", "x y"] } }),
  ]);
  const page = await site.open("/");
  await page.getByRole("link", { name: "91 traces" }).waitFor();
  const marks = await page.locator("main section a").all();
  const addresses = new Set<string>();
  for (const mark of marks) {
    const said = Number(/(\d+)$/.exec((await mark.locator("> span").last().textContent()) ?? "")?.[1]);
    const address = (await mark.getAttribute("href")) ?? "";
    addresses.add(address);
    const query = new URL(address, site.server.address).searchParams.get("query") ?? "";
    const { parameters, problems } = parseQuery(query);
    expect(problems).toEqual([]);
    const list = await fetch(site.server.address + toUrl("/api/traces", { ...parameters, limit: 100 }));
    expect([query, ((await list.json()) as TracePage).data.length]).toEqual([query, said]);
  }
  expect(addresses.size).toBe(marks.length);
  // Days, sizes, two sources, tags, versions, the run, the model and how it ended.
  expect(addresses.size).toBeGreaterThan(12);
});

test("a mark is read out with what it counts, and leads to the list", async () => {
  const page = await site.open("/");
  await list(page, "Over time")
    .getByRole("link", { name: /^Mar 1, 2026: 1$/ })
    .click();
  await expect.poll(() => bar(page).inputValue()).toBe("created:2026-03-01");
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await list(page, "Sources")
    .getByRole("link", { name: /two words/ })
    .click();
  await expect.poll(() => bar(page).inputValue()).toBe('source:"two words"');
});

test("a part of the store is looked at by itself, and its marks stay within it", async () => {
  const page = await site.open("/");
  await bar(page).fill("source:thirds");
  await bar(page).press("Enter");
  await page.getByRole("link", { name: "30 traces" }).waitFor();
  expect(page.url()).toMatch(/\?query=source%3Athirds$/);
  await list(page, "Tags").getByRole("link", { name: /even/ }).click();
  await expect.poll(() => bar(page).inputValue()).toBe("source:thirds tag:even");
  await page.goto(`${site.server.address}/?query=source:nowhere`);
  await page.getByRole("heading", { name: "No trace passes these filters" }).waitFor();
  await page.getByRole("link", { name: "Overview of all traces" }).click();
  await page.getByRole("link", { name: "91 traces" }).waitFor();
});

test("long lists are shown in part, then whole", async () => {
  await site.fill(
    Array.from({ length: 12 }, (_, at) =>
      trace11({ prompt: `Of source ${at}`, meta: { source: `s-${at}` } }),
    ),
  );
  const page = await site.open("/");
  const sources = list(page, "Sources");
  await sources.getByRole("button", { name: "Show all 15" }).click();
  await expect.poll(() => sources.getByRole("listitem").count()).toBe(15);
  await sources.getByRole("button", { name: "Show fewer" }).click();
  await expect.poll(() => sources.getByRole("listitem").count()).toBe(8);
});
