import type { FastifyRequest } from "fastify";
import { AppError } from "../contract/errors.ts";

/** Refuses a body that says it is written otherwise than it would be read: in UTF-8, and with one of these codings or none. */
export function checkEncoding({ headers }: FastifyRequest, codings: readonly string[]): void {
  const coding = headers["content-encoding"]?.toLowerCase();
  if (coding !== undefined && !codings.includes(coding)) {
    const understood = codings.length === 0 ? "the body must come without any" : "gzip is";
    throw refusal(`The Content-Encoding "${coding}" is not understood here; ${understood}`);
  }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers["content-type"] ?? "")?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset))
    throw refusal(`The charset "${charset}" is not understood here; UTF-8 is`);
}

function refusal(message: string): AppError {
  return new AppError("unsupported_media_type", message);
}
