// The list: find, look, choose.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import type { TraceSort } from "../../../contract/pages.ts";
import { ApiError } from "../../api/request.ts";
import { Icon } from "../../icons/Icon.tsx";
import { useKeys } from "../../keyboard/use-keys.ts";
import { toggleTerm } from "../../search-bar/edit-query.ts";
import { parseQuery } from "../../search-bar/parse-query.ts";
import { SearchBar } from "../../search-bar/SearchBar.tsx";
import { EmptyList } from "./EmptyList.tsx";
import { FacetBar } from "./FacetBar.tsx";
import { ListTools, SelectionTools } from "./ListTools.tsx";
import { PeekPanel } from "./PeekPanel.tsx";
import classes from "./TracesPage.module.css";
import { TraceTable } from "./TraceTable.tsx";
import { useFacetBar } from "./use-facet-bar.ts";
import type { TraceRows } from "./use-trace-pages.ts";

const route = getRouteApi("/traces");
const NONE: ReadonlySet<string> = new Set();
/** One call takes so many ids. */
const MAX_SELECTED = 100;

export function TracesPage() {
  const { query = "", sort, peek } = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const parsed = useMemo(() => parseQuery(query), [query]);
  const filters = useMemo(
    () => ({ ...parsed.parameters, ...(sort !== undefined && { sort }) }),
    [parsed, sort],
  );
  const [current, setCurrent] = useState(-1);
  const [selected, setSelected] = useState(NONE);
  const [loaded, setLoaded] = useState("");
  const [isRefused, setRefused] = useState(false);
  const rows = useRef<TraceRows>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const [hasFacets, showFacets] = useFacetBar();

  const show = (id: string | undefined) =>
    navigate({ search: (now) => ({ ...now, peek: id }), replace: peek !== undefined });
  const choose = (row: number, id: string) => {
    setCurrent(row);
    show(id);
  };
  const select = (id: string) =>
    setSelected((ids) => {
      if (ids.has(id)) return new Set([...ids].filter((one) => one !== id));
      return ids.size < MAX_SELECTED ? new Set([...ids, id]) : ids;
    });
  const setQuery = (text: string) => {
    setCurrent(-1);
    navigate({ search: (now) => ({ ...now, query: text || undefined, peek: undefined }) });
  };
  const setSort = (next: TraceSort) => {
    setCurrent(-1);
    navigate({ search: (now) => ({ ...now, sort: next === "newest" ? undefined : next }) });
  };
  const order = (sort as TraceSort | undefined) ?? "newest";
  const forget = () => {
    setSelected(NONE);
    show(undefined);
  };
  const move = (by: 1 | -1) => {
    const row = Math.max(0, Math.min(current + by, (rows.current?.count ?? 0) - 1));
    const trace = rows.current?.at(row);
    setCurrent(row);
    if (trace !== undefined && peek !== undefined) show(trace.id);
  };
  const chosen = () => rows.current?.at(current)?.id ?? peek;
  const refresh = () => {
    queryClient.resetQueries({ queryKey: ["traces", "page"] });
    queryClient.invalidateQueries({ queryKey: ["facets"] });
  };
  useKeys({
    "/": () => search.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const id = rows.current?.at(current)?.id;
      if (id !== undefined) select(id);
    },
    " ": () => {
      const id = rows.current?.at(current)?.id;
      if (id !== undefined) show(peek === undefined ? id : undefined);
    },
    Enter: () => {
      const id = chosen();
      if (id !== undefined) navigate({ to: "/traces/$id", params: { id } });
    },
    Escape: () => show(undefined),
    r: refresh,
    f: () => showFacets(!hasFacets),
    c: () => {
      const [base, other] = selected;
      if (selected.size === 2) navigate({ to: "/compare", search: { base, other } });
    },
  });

  return (
    <div className={classes.page}>
      <h1 className="unseen">Traces</h1>
      <div className={classes.top}>
        <Button
          aria-expanded={hasFacets}
          onClick={() => showFacets(!hasFacets)}
          leftSection={<Icon name="filter" size={14} />}
        >
          Filters
        </Button>
        <SearchBar ref={search} query={query} isRefused={isRefused} onQuery={setQuery} />
        {selected.size > 0 ? (
          <SelectionTools
            selected={selected}
            isFull={selected.size === MAX_SELECTED}
            onClear={() => setSelected(NONE)}
            onDeleted={forget}
          />
        ) : (
          <ListTools
            query={query}
            parsed={parsed}
            isRefused={isRefused}
            sort={order}
            onSort={setSort}
            loaded={loaded}
            onRefresh={refresh}
            onDeleted={forget}
          />
        )}
      </div>
      <div className={classes.columns}>
        {hasFacets && (
          <FacetBar
            query={query}
            filters={parsed.parameters}
            onToggle={(term) => setQuery(toggleTerm(query, term))}
            onHide={() => showFacets(false)}
          />
        )}
        <TraceTable
          // Another list begins at its top.
          key={JSON.stringify(filters)}
          filters={filters}
          sort={order}
          onSort={setSort}
          current={current}
          onChoose={choose}
          selected={selected}
          onSelect={select}
          onClearSelection={() => setSelected(NONE)}
          onRows={(next) => {
            rows.current = next;
            setLoaded(next.isComplete ? String(next.count) : "");
            setRefused(next.error !== undefined && isOfFilters(next.error));
          }}
          empty={<EmptyList isFiltered={query !== ""} onClear={() => navigate({ search: {} })} />}
        />
        {peek !== undefined && <PeekPanel id={peek} onClose={() => show(undefined)} />}
      </div>
    </div>
  );
}

/** Whether the server could not read what the search bar says, rather than the order. */
function isOfFilters(error: Error): boolean {
  const issues = error instanceof ApiError ? error.problem?.errors : undefined;
  return issues?.some(({ pointer }) => pointer !== "/sort") === true;
}
