// What a run measures and how much of it.
import { parseArgs } from "node:util";

/** Amounts of a full run. */
const FULL = {
  smallTraces: 200_000,
  largeTraces: 10_000,
  importRounds: 3,
  exportRounds: 3,
  scores: 1_000_000,
  scoreRounds: 3,
  loadRounds: 5,
  loadSeconds: 5,
  warmUpSeconds: 2,
  memoryBytes: 2_000_000_000,
  runSteps: 200,
  runCalls: 60,
  findTraces: 1_000_000,
  findFewTraces: 10_000,
  findDeleted: 100_000,
  findCalls: 40,
  searchImport: 100_000,
  browserLoads: 10,
  browserWheels: 240,
  browserSteps: 1_000,
};

/** Everything once and small: tells whether it works, not how fast. */
const QUICK = {
  smallTraces: 2_000,
  largeTraces: 200,
  importRounds: 1,
  exportRounds: 1,
  scores: 10_000,
  scoreRounds: 1,
  loadRounds: 1,
  loadSeconds: 2,
  warmUpSeconds: 1,
  memoryBytes: 100_000_000,
  runSteps: 4,
  runCalls: 5,
  findTraces: 3_000,
  findFewTraces: 300,
  findDeleted: 300,
  findCalls: 3,
  searchImport: 1_000,
  browserLoads: 2,
  browserWheels: 20,
  browserSteps: 1_000,
};

/**
 * @param {string[]} args
 * @param {string[]} groups names that --only may have
 */
export function readOptions(args, groups) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      strict: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      generator: { type: "string" },
      profile: { type: "string" },
      keep: { type: "string" },
      real: { type: "string", multiple: true, default: [] },
    },
  });
  for (const name of values.only)
    if (!groups.includes(name))
      throw new Error(`There is no figure "${name}"; there are ${groups.join(", ")}`);
  if (![undefined, "wrk", "autocannon"].includes(values.generator))
    throw new Error('--generator is "wrk" or "autocannon"');
  return { ...values, amounts: values.quick ? QUICK : FULL };
}
