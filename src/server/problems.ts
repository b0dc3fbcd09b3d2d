// Every error leaves the server as RFC 9457 problem+json; a 5xx never shows what is inside.
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { AppError, errorKinds } from "../contract/errors.ts";
import type { Problem } from "../contract/pages.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { collectMethods } from "./method-table.ts";
import { isPage, sendPage } from "./web-application.ts";

export function addProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toAppError(error);
    const level = known.code === "internal" ? "error" : known.status >= 500 ? "warn" : "debug";
    request.log[level]({ code: known.code, err: known.cause ?? undefined }, known.message);
    return sendProblem(request, reply, known);
  });
  const methodsOf = collectMethods(app);
  app.setNotFoundHandler((request, reply) => {
    if (isPage(request)) return sendPage(reply);
    const [path = ""] = request.url.split("?");
    const methods = methodsOf(path);
    if (methods.length === 0) {
      const message = `There is nothing at ${request.method} ${path}; see /api/docs`;
      return sendProblem(request, reply, new AppError("route_not_found", message));
    }
    const message = `${path} has no ${request.method}, but ${methods.join(", ")}; see /api/docs`;
    reply.header("allow", methods.join(", "));
    return sendProblem(request, reply, new AppError("method_not_allowed", message));
  });
}

/** Answers what could not even be read as HTTP, on the bare socket. */
export function sendClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const message = "The request is not HTTP as this server reads it, or its head is too long";
  const body = JSON.stringify(toProblem(new AppError("bad_request", message), uuidv7()));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  const problem = toProblem(error, request.id);
  reply.header("x-request-id", request.id);
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", error.retryAfterSeconds);
  // What is left of an unread body of unknown length would be taken for the next request; of a known one it is let go.
  if (error.code === "payload_too_large") {
    if (request.headers["content-length"] === undefined) reply.header("connection", "close");
    else reply.removeHeader("connection");
  }
  if (error.code === "body_timeout") reply.header("connection", "close");
  return reply.code(error.status).type("application/problem+json").serializer(JSON.stringify).send(problem);
}

export function toProblem(error: AppError, requestId: string): Problem {
  const { status, title } = errorKinds[error.code];
  return {
    type: `urn:tunix-rt:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.issues.length > 0 ? { errors: [...error.issues] } : {}),
  };
}

/** Fastify's own complaints, by status. */
const frameworkErrors: Record<number, (error: FastifyError) => AppError> = {
  400: (cause) => new AppError("bad_request", `The request cannot be read: ${cause.message}`, { cause }),
  413: (cause) => new AppError("payload_too_large", cause.message, { cause }),
  415: (cause) =>
    new AppError(
      "unsupported_media_type",
      "A body must be declared with a Content-Type that this call takes (application/json, and for bulk what /api/openapi.json names), in UTF-8 and without a Content-Encoding",
      { cause },
    ),
};

export function toAppError(error: Error): AppError {
  if (error instanceof AppError) return error;
  const fromDatabase = toDatabaseError(error);
  if (fromDatabase !== undefined) return fromDatabase;
  const fromFramework = frameworkErrors[(error as FastifyError).statusCode ?? 500];
  if (fromFramework !== undefined) return fromFramework(error as FastifyError);
  return new AppError(
    "internal",
    "The server failed to handle this; its log says why, under the request_id",
    {
      cause: error,
    },
  );
}
