// A list of any length, page by page: only the pages in view are asked for, and those left behind are let go by the
// query cache. What stays of a page is the cursor it begins at.
import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { TraceItem, TracePage } from "../../../contract/pages.ts";
import type { Parameters } from "../../api/request.ts";
import { PAGE_SIZE, tracePage } from "../../api/traces.ts";

/** Rows that stand for a page which has not come yet. */
const EXPECTED = 20;

export interface TraceRows {
  /** Rows that are known of, or expected. */
  count: number;
  /** Whether the last of all rows is known. */
  isComplete: boolean;
  isFirstLoading: boolean;
  error: Error | undefined;
  /** The trace at a row; undefined while its page is not there. */
  at(row: number): TraceItem | undefined;
  refetch(): void;
}

export function useTracePages(filters: Parameters, firstRow: number, lastRow: number): TraceRows {
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const last = Math.min(Math.floor(lastRow / PAGE_SIZE), cursors.length - 1);
  const first = Math.min(Math.floor(firstRow / PAGE_SIZE), last);
  const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const queries = useQueries({ queries: numbers.map((page) => tracePage(filters, cursors[page])) });
  const pages = new Map(numbers.map((page, at) => [page, queries[at]?.data]));

  useEffect(() => {
    setCursors((known) => numbers.reduce((all, page) => withNext(all, page, pages.get(page)), known));
  });

  const end = pages.get(cursors.length - 1);
  const isComplete = end !== undefined && end.pagination.next_cursor === null;
  return {
    count: (cursors.length - 1) * PAGE_SIZE + (end?.data.length ?? EXPECTED),
    isComplete,
    isFirstLoading: first === 0 && (queries[0]?.isPending ?? true),
    error: queries.find((query) => query.error !== null)?.error ?? undefined,
    at: (row) => pages.get(Math.floor(row / PAGE_SIZE))?.data[row % PAGE_SIZE],
    refetch: () => {
      for (const query of queries) query.refetch();
    },
  };
}

/** A page says where the next one begins. When that has changed, what was known of the pages after it is void. */
function withNext(
  cursors: readonly (string | undefined)[],
  page: number,
  loaded: TracePage | undefined,
): readonly (string | undefined)[] {
  if (loaded === undefined) return cursors;
  const next = loaded.pagination.next_cursor ?? undefined;
  const isKnown = next === undefined ? cursors.length <= page + 1 : cursors[page + 1] === next;
  if (isKnown) return cursors;
  const kept = cursors.slice(0, page + 1);
  return next === undefined ? kept : [...kept, next];
}
