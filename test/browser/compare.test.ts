import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { trace11 } from "./support/traces.ts";

const site = useSite();
const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const path = (base: number, other: number, rest = "") =>
  `/compare?base=${id(base)}&other=${id(other)}${rest}`;

const rows = (page: Page) => page.getByRole("region", { name: "Both traces" });
const step = (type: string, content: string, more: object = {}) => ({ type, content, ...more });
const numbered = (steps: object[]) => steps.map((one, i) => ({ i, ...one }));

function long(number: number, steps: number): object {
  return trace11({
    id: id(number),
    prompt: "A long one",
    messages: null,
    final_answer: String(number),
    steps: numbered(
      Array.from({ length: steps }, (_, at) =>
        step(
          "thinking",
          `Step number ${at} adds ${at % 100 === 42 ? number : "the same"} to the **sum** so far.`,
        ),
      ),
    ),
    scores: [],
    tokens: null,
    rollout: null,
  });
}

test("answers and what is known come first, then the steps that belong together, word by word", async () => {
  const changes = { messages: null, scores: [{ name: "reward", value: 1, by: "v" }], tokens: null };
  await site.fill([
    trace11({
      ...changes,
      id: id(1),
      final_answer: "513",
      steps: numbered([
        step("thinking", "First take twenty times nineteen, then add."),
        step("tool_call", "", { name: "bash", args: { cmd: "ls" } }),
        step("thinking", "Nobody else says this at all, whatever happens."),
        step("answer", "It is 513"),
      ]),
      meta: { level: 5, tags: ["a", "b"] },
    }),
    trace11({
      ...changes,
      id: id(2),
      final_answer: "514",
      scores: [{ name: "reward", value: 0, by: "v" }],
      steps: numbered([
        step("thinking", "First take thirty times nineteen, then add."),
        step("tool_call", "", { name: "bash", args: { cmd: "pwd" } }),
        step("answer", "It is 513"),
        step("check", "Quite different words stand here: $x^2$."),
      ]),
      meta: { level: 5 },
    }),
  ]);
  const page = await site.open(path(1, 2));
  await page.getByText("1 equal").waitFor();
  await page.getByText("2 changed").waitFor();
  await page.getByText("1 only in the base").waitFor();
  await page.getByText("1 only in the other").waitFor();
  const article = (name: string) => page.getByRole("article", { name });
  await article("answer: changed").locator("del", { hasText: "513" }).waitFor();
  await article("answer: changed").locator("ins", { hasText: "514" }).waitFor();
  const reward = page.getByRole("row", { name: "reward by v 1 0" });
  await expect.poll(() => reward.getAttribute("data-differs")).toBe("true");
  await expect
    .poll(() => page.getByRole("row", { name: "level 5 5" }).getAttribute("data-differs"))
    .toBe("false");
  await page.getByRole("row", { name: "tags a, b –" }).waitFor();
  // The prompt is the same and stands there once.
  await expect.poll(() => article("prompt: equal").getByText("What is 27 × 19?").count()).toBe(1);
  expect(await article("step 0: changed").locator("del").textContent()).toBe("twenty");
  expect(await article("step 0: changed").locator("ins").textContent()).toBe("thirty");
  await article("step 1: changed").getByText("args differs").waitFor();
  await article("step 2: only in the base").waitFor();
  await article("step 3: only in the other").locator(".katex").waitFor();

  await page.keyboard.press("w");
  await page.waitForURL(/texts=whole/);
  await page.locator("ins").first().waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Mark words" }).click();
  await page.locator("ins").first().waitFor();
  await page.keyboard.press("s");
  await page.waitForURL(new RegExp(`base=${id(2)}`));
  await article("step 0: changed").locator("del", { hasText: "thirty" }).waitFor();
  await page.keyboard.press("m");
  await page.keyboard.press("m");
});

