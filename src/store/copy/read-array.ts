// PostgreSQL's arrays in their binary form (array_send): dimensions, then each element behind its length.

const LENGTH_AT = 12;
const ELEMENTS_AT = 20;

function* elements(bytes: Buffer): Generator<{ at: number; length: number }> {
  // An empty array has no dimension, and nothing behind that.
  if (bytes.readInt32BE(0) === 0) return;
  let at = ELEMENTS_AT;
  while (at < bytes.length) {
    const length = bytes.readInt32BE(at);
    at += 4;
    yield { at, length };
    if (length > 0) at += length;
  }
}

/** How many elements it has. */
function countOf(bytes: Buffer): number {
  return bytes.readInt32BE(0) === 0 ? 0 : bytes.readInt32BE(LENGTH_AT);
}

/** Of float8; NULL becomes NaN. */
export function readFloats(bytes: Buffer): Float64Array {
  const values = new Float64Array(countOf(bytes));
  let at = ELEMENTS_AT;
  for (let index = 0; index < values.length; index++) {
    const isNull = bytes.readInt32BE(at) < 0;
    values[index] = isNull ? Number.NaN : bytes.readDoubleBE(at + 4);
    at += isNull ? 4 : 12;
  }
  return values;
}

/** Of int4; NULL becomes -1. */
export function readIntegers(bytes: Buffer): Int32Array {
  const values = new Int32Array(countOf(bytes));
  let at = ELEMENTS_AT;
  for (let index = 0; index < values.length; index++) {
    const isNull = bytes.readInt32BE(at) < 0;
    values[index] = isNull ? -1 : bytes.readInt32BE(at + 4);
    at += isNull ? 4 : 8;
  }
  return values;
}

/** Of bool; NULL becomes -1. */
export function readBooleans(bytes: Buffer): Int8Array {
  const values = new Int8Array(countOf(bytes));
  let index = 0;
  for (const { at, length } of elements(bytes)) values[index++] = length < 0 ? -1 : (bytes[at] as number);
  return values;
}

/** Of text, without NULL. */
export function readTexts(bytes: Buffer): string[] {
  return Array.from(elements(bytes), ({ at, length }) => bytes.toString("utf8", at, at + length));
}
