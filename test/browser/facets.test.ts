import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { manyTraces, trace11 } from "./support/traces.ts";

const site = useSite();

test("the side bar counts values, and a click filters by one, or leaves it out", async () => {
  await site.fill([...manyTraces(30), trace11({ prompt: "An odd one" })]);
  const page = await site.open("/traces");
  const bar = page.getByRole("complementary", { name: "Filters" });
  const search = page.getByRole("combobox", { name: "Filter traces" });
  await bar.getByRole("button", { name: "others 20" }).waitFor();
  await bar.getByRole("button", { name: "thirds 10" }).click();
  await expect.poll(() => search.inputValue()).toBe("source:thirds");
  await page.waitForURL(/query=source/);
  await page.getByText("10 traces").waitFor();
  // What could be chosen instead is still counted; other fields count what is left.
  await bar.getByRole("button", { name: "others 20" }).waitFor();
  await bar.getByRole("button", { name: "even 5" }).click();
  await page.getByText("5 traces", { exact: true }).waitFor();
  await expect.poll(() => search.inputValue()).toBe("source:thirds tag:even");
  await bar.getByRole("button", { name: "thirds 5", pressed: true }).click();
  await page.getByText("15 traces").waitFor();
  await bar.getByRole("button", { name: /^even/, pressed: true }).waitFor();

  await bar.getByRole("listitem").filter({ hasText: "even" }).hover();
  await bar.getByRole("button", { name: "Leave out even" }).click();
  await expect.poll(() => search.inputValue()).toBe("-tag:even");
  await page.getByText("16 traces").waitFor();
  await bar.getByRole("button", { name: "Leave out even", pressed: true }).click();
  await page.getByText("31 traces").waitFor();

  await bar.getByRole("button", { name: "Score", exact: true }).click();
  await bar.getByRole("button", { name: "reward 1" }).click();
  await expect.poll(() => search.inputValue()).toBe("score_status.reward:ok");
  await bar.getByRole("button", { name: "Meta key" }).click();
  await bar.getByRole("button", { name: "note 1" }).click();
  await expect.poll(() => search.inputValue()).toBe("score_status.reward:ok has:note");
  await page.getByRole("link", { name: "An odd one" }).waitFor();
});

test("the side bar is hidden and shown, and remembered", async () => {
  const page = await site.open("/traces");
  const bar = page.getByRole("complementary", { name: "Filters" });
  await bar.waitFor();
  await page.keyboard.press("f");
  await bar.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("link", { name: /Question 00000/ }).waitFor();
  await expect.poll(() => bar.count()).toBe(0);
  await page.getByRole("button", { name: "Filters", exact: true }).click();
  await bar.getByRole("button", { name: "Source" }).click();
  await expect.poll(() => bar.getByRole("button", { name: /others/ }).count()).toBe(0);
  await bar.getByRole("button", { name: "Hide the filters" }).click();
  await bar.waitFor({ state: "detached" });
  // Where it would cover the list it begins hidden, and a click on a value is seen at once.
  const narrow = await site.open("/traces", { viewport: { width: 390, height: 844 } });
  await narrow.getByRole("link", { name: /Question 00000/ }).waitFor();
  const over = narrow.getByRole("complementary", { name: "Filters" });
  await expect.poll(() => over.count()).toBe(0);
  await narrow.getByRole("button", { name: "Filters", exact: true }).click();
  await over.getByRole("button", { name: /^thirds/ }).waitFor();
});

test("the list does not wait for counts that never come, and the last counts stay in view", async () => {
  const page = await site.open("/traces");
  const bar = page.getByRole("complementary", { name: "Filters" });
  await bar.getByRole("button", { name: "even 15" }).waitFor();
  await page.route("**/api/facets*", () => {});
  const search = page.getByRole("combobox", { name: "Filter traces" });
  await search.fill("source:thirds");
  await search.press("Enter");
  await page.getByText("10 traces").waitFor();
  await page.getByRole("link", { name: /Question 00027/ }).waitFor();
  await bar.getByRole("button", { name: "even 15" }).waitFor();
});

test("counts that fail say so, and are asked for again", async () => {
  const page = await site.open("/traces");
  const bar = page.getByRole("complementary", { name: "Filters" });
  await bar.getByRole("button", { name: "even 15" }).waitFor();
  await page.route("**/api/facets?*field=version*", (route) => route.fulfill({ status: 500, body: "" }));
  await bar.getByRole("button", { name: "Version" }).click();
  await bar.getByText("Could not be counted.").waitFor();
  await page.unroute("**/api/facets?*field=version*");
  await bar.getByRole("button", { name: "Count again" }).click();
  await bar.getByRole("button", { name: "1.0 30" }).waitFor();
  await site.complained(/500/);
});

test("the search bar completes keys, and values that traces have", async () => {
  const page = await site.open("/traces");
  const search = page.getByRole("combobox", { name: "Filter traces" });
  const options = page.getByRole("listbox", { name: "Completions" }).getByRole("option");
  const option = (name: string | RegExp) =>
    page.getByRole("listbox", { name: "Completions" }).getByRole("option", { name });
  await search.click();
  await option(/^created:/).waitFor();
  await expect.poll(() => search.getAttribute("aria-expanded")).toBe("true");
  await page.keyboard.type("sou");
  await expect.poll(() => options.count()).toBe(1);
  await page.keyboard.press("ArrowDown");
  const active = await search.getAttribute("aria-activedescendant");
  expect(await option(/^source:/).getAttribute("id")).toBe(active);
  await page.keyboard.press("Enter");
  await expect.poll(() => search.inputValue()).toBe("source:");
  // A key whose value is about to be written is no fault.
  expect(await page.getByRole("alert").count()).toBe(0);
  await option("others 20").waitFor();
  await page.keyboard.type("th");
  await expect.poll(() => options.allTextContents()).toEqual(["thirds10"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => search.inputValue()).toBe("source:thirds ");
  await page.keyboard.type("-ta");
  await option(/^tag:/).click();
  // Counted among those that the rest of the text finds.
  await option("even 5").click();
  await expect.poll(() => search.inputValue()).toBe("source:thirds -tag:even ");
  await page.keyboard.press("Enter");
  await page.waitForURL(/query=source%3Athirds\+-tag%3Aeven$/);
  await page.getByText("5 traces", { exact: true }).waitFor();

  await search.fill("score.");
  await option("reward 1").click();
  await expect.poll(() => search.inputValue()).toBe("score.reward:");
  await search.fill("score_status.reward:");
  await option("pending").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => options.count()).toBe(0);
  await search.fill("meta.");
  await option("note 1").click();
  await expect.poll(() => search.inputValue()).toBe("meta.note:");
});
