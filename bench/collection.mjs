// A collection to find things in: traces of 1 to 8 KB as a team gathers them over months, the same on every machine.
import { findWeight, makeCorpus, zipfWeights } from "./corpus.mjs";
import { gauss, seededRandom } from "./random.mjs";

const RUNS = 10;
const STEPS_OF_A_RUN = 100;
const SOURCES = ["rollouts", "gsm8k", "math", "code", "science"];
/** The first half are the runs' own policies, one a run; the others answered what belongs to no run. */
const MODELS = Array.from({ length: 20 }, (_, index) => `model-${index}`);
const TAGS = Array.from({ length: 200 }, (_, index) => `tag-${index}`);
const STEP_TYPES = ["thinking", "tool_call", "tool_result", "check", "plan"];
const FIRST = Date.UTC(2026, 0, 1);
const DURATION_MS = 200 * 24 * 3_600_000;

/** Planted for searches: a word in one trace of 10,000, and a passage without spaces in one of 100. */
const RARE_WORD = "zymurgical";
const CHINESE = "我们先把方程两边同时平方，然后检查每一个解是否满足原来的条件。";

/**
 * The lines of a collection of `count` traces, oldest first, each with its line feed.
 * @param {{seed?: number, source?: string}} other makes other traces, all of this source
 */
export function* collectionLines(count, { seed = 22, source } = {}) {
  const corpus = makeCorpus(8_000_000, 21, 30_000);
  const random = seededRandom(seed);
  const below = (limit) => Math.floor(random() * limit);
  const chance = (share) => random() < share;
  const tagWeights = zipfWeights(TAGS.length);
  const sourceWeights = zipfWeights(SOURCES.length);
  const modelWeights = zipfWeights(MODELS.length / 2);
  const text = (length) => {
    const start = below(corpus.length - length);
    return corpus.slice(start, start + length);
  };

  for (let number = 0; number < count; number++) {
    const share = number / count;
    // Each run fills a tenth of the time, and has six of ten traces that come in it.
    const run = Math.floor(share * RUNS);
    const isRollout = chance(0.6);
    const size = Math.min(7_800, Math.max(1_100, 3_500 * Math.exp(0.5 * gauss(random))));
    const stepCount = Math.min(40, 1 + Math.floor(Math.exp(1.2 + 0.8 * gauss(random))));
    const contents = Array.from({ length: stepCount }, () =>
      text(Math.max(20, Math.round(((size - 700) / stepCount) * (0.5 + random())))),
    );
    if (chance(0.0001)) contents[0] += ` ${RARE_WORD}`;
    if (chance(0.01)) contents[contents.length - 1] += CHINESE;
    const tags = [...new Set(Array.from({ length: below(4) }, () => TAGS[findWeight(tagWeights, random())]))];
    const level = 1 + below(5);
    const common = {
      created_at: new Date(FIRST + Math.floor(share * DURATION_MS)).toISOString(),
      prompt: `${text(60 + below(200))} #${below(count / 8)}`,
      final_answer: chance(0.05) ? null : text(20 + below(100)),
      steps: contents.map((content, i) => ({
        i,
        type: i === 0 ? "thinking" : STEP_TYPES[below(STEP_TYPES.length)],
        content,
      })),
      meta: {
        source: source ?? (isRollout ? SOURCES[0] : SOURCES[findWeight(sourceWeights, random())]),
        tags,
        level,
        problem: number,
        ...(chance(0.02) && { reviewed: { by: `person-${below(7)}` } }),
      },
    };
    yield `${JSON.stringify(isRollout ? rollout(common) : answer(common))}\n`;

    function rollout(trace) {
      const step = Math.floor((share * RUNS - run) * STEPS_OF_A_RUN);
      const isRight = chance(0.2 + 0.5 * (step / STEPS_OF_A_RUN));
      const reward = chance(0.9)
        ? { name: "reward", value: isRight ? 1 : chance(0.1) ? Math.round(100 * random()) / 100 : 0 }
        : { name: "reward", value: null, status: chance(0.5) ? "error" : "pending" };
      return {
        trace_version: "1.1",
        ...trace,
        rollout: {
          run: `run-${run}`,
          split: chance(0.95) ? "train" : "validation",
          train_step: step,
          prompt_id: `p-${below(5_000)}`,
          sample_index: below(16),
        },
        generation: {
          model: MODELS[run],
          finish_reason: chance(0.87) ? "stop" : chance(0.95) ? "length" : "error",
          completion_tokens: Math.ceil(size / 4),
        },
        scores: [{ status: "ok", by: "verifier@1", ...reward }],
      };
    }

    function answer(trace) {
      if (chance(0.3)) return { trace_version: "1.0", ...trace, final_answer: text(20 + below(100)) };
      return {
        trace_version: "1.1",
        ...trace,
        generation: { model: MODELS[MODELS.length / 2 + findWeight(modelWeights, random())] },
        ...(chance(0.2) && {
          scores: [{ name: "quality", value: below(11) / 10, status: "ok", by: "judge@2" }],
        }),
      };
    }
  }
}
