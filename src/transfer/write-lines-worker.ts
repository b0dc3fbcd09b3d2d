import { handOver } from "./hand-over.ts";
import { type Block, type Lines, writeLines } from "./write-lines.ts";

/** A block, and memory for its lines. */
export interface WritingTask {
  block: Block;
  memory: ArrayBuffer;
}

/** The lines, and the memory that was handed over and is not theirs. */
export interface WrittenBlock {
  lines: Lines;
  free: Uint8Array[];
}

/** What a thread runs for a block of an export. */
export default function write({ block, memory }: WritingTask): WrittenBlock {
  const lines = writeLines(block, Buffer.from(memory));
  const free = [block.rows, ...(lines.bytes.buffer === memory ? [] : [new Uint8Array(memory)])];
  return handOver({ lines, free }, [lines.bytes, ...free]);
}
