import { PassThrough, type Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import type pg from "pg";
import { AppError } from "../../contract/errors.ts";
import { FormatList, ImportQuery, ImportReport } from "../../contract/imports.ts";
import { Problem } from "../../contract/pages.ts";
import type { Format } from "../../formats/format.ts";
import { formats } from "../../formats/formats.ts";
import { createMappedFormat } from "../../formats/mapped.ts";
import { importTraces } from "../../transfer/import-traces.ts";
import { describeSource } from "../../transfer/source-hints.ts";
import type { Metrics } from "../metrics.ts";
import { toAppError, toProblem } from "../problems.ts";
import { drain } from "../read-body.ts";

export interface ImportRouteOptions {
  pool: pg.Pool;
  connect(): Promise<pg.Client>;
  maxRecordBytes: number;
  metrics: Metrics;
}

/** Each has a connection of its own; more at once only slow one another down. */
const MAX_IMPORTS = 4;
const PROGRESS_MS = 1_000;
/** A map is tried before it is used. */
const MAPPED_PREVIEW = 3;
const NDJSON = "application/x-ndjson";
const CSV_TYPES = ["text/csv", "text/tab-separated-values"];
const BODY_TYPES = [
  "application/json",
  NDJSON,
  "application/jsonl",
  "application/octet-stream",
  "application/gzip",
  "application/vnd.apache.parquet",
  ...CSV_TYPES,
];

type Progress = (report: ImportReport) => void;

export const importRoutes: FastifyPluginAsyncTypebox<ImportRouteOptions> = async (app, options) => {
  let running = 0;
  // Bodies of any size are read as they come.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(BODY_TYPES, async (_request: FastifyRequest, payload: Readable) => payload);

  app.get(
    "/api/formats",
    {
      schema: { tags: ["bulk"], summary: "The formats that can be imported", response: { 200: FormatList } },
    },
    async () => ({ data: formats.map(({ name, description }) => ({ name, description })) }),
  );

  app.post(
    "/api/imports",
    {
      schema: {
        tags: ["bulk"],
        summary: "Import traces from a stream of records",
        description:
          "The body is lines of JSON or a JSON array, CSV with a header, or Parquet; plain or gzipped, of any size. Accept: application/x-ndjson gets progress lines while it runs; the last line is the report, or the problem.",
        consumes: BODY_TYPES,
        querystring: ImportQuery,
        response: { 200: ImportReport, 400: Problem, 415: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      if (running === MAX_IMPORTS) {
        const message = `${MAX_IMPORTS} imports are running already; try again when one has ended`;
        throw new AppError("database_busy", message, { retryAfterSeconds: 5 });
      }
      running++;
      const run = (onProgress?: Progress) =>
        runImport(request as ImportRequest, reply, options, onProgress).finally(() => running--);
      if (!request.headers.accept?.includes(NDJSON)) return run();
      return reply
        .type(NDJSON)
        .serializer(String)
        .send(streamProgress(request, run) as never);
    },
  );
};

type ImportRequest = FastifyRequest<{ Querystring: ImportQuery }>;

async function runImport(
  request: ImportRequest,
  reply: FastifyReply,
  { pool, connect, maxRecordBytes, metrics }: ImportRouteOptions,
  onProgress?: Progress,
): Promise<ImportReport> {
  const { query, headers } = request;
  const type = headers["content-type"]?.toLowerCase() ?? "";
  const isCsv = query.input === "csv" || CSV_TYPES.some((name) => type.startsWith(name));
  const format = findFormat(query);
  const source = describeSource((request.body as Readable | undefined) ?? request.raw, { isCsv });
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(new AppError("bad_request", "The client went away")));
  const client = await connect();
  try {
    const report = await importTraces({ client, pool }, source, {
      format,
      onError: query.on_error ?? "skip",
      dryRun: query.dry_run === "true",
      preview: query.preview ?? (query.map === undefined ? 0 : MAPPED_PREVIEW),
      run: query.run,
      split: query.split,
      trainStep: query.train_step,
      maxRecordBytes,
      areLines: type.startsWith(NDJSON),
      signal: gone.signal,
      ...(onProgress && { onProgress }),
    });
    metrics.tracesImported.inc(report.inserted);
    request.log.info(
      { event: "traces_imported", ...report, errors: undefined, preview: undefined },
      "traces imported",
    );
    return report;
  } catch (error) {
    if (gone.signal.aborted) throw gone.signal.reason;
    await drain(request.raw);
    if (!request.raw.complete && !reply.sent) reply.header("connection", "close");
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

function findFormat({ format = "auto", map }: ImportQuery): Format | string | undefined {
  if (map === undefined) return format === "auto" ? undefined : format;
  if (format === "auto") return createMappedFormat(map);
  throw new AppError("invalid_request", "A map says how to read the records, and so does a format; send one");
}

/** Lines of progress, then the report or the problem; the head of the answer goes out at once. */
function streamProgress(
  request: FastifyRequest,
  run: (onProgress: Progress) => Promise<ImportReport>,
): Readable {
  const lines = new PassThrough();
  const write = (line: object) => lines.write(`${JSON.stringify(line)}\n`);
  let latest: Omit<ImportReport, "errors"> | undefined;
  const tell = () => write({ progress: latest ?? {} });
  tell();
  const timer = setInterval(tell, PROGRESS_MS);
  run(({ errors: _errors, ...report }) => {
    latest = { ...report };
  })
    .then(write, (error: Error) => {
      const known = toAppError(error);
      request.log.warn({ code: known.code, err: known.cause }, known.message);
      write(toProblem(known, request.id));
    })
    .finally(() => {
      clearInterval(timer);
      lines.end();
    });
  return lines;
}
