// From the list of runs to the curve, a step, a group and a sample, and back by the address alone.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { rollout, toTrace } from "../support/rollouts.ts";
import { useSite } from "./support/browser.ts";
import { idOf, PROMPTS, storyOf } from "./support/rollouts.ts";

const site = useSite();
const RUN = "team/story.v1 50%";
const OTHER = "story 2";
const PATH = `/runs/${encodeURIComponent(RUN)}`;

const groups = (page: Page) => page.getByRole("table", { name: "Groups" });
const slider = (page: Page) => page.getByRole("slider", { name: "Training step" });
const sampleAt = (page: Page) => page.locator('[aria-label="Samples"] [aria-current="true"]');
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

test("without a run the list says how one begins", async () => {
  const page = await site.open("/runs");
  await page.getByRole("heading", { name: "No runs yet" }).waitFor();
  await page.getByText("npx tunix-rt open").waitFor();
});

test("a run is followed from its curve to a sample", async () => {
  await site.fill([...storyOf(RUN), ...storyOf(OTHER, 2, 1)]);
  const page = await site.open("/runs");
  await page
    .getByRole("row", { name: /team\/story/ })
    .getByText("6 (0 – 5)")
    .waitFor();
  await page.getByRole("link", { name: RUN }).click();
  await page.getByRole("heading", { name: "Step 5" }).waitFor();
  await page.getByText("120 rollouts, 6 steps").waitFor();
  // The interval of equal groups is as narrow as can be.
  await expect
    .poll(() => slider(page).getAttribute("aria-valuetext"))
    .toMatch(/^step 5: Mean reward 1\.000 \(95 %: 1\.000 – 1\.000\), pass@k @1 1\.000, pass@k @4 1\.000/);
  await page.locator("svg.recharts-surface").first().waitFor();
  await expect.poll(() => page.locator("svg.recharts-surface").count()).toBe(4);

  // A click on the curve chooses the step below the pointer.
  const plot = page.locator("svg.recharts-surface").first();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("The curve has no place");
  const axis = 44;
  const xOf = (step: number) => box.x + axis + ((box.width - axis - 10) * step) / 5;
  await page.mouse.click(xOf(2), box.y + 40);
  await page.getByRole("heading", { name: "Step 2" }).waitFor();
  expect(parameter(page, "step")).toBe("2");
  await page.getByText("100 % without signal").waitFor();

  await slider(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("heading", { name: "Step 3" }).waitFor();
  await expect.poll(() => groups(page).getAttribute("aria-rowcount")).toBe(String(PROMPTS + 1));
  await groups(page).getByRole("img", { name: "3 correct, 1 not" }).first().waitFor();
  await groups(page).getByText("+0.750").first().waitFor();

  await groups(page).getByRole("button", { name: "Prompt prompt-1" }).click();
  const panel = page.getByRole("complementary", { name: "Group" });
  await panel.getByText("sample 0 of prompt 1 at step 3").waitFor();
  await panel.locator(".katex").first().waitFor();
  await expect.poll(() => panel.getByRole("list", { name: "Samples" }).getByRole("button").count()).toBe(4);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await panel.getByText("sample 3 of prompt 1 at step 3").waitFor();
  await page.keyboard.press("k");
  await panel.getByText("sample 2 of prompt 1 at step 3").waitFor();
  expect(parameter(page, "sample")).toBe(idOf(3, 1, 2));

  // The link alone brings somebody else here.
  const copy = await site.open(new URL(page.url()).pathname + new URL(page.url()).search);
  await copy.getByRole("heading", { name: "Step 3" }).waitFor();
  await copy.getByText("sample 2 of prompt 1 at step 3").waitFor();
  await expect.poll(() => sampleAt(copy).textContent()).toContain("answer 2");

  await page.keyboard.press("h");
  await panel.getByText("sample 0 of prompt 1 at step 2").waitFor();
  await page.getByRole("heading", { name: "Step 2" }).waitFor();
  await page.keyboard.press("l");
  await panel.getByText("sample 0 of prompt 1 at step 3").waitFor();
  await panel.getByRole("button", { name: "The same prompt at step 4" }).click();
  await panel.getByText("sample 0 of prompt 1 at step 4").waitFor();

  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await panel.getByText("sample 0 of prompt 0 at step 4").waitFor();
  await page.keyboard.press("n");
  await panel.getByText("sample 0 of prompt 1 at step 4").waitFor();
  await page.keyboard.press("p");
  await panel.getByText("sample 0 of prompt 0 at step 4").waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/traces/${idOf(4, 0, 0)}`);
  await page.getByRole("article", { name: "step 0" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: "Runs" }).waitFor();
});

test("g r leads to the runs from the list of traces, too, where r alone looks for new ones", async () => {
  const page = await site.open("/traces");
  await page
    .getByRole("link", { name: /Prompt prompt-0/ })
    .first()
    .waitFor();
  await page.keyboard.press("r");
  expect(new URL(page.url()).pathname).toBe("/traces");
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: "Runs" }).waitFor();
});

test("score, threshold, k and order are in the address, and the figures follow", async () => {
  const page = await site.open(`${PATH}?step=3`);
  await page.getByRole("heading", { name: "Step 3" }).waitFor();
  await page.getByRole("combobox", { name: "Score" }).click();
  await page.getByRole("option", { name: "judge" }).click();
  await page.getByText("Mean judge").waitFor();
  await groups(page).getByRole("img", { name: "0 correct, 4 not" }).first().waitFor();
  await page.getByLabel("Threshold of correct").fill("0.5");
  await page.keyboard.press("Enter");
  await groups(page).getByRole("img", { name: "2 correct, 2 not" }).first().waitFor();
  await page.getByLabel("k of pass@k").fill("2");
  await page.keyboard.press("Enter");
  await page.getByText("@2").waitFor();
  await page.getByRole("combobox", { name: "Order of the groups" }).click();
  await page.getByRole("option", { name: "By prompt key" }).click();
  await groups(page).getByRole("button", { name: "Prompt prompt-0" }).waitFor();
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({
    step: "3",
    score: "judge",
    threshold: "0.5",
    k: "2",
    sort: "group",
  });
  const threshold = page.getByLabel("Threshold of correct");
  await threshold.fill("zz");
  await expect.poll(() => threshold.getAttribute("aria-invalid")).toBe("true");
  await threshold.press("Enter");
  await threshold.blur();
  await expect.poll(() => threshold.inputValue()).toBe("0.5");
  await page.goto(page.url().replace("threshold=0.5", "threshold=zz"));
  await expect.poll(() => threshold.inputValue()).toBe("1");
  await page.getByLabel("k of pass@k").fill("0");
  await page.keyboard.press("Enter");
  await page.getByText(/Must be up to 10 numbers/).waitFor();
  await site.complained(/422/);
});

test("the curve is a table for who wants numbers, and its rows choose steps", async () => {
  const page = await site.open(PATH);
  await page.getByRole("button", { name: "Table" }).click();
  const table = page.getByRole("table", { name: "Figures by training step" });
  const row = table.getByRole("row", { name: /^2 5 20 0 0\.000/ });
  await row.getByText("25.0 %").waitFor();
  await table.getByRole("button", { name: "4", exact: true }).click();
  await page.getByRole("heading", { name: "Step 4" }).waitFor();
  expect(parameter(page, "view")).toBe("table");
  await row.getByText("100 %").click();
  await page.getByRole("heading", { name: "Step 2" }).waitFor();
  await page.getByRole("button", { name: "Curve" }).click();
  await page.keyboard.press("]");
  await page.getByRole("heading", { name: "Step 3" }).waitFor();
  await page.keyboard.press("[");
  await page.getByRole("button", { name: "Next training step" }).click();
  await page.getByRole("heading", { name: "Step 3" }).waitFor();
});

test("many groups come by cursor, never with more than 100 rows in the page", async () => {
  await site.fill(
    Array.from({ length: 320 }, (_, prompt) =>
      toTrace(rollout({ run: "wide", prompt: `p${String(prompt).padStart(3, "0")}`, split: null })),
    ),
  );
  const page = await site.open("/runs/wide?sort=group");
  await page.getByRole("heading", { name: "Step 1" }).waitFor();
  await groups(page).getByRole("button", { name: "Prompt p000" }).waitFor();
  let most = 0;
  for (let turns = 0; turns < 200; turns++) {
    most = Math.max(most, await groups(page).getByRole("row").count());
    if (await groups(page).getByRole("button", { name: "Prompt p319" }).isVisible()) break;
    await groups(page).evaluate((list) => list.scrollBy(0, 1_500));
    await page.waitForTimeout(30);
  }
  await groups(page).getByRole("button", { name: "Prompt p319" }).waitFor();
  expect(most).toBeLessThanOrEqual(100);
  await expect.poll(() => groups(page).getAttribute("aria-rowcount")).toBe("321");
});

test("splits are told apart, and rollouts without split or step have a page", async () => {
  await site.fill([
    ...[1, 2].map((step) => toTrace(rollout({ run: "split", step, prompt: "a" }))),
    toTrace(rollout({ run: "split", step: 2, prompt: "b", split: "validation", reward: null })),
    toTrace(rollout({ run: "split", step: 9, prompt: "c", split: null })),
    toTrace(rollout({ run: "stepless", step: null, prompt: "d" })),
  ]);
  const page = await site.open("/runs/split");
  await page.getByRole("heading", { name: "Step 2" }).waitFor();
  await page.getByText("validation", { exact: true }).click();
  await groups(page).getByRole("img", { name: "0 correct, 0 not, 1 without a valid score" }).waitFor();
  await page.getByText("no split", { exact: true }).click();
  await page.getByRole("heading", { name: "Step 9" }).waitFor();
  await page.reload();
  await groups(page).getByRole("button", { name: "Prompt c" }).click();
  await page.getByRole("complementary", { name: "Group" }).getByText("thought").waitFor();

  const stepless = await site.open("/runs/stepless");
  await stepless.getByRole("heading", { name: "All rollouts" }).waitFor();
  await groups(stepless).getByRole("button", { name: "Prompt d" }).click();
  await stepless.getByRole("complementary", { name: "Group" }).getByText("thought").waitFor();
  await stepless.goto(`${site.server.address}/runs/split?step=77`);
  await stepless.getByRole("heading", { name: "No groups here" }).waitFor();
});

test("however many splits there are and whatever their names, every control is within reach", async () => {
  const split = (at: number) => `split-${at}-of-a-long-name`;
  await site.fill(
    Array.from({ length: 8 }, (_, at) =>
      toTrace(rollout({ run: "splits", step: at, prompt: "a", split: split(at) })),
    ),
  );
  const page = await site.open("/runs/splits", { viewport: { width: 390, height: 844 } });
  await page.getByRole("heading", { name: "Step 0" }).waitFor();
  const { x, width } = (await page.getByRole("link", { name: "Compare" }).boundingBox()) ?? {
    x: 0,
    width: 0,
  };
  expect(x + width).toBeLessThan(390);
  await page.getByRole("combobox", { name: "Split" }).click();
  await page.getByRole("option", { name: split(7) }).click();
  await page.getByRole("heading", { name: "Step 7" }).waitFor();
});

test("two runs are compared, and their prompts lead to their groups", async () => {
  const page = await site.open("/runs");
  await page.getByRole("checkbox", { name: `Choose ${RUN} to compare` }).check();
  await page.getByText("Choose another one").waitFor();
  await page.getByRole("checkbox", { name: `Choose ${OTHER} to compare` }).check();
  await page.getByRole("button", { name: "Compare" }).click();
  const result = page.getByRole("region", { name: "Result" });
  await result.getByText("Over the 5 prompts that both have").waitFor();
  const sides = ["Base run", "Other run"];
  const names = await Promise.all(sides.map((name) => page.getByRole("combobox", { name }).inputValue()));
  expect(names.toSorted()).toEqual([OTHER, RUN].toSorted());
  await page.getByRole("button", { name: "Swap base and other" }).click();
  await expect.poll(() => page.getByRole("combobox", { name: "Base run" }).inputValue()).toBe(names[1]);

  // Two steps of one run.
  await page.goto(`${site.server.address}${PATH}?step=3`);
  await page.getByRole("link", { name: "Against step 2" }).click();
  await result.getByText("+0.750", { exact: true }).waitFor();
  await result.getByText("5 won").waitFor();
  const prompts = page.getByRole("table", { name: "Prompts" });
  await expect.poll(() => prompts.getByRole("row").count()).toBe(6);
  await page.getByText("Only in base").first().click();
  await page.getByRole("heading", { name: "No prompts" }).waitFor();
  await page.getByText("In both").click();
  await prompts
    .getByRole("row", { name: /prompt-4/ })
    .getByRole("link", { name: "0.000" })
    .click();
  await page.getByRole("heading", { name: "Step 2" }).waitFor();
  await page.getByText("sample 0 of prompt 4 at step 2").waitFor();

  await page.goto(`${site.server.address}/runs/compare?base=nobody&other=nobody`);
  await page.getByText('There is no run with the name "nobody"').waitFor();
  await site.complained(/404/);
});

test("runs are chosen by name in the comparison", async () => {
  const page = await site.open("/runs/compare");
  await page.getByRole("heading", { name: "Choose two runs" }).waitFor();
  await page.getByRole("combobox", { name: "Base run" }).fill("story 2");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Other run" }).fill("story 2");
  await page.keyboard.press("Enter");
  await page.getByText("5 tied").waitFor();
  await page.getByLabel("Step of the base").fill("0");
  await page.keyboard.press("Enter");
  await page.getByText("5 won").waitFor();
  expect(parameter(page, "base_step")).toBe("0");
});

test("a run is renamed, hidden, shown again and deleted", async () => {
  const page = await site.open("/runs");
  const act = async (run: string, action: string) => {
    await page.getByRole("button", { name: `Actions for ${run}` }).click();
    await page.getByRole("menuitem", { name: action }).click();
  };
  await act("wide", "Rename");
  await page.getByRole("textbox", { name: "Name" }).fill(OTHER);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("alert").getByText(OTHER).waitFor();
  await site.complained(/409/);
  await page.getByRole("textbox", { name: "Name" }).fill("wider");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("link", { name: "wider" }).waitFor();

  await act("wider", "Hide");
  await page.getByRole("link", { name: "wider" }).waitFor({ state: "detached" });
  await page.getByLabel("Hidden ones, too").check();
  await page.getByRole("row", { name: /wider hidden/ }).waitFor();
  await page.getByRole("link", { name: "wider" }).click();
  await page.getByRole("heading", { name: "This run is hidden" }).waitFor();
  await page.getByRole("button", { name: "Show it again" }).click();
  await groups(page).getByRole("button", { name: "Prompt p000" }).waitFor();
  site.complaints.splice(0);

  await page.getByRole("link", { name: "Runs", exact: true }).first().click();
  await act("wider", "Delete");
  await page.getByText("Its 320 traces and their scores").waitFor();
  await page.getByRole("button", { name: "Delete the run" }).click();
  await page.getByRole("link", { name: "wider" }).waitFor({ state: "detached" });

  await page.goto(`${site.server.address}/runs/wider`);
  await page.getByRole("heading", { name: "The run could not be read" }).waitFor();
  // Its figures are asked for at the same time.
  await expect.poll(() => site.complaints).toHaveLength(2);
  await site.complained(/404.*404/);
});
