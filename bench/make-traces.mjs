// Traces to measure with, the same on every machine, as lines of JSON.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { makeCorpus } from "./corpus.mjs";
import { gauss, seededRandom } from "./random.mjs";

const CORPUS_LENGTH = 8_000_000;
const SOURCES = ["gsm8k", "math", "rollouts", "distilled"];
const TAGS = ["math", "algebra", "geometry", "code", "logic"];

let corpus;

/** Sizes in bytes of a trace's line, by what a figure calls them. */
const sizes = {
  small: (random) => 3_500 * Math.exp(0.25 * gauss(random)),
  // Long reasoning: median 48 KB, mean 79 KB, up to 2 MB.
  large: (random) => Math.min(2_000_000, 48_000 * Math.exp(gauss(random))),
  // Just below what a post may have.
  megabyte: () => 1_000_000,
};

/** Endless traces of a size, each a line without its line feed. */
function* traceLines(size, seed) {
  corpus ??= makeCorpus(CORPUS_LENGTH, 1);
  const random = seededRandom(seed);
  const below = (limit) => Math.floor(random() * limit);
  const text = (length) => {
    const start = below(corpus.length - length);
    return corpus.slice(start, start + length);
  };
  for (let number = 0; ; number++) {
    const wanted = Math.round(sizes[size](random));
    const promptLength = 100 + below(400);
    const answerLength = 50 + below(200);
    // Escapes and the members' names take some of it.
    let rest = Math.max(200, 1.04 * wanted - promptLength - answerLength - 250);
    const stepLength = Math.min(19_000, Math.max(300, rest / 8));
    const steps = [];
    while (rest > 0) {
      const length = Math.ceil(Math.min(rest, stepLength * (0.5 + random())));
      steps.push({
        i: steps.length,
        type: steps.length === 0 ? "parse" : "think",
        content: text(Math.min(length, 20_000)),
      });
      rest -= length + 40;
    }
    yield JSON.stringify({
      trace_version: "1.0",
      prompt: text(promptLength),
      final_answer: text(answerLength),
      steps,
      meta: { source: SOURCES[below(SOURCES.length)], tags: [TAGS[below(TAGS.length)]], problem: number },
    });
  }
}

/** Writes so many traces to a file; returns its size in bytes. */
export async function writeTraces(file, size, count, seed) {
  const out = createWriteStream(file);
  const lines = traceLines(size, seed);
  let batch = "";
  let bytes = 0;
  for (let written = 0; written < count; written++) {
    batch += `${lines.next().value}\n`;
    if (batch.length < 1_000_000 && written < count - 1) continue;
    const buffer = Buffer.from(batch);
    bytes += buffer.length;
    batch = "";
    if (!out.write(buffer)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  return bytes;
}
