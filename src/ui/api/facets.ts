import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { FacetField, Facets, FacetsQuery } from "../../contract/stats.ts";
import { createTurns } from "./create-turns.ts";
import { getJson, type Parameters } from "./request.ts";

/** A browser opens six connections to a server: counts leave most of them to lists and traces. */
const takeTurn = createTurns(2);

export interface FacetsAsked {
  field: FacetField;
  filters: Parameters;
  prefix?: string;
  limit: number;
}

/** The values of a field among the traces that pass the filters, most frequent first. */
export const facetValues = ({ field, filters, prefix, limit }: FacetsAsked) =>
  queryOptions({
    queryKey: ["facets", field, filters, prefix, limit],
    queryFn: ({ signal }) => {
      const query: FacetsQuery & Parameters = { ...filters, field, limit };
      return takeTurn(() =>
        getJson<Facets>("/api/facets", { ...query, prefix: prefix || undefined }, signal),
      );
    },
    // What was counted before stays in view until the new counts are there.
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
