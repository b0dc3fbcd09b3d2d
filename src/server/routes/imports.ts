import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import type pg from "pg";
import { AppError } from "../../contract/errors.ts";
import { FormatList, ImportQuery, ImportReport } from "../../contract/imports.ts";
import { Problem } from "../../contract/pages.ts";
import type { Format } from "../../formats/format.ts";
import { formats } from "../../formats/formats.ts";
import { createMappedFormat } from "../../formats/mapped.ts";
import { importTraces, type ReadingOptions } from "../../transfer/import-traces.ts";
import { describeSource } from "../../transfer/source-hints.ts";
import { tryImport } from "../../transfer/try-import.ts";
import type { Metrics } from "../metrics.ts";
import { Slots } from "../slots.ts";
import {
  answerInLines,
  NDJSON,
  RECORD_TYPES,
  streamBody,
  takeStreams,
  type WriteLine,
} from "../stream-body.ts";

export interface ImportRouteOptions {
  pool: pg.Pool;
  connect(): Promise<pg.Client>;
  maxRecordBytes: number;
  /** An import whose client sends nothing is ended after this long. */
  idleMs: number;
  metrics: Metrics;
}

/** Each has a connection of its own; more at once only slow one another down. */
const MAX_IMPORTS = 4;
const PROGRESS_MS = 1_000;
/** A map is tried before it is used. */
const MAPPED_PREVIEW = 3;
const CSV_TYPES = ["text/csv", "text/tab-separated-values"];
const BODY_TYPES = [...RECORD_TYPES, "application/vnd.apache.parquet", ...CSV_TYPES];

type Progress = (report: ImportReport) => void;

export const importRoutes: FastifyPluginAsyncTypebox<ImportRouteOptions> = async (app, options) => {
  const slots = new Slots(MAX_IMPORTS, "imports");
  takeStreams(app, BODY_TYPES);

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
          "The body is lines of JSON, a JSON array or objects over several lines, CSV with a header, or Parquet; plain or gzipped, of any size. Accept: application/x-ndjson gets progress lines while it runs; the last line is the report, or the problem.",
        consumes: BODY_TYPES,
        querystring: ImportQuery,
        response: { 200: ImportReport, 400: Problem, 408: Problem, 415: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const release = slots.take();
      const run = (onProgress?: Progress) =>
        runImport(request as ImportRequest, reply, options, onProgress).finally(release);
      if (!request.headers.accept?.includes(NDJSON)) return run();
      return answerInLines(request, reply, (write) => tellProgress(write, run)) as never;
    },
  );
};

type ImportRequest = FastifyRequest<{ Querystring: ImportQuery }>;

async function runImport(
  request: ImportRequest,
  reply: FastifyReply,
  { pool, connect, maxRecordBytes, idleMs, metrics }: ImportRouteOptions,
  onProgress?: Progress,
): Promise<ImportReport> {
  const { query, headers } = request;
  const type = headers["content-type"]?.toLowerCase() ?? "";
  if (query.input === "csv" && type.startsWith(NDJSON))
    throw new AppError(
      "invalid_request",
      `input=csv contradicts the Content-Type ${NDJSON}; send text/csv, or leave input out`,
    );
  const isCsv = query.input === "csv" || CSV_TYPES.some((name) => type.startsWith(name));
  const format = findFormat(query);
  if (query.preview !== undefined && query.dry_run !== "true")
    throw new AppError(
      "invalid_request",
      "A preview is of a dry run: send dry_run=true as well, or leave it out",
    );
  const report = await streamBody({ request, reply, idleMs }, async (body, signal) => {
    const source = describeSource(body, { isCsv });
    const options: ReadingOptions = {
      format,
      run: query.run,
      split: query.split,
      trainStep: query.train_step,
      maxRecordBytes,
      areLines: type.startsWith(NDJSON),
      signal,
      ...(onProgress && { onProgress }),
    };
    if (query.dry_run === "true") {
      const preview = query.preview ?? (query.map === undefined ? 0 : MAPPED_PREVIEW);
      return tryImport(source, { ...options, preview });
    }
    const client = await connect();
    try {
      return await importTraces({ client, pool }, source, { ...options, onError: query.on_error ?? "skip" });
    } finally {
      await client.end().catch(() => {});
    }
  });
  metrics.tracesImported.inc(report.inserted);
  request.log.info(
    { event: "traces_imported", ...report, errors: undefined, preview: undefined },
    "traces imported",
  );
  return report;
}

function findFormat({ format = "auto", map }: ImportQuery): Format | string | undefined {
  if (map === undefined) return format === "auto" ? undefined : format;
  if (format === "auto") return createMappedFormat(map);
  throw new AppError("invalid_request", "A map says how to read the records, and so does a format; send one");
}

/** Writes lines of progress while the import runs, the first at once. */
async function tellProgress(
  write: WriteLine,
  run: (onProgress: Progress) => Promise<ImportReport>,
): Promise<ImportReport> {
  let latest: Omit<ImportReport, "errors"> | undefined;
  let isTaken = true;
  const tell = async () => {
    // To a reader who takes none, no more are written.
    if (!isTaken) return;
    isTaken = false;
    await write({ progress: latest ?? {} });
    isTaken = true;
  };
  void tell();
  const timer = setInterval(tell, PROGRESS_MS);
  try {
    return await run(({ errors: _errors, ...report }) => {
      latest = { ...report };
    });
  } finally {
    clearInterval(timer);
  }
}
