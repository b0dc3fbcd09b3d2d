// Request bodies are read as bytes: what was sent is what is checked, counted and stored.
import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { AppError } from "../contract/errors.ts";
import { idleError } from "./body-source.ts";

/** How much is read past the limit, so that a client that sends all before it reads still gets its answer. */
const DRAIN_BYTES = 8 * 1024 * 1024;

/** What was sent: where a route's schema describes the value in it, Fastify's types say that value, not the bytes. */
export function bytesOf({ body }: Pick<FastifyRequest, "body">): Buffer {
  return (body as Buffer | undefined) ?? Buffer.alloc(0);
}

/** Lets go of the rest of a body that will not be used, as far as that is worth it: then the answer is read. */
export function drain(request: IncomingMessage, maxMs = 2_000): Promise<void> {
  return new Promise((resolve) => {
    let size = 0;
    const timer = setTimeout(resolve, maxMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    if (request.readableEnded || request.destroyed) return done();
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > DRAIN_BYTES) done();
    });
    for (const event of ["end", "error", "close"]) request.on(event, done);
    request.resume();
  });
}

/**
 * The body, or 413 when it is longer than `maxBytes`, however it was framed; at once where its length was told. 408 when nothing
 * has come for `idleMs`.
 */
export function readBody(request: IncomingMessage, maxBytes: number, idleMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = () =>
      reject(new AppError("payload_too_large", `Payload size exceeds maximum of ${maxBytes} bytes`));
    if (Number(request.headers["content-length"]) > maxBytes) {
      refuse();
      void drain(request).then(() => request.complete || request.destroy());
      return;
    }
    const timer = setTimeout(() => reject(idleError(idleMs)), idleMs);
    request.on("data", (chunk: Buffer) => {
      timer.refresh();
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      if (size > maxBytes + DRAIN_BYTES) {
        request.pause();
        clearTimeout(timer);
        refuse();
      }
    });
    request.on("end", () => {
      clearTimeout(timer);
      if (size <= maxBytes) resolve(Buffer.concat(chunks, size));
      else refuse();
    });
    const breakOff = (cause?: unknown) => {
      clearTimeout(timer);
      if (!request.complete) reject(new AppError("bad_request", "The body broke off", { cause }));
    };
    request.on("error", breakOff);
    request.on("close", breakOff);
  });
}
