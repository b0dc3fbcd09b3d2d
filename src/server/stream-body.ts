// Bodies of any size are read as they come, and long work is told of in lines while it runs.
import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../contract/errors.ts";
import { openBody } from "./body-source.ts";
import { checkEncoding } from "./check-encoding.ts";
import { toAppError, toProblem } from "./problems.ts";
import { drain } from "./read-body.ts";

export const NDJSON = "application/x-ndjson";
/** What a stream of records may say it is. */
export const RECORD_TYPES = [
  "application/json",
  NDJSON,
  "application/jsonl",
  "application/octet-stream",
  "application/gzip",
];

const GZIP_CODINGS = ["gzip", "x-gzip", "identity"];

/** Bodies of these types, and no others, reach the routes unread. */
export function takeStreams(app: FastifyInstance, types: string[]): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(types, async (request: FastifyRequest, payload: unknown) => {
    checkEncoding(request, GZIP_CODINGS);
    return payload;
  });
}

/** Aborted when the client goes away. */
export function signalOfGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(new AppError("bad_request", "The client went away")));
  return gone.signal;
}

interface BodyRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  /** A client that sends nothing for so long, while its bytes are waited for, gets 408. */
  idleMs: number;
}

/** Runs `read` on the body. Where it fails, what is left of the body is let go, so that the answer is read. */
export async function streamBody<T>(
  { request, reply, idleMs }: BodyRequest,
  read: (source: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = signalOfGone(reply);
  const source = openBody(request.raw, idleMs);
  try {
    return await read(source, signal);
  } catch (error) {
    source.destroy();
    if (signal.aborted) throw signal.reason;
    // The head of an answer in lines is out: its last line comes first.
    if (reply.raw.headersSent) throw error;
    await drain(request.raw);
    if (!request.raw.complete) reply.header("connection", "close");
    throw error;
  }
}

/** Reads what is left of a body for a while, so that the answer is read; a client that sends on is cut off then. */
async function letGo(body: IncomingMessage): Promise<void> {
  await drain(body);
  if (!body.readableEnded) body.destroy();
}

/** Resolves when there is room again, or nobody reads any more. */
function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
}

/** Resolves when the reader has taken enough of what was written before. */
export type WriteLine = (line: object) => Promise<void>;

/**
 * Answers with the lines that `run` writes, and at last with its result or the problem; the head goes out at once.
 * @param idleMs the answer is cut off when a line that is waited for has not been taken for so long
 */
export function answerInLines(
  request: FastifyRequest,
  reply: FastifyReply,
  run: (write: WriteLine) => Promise<object>,
  idleMs?: number,
): FastifyReply {
  const lines = new PassThrough();
  const write: WriteLine = async (line) => {
    const isRoomy = lines.write(`${JSON.stringify(line)}\n`);
    if (isRoomy || lines.destroyed) return;
    const timer = idleMs === undefined ? undefined : setTimeout(() => lines.destroy(), idleMs);
    await drained(lines);
    clearTimeout(timer);
  };
  run(write)
    .catch((error: Error) => {
      const known = toAppError(error);
      request.log.warn({ code: known.code, err: known.cause }, known.message);
      return toProblem(known, request.id);
    })
    .then(write)
    .then(() => {
      lines.end();
      return letGo(request.raw);
    });
  return reply
    .type(NDJSON)
    .serializer(String)
    .send(lines as never);
}
