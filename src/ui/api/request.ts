// Calls of the HTTP API. Types come from the contract; the server checks what it sends against the same.
import type { Problem } from "../../contract/pages.ts";

export type Parameters = Record<string, string | number | readonly string[] | undefined>;

/** What the server answered instead, or why it could not be asked (no `problem`, status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor(status: number, message: string, problem?: Problem) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
  }
}

export async function getJson<T>(
  path: string,
  parameters: Parameters = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await send("GET", path, { parameters, signal });
  return (await response.json()) as T;
}

export interface RequestOptions {
  parameters?: Parameters;
  body?: string | Blob;
  /** The body's content type; JSON unless said. */
  type?: string;
  signal?: AbortSignal | undefined;
}

/** Throws `ApiError` for whatever is not a success. */
export async function send(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  { parameters = {}, body, type = "application/json", signal }: RequestOptions = {},
): Promise<Response> {
  const response = await fetch(toUrl(path, parameters), {
    method,
    ...(body !== undefined && { body, headers: { "content-type": type } }),
    ...(signal && { signal }),
  }).catch((cause: Error) => {
    if (cause.name === "AbortError") throw cause;
    throw new ApiError(0, "The server does not answer. Is it running?");
  });
  if (response.ok) return response;
  throw toError(response.status, await response.text().catch(() => ""));
}

export function toError(status: number, text: string): ApiError {
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.detail === "string") return new ApiError(status, problem.detail, problem);
  } catch {
    // Something between here and the server has answered.
  }
  return new ApiError(status, `The server answered with HTTP ${status}`);
}

export function toUrl(path: string, parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
