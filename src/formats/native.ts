import { type Format, isObject } from "./format.ts";

export const native: Format = {
  name: "native",
  description: 'Tunix RT\'s own: {"trace_version", "prompt", "steps", "final_answer", …}',
  recognises: (record) => isObject(record) && "trace_version" in record,
  read: (record) => [record],
};
