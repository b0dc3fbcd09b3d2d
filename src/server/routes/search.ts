import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { Problem } from "../../contract/pages.ts";
import { IndexState } from "../../contract/search.ts";
import { readIndexState } from "../../store/search/search-index.ts";

export const searchRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (app, { pool }) => {
  app.get(
    "/api/search/status",
    {
      schema: {
        tags: ["traces"],
        summary: "How far the search index is behind",
        description:
          "A trace can be searched some moments after it was stored; during large imports the index falls behind and catches up by itself.",
        response: { 200: IndexState, 503: Problem },
      },
    },
    () => readIndexState(pool),
  );
};
