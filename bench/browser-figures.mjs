// Figures of the web application in a real Chromium: how soon a page can be used, and frames that take long while one
// scrolls.

import { makeCorpus } from "./corpus.mjs";
import { latency, withCollection } from "./find-figures.mjs";
import { say } from "./progress.mjs";
import { seededRandom } from "./random.mjs";
import { addRun } from "./run-figures.mjs";

const TRACE = "00000000-0000-4000-8000-00000000beef";
const RUN = "bench-a";
const LONG_FRAME_MS = 50;
const WINDOW = { width: 1400, height: 900 };

/** What is there once a page shows what was asked for, and what scrolls in it. */
const PAGES = {
  list: { path: "/traces", ready: "[aria-rowindex='3'] a", scroller: "[role='table']" },
  trace: {
    path: `/traces/${TRACE}`,
    ready: "article[data-row='step-0']",
    scroller: "[aria-label='Transcript']",
  },
  run: {
    path: `/runs/${RUN}`,
    ready: "body:has(.recharts-line-curve) [aria-rowindex='3']",
    scroller: "[role='table']",
  },
};

/** @param {string | undefined} kept a directory in which the collection is kept, and found again */
export async function measureBrowser(context, kept) {
  const { amounts, store } = context;
  // Loaded late: in a fresh clone they have only just been installed.
  const { chromium } = await import("playwright-core");
  const { getChromium } = await import("../scripts/find-chromium.mjs");
  const browser = await chromium.launch({
    executablePath: await getChromium(),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const figures = await withCollection(amounts.findTraces, kept, (collection) =>
      collection.serving(async ({ address }) => {
        const list = `list of ${amounts.findTraces}`;
        const figures = await measurePage(browser, address, list, PAGES.list, 1_500, amounts);
        await postTrace(address, amounts.browserSteps);
        const trace = `trace of ${amounts.browserSteps} steps`;
        figures.push(...(await measurePage(browser, address, trace, PAGES.trace, 1_000, amounts)));
        await fetch(`${address}/api/traces/${TRACE}`, { method: "DELETE" });
        return figures;
      }),
    );
    await context.empty();
    await addRun(store, RUN, amounts.runSteps);
    const run = await store.serving(async ({ address }) => {
      // The server prepares a run's figures at rest; the first curve after a start is a figure of `runs`.
      await (await fetch(`${address}/api/runs/${RUN}/curve?k=1,4,16`)).arrayBuffer();
      return measurePage(browser, address, `run of ${amounts.runSteps} steps`, PAGES.run, 1_500, amounts);
    });
    return [...figures, ...run];
  } finally {
    await browser.close();
  }
}

async function measurePage(browser, address, name, page, most, { browserLoads, browserWheels }) {
  const times = [];
  for (let load = 0; load < browserLoads; load++)
    times.push(await timeLoad(browser, address + page.path, page));
  const { frames, long } = await scroll(browser, address + page.path, page, browserWheels);
  const longest = Math.max(0, ...long);
  say(
    `  ${name}: usable after ${times.map(Math.round)} ms; long frames ${JSON.stringify(long.map(Math.round))}`,
  );
  return [
    latency(`${name}, usable in the browser`, times, most),
    { name: `${name}, long frames while scrolling`, frames, long, longest, isOk: long.length === 0 },
  ];
}

/** From the beginning of the navigation, with nothing cached, until what was asked for is drawn and the page's thread is free. */
async function timeLoad(browser, url, { ready }) {
  const context = await browser.newContext({ viewport: WINDOW });
  try {
    const page = await context.newPage();
    await page.addInitScript(`
      const usable = new Promise((resolve, reject) => {
        const look = () => {
          if (performance.now() > 60_000) return reject(new Error("The page was not ready within 60 s"));
          if (document.querySelector(${JSON.stringify(ready)}) === null) return requestAnimationFrame(look);
          requestAnimationFrame(() => setTimeout(() => requestIdleCallback(() => resolve(performance.now()))));
        };
        requestAnimationFrame(look);
      });
      window.usable = usable;`);
    await page.goto(url, { waitUntil: "commit" });
    return await page.evaluate("window.usable");
  } finally {
    await context.close();
  }
}

/** Turns the wheel over the page and lists the frames that took longer than they may. */
async function scroll(browser, url, { ready, scroller }, wheels) {
  const context = await browser.newContext({ viewport: WINDOW });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator(ready).first().waitFor();
    await page.waitForTimeout(1_000);
    await page.locator(scroller).first().hover();
    await page.evaluate(`
      window.frames_ = { frames: 0, long: [] };
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) if (duration > ${LONG_FRAME_MS}) frames_.long.push(duration);
      }).observe({ type: "long-animation-frame" });
      const count = () => { frames_.frames++; requestAnimationFrame(count); };
      requestAnimationFrame(count);`);
    for (let turn = 0; turn < wheels; turn++) {
      await page.mouse.wheel(0, turn < wheels / 2 ? 400 : -400);
      await page.waitForTimeout(16);
    }
    await page.waitForTimeout(500);
    return await page.evaluate("window.frames_");
  } finally {
    await context.close();
  }
}

async function postTrace(address, steps) {
  const corpus = makeCorpus(1_000_000, 31, 10_000);
  const random = seededRandom(32);
  const text = (length) => {
    const start = Math.floor(random() * (corpus.length - length));
    return corpus.slice(start, start + length);
  };
  const trace = {
    id: TRACE,
    trace_version: "1.1",
    prompt: text(400),
    final_answer: text(40),
    steps: Array.from({ length: steps }, (_, i) => ({
      i,
      type: i % 7 === 6 ? "check" : "thinking",
      content: text(100 + Math.floor(800 * random())),
    })),
  };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${address}/api/traces`, {
    method: "POST",
    headers,
    body: JSON.stringify(trace),
  });
  if (!answer.ok) throw new Error(`POST /api/traces answered ${answer.status}: ${await answer.text()}`);
}
