import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { Type } from "typebox";
import { MatchQuery, type MatchSummary, type TraceMatch } from "../../contract/matches.ts";
import { Problem } from "../../contract/pages.ts";
import { streamMatches } from "../../transfer/stream-matches.ts";
import { Slots } from "../slots.ts";
import { NDJSON, signalOfGone } from "../stream-body.ts";

/** Each keeps a processor busy. */
const MAX_RUNNING = 2;
const MAX_BYTES = 1_000_000_000;
const MAX_TIME_MS = 60_000;

export const matchRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (app, { pool }) => {
  const slots = new Slots(MAX_RUNNING, "searches by regular expression");

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
      const release = slots.take();
      reply.raw.once("close", release);
      const { match, limit = 100, ...filters } = request.query;
      const limits = { matches: limit, bytes: MAX_BYTES, timeMs: MAX_TIME_MS };
      const found = streamMatches(pool, { match, filters, limits, signal: signalOfGone(reply) });
      // What is wrong with the pattern or a filter is a problem; failures after the first match cut the answer off.
      const first = await found.next();
      const stream = Readable.from(toLines(first, found), { objectMode: false });
      reply.raw.once("close", () => stream.destroy());
      return reply
        .type(NDJSON)
        .header("cache-control", "no-store")
        .send(stream as never);
    },
  );
};

async function* toLines(
  first: IteratorResult<TraceMatch[], MatchSummary>,
  rest: AsyncGenerator<TraceMatch[], MatchSummary>,
): AsyncGenerator<string> {
  let next = first;
  for (; !next.done; next = await rest.next())
    yield next.value.map((match) => `${JSON.stringify(match)}\n`).join("");
  yield `${JSON.stringify({ summary: next.value })}\n`;
}
