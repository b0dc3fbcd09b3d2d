// CSV with a header to records: each row is given out as a JSON object of texts.
import { isUtf8 } from "node:buffer";
import { AppError } from "../contract/errors.ts";
import type { SourceRecord } from "./record-collector.ts";
import { splitFields, splitRows } from "./split-rows.ts";

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const DELIMITERS = [",", ";", "\t"];
const MAX_HEADER_BYTES = 1_048_576;

/**
 * The delimiter is the one that the header holds most of. A row whose fields or quotes don't match is given out
 * with its fault, as a list; one that is not UTF-8 as it is, for the parser to refuse.
 */
export async function* readCsv(
  chunks: AsyncGenerator<Buffer>,
  maxBytes: number,
): AsyncGenerator<SourceRecord[]> {
  const head = await readHeader(chunks);
  const delimiter = detectDelimiter(head);
  let names: string[] | undefined;
  for await (const rows of splitRows(
    prepend(head, chunks),
    delimiter.charCodeAt(0),
    Math.max(maxBytes, MAX_HEADER_BYTES),
  )) {
    const records: SourceRecord[] = [];
    for (const { line, bytes } of rows) {
      if (names === undefined) names = readNames(bytes, delimiter);
      else if (bytes === undefined) records.push({ line, bytes });
      else {
        const row = readRow(bytes, names, delimiter);
        records.push({ line, ...row, bytes: row.bytes.length > maxBytes ? undefined : row.bytes });
      }
    }
    if (records.length > 0) yield records;
  }
}

function readRow(bytes: Buffer, names: string[], delimiter: string): { bytes: Buffer; fault?: string } {
  if (!isUtf8(bytes)) return { bytes };
  const row = bytes.toString();
  const fields = splitFields(row, delimiter);
  if (fields === undefined) {
    const lines = row.trimEnd().split("\n").length;
    const taken = lines > 1 ? `, so that ${lines} lines from here were taken for one row` : "";
    return { bytes: toJson(row.split(delimiter)), fault: `The row has a quote that doesn't match${taken}` };
  }
  if (fields.length !== names.length) {
    const fault = `The row has ${fields.length} fields, and the header names ${names.length}`;
    return { bytes: toJson(fields), fault };
  }
  const members = fields.map((field, index) => `${names[index]}:${JSON.stringify(field)}`);
  return { bytes: Buffer.from(`{${members.join(",")}}`) };
}

function toJson(fields: string[]): Buffer {
  return Buffer.from(JSON.stringify(fields));
}

/** The columns' names, as JSON. */
function readNames(bytes: Buffer | undefined, delimiter: string): string[] {
  if (bytes === undefined || !isUtf8(bytes)) throw badHeader("is not UTF-8, or longer than 1 MiB");
  const names = splitFields(bytes.toString(), delimiter);
  if (names === undefined) throw badHeader("has quotes that don't match");
  if (names.some((name) => name.includes("\r")))
    throw badHeader("goes on over line ends of CR alone; write them as LF or CRLF");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw badHeader(`names the column "${twice}" twice`);
  return names.map((name) => JSON.stringify(name));
}

function badHeader(fault: string): AppError {
  return new AppError("bad_csv", `The first line must name the columns of the CSV, and it ${fault}`);
}

/** The stream's bytes up to the end of the first line, at least. */
async function readHeader(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (endOfHeader(head) === -1 && head.length <= MAX_HEADER_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

function endOfHeader(head: Buffer): number {
  let isQuoted = false;
  for (const [index, byte] of head.entries()) {
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === LINE_FEED && !isQuoted) return index;
  }
  return -1;
}

function detectDelimiter(head: Buffer): string {
  const end = endOfHeader(head);
  const header = head.toString("latin1", 0, end === -1 ? head.length : end).replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string;
}

async function* prepend(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}
