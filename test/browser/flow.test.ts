// From an empty store to a trace and back: what somebody does in the first five minutes.
import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";

const site = useSite();

test("an example is loaded, uploaded, opened, found, compared and deleted", async () => {
  const page = await site.open("/");
  await page.getByRole("heading", { name: "No traces yet" }).waitFor();
  await page.getByRole("link", { name: "Write or paste one trace" }).click();
  await page.getByRole("button", { name: "Load example" }).click();
  await page.getByText("Valid").waitFor();
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByText("Stored.").waitFor();

  await page.getByRole("link", { name: "Open the trace" }).click();
  await page.getByRole("article", { name: "step 1" }).waitFor();
  await expect.poll(() => page.locator(".katex").count()).toBeGreaterThan(3);
  await page.getByText("the same text").waitFor();
  await page.getByRole("link", { name: "arithmetic" }).click();

  await page.waitForURL(/\/traces\?query=tag/);
  const search = page.getByRole("combobox", { name: "Filter traces" });
  await expect.poll(() => search.inputValue()).toBe("tag:arithmetic");
  await page.getByRole("link", { name: /A baker sells/ }).waitFor();
  await search.fill("tag:arithmetic steps:>10");
  await search.press("Enter");
  await page.getByRole("heading", { name: "No trace passes these filters" }).waitFor();
  await page.getByRole("button", { name: "Show all traces" }).click();

  await page.getByRole("link", { name: /A baker sells/ }).click();
  const panel = page.getByRole("complementary", { name: "Trace" });
  await panel.getByRole("article", { name: "step 2" }).waitFor();
  await panel.getByRole("link", { name: "Open the trace" }).click();

  // Another answer to the same prompt, to compare with.
  const [id = ""] = /[0-9a-f-]{36}/.exec(page.url()) ?? [];
  const answer = await fetch(`${site.server.address}/api/traces/${id}`);
  const stored = (await answer.json()) as { payload: object };
  await site.fill([{ ...stored.payload, id: undefined, final_answer: "another" }]);
  await page.getByRole("link", { name: "Compare with …" }).click();
  await page.getByRole("link", { name: "another" }).click();
  await page
    .getByRole("article", { name: "answer: changed" })
    .locator("ins", { hasText: "another" })
    .waitFor();
  await page.getByRole("article", { name: "step 1: equal" }).waitFor();
  await page.goBack();
  await page.goBack();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete 1 trace" }).click();
  await page.getByRole("link", { name: /A baker sells/ }).waitFor();
  await search.fill("tag:arithmetic");
  await search.press("Enter");
  await page.getByRole("button", { name: "Delete all" }).click();
  await page.getByRole("dialog").getByText("All that pass tag:arithmetic").waitFor();
  await page.getByRole("button", { name: "Delete 1 trace" }).click();
  await page.getByRole("heading", { name: "No trace passes these filters" }).waitFor();
  await page.getByRole("button", { name: "Show all traces" }).click();
  await page.getByRole("heading", { name: "No traces yet" }).waitFor();
});

test("faults are said at their places while one types, and the server's as well", async () => {
  const page = await site.open("/add?by=hand");
  const editor = page.getByRole("textbox", { name: "A trace as JSON" });
  const fill = (text: string) => editor.fill(text);
  await fill('{"trace_version": "1.0", "prompt": "", "final_answer": "1", "steps": [], "colour": 1}');
  const faults = page.getByRole("list", { name: "Faults" });
  await faults.getByText("Must not have fewer than 1 characters").waitFor();
  await faults.getByText('"colour" is not a known member').waitFor();
  await page.getByText("3 faults").waitFor();
  await expect.poll(() => page.locator(".cm-lintRange-error").count()).toBeGreaterThan(0);
  await page.locator(".cm-lint-marker-error").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Upload" }).isDisabled()).toBe(true);

  await fill("{");
  await page.getByText("1 fault", { exact: true }).waitFor();

  // What a schema can't say, the server does.
  const step = '{"i": 0, "type": "a", "content": "b"}';
  await fill(`{"trace_version": "1.0", "prompt": "p", "final_answer": "1", "steps": [${step}, ${step}]}`);
  await page.getByText("Valid").waitFor();
  await page.getByRole("button", { name: "Upload" }).click();
  await faults.getByText(/unique/).waitFor();
  const complaints = site.complaints.splice(0).join();
  expect(complaints).toMatch(/422/);
  // The page's policy would refuse pictures as marks.
  expect(complaints).not.toMatch(/img-src/);
});

test("a draft outlives a look at another page", async () => {
  const page = await site.open("/add?by=hand");
  await page.getByRole("button", { name: "Load example" }).click();
  await page.getByText("Valid").waitFor();
  await page.getByRole("link", { name: "Status" }).click();
  await page.getByRole("heading", { name: "Database" }).waitFor();
  await page.goBack();
  await page.getByText("Valid").waitFor();
});
