// Every error the program reports on purpose. A code is a promise to programs: never rename one.

interface ErrorKind {
  /** HTTP status of the problem+json answer. */
  status: number;
  title: string;
}

export const errorKinds = {
  invalid_request: { status: 422, title: "The request is not valid" },
  malformed_json: { status: 422, title: "The body is not JSON" },
  invalid_trace: { status: 422, title: "The trace is not valid" },
  invalid_score: { status: 422, title: "The score is not valid" },
  unknown_step: { status: 422, title: "The trace has no such step" },
  invalid_cursor: { status: 422, title: "The cursor is not valid here" },
  trace_not_found: { status: 404, title: "No such trace" },
  run_not_found: { status: 404, title: "No such run" },
  route_not_found: { status: 404, title: "No such path" },
  method_not_allowed: { status: 405, title: "The path has no such method" },
  body_timeout: { status: 408, title: "The body has stopped coming" },
  id_taken: { status: 409, title: "The id belongs to another trace" },
  run_name_taken: { status: 409, title: "Another run has this name" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  bad_gzip: { status: 400, title: "The gzip data is damaged" },
  bad_csv: { status: 422, title: "The CSV cannot be read" },
  bad_parquet: { status: 422, title: "The Parquet file cannot be read" },
  unknown_format: { status: 422, title: "The format is not known" },
  import_aborted: { status: 422, title: "The import was aborted; nothing was stored" },
  bad_request: { status: 400, title: "The request cannot be read" },
  forbidden_origin: { status: 403, title: "Requests from other sites are refused" },
  database_unavailable: { status: 503, title: "The database cannot be reached" },
  database_busy: { status: 503, title: "Too much is waiting for the database" },
  index_behind: { status: 503, title: "The search index is behind" },
  storage_full: { status: 503, title: "The disk is full" },
  shutting_down: { status: 503, title: "The server is stopping" },
  schema_newer: { status: 503, title: "The database is newer than this program" },
  migration_failed: { status: 503, title: "A migration failed" },
  internal: { status: 500, title: "Something went wrong here" },
  scorer_failed: { status: 500, title: "The scoring program fails" },
  bad_setting: { status: 500, title: "A setting is not valid" },
  usage: { status: 500, title: "The command line is not valid" },
  file_unreadable: { status: 500, title: "A file cannot be read" },
  store_missing: { status: 500, title: "There is no store" },
  store_in_use: { status: 500, title: "The data directory is being served already" },
  store_version: { status: 500, title: "The data directory is of another PostgreSQL version" },
  store_location: { status: 500, title: "The data directory cannot lie there" },
  embedded_unavailable: { status: 500, title: "The embedded PostgreSQL cannot run here" },
  address_in_use: { status: 500, title: "The port is taken" },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** One fault in a document: `pointer` is a JSON pointer (RFC 6901) into what was sent. */
export interface Issue {
  pointer: string;
  message: string;
  code: string;
  /** The line of the file, counted from 1, where the document is one of many. */
  line?: number;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** Seconds after which trying again makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; issues?: readonly Issue[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The same error, which says something more. */
  withDetail(detail: string): AppError {
    const { code, message, issues, retryAfterSeconds } = this;
    const after = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return new AppError(code, `${message}; ${detail}`, { cause: this.cause, issues, ...after });
  }

  get status(): number {
    return errorKinds[this.code].status;
  }
}
