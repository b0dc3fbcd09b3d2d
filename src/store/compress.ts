// Texts are compressed here (Brotli, RFC 7932) rather than by the database: what arrives is what gets stored.
import { promisify } from "node:util";
import { brotliCompressSync, brotliDecompress, brotliDecompressSync, constants } from "node:zlib";

/** A thread keeps the event loop free for large texts; for small ones, handing over costs more than it frees. */
const SYNC_LIMIT = 65_536;

/**
 * Measured on reasoning text of 3.5 KB: 22 µs in, 16 out, ratio 0.56, against 47, 13 and 0.50 of zlib's level 1;
 * at 48 KB 141 and 153 µs, 0.39, against 369, 114 and 0.36.
 */
const PARAMS = { [constants.BROTLI_PARAM_QUALITY]: 0, [constants.BROTLI_PARAM_LGWIN]: 18 };

const decompressInThread = promisify<Buffer, Buffer>(brotliDecompress);

/** Small texts are there at once, without a turn of the event loop. */
export function decompress(compressed: Buffer): Buffer | Promise<Buffer> {
  return compressed.length > SYNC_LIMIT ? decompressInThread(compressed) : brotliDecompressSync(compressed);
}

/** For threads that have nothing else to do, and texts that are known to be small. */
export function decompressSync(compressed: Buffer): Buffer {
  // Most texts are less than three times as long; 16 KiB for each would be most of an export's memory.
  const chunkSize = Math.min(Math.max(3 * compressed.length, 1_024), 1_048_576);
  return brotliDecompressSync(compressed, { chunkSize });
}

/** At once: whoever has a large text does this in a thread. */
export function compress(bytes: Buffer): Buffer {
  const params = { ...PARAMS, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  // The result's buffer: 16 KiB for each small text would be most of an import's memory.
  const chunkSize = Math.min(Math.max(bytes.length, 1_024), 1_048_576);
  return brotliCompressSync(bytes, { params, chunkSize });
}
