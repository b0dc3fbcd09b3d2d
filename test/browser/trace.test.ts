import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { longTrace, trace11 } from "./support/traces.ts";

const site = useSite();
const MANY = "00000000-0000-4000-8000-000000000001";
const LONG = "00000000-0000-4000-8000-000000000002";
const RICH = "00000000-0000-4000-8000-000000000003";

const transcript = (page: Page) => page.getByRole("region", { name: "Transcript" });
const rowCount = (page: Page) => page.getByRole("article").count();

/** Scrolls through all of it in leaps; returns the most rows that were ever in the page. */
async function mostRows(page: Page, leaps: number): Promise<number> {
  let most = 0;
  for (let leap = 0; leap <= leaps; leap++) {
    await transcript(page).evaluate(
      (view, share) => view.scrollTo(0, (view.scrollHeight - view.clientHeight) * share),
      leap / leaps,
    );
    await page.waitForTimeout(30);
    most = Math.max(most, await rowCount(page));
  }
  return most;
}

test("20,000 steps never put more than 60 of them into the page", async () => {
  await site.fill([{ ...longTrace(20_000, 43), id: MANY }]);
  const page = await site.open(`/traces/${MANY}`, { viewport: { width: 1400, height: 3_000 } });
  await page.getByRole("article", { name: "step 0" }).waitFor();
  expect(await mostRows(page, 40)).toBeLessThanOrEqual(60);
  await page.keyboard.press("G");
  await page.getByText("the very end").last().waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("g");
  await page.getByRole("article", { name: "step 0" }).waitFor();
  // Far away, through the outline and through a link.
  await page.getByRole("link", { name: "Link to step 2", exact: true }).click();
  expect(page.url()).toMatch(/#step-2$/);
});

test("a link leads to its step, and j and k to its neighbours", async () => {
  const page = await site.open(`/traces/${MANY}#step-12345`);
  await page.getByRole("article", { name: "step 12345", exact: true }).waitFor();
  const current = page.getByRole("navigation", { name: "Steps" }).locator('[aria-current="true"]');
  await expect.poll(() => current.textContent()).toContain("12345");
  await page.keyboard.press("j");
  await expect.poll(() => current.textContent()).toContain("12346");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await expect.poll(() => current.textContent()).toContain("12344");
  await page.getByRole("button", { name: /^Step 12350\b/ }).click();
  await page.getByRole("article", { name: "step 12350", exact: true }).waitFor();
});

test("what is found is counted and walked through, where it is not in the page as well", async () => {
  const page = await site.open(`/traces/${MANY}`);
  await page.getByRole("article", { name: "step 0" }).waitFor();
  await page.keyboard.press("/");
  const find = page.getByRole("textbox", { name: "Find in this trace" });
  await find.fill("NUMBER 1999");
  await page.getByText("1 of 11").waitFor();
  await page.getByRole("article", { name: "step 1999", exact: true }).waitFor();
  await find.press("Enter");
  await page.getByText("2 of 11").waitFor();
  await page.getByRole("article", { name: "step 19990", exact: true }).waitFor();
  await find.press("Shift+Enter");
  await find.press("Shift+Enter");
  await page.getByText("11 of 11").waitFor();
  await page.getByRole("article", { name: "step 19999", exact: true }).waitFor();
  expect(page.url()).toMatch(/find=NUMBER/);
  await find.fill("nowhere to be found");
  await page.getByText("none", { exact: true }).waitFor();
  await find.press("Escape");
  await find.waitFor({ state: "detached" });
});

test("1,000 steps of 20,000 characters are folded, unfold, and stay few in the page", async () => {
  await site.fill([{ ...longTrace(1_000, 20_000), id: LONG }]);
  const page = await site.open(`/traces/${LONG}`);
  await page.getByRole("article", { name: "step 0" }).waitFor();
  expect(await mostRows(page, 10)).toBeLessThanOrEqual(60);
  await page.keyboard.press("g");
  await page.keyboard.press("g");
  await page
    .getByRole("button", { name: /Show 18,\d+ more characters/ })
    .first()
    .click();
  await page.getByRole("article", { name: "step 0, continued" }).first().waitFor();
  await page.keyboard.press("e");
  await page.keyboard.press("e");
  expect(await mostRows(page, 10)).toBeLessThanOrEqual(60);
  await page.keyboard.press("e");
});

const rich = {
  ...trace11({
    prompt: "Solve it",
    messages: [
      { role: "system", content: "You are careful." },
      {
        role: "user",
        content: [
          { type: "text", text: "Solve it" },
          { type: "image", uri: "x.png" },
        ],
      },
      { role: "assistant", content: null, tool_calls: [{ id: "c0" }] },
    ],
    steps: [
      {
        i: 0,
        type: "thinking",
        content: "So \\(a^2\\) and \\[b\\] give $$c$$ or \\boxed{7}; it costs $5 or $6.",
      },
      { i: 1, type: "tool_call", content: "", name: "bash", args: { cmd: "ls <dir>" } },
      { i: 2, type: "tool_result", content: "" },
      {
        i: 3,
        type: "thinking",
        content: "```python\nprint('2*3*4')\n```\n\nand 2*3*4 <script>alert(1)</script>",
      },
      { i: 4, type: "tool_call", content: "with words", name: "bash", args: {} },
      { i: 5, type: "odd", content: "[a link](https://example.org) ![a picture](https://example.org/p.png)" },
    ],
    final_answer: "7",
    scores: [
      { name: "reward", value: 0.5, by: "verifier@1" },
      { name: "format", value: null, status: "error", by: "checker", comment: "timed out" },
      { name: "correct", value: 1, by: "prm", step_i: 0 },
      { name: "correct", value: -1, by: "prm", step_i: 3 },
      { name: "correct", value: 0, by: "prm", step_i: 5 },
    ],
    tokens: null,
    meta: { note: "kept", big: 1, source: "rich", tags: ["a b"] },
  }),
  id: RICH,
};

test("a trace is read: messages, mathematics, code, tools, scores", async () => {
  await site.fill([rich]);
  const page = await site.open(`/traces/${RICH}`, { viewport: { width: 1400, height: 2_000 } });
  const step = (i: number) => page.getByRole("article", { name: `step ${i}` });
  await page.getByRole("article", { name: "system" }).getByText("You are careful.").waitFor();
  await page.getByRole("article", { name: "user" }).getByText('"uri": "x.png"').waitFor();
  await expect.poll(() => step(0).locator(".katex-display").count()).toBe(2);
  await expect.poll(() => step(0).locator(".katex").count()).toBe(4);
  expect(await step(0).textContent()).toContain("it costs $5 or $6.");
  await step(0).getByText("correct 1").waitFor();
  await step(1).getByText("tool_call · bash").waitFor();
  await step(1).getByText('"cmd": "ls <dir>"').waitFor();
  await step(2).getByText("empty").waitFor();
  await step(3).locator(".hljs-built_in", { hasText: "print" }).waitFor();
  expect(await step(3).textContent()).toContain("and 2*3*4 <script>alert(1)</script>");
  await step(3).getByText("correct −1").waitFor();
  expect(await step(5).locator("img").count()).toBe(0);
  expect(await step(5).getByRole("link", { name: "a picture" }).getAttribute("rel")).toMatch(/noopener/);
  await page.getByText("verifier@1").waitFor();
  await page.getByText("timed out").waitFor();
  await page.getByText("not the same text").waitFor();
  await page.keyboard.press("m");
  await expect.poll(() => step(0).locator(".katex").count()).toBe(0);
  expect(await step(0).textContent()).toContain("\\(a^2\\)");
  await page.getByRole("button", { name: "Markdown" }).click();
});

test("on a narrow screen a trace is read below what stands over it", async () => {
  const page = await site.open(`/traces/${RICH}`, { viewport: { width: 390, height: 700 } });
  await page.getByText("correct 1").waitFor();
  const box = await transcript(page).boundingBox();
  expect(box?.y).toBeGreaterThan(100);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(700);
});

test("a step, the whole, and the JSON are copied", async () => {
  const page = await site.open(`/traces/${RICH}`, {
    permissions: ["clipboard-read", "clipboard-write"],
    viewport: { width: 1400, height: 2_000 },
  });
  const copied = () => page.evaluate<string>("navigator.clipboard.readText()");
  await page.getByRole("article", { name: "step 4" }).hover();
  await page.getByRole("button", { name: "Copy step 4" }).click();
  await expect.poll(copied).toContain("with words");
  await page.keyboard.press("y");
  await expect.poll(copied).toContain("[0 thinking]\nSo ");
  await page.getByRole("button", { name: "Copy JSON" }).click();
  await expect.poll(async () => JSON.parse(await copied()).id).toBe(RICH);
});

test("the JSON is shown as it was sent", async () => {
  const page = await site.open(`/traces/${RICH}`);
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByRole("textbox", { name: "The trace as JSON" }).getByText('"You are careful."').waitFor();
  expect(page.url()).toMatch(/view=json/);
  await page.getByRole("button", { name: "Read" }).click();
  await transcript(page).waitFor();
});

test("a trace that is not there is said to be so", async () => {
  const page = await site.open("/traces/00000000-0000-4000-8000-00000000dead");
  await page.getByRole("heading", { name: "The trace could not be read" }).waitFor();
  await site.complained(/404/);
});
