// What the database's errors mean to whoever made the request.
import { AppError, type ErrorCode } from "../contract/errors.ts";
import { DEADLOCK_DETECTED, hasState, LOCK_NOT_AVAILABLE, SERIALIZATION_FAILURE } from "./sql-states.ts";

interface Meaning {
  code: ErrorCode;
  message: string;
  retryAfterSeconds: number;
}

const unreachable: Meaning = {
  code: "database_unavailable",
  message: "The database cannot be reached at the moment; nothing was acknowledged, so try again",
  retryAfterSeconds: 2,
};
const refused: Meaning = {
  code: "database_unavailable",
  message: "The database refuses the login or has no such database; check DATABASE_URL",
  retryAfterSeconds: 10,
};
const untrusted: Meaning = {
  code: "database_unavailable",
  message:
    "No trusted encrypted connection to the database; check sslmode in DATABASE_URL and its certificate",
  retryAfterSeconds: 10,
};
const busy: Meaning = {
  code: "database_busy",
  message: "The database is too busy to answer in time; try again",
  retryAfterSeconds: 1,
};
const full: Meaning = {
  code: "storage_full",
  message: "The database's disk is full; free space on it, then try again",
  retryAfterSeconds: 60,
};
const unmigrated: Meaning = {
  code: "database_unavailable",
  message: 'The database lacks a table or column this program needs; run "tunix-rt migrate up"',
  retryAfterSeconds: 10,
};

/** By error code: of Node's sockets, or PostgreSQL's SQLSTATE (appendix A of its manual). */
const meanings: Record<string, Meaning> = {
  ENOENT: unreachable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EPIPE: unreachable,
  ETIMEDOUT: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  "08000": unreachable,
  "08003": unreachable,
  "08006": unreachable,
  "57P01": unreachable,
  "57P02": unreachable,
  "57P03": unreachable,
  "25006": unreachable,
  "28000": refused,
  "28P01": refused,
  "3D000": refused,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  "53100": full,
  "53200": busy,
  "53300": busy,
  [SERIALIZATION_FAILURE]: busy,
  [DEADLOCK_DETECTED]: busy,
  [LOCK_NOT_AVAILABLE]: busy,
  "57014": busy,
  "42P01": unmigrated,
  "42703": unmigrated,
};

/** The driver's own errors carry no code. */
const driverMessages: [RegExp, Meaning][] = [
  [/does not support SSL/, untrusted],
  [/timeout exceeded when trying to connect/, busy],
  [
    /timeout expired|Connection terminated|connection error and is not queryable|connection timeout|Client was closed/i,
    unreachable,
  ],
];

/** Whether a lock was waited for in vain: another transaction holds the row, and the rest may be stored without it. */
export function isLockFault(error: unknown): boolean {
  return hasState(error, LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED);
}

/** The error as an AppError where the database or the way to it is the cause; undefined for anything else. */
export function toDatabaseError(error: unknown): AppError | undefined {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  if (!(cause instanceof Error)) return undefined;
  const byCode = meanings[(cause as { code?: string }).code ?? ""];
  const meaning = byCode ?? driverMessages.find(([pattern]) => pattern.test(cause.message))?.[1];
  if (meaning === undefined) return undefined;
  return new AppError(meaning.code, meaning.message, { cause, retryAfterSeconds: meaning.retryAfterSeconds });
}