test("1,200 steps never put more than 60 rows into the page; what is equal can be left out", async () => {
  await site.fill([long(3, 1_200), long(4, 1_200)]);
  const page = await site.open(path(3, 4), { viewport: { width: 1400, height: 3_000 } });
  await page.getByText("1,188 equal").waitFor();
  const rowCount = () => rows(page).locator("[data-index]").count();
  let most = 0;
  for (let leap = 0; leap <= 20; leap++) {
    await rows(page).evaluate(
      (view, share) => view.scrollTo(0, (view.scrollHeight - view.clientHeight) * share),
      leap / 20,
    );
    await page.waitForTimeout(30);
    most = Math.max(most, await rowCount());
  }
  expect(most).toBeLessThanOrEqual(60);
  expect(most).toBeGreaterThan(20);
  const last = page.getByRole("article", { name: "step 1199: equal" });
  await expect
    .poll(async () => {
      await rows(page).evaluate((view) => view.scrollTo(0, view.scrollHeight));
      return last.isVisible();
    })
    .toBe(true);

  await page.keyboard.press("e");
  await page.waitForURL(/equal=hidden/);
  await page.getByRole("article", { name: "step 42: changed" }).waitFor();
  await expect.poll(() => page.getByRole("article", { name: /: equal/ }).count()).toBe(0);
  await page.getByRole("button", { name: "Show 99 equal texts" }).first().click();
  await page.getByRole("article", { name: "step 43: equal" }).waitFor();
});

test("keys walk through the differences", async () => {
  const page = await site.open(path(3, 4));
  await page.getByRole("article", { name: "answer: changed" }).waitFor();
  const top = async () => (await rows(page).boundingBox())?.y ?? 0;
  const isAtTop = async (name: string) => {
    const box = await page.getByRole("article", { name }).boundingBox();
    return box !== null && Math.abs(box.y - (await top())) < 3;
  };
  await page.keyboard.press("j");
  await expect.poll(() => isAtTop("step 42: changed")).toBe(true);
  await page.keyboard.press("j");
  await expect.poll(() => isAtTop("step 142: changed")).toBe(true);
  await page.getByRole("button", { name: "Difference before" }).click();
  await expect.poll(() => isAtTop("step 42: changed")).toBe(true);
});

test("long texts are folded, unfold in parts, and stay side by side on a wide screen alone", async () => {
  const text = (word: string) =>
    `${"The same words again. ".repeat(600)}${word} ${"And the same end. ".repeat(300)}`;
  const trace = (number: number, word: string) =>
    trace11({ id: id(number), steps: numbered([step("thinking", text(word))]), scores: [], tokens: null });
  await site.fill([trace(5, "here"), trace(6, "there")]);
  const page = await site.open(path(5, 6));
  const before = (await page.getByRole("article", { name: "step 0: changed" }).boundingBox())?.height ?? 0;
  await page.getByRole("button", { name: /^Show 1\d,\d{3} more characters/ }).click();
  await page.getByRole("article", { name: "step 0, continued: changed" }).first().waitFor();
  const scroll = (by: number) => rows(page).evaluate((view, px) => view.scrollBy(0, px), by);
  await expect
    .poll(async () => {
      await scroll(400);
      return page.locator("ins", { hasText: "there" }).isVisible();
    })
    .toBe(true);
  await expect
    .poll(async () => {
      await scroll(400);
      return page.getByRole("button", { name: "Fold" }).isVisible();
    })
    .toBe(true);
  await page.getByRole("button", { name: "Fold" }).click();
  await page
    .getByRole("article", { name: "step 0, continued: changed" })
    .first()
    .waitFor({ state: "detached" });

  const narrow = await site.open(path(5, 6), { viewport: { width: 390, height: 844 } });
  const stacked = (await narrow.getByRole("article", { name: "step 0: changed" }).boundingBox())?.height ?? 0;
  expect(stacked).toBeGreaterThan(2 * before);
});

test("what to compare with is chosen among the samples of a prompt, or by an id or an address", async () => {
  const page = await site.open(`/compare?base=${id(1)}`);
  await page.getByRole("link", { name: "514" }).click();
  await page.waitForURL(new RegExp(`other=${id(2)}`));
  await page.getByRole("article", { name: "answer: changed" }).waitFor();

  await page.goto(`${site.server.address}/compare`);
  await page.getByLabel("Base").fill(`${site.server.address}/traces/${id(3)}#step-7`);
  await page.getByLabel("Other").fill("something");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByText("Not the id of a trace, nor its address").waitFor();
  await page.getByLabel("Other").fill(id(4));
  await page.getByRole("button", { name: "Compare" }).click();
  await page.waitForURL(new RegExp(`base=${id(3)}&other=${id(4)}`));

  await page.goto(`${site.server.address}/compare?base=${id(99)}`);
  await page.getByText("There is no trace with this id.").waitFor();
});

test("a trace that is gone is said to be so", async () => {
  const page = await site.open(path(1, 99));
  await page.getByRole("heading", { name: "The traces could not be compared" }).waitFor();
  await page.getByText(/There is no trace with the id/).waitFor();
  await site.complained(/404/);
});
