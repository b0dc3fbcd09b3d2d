import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";
import { manyTraces } from "./support/traces.ts";

const site = useSite();

test("a server that goes away is missed, and what failed is asked for again when it is back", async () => {
  await site.fill(manyTraces(3));
  const page = await site.open("/traces");
  await page.getByRole("link", { name: /Question 00002/ }).waitFor();
  await page.getByRole("link", { name: "Status" }).click();
  await page.getByText("healthy").first().waitFor();
  expect(await page.getByText("healthy").count()).toBe(4);
  await site.stop();
  await page.getByRole("link", { name: "Traces" }).click();
  await page.getByRole("button", { name: /^Age/ }).click();
  await page.getByRole("heading", { name: "The traces could not be listed" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.evaluate("window.dispatchEvent(new Event('focus'))");
  await page.getByRole("link", { name: "Server not reachable" }).waitFor({ timeout: 45_000 });

  await site.start();
  await page.getByRole("link", { name: /Question 00002/ }).waitFor({ timeout: 30_000 });
  await page.getByRole("link", { name: "Server not reachable" }).waitFor({ state: "detached" });
  for (const complaint of site.complaints.splice(0)) expect(complaint).toMatch(/ERR_|Failed to (load|fetch)/);
});
