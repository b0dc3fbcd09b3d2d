import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { manyTraces, trace11 } from "./support/traces.ts";

const site = useSite();
const COUNT = 1_250;
const rows = '[role="row"][aria-rowindex]';
const LIST = '[role="table"]';

test("the list pages to its end, never with more than 100 rows in the page, and lets pages go", async () => {
  await site.fill(manyTraces(COUNT));
  const page = await site.open("/traces");
  const cursors = new Set<string | null>();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname === "/api/traces") cursors.add(url.searchParams.get("cursor"));
  });
  await page.getByRole("link", { name: /Question 00000/ }).waitFor();
  let most = 0;
  for (let turns = 0; turns < 400; turns++) {
    most = Math.max(most, await page.locator(rows).count());
    if (await page.getByRole("link", { name: /Question 01249/ }).isVisible()) break;
    await page.locator(LIST).evaluate((list) => list.scrollBy(0, 2_500));
    await page.waitForTimeout(30);
  }
  await page.getByRole("link", { name: /Question 01249/ }).waitFor();
  expect(most).toBeLessThanOrEqual(100);
  await expect
    .poll(() => page.getByRole("table", { name: "Traces" }).getAttribute("aria-rowcount"))
    .toBe(String(COUNT + 1));
  await page.getByText("1,250 traces").waitFor();
  expect(cursors.size).toBe(13);
  // And back again, to pages that may have been let go.
  await page.locator(LIST).evaluate((list) => list.scrollTo(0, 0));
  await page.getByRole("link", { name: /Question 00000/ }).waitFor();
});

test("the panel moves with j and k, closes with Esc, and is in the address", async () => {
  const page = await site.open("/traces");
  await page.getByRole("link", { name: /Question 00000/ }).click();
  const panel = page.getByRole("complementary", { name: "Trace" });
  await panel.getByText("Question 00000: what is 0 + 1?").first().waitFor();
  await page.keyboard.press("j");
  await panel.getByText("Question 00001: what is 1 + 1?").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await panel.getByText("Question 00001: what is 1 + 1?").first().waitFor();
  const address = page.url();
  expect(address).toMatch(/peek=/);

  const width = async () => (await panel.boundingBox())?.width ?? 0;
  const before = await width();
  await page.getByRole("separator").focus();
  await page.keyboard.press("ArrowLeft");
  expect(await width()).toBe(before + 40);
  await page.keyboard.press("ArrowRight");
  const handle = await page.getByRole("separator").boundingBox();
  await page.mouse.move((handle?.x ?? 0) + 4, 300);
  await page.mouse.down();
  await page.mouse.move(700, 300);
  await page.mouse.up();
  expect(await width()).toBe(700);

  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  expect(page.url()).not.toMatch(/peek=/);
  const again = await site.open(new URL(address).pathname + new URL(address).search);
  await again
    .getByRole("complementary", { name: "Trace" })
    .getByText("Question 00001: what is 1 + 1?")
    .first()
    .waitFor();
});

test("the search bar filters, and says what it can't read", async () => {
  const page = await site.open("/traces?query=source%3Athirds%20-tag%3Aeven");
  const search = page.getByRole("combobox", { name: "Filter traces" });
  await expect.poll(() => search.inputValue()).toBe("source:thirds -tag:even");
  await page.getByRole("link", { name: /Question 00003/ }).waitFor();
  await expect.poll(() => page.getByRole("link", { name: /Question 0000[0-24-8]/ }).count()).toBe(0);
  await page.keyboard.press("/");
  await search.fill("colour:red steps:many");
  await page.getByText("“colour” is not known here").waitFor();
  await page.getByText("“steps” needs whole numbers").waitFor();
  await search.fill("steps:>5");
  await search.press("Enter");
  await page.getByRole("heading", { name: "No trace passes these filters" }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: /Question 00003/ }).waitFor();
});

test("columns sort, both ways, and the order is in the address", async () => {
  const page = await site.open("/traces");
  await page.getByRole("button", { name: /^Age/ }).click();
  await page.getByRole("link", { name: /Question 01249/ }).waitFor();
  expect(page.url()).toMatch(/sort=oldest/);
  await page.getByRole("button", { name: /^Age/ }).click();
  await page.getByRole("link", { name: /Question 00000/ }).waitFor();
  await page.getByRole("button", { name: /^Length/ }).click();
  await page.waitForURL(/sort=longest/);
  await page.getByRole("columnheader", { name: /Length/ }).waitFor();
});

