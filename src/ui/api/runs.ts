import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Curve, CurveQuery } from "../../contract/curve.ts";
import type { GroupPage, GroupsQuery, SamplePage, SamplesQuery } from "../../contract/groups.ts";
import type { CompareRunsQuery, RunComparison } from "../../contract/run-comparison.ts";
import type { Run, RunPage, RunPatch, RunsQuery } from "../../contract/runs.ts";
import type { Facets, FacetsQuery } from "../../contract/stats.ts";
import { getJson, type Parameters, send } from "./request.ts";

/** A run that is going on is looked at again so often. */
const EVERY_MS = 30_000;
const PAGE_SIZE = 100;

const pathOf = (run: string) => `/api/runs/${encodeURIComponent(run)}`;

/** Pages that follow each other by cursor. */
function paged<Query extends object, Page extends { pagination: { next_cursor: string | null } }>(
  path: string,
  query: Query,
) {
  return infiniteQueryOptions({
    queryKey: ["runs", path, query],
    queryFn: ({ signal, pageParam }) =>
      getJson<Page>(path, { ...(query as Parameters), limit: PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ pagination }: Page) => pagination.next_cursor ?? undefined,
    staleTime: EVERY_MS,
  });
}

export const runsList = (query: RunsQuery) => paged<RunsQuery, RunPage>("/api/runs", query);

export const groupsList = (run: string, query: GroupsQuery) =>
  paged<GroupsQuery, GroupPage>(`${pathOf(run)}/groups`, query);

export const samplesList = (run: string, query: SamplesQuery) =>
  paged<SamplesQuery, SamplePage>(`${pathOf(run)}/samples`, query);

export const runComparison = (query: CompareRunsQuery) =>
  paged<CompareRunsQuery, RunComparison>("/api/runs/compare", query);

export const runRead = (run: string) =>
  queryOptions({
    queryKey: ["runs", "read", run],
    queryFn: ({ signal }) => getJson<Run>(pathOf(run), {}, signal),
    refetchInterval: EVERY_MS,
  });

export const runCurve = (run: string, query: CurveQuery) =>
  queryOptions({
    queryKey: ["runs", "curve", run, query],
    queryFn: ({ signal }) => getJson<Curve>(`${pathOf(run)}/curve`, query, signal),
    refetchInterval: EVERY_MS,
    // With another threshold or k the curve changes in its place.
    placeholderData: keepPreviousData,
  });

/** The names of scores that the run's traces have. */
export const scoreNames = (run: string) =>
  queryOptions({
    queryKey: ["runs", "scores", run],
    queryFn: async ({ signal }) => {
      const query: FacetsQuery & Parameters = { field: "score", run, limit: 100 };
      return (await getJson<Facets>("/api/facets", query, signal)).data.flatMap(({ value }) => value ?? []);
    },
    staleTime: 10 * EVERY_MS,
  });

export async function changeRun(run: string, patch: RunPatch): Promise<void> {
  await send("PATCH", pathOf(run), { body: JSON.stringify(patch) });
}

export async function deleteRun(run: string): Promise<void> {
  await send("DELETE", pathOf(run));
}
