import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { Type } from "typebox";
import { AppError } from "../../contract/errors.ts";
import { MatchQuery, type MatchSummary, type TraceMatch } from "../../contract/matches.ts";
import { Problem } from "../../contract/pages.ts";
import { streamMatches } from "../../transfer/stream-matches.ts";

const NDJSON = "application/x-ndjson";
/** Each keeps a processor busy. */
const MAX_RUNNING = 2;
const MAX_BYTES = 1_000_000_000;
const MAX_TIME_MS = 60_000;

export const matchRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (app, { pool }) => {
  let running = 0;

  app.get(
    "/api/traces/matches",
    {
      exposeHeadRoute: false,
      schema: {
        tags: ["traces"],
        summary: "Find a regular expression in traces",
        description:
          'Reads the prompts, steps and answers of the traces that pass the filters, newest first, and streams each match as a line of JSON: the trace\'s id, the place, and the match within its line. The last line, `{"summary": …}`, says how much was read, and whether it was all.',
        querystring: MatchQuery,
        response: {
          200: { description: "Matches, and a summary", content: { [NDJSON]: { schema: Type.String() } } },
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      if (running === MAX_RUNNING) {
        const message = `${MAX_RUNNING} searches by regular expression are running already; try again in a moment`;
        throw new AppError("database_busy", message, { retryAfterSeconds: 5 });
      }
      const { match, limit = 100, ...filters } = request.query;
      const limits = { matches: limit, bytes: MAX_BYTES, timeMs: MAX_TIME_MS };
      const found = streamMatches(pool, { match, filters, limits });
      running++;
      const lines = toLines(found, () => running--);
      // What is wrong with the pattern or a filter is a problem; later failures cut the answer off.
      const first = await lines.next();
      const stream = Readable.from(startingWith(first, lines), { objectMode: false });
      reply.raw.once("close", () => stream.destroy());
      return reply
        .type(NDJSON)
        .header("cache-control", "no-store")
        .send(stream as never);
    },
  );
};

async function* toLines(
  found: AsyncGenerator<TraceMatch[], MatchSummary>,
  onEnd: () => void,
): AsyncGenerator<string> {
  try {
    // Headers go out before the first match, which may be far away.
    let next = await found.next();
    for (; !next.done; next = await found.next())
      yield next.value.map((match) => `${JSON.stringify(match)}\n`).join("");
    yield `${JSON.stringify({ summary: next.value })}\n`;
  } finally {
    onEnd();
    await found.return({} as MatchSummary);
  }
}

async function* startingWith(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
