// Traces to test with, valid unless a test changes them.

export function trace10(changes: object = {}): Record<string, unknown> {
  return {
    trace_version: "1.0",
    prompt: "What is 27 × 19?",
    final_answer: "513",
    steps: [
      { i: 0, type: "parse", content: "Parse the multiplication task" },
      { i: 1, type: "compute", content: "27 × 19 = 513" },
    ],
    meta: { source: "example", tags: ["math"] },
    ...changes,
  };
}

export function trace11(changes: object = {}): Record<string, unknown> {
  return {
    trace_version: "1.1",
    prompt: "What is 27 × 19?",
    final_answer: null,
    messages: [{ role: "user", content: [{ type: "text", text: "What is 27 × 19?" }] }],
    tools: [],
    rollout: {
      run: "run-a",
      split: "train",
      train_step: 180,
      prompt_id: "p-1",
      sample_index: 3,
      parent_id: null,
    },
    generation: {
      model: "m-8b",
      engine: "e",
      sampling: { temperature: 1.0 },
      finish_reason: "length",
      completion_tokens: 42,
    },
    reference: { answer: "513", kind: "math" },
    steps: [
      {
        i: 0,
        type: "thinking",
        content: "27 × 20 − 27",
        role: "assistant",
        turn: 0,
        before: "<think>\n",
        after: "\n\n",
      },
      { i: 1, type: "tool_call", content: "", name: "bash", call_id: "c1", args: { cmd: "ls" } },
      { i: 2, type: "tool_result", content: "", call_id: "c1" },
    ],
    scores: [
      { name: "reward", value: 0.5, status: "ok", by: "verifier@1" },
      { name: "correct", value: null, status: "error", by: "checker", step_i: 0, comment: "timed out" },
    ],
    tokens: { tokenizer: "t", ids: [1, 2, 3], logprobs: [-0.5, -1.25, null], mask: [0, 1, 1] },
    meta: { note: "kept" },
    ...changes,
  };
}
