import type { FoundTrace } from "../store/find-trace.ts";

/** A trace as it is read: the stored text goes out as it came in; a serialiser would round its large numbers. */
export function traceJson(id: string, found: FoundTrace): Buffer {
  const envelope = JSON.stringify({
    id: id.toLowerCase(),
    created_at: found.createdAt.toISOString(),
    trace_version: found.traceVersion,
  });
  return Buffer.concat([Buffer.from(`${envelope.slice(0, -1)},"payload":`), found.payload, Buffer.from("}")]);
}
