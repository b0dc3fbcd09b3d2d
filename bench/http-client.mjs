// The calls that stream: files sent, lines received.
import { createReadStream } from "node:fs";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

const LINE_FEED = 0x0a;
const PIECE_BYTES = 262_144;

/**
 * Posts files, one after the other, as one import; returns its report and the time it took.
 * @param {string[] | import("node:stream").Readable} content the files, or what they would contain
 */
export function postImport(address, content, query = "") {
  return postRecords(`${address}/api/imports${query}`, content);
}

/** The same to any call that takes records. */
export async function postRecords(url, content) {
  const start = performance.now();
  const call = request(url, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
  });
  const answered = answerOf(call);
  // Where the server ends the call early, its answer says more than the broken pipe.
  const sent = pipeline(Array.isArray(content) ? contentOf(content) : content, call).catch((error) => error);
  const answer = await answered;
  const body = await json(answer);
  if (answer.statusCode !== 200) throw new Error(`POST ${url} answered ${answer.statusCode}: ${body.detail}`);
  const fault = await sent;
  if (fault !== undefined) throw fault;
  return { report: body, seconds: secondsSince(start) };
}

/** Reads an export to its end; returns how many lines it had and the time it took. */
export async function readExport(address) {
  const start = performance.now();
  const call = request(`${address}/api/exports`);
  call.end();
  const answer = await answerOf(call);
  if (answer.statusCode !== 200) {
    answer.resume();
    throw new Error(
      `GET /api/exports answered ${answer.statusCode}: this figure needs a program that exports`,
    );
  }
  let lines = 0;
  let bytes = 0;
  for await (const piece of answer) {
    bytes += piece.length;
    for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, at + 1)) lines++;
  }
  return { lines, bytes, seconds: secondsSince(start) };
}

async function* contentOf(files) {
  for (const file of files) yield* createReadStream(file, { highWaterMark: PIECE_BYTES });
}

function answerOf(call) {
  return new Promise((resolve, reject) => {
    call.once("response", resolve);
    call.once("error", reject);
  });
}

function secondsSince(start) {
  return (performance.now() - start) / 1000;
}
