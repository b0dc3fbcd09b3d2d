import compare, { type CompareTask } from "./compare-worker.ts";
import { runInThread } from "./threads.ts";

/** Smaller traces are compared in less time than a thread takes to start. */
const THREAD_FROM_BYTES = 65_536;

/** Compares two traces, given their JSON; the `Comparison` as JSON. */
export async function comparePayloads(task: CompareTask): Promise<string> {
  if (task.base.length + task.other.length < THREAD_FROM_BYTES) return compare(task);
  return runInThread("compare-worker", task);
}
