// Every page, in both schemes, wide and narrow: no serious fault that axe knows of.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { describe, expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { storyOf } from "./support/rollouts.ts";
import { manyTraces, trace11 } from "./support/traces.ts";

const site = useSite();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ID = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";

type Look = [colorScheme: "light" | "dark", width: number];
const looks: Look[] = [
  ["light", 1_400],
  ["dark", 1_400],
  ["light", 390],
];

const pages: [path: string, ready: string][] = [
  ["/", "ol a"],
  ["/traces", "[aria-rowindex='3']"],
  [`/traces?query=tag:x+colour:red`, "[role='alert']"],
  [`/traces?peek=${ID}`, "article"],
  [`/traces/${ID}`, "article"],
  [`/traces/${ID}?find=27`, "article"],
  [`/traces/${ID}?view=json`, ".cm-content"],
  [`/compare?base=${ID}&other=${OTHER}`, "article"],
  [`/compare?base=${ID}&other=${OTHER}&equal=hidden`, "article"],
  [`/compare?base=${ID}`, "li"],
  ["/add", "input[type=file]"],
  ["/add?by=hand", ".cm-content"],
  ["/status", "li"],
  ["/runs", "[aria-rowindex='2']"],
  ["/runs/story?step=3", "svg.recharts-surface"],
  ["/runs/story?step=3&view=table", "[aria-label='Groups'] [aria-rowindex='2']"],
  ["/runs/story?step=3&group=prompt-1", "article"],
  ["/runs/compare?base=story&other=story&base_step=2&other_step=3", "[aria-rowindex='2']"],
  ["/nowhere", "h2"],
];

test.each(looks)("an empty store is accessible (%s, %i px)", (...look) =>
  check("/", "input[type=file]", look),
);

test("there is something to look at", async () => {
  await site.fill([
    ...manyTraces(20),
    { ...trace11(), id: ID },
    { ...trace11({ final_answer: "513" }), id: OTHER },
    ...storyOf("story"),
  ]);
});

describe.each(looks)("%s, %i px:", (...look) => {
  test.each(pages)("%s is accessible", (path, ready) => check(path, ready, look));
});

async function check(path: string, ready: string, [colorScheme, width]: Look): Promise<void> {
  const page = await site.open(path, { colorScheme, viewport: { width, height: 844 } });
  await page.locator(ready).first().waitFor();
  await page.locator("[aria-busy='true']").first().waitFor({ state: "detached" });
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`)).toEqual([]);
  const isTooWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  expect(isTooWide).toBe(false);
}