test("what is selected can be exported and deleted", async () => {
  const page = await site.open("/traces?query=source%3Athirds");
  await page.getByRole("checkbox", { name: "Select Question 00000" }).check();
  await page.getByRole("link", { name: /Question 00003/ }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByText("2 selected").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const path = await (await download).path();
  const { readFileSync } = await import("node:fs");
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
  const calls: string[] = [];
  page.on("request", (request) => request.method() === "DELETE" && calls.push(request.url()));
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete 2 traces" }).click();
  await page.getByRole("link", { name: /Question 00006/ }).waitFor();
  await expect.poll(() => page.getByRole("link", { name: /Question 0000[03]/ }).count()).toBe(0);
  // However many: one call that counts, each time the dialog opens, and one that deletes.
  expect(calls.map((url) => new URL(url).searchParams.get("dry_run"))).toEqual(["true", "true", null]);
  for (const url of calls) expect(new URL(url).searchParams.getAll("id")).toHaveLength(2);
});

test("two that are selected are compared, by the button or by a key", async () => {
  const page = await site.open("/traces");
  await page.getByRole("checkbox", { name: "Select Question 00001" }).check();
  await page.getByText("1 selected").waitFor();
  await expect.poll(() => page.getByRole("link", { name: "Compare" }).count()).toBe(0);
  await page.getByRole("checkbox", { name: "Select Question 00002" }).check();
  await page.getByRole("link", { name: "Compare" }).click();
  await page.getByRole("article", { name: "answer: changed" }).waitFor();
  await page.goBack();
  await page.getByRole("checkbox", { name: "Select Question 00001" }).check();
  await page.getByRole("checkbox", { name: "Select Question 00004" }).check();
  await page.keyboard.press("c");
  await page.getByRole("article", { name: "answer: changed" }).waitFor();
  await page.goBack();
  await page.getByRole("checkbox", { name: "Select Question 00001" }).check();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByText("1 selected").waitFor({ state: "detached" });
});

test("what a list is deleted or exported by must be readable, and what it is deleted by be said", async () => {
  const page = await site.open("/traces");
  const deleting = page.getByRole("button", { name: "Delete all" });
  await expect.poll(() => deleting.getAttribute("aria-disabled")).toBe("true");
  await deleting.click({ force: true });
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  const search = page.getByRole("combobox", { name: "Filter traces" });
  await search.fill("tag:even colour:red");
  await search.press("Enter");
  await page.waitForURL(/colour/);
  await expect.poll(() => deleting.getAttribute("aria-disabled")).toBe("true");
  await deleting.click({ force: true });
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  const exporting = page.getByRole("link", { name: "Export" });
  expect(await exporting.getAttribute("href")).toBeNull();
  await exporting.hover();
  await page.getByText("Mend the search bar first").waitFor();
  await search.fill("tag:even");
  await search.press("Enter");
  await expect.poll(() => exporting.getAttribute("href")).toBe("/api/exports?tag=even");
  // Only the server reads the words.
  await search.fill('tag:even "open');
  await search.press("Enter");
  await page.getByText(/The quotation mark before "open" is never closed/).waitFor();
  await expect.poll(() => search.getAttribute("aria-invalid")).toBe("true");
  await expect.poll(() => exporting.getAttribute("href")).toBeNull();
  await expect.poll(() => deleting.getAttribute("aria-disabled")).toBe("true");
  await search.fill("");
  await search.press("Enter");
  await expect.poll(() => exporting.getAttribute("href")).toBe("/api/exports");
  await page.getByRole("combobox", { name: "Order" }).selectOption("Fewest tokens first");
  await page.waitForURL(/sort=fewest_tokens/);
  await page
    .getByRole("link", { name: /Question/ })
    .first()
    .waitFor();
  await site.complained(/422/);
});

test("each step is a piece of its row's bar, in its type's colour", async () => {
  await site.fill([
    trace11({ prompt: "With a bar", created_at: "2026-03-01T00:00:00.000Z", scores: [], tokens: null }),
  ]);
  const page = await site.open("/traces");
  const bar = page
    .getByRole("row", { name: /With a bar/ })
    .getByTitle("3 steps: thinking, tool_call, tool_result");
  const image = await bar
    .locator("span")
    .first()
    .evaluate((element) => element.style.backgroundImage);
  expect(image.match(/var\(--type-\w+\)/g)).toEqual([
    "var(--type-thinking)",
    "var(--type-tool_call)",
    "var(--type-tool_result)",
  ]);
});

test("keys open a trace and lead back to the same list", async () => {
  const page = await site.open("/traces?query=tag%3Aeven");
  await page.getByRole("link", { name: /Question 00002/ }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/traces\/[0-9a-f-]{36}/);
  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.waitForURL(/query=tag/);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL(/\/status/);
});
