/** The rollouts of one split at one training step, as columns, group by group. */
export interface StepRollouts {
  split: string | null;
  trainStep: number | null;
  /** The groups' prompts; left out where only figures over all of them are wanted. */
  promptKeys: string[];
  groupSizes: Int32Array;
  /** An element for each rollout; NaN where it has no valid score. */
  scores: Float64Array;
  /** Completion tokens; -1 where not known. */
  tokens: Int32Array;
  /** 1 where the completion ended by length, 0 where otherwise, -1 where not known. */
  truncated: Int8Array;
}

/** A range of a step's rollouts: one group. */
export interface GroupRange {
  /** Which of the step's groups it is. */
  index: number;
  start: number;
  /** One past its last. */
  end: number;
}

export function* groupsOf({ groupSizes }: Pick<StepRollouts, "groupSizes">): Generator<GroupRange> {
  let start = 0;
  for (const [index, size] of groupSizes.entries()) {
    yield { index, start, end: start + size };
    start += size;
  }
}
