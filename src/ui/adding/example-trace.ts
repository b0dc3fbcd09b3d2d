/** A small trace that shows most of what one can hold. */
export const exampleTrace = `{
  "trace_version": "1.1",
  "prompt": "A baker sells 27 boxes of 19 rolls each. How many rolls is that?",
  "final_answer": "513",
  "steps": [
    { "i": 0, "type": "thinking", "content": "The baker sells $27 \\\\times 19$ rolls. Nineteen is one less than twenty." },
    { "i": 1, "type": "compute", "content": "$27 \\\\times 20 = 540$, and $540 - 27 = 513$." },
    { "i": 2, "type": "check", "content": "The last digit of $7 \\\\times 9$ is 3, which fits: \\\\boxed{513}." }
  ],
  "reference": { "answer": "513", "kind": "math" },
  "scores": [{ "name": "reward", "value": 1, "by": "example" }],
  "meta": { "source": "example", "tags": ["math", "arithmetic"] }
}
`;
