import { handOver } from "./hand-over.ts";
import { type Block, type Lines, writeLines } from "./write-lines.ts";

/** What a thread runs for a block of an export. */
export default function write(block: Block): Lines {
  const lines = writeLines(block);
  return handOver(lines, [lines.bytes]);
}
