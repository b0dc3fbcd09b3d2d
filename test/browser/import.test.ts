import { expect, test } from "vitest";
import { useSite } from "./support/browser.ts";

const site = useSite();

const gsm8k = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      question: `A shelf holds ${at} books, another ${at + 1}. How many are there?`,
      answer: `There are ${at}+${at + 1}=<<${at}+${at + 1}=${2 * at + 1}>>${2 * at + 1} books.\n#### ${2 * at + 1}`,
    }),
  );

const file = (name: string, text: string) => ({ name, mimeType: "", buffer: Buffer.from(text) });

test("a file of GSM8K's shape is recognised, shown, imported with progress and reported", async () => {
  const page = await site.open("/add");
  const records = gsm8k(6_000);
  records.splice(1_000, 0, "{broken");
  await page.locator("input[type=file]").setInputFiles(file("sums.jsonl", records.join("\n")));
  await page.getByText("format: gsm8k").waitFor();
  await page.getByText("A shelf holds 2 books, another 3.").waitFor();
  await page.getByLabel("Run").fill("sums");
  await page.getByRole("button", { name: "Import sums.jsonl" }).click();
  await page.getByRole("progressbar", { name: "Sent" }).waitFor();
  await page.getByRole("heading", { name: "6,000 traces stored" }).waitFor();
  const reject = page.getByRole("row", { name: /malformed_json/ });
  expect(await reject.getByRole("cell").first().textContent()).toBe("1,001");
  await page.getByRole("link", { name: "To the traces" }).click();
  await expect
    .poll(() => page.getByRole("combobox", { name: "Filter traces" }).inputValue())
    .toBe("run:sums");
  await page
    .getByRole("link", { name: /A shelf holds/ })
    .first()
    .waitFor();
});

test("the same file again stores nothing twice", async () => {
  const page = await site.open("/add");
  await page.locator("input[type=file]").setInputFiles(file("few.jsonl", gsm8k(5).join("\n")));
  await page.getByRole("button", { name: "Import few.jsonl" }).click();
  await page.getByRole("heading", { name: "5 traces stored" }).waitFor();
  await page.getByRole("link", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Another file" }).click();
  await page.locator("input[type=file]").setInputFiles(file("few.jsonl", gsm8k(5).join("\n")));
  await page.getByRole("button", { name: "Import few.jsonl" }).click();
  await page.getByRole("heading", { name: "Nothing new was stored" }).waitFor();
});

test("the columns of an unknown format are mapped", async () => {
  const page = await site.open("/add");
  const rows = ["frage,antwort", '"Was ist 2+2?",4', '"Was ist 3+3?",6'].join("\n");
  await page.locator("input[type=file]").setInputFiles(file("fragen.csv", rows));
  await page.getByRole("heading", { name: /no format that is known/ }).waitFor();
  const importing = page.getByRole("button", { name: "Import fragen.csv" });
  await expect.poll(() => importing.isDisabled()).toBe(true);
  await page.getByLabel(/^prompt/).selectOption("frage");
  await page.getByLabel(/^answer/).selectOption("antwort");
  await page.getByRole("button", { name: "Look at the traces this makes" }).click();
  await page.getByText("Was ist 3+3?").waitFor();
  await importing.click();
  await page.getByRole("heading", { name: "2 traces stored" }).waitFor();
  await site.complained(/422/);
});

test("a strict import of a bad file stores nothing and says why", async () => {
  const page = await site.open("/add");
  const rows = [...gsm8k(3), "{broken"].join("\n");
  await page.locator("input[type=file]").setInputFiles(file("bad.jsonl", rows));
  await page.getByText(/1 of the first 4 records would be rejected. Line 4/).waitFor();
  await page.getByLabel("Split").fill("train");
  const step = page.getByLabel("Training step");
  const importing = page.getByRole("button", { name: "Import bad.jsonl" });
  for (const text of ["-5", "1.5", "2147483648"]) {
    await step.fill(text);
    await page.getByText("A whole number up to 2,147,483,647").waitFor();
    await expect.poll(() => step.inputValue()).toBe(text);
    await expect.poll(() => importing.isDisabled()).toBe(true);
  }
  await step.fill("2147483647");
  await page.getByLabel("Store nothing if a record is bad").check();
  await importing.click();
  await page.getByRole("heading", { name: "The import failed" }).waitFor();
  await page.getByRole("button", { name: "Back" }).click();
  await importing.waitFor();
});

test("of several files that are dropped none is taken, and one is reported as one", async () => {
  const page = await site.open("/add");
  const zone = page.locator("label").filter({ hasText: "Drop a file here" });
  const drop = async (...texts: string[]) => {
    const dataTransfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      for (const text of ${JSON.stringify(texts)}) data.items.add(new File([text], "dropped.jsonl"));
      return data;
    })()`);
    await zone.dispatchEvent("drop", { dataTransfer });
  };
  await drop("{}", "{}");
  await page.getByText("One file at a time is taken").waitFor();
  await drop('{"question": "What is 40 + 2?", "answer": "#### 42"}');
  await page.getByRole("button", { name: "Import dropped.jsonl" }).click();
  await page.getByRole("heading", { name: "1 trace stored" }).waitFor();
});

test("an import is cancelled, and what was stored stays", async () => {
  const page = await site.open("/add");
  // Slow enough to be caught.
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
  await page.locator("input[type=file]").setInputFiles(file("long.jsonl", gsm8k(20_000).join("\n")));
  await page.getByText("format: gsm8k").waitFor();
  await network.send("Network.emulateNetworkConditions", conditions);
  await page.getByRole("button", { name: "Import long.jsonl" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Cancelled" }).waitFor();
});
